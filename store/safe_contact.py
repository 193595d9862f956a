"""How a member may safely be reached: recorded by staff, read at the gate and on pages."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.safe_contact import ANY_WAY, SafeContact
from store import enrollments, outcomes
from store.models import Enrollment, SafeContactRow
from store.pages.scope import Scope


async def of_members(session: AsyncSession, member_ids: Iterable[str]) -> Mapping[str, SafeContact]:
    """The newest word of each; a member who said nothing is not in it."""
    newest = (
        select(func.max(SafeContactRow.id))
        .where(SafeContactRow.member_id.in_(set(member_ids)))
        .group_by(SafeContactRow.member_id)
    )
    rows = await session.scalars(select(SafeContactRow).where(SafeContactRow.id.in_(newest)))
    return {row.member_id: _said(row) for row in rows}


async def of_member(session: AsyncSession, member_id: str | None) -> SafeContact:
    if member_id is None:
        return ANY_WAY
    return (await of_members(session, [member_id])).get(member_id, ANY_WAY)


async def record(
    session: AsyncSession,
    scope: Scope,
    enrollment_id: str,
    said: SafeContact,
    form_id: str,
    *,
    actor: str,
    now: datetime,
) -> bool:
    """False when there is no such enrollment in this scope; a form sent twice is one line.

    Under the lock of all the member's enrollments: a letter at the door has left or waits for this.
    """
    query = select(Enrollment).where(Enrollment.id == enrollment_id)
    enrollment: Enrollment | None = await session.scalar(scope.limit(query))
    if enrollment is None:
        return False
    every = await enrollments.lock_member(session, enrollment.member_id)
    made = await session.execute(
        insert(SafeContactRow)
        .values(
            member_id=enrollment.member_id, form_id=form_id, at=now, actor=actor, **asdict(said)
        )
        .on_conflict_do_nothing(index_elements=["form_id"])
        .returning(SafeContactRow.id)
    )
    if made.first() is not None:
        # What was said is on the member's page alone; the timeline says that it was.
        outcomes.record(session, enrollment, "safe_contact", at=now, rule="staff", actor=actor)
        for each in every:
            enrollments.nudge(each, now)
    return True


def _said(row: SafeContactRow) -> SafeContact:
    return SafeContact(
        row.texts,
        row.phone,
        row.opens,
        row.closes,
        row.messages,
        row.letters,
        row.by_services,
        row.tell_safety,
    )
