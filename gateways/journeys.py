"""Starting and telling journeys: what activities know of Temporal's client."""

from typing import Protocol

from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from domain.ids import JOURNEYS_QUEUE, MemberId, journey_id


class JourneyOver(Exception):
    """The journey's workflow has ended, or never was."""


class JourneyGateway(Protocol):
    async def start(
        self, program: str, member_id: str, ordinal: int, enrollment_id: str
    ) -> None: ...

    async def tell(self, program: str, member_id: str, ordinal: int, news_id: str) -> None: ...


class TemporalJourneys:
    """Workflows are named by their type here: this room does not know the workflows' code."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def start(self, program: str, member_id: str, ordinal: int, enrollment_id: str) -> None:
        """Once: an enrollment whose journey runs or has run is left as it is."""
        try:
            await self._client.start_workflow(
                "MemberJourney",
                {"enrollment_id": enrollment_id},
                id=journey_id(program, MemberId(member_id), ordinal),
                task_queue=JOURNEYS_QUEUE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            )
        except WorkflowAlreadyStartedError:
            return

    async def tell(self, program: str, member_id: str, ordinal: int, news_id: str) -> None:
        handle = self._client.get_workflow_handle(journey_id(program, MemberId(member_id), ordinal))
        try:
            await handle.signal("news", news_id)
        except RPCError as refused:
            if refused.status == RPCStatusCode.NOT_FOUND:
                raise JourneyOver from None
            raise
