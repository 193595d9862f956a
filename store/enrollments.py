"""Enrollments: locked for a step, found for a phone, listed for the relay."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from store.models import ContactPoint, Enrollment, Intent

Nudge = tuple[str, datetime | None]
"""An enrollment, and since when something new waits for it."""

BY_A_PERSON = ("hold", "take_over", "safety")
"""Holds that only a person lifts."""


async def lock(session: AsyncSession, enrollment_id: str) -> Enrollment:
    """The row, for this transaction alone; outcomes and intents may still be added to it."""
    return await session.get_one(Enrollment, enrollment_id, with_for_update={"key_share": True})


async def lock_member(session: AsyncSession, member_id: str) -> Sequence[Enrollment]:
    """All of a member's, in one order for everybody who locks several."""
    rows = await session.scalars(
        select(Enrollment)
        .where(Enrollment.member_id == member_id)
        .order_by(Enrollment.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return list(rows)


async def hold_member(session: AsyncSession, member_id: str, now: datetime) -> Sequence[Enrollment]:
    """All automation of the member stands still, in every program; those newly held."""
    held = [each for each in await lock_member(session, member_id) if hold_for_safety(each, now)]
    await session.flush()
    return held


def hold_for_safety(enrollment: Enrollment, now: datetime) -> bool:
    """False where it has ended, or a person holds it already; a pause that would end by itself
    becomes one that does not."""
    if enrollment.ended_at is not None or enrollment.hold in BY_A_PERSON:
        return False
    enrollment.held_at, enrollment.hold = enrollment.held_at or now, "safety"
    return True


async def of_member(session: AsyncSession, member_id: str) -> Sequence[Enrollment]:
    rows = await session.scalars(select(Enrollment).where(Enrollment.member_id == member_id))
    return list(rows)


async def of_phone(session: AsyncSession, phone: str) -> Sequence[Enrollment]:
    """Enrollments of whoever holds the phone: running ones first, then the newest."""
    rows = await session.scalars(
        select(Enrollment)
        .join(ContactPoint, ContactPoint.member_id == Enrollment.member_id)
        .where(ContactPoint.phone == phone)
        .order_by(Enrollment.ended_at.is_not(None), Enrollment.created_at.desc(), Enrollment.id)
    )
    return list(rows)


async def of_intent(session: AsyncSession, intent_id: str | None) -> str | None:
    if intent_id is None:
        return None
    return await session.scalar(select(Intent.enrollment_id).where(Intent.id == intent_id))


async def nudged(
    session: AsyncSession, limit: int, *, but_not: Sequence[Nudge] = ()
) -> Sequence[Enrollment]:
    """Running journeys that something new waits for, the longest waiting first."""
    nudge_of = tuple_(Enrollment.id, Enrollment.nudged_at)
    rows = await session.scalars(
        select(Enrollment)
        .where(Enrollment.nudged_at.is_not(None), Enrollment.started_at.is_not(None))
        .where(nudge_of.not_in(but_not))
        .order_by(Enrollment.nudged_at)
        .limit(limit)
    )
    return list(rows)


async def unstarted(session: AsyncSession, limit: int) -> Sequence[Enrollment]:
    """Enrollments whose journey may begin: without a pharmacy there is nobody to invite to,
    and a cohort that is held ready waits for somebody to start it.
    """
    rows = await session.scalars(
        select(Enrollment)
        .where(
            Enrollment.started_at.is_(None),
            Enrollment.ended_at.is_(None),
            Enrollment.pharmacy_npi.is_not(None),
            Enrollment.ready_since.is_(None),
        )
        .order_by(Enrollment.id)
        .limit(limit)
    )
    return list(rows)


def nudge(enrollment: Enrollment, now: datetime) -> None:
    enrollment.nudged_at = enrollment.nudged_at or now
