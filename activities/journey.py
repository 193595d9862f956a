"""One step of a journey: read the facts, let the rules decide, write what they decided.

All of it is one transaction under the enrollment's row lock, so a step that is retried after a
crash finds either nothing or everything done.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from activities.hearing import hear_all
from activities.staff import apply_actions, resume_who_stays
from activities.texts import Texts
from activities.time import Time
from activities.turn import Turn
from domain.ids import EnrollmentId
from domain.program import Program
from store import enrollments
from store import errands as planned
from store.database import Transaction
from store.models import Enrollment

log = structlog.get_logger()


@dataclass(frozen=True)
class Advance:
    enrollment_id: EnrollmentId


@dataclass(frozen=True)
class Errand:
    """Work outside the database that the step has planned: a letter or a note to be written."""

    kind: str
    id: str


@dataclass(frozen=True)
class Step:
    """What the workflow is to do; ids and codes only."""

    ended: bool = False
    wait_seconds: float | None = None
    """Wall time; None: until something is heard."""
    errands: list[Errand] = field(default_factory=list)
    answers: dict[int, str] = field(default_factory=dict)
    """What became of the staff's actions, by action id."""


class JourneyActivities:
    def __init__(
        self, transaction: Transaction, programs: Mapping[str, Program], texts: Texts, time: Time
    ) -> None:
        self._transaction = transaction
        self._programs = programs
        self._texts = texts
        self._time = time

    @activity.defn
    async def advance(self, request: Advance) -> Step:
        """Take note of all that is new, then let every running stage act until all of them wait."""
        now = self._time.now()
        async with self._transaction() as session:
            enrollment = await enrollments.lock(session, request.enrollment_id)
            enrollment.nudged_at = None
            step = await self._advance(session, enrollment, now)
        log.info(
            "journey_advanced", enrollment_id=request.enrollment_id, program=enrollment.program,
            state=enrollment.state,
        )  # fmt: skip
        return step

    async def _advance(self, session: AsyncSession, enrollment: Enrollment, now: datetime) -> Step:
        rate = self._time.clock.rate
        turn = await Turn.begin(session, enrollment, self._programs, self._texts, now, rate)
        await resume_who_stays(turn)
        answers = await apply_actions(turn)
        await hear_all(turn)
        if enrollment.ended_at is None:
            await (turn.act() if enrollment.held_at is None else turn.end_if_over())
        await session.flush()
        errands = await planned.due(session, enrollment.id, now)
        soonest = min((each for each in (turn.soonest, errands.next_try) if each), default=None)
        return Step(
            ended=enrollment.ended_at is not None,
            wait_seconds=self._wall_seconds(soonest, now),
            errands=[
                *(Errand("letter", id_) for id_ in errands.letters),
                *(Errand("note", id_) for id_ in errands.notes),
            ],
            answers=answers,
        )

    def _wall_seconds(self, until: datetime | None, now: datetime) -> float | None:
        if until is None:
            return None
        return max(0.05, self._time.clock.wall_seconds(until - now))
