"""Asks a journey to obey what a coordinator decided, and waits a moment for its answer."""

from datetime import timedelta
from typing import Any

import structlog
from temporalio.client import (
    Client,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.service import RPCError

from api.deps import Sessions
from domain.ids import MemberId, journey_id
from store.models import Enrollment, StaffAction
from workflows.journey import MemberJourney

log = structlog.get_logger()

PATIENCE = timedelta(seconds=5)


class TemporalActions:
    """`recorded`: the journey does not answer now; it obeys as soon as a worker runs."""

    def __init__(self, state: Any, sessions: Sessions) -> None:
        self._state = state
        self._sessions = sessions

    async def act(self, action_id: int, enrollment_id: str) -> str:
        client: Client | None = self._state.temporal
        if client is not None:
            async with self._sessions() as session:
                enrollment = await session.get_one(Enrollment, enrollment_id)
            journey = client.get_workflow_handle(
                journey_id(enrollment.program, MemberId(enrollment.member_id), enrollment.ordinal)
            )
            try:
                await journey.execute_update(MemberJourney.act, action_id, rpc_timeout=PATIENCE)
            except (
                RPCError,
                WorkflowUpdateFailedError,
                WorkflowUpdateRPCTimeoutOrCancelledError,
            ) as wrong:
                log.warning(
                    "journey_did_not_answer",
                    enrollment_id=enrollment_id,
                    reason=type(wrong).__name__,
                )
        async with self._sessions() as session:
            action = await session.get_one(StaffAction, action_id)
            return action.answer or "recorded"
