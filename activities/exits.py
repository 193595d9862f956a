"""Leaving: the one road by which anything outside a journey ends it or makes it pause."""

from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from domain.exits import WAYS, Exit, ends_now, outranks
from domain.journey import PAPER_STILL_GOES, State
from domain.outbox import Purpose
from store import enrollments, letters, notes, outbox, outcomes, tasks
from store.models import Enrollment, Member

log = structlog.get_logger()

# The confirmation of a STOP and an answer to a cry for help still go out: whoever wrote is alive.
KEPT = (Purpose.STOP, Purpose.SAFETY)


async def leave(
    session: AsyncSession,
    enrollment_id: str,
    reason: Exit | str,
    now: datetime,
    *,
    source: str = "identification",
) -> str:
    """Report that a member leaves; it holds from this transaction on, in every sink.

    `reason`: a value of `domain.exits.Exit` (ValueError otherwise). `source`: who says so, a code.
    Answers `ended`, `paused`, or `known` when this or something graver stands already. Safe to
    repeat. A death ends every journey of the member.
    """
    found = Exit(reason)
    member_id = (await session.get_one(Enrollment, enrollment_id)).member_id
    whole = found is Exit.DECEASED
    if whole:
        rows = await enrollments.lock_member(session, member_id)
        member = await session.get_one(Member, member_id, with_for_update={"key_share": True})
        member.death_date = member.death_date or now.date()
    else:
        rows = [await enrollments.lock(session, enrollment_id)]
    answers = {row.id: await _leave(session, row, found, now, source) for row in rows}
    return answers[enrollment_id]


async def stay(session: AsyncSession, enrollment_id: str, now: datetime, *, source: str) -> bool:
    """What made the member leave no longer holds: coverage is back, another pharmacy serves them.

    False when nothing stood. The journey's next step resumes it where it was.
    """
    enrollment = await enrollments.lock(session, enrollment_id)
    if enrollment.leaving is None or enrollment.ended_at is not None:
        return False
    outcomes.record(
        session, enrollment, "stays", at=now, rule=enrollment.leaving, actor=source
    )  # fmt: skip
    enrollment.leaving = enrollment.leaving_at = None
    enrollments.nudge(enrollment, now)
    return True


async def end(session: AsyncSession, enrollment: Enrollment, state: State, now: datetime) -> None:
    """The end of a journey: its state, and that nothing which has not left yet leaves."""
    enrollment.state = enrollment.ended_because = state
    enrollment.ended_at = now
    await outbox.cancel_pending(session, enrollment.id, f"ended: {state}", keep=KEPT)
    await outbox.close_prompts_of(session, enrollment.id)
    await tasks.close_invitations(session, enrollment.id, now)
    if state not in PAPER_STILL_GOES:
        await letters.withhold(session, enrollment.id)
        await notes.withhold(session, enrollment.id)
    outcomes.record(session, enrollment, "ended", at=now, rule=state)


async def _leave(
    session: AsyncSession, enrollment: Enrollment, found: Exit, now: datetime, source: str
) -> str:
    if enrollment.ended_at is not None or not outranks(found, enrollment.leaving):
        return "known"
    way = WAYS[found]
    enrollment.leaving, enrollment.leaving_at = found, now
    outcomes.record(session, enrollment, "leaves", at=now, rule=found, actor=source)
    enrollments.nudge(enrollment, now)
    log.info("member_leaves", enrollment_id=enrollment.id, reason=found.value)
    if ends_now(way, started=enrollment.started_at is not None):
        await end(session, enrollment, State(found), now)
        return "ended"
    if enrollment.held_at is None:
        enrollment.held_at, enrollment.hold, enrollment.held_by = now, way, source
    return "paused"
