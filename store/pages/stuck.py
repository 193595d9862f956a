"""What is stuck: texts of unknown fate or long overdue, papers with a problem, unheard journeys."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from domain.outbox import Status
from store.models import ClockRow, Enrollment, Intent, Letter, Member, Note, Task
from store.pages.scope import Row, Scope

LONG = timedelta(minutes=1)
"""Wall time after which an answer, or a journey's ear, is late."""
OVERDUE = timedelta(minutes=5)
"""Wall time after which a text that is due should have been looked at."""
SHOWN = 20


@dataclass(frozen=True, slots=True)
class StuckLine:
    """`since` is on the wall for texts on their way, else on the members' calendar."""

    enrollment: Enrollment | None
    member: Member | None
    what: str
    """A template, or the code of a problem; empty for a journey as a whole."""
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Stuck:
    """`kind`: unknown, sending, overdue, letter, note or nudge; `lines` are the oldest."""

    kind: str
    total: int
    lines: Sequence[StuckLine]


async def stuck(
    session: AsyncSession, scope: Scope, *, now: datetime, wall: datetime
) -> Sequence[Stuck]:
    """Only the kinds of which there are any."""
    rate = await session.scalar(select(ClockRow.rate)) or 1.0
    found = [
        await _texts(session, scope, "unknown", _on_its_way(Status.UNKNOWN, wall)),
        await _texts(session, scope, "sending", _on_its_way(Status.SENDING, wall)),
        await _texts(
            session,
            scope,
            "overdue",
            (Intent.status == Status.PENDING) & (Intent.due_at < now - OVERDUE * max(rate, 1.0)),
            since=Intent.due_at,
        ),
        await _papers(session, scope, "letter", Letter, Letter.spooled_at),
        await _papers(session, scope, "note", Note, Note.sent_at),
        await _nudges(session, scope, now - LONG * max(rate, 1.0)),
    ]
    return [each for each in found if each.total]


def _on_its_way(status: Status, wall: datetime) -> ColumnElement[bool]:
    """A text that has been on its way for long: its lease began less than a minute before."""
    return (Intent.status == status) & or_(
        Intent.lease_until.is_(None), Intent.lease_until < wall - LONG
    )


async def _texts(
    session: AsyncSession,
    scope: Scope,
    kind: str,
    which: ColumnElement[bool],
    since: InstrumentedAttribute[Any] = Intent.lease_until,
) -> Stuck:
    query = (
        select(Enrollment, Member, Intent.template, since)
        .select_from(Intent)
        .outerjoin(Enrollment, Enrollment.id == Intent.enrollment_id)
        .outerjoin(Member, Member.id == Enrollment.member_id)
        .where(which)
    )
    return await _read(session, kind, scope.limit(query), since)


async def _papers(
    session: AsyncSession,
    scope: Scope,
    kind: str,
    table: Any,
    done: InstrumentedAttribute[Any],
) -> Stuck:
    """With a problem that nobody has dealt with yet: its task is still open."""
    open_task = exists().where(
        Task.enrollment_id == Enrollment.id,
        Task.kind == f"{kind}_problem",
        Task.done_at.is_(None),
    )
    query = (
        select(Enrollment, Member, table.problem, table.created_at)
        .select_from(table)
        .join(Enrollment, Enrollment.id == table.enrollment_id)
        .join(Member, Member.id == Enrollment.member_id)
        .where(table.problem.is_not(None), done.is_(None), open_task)
    )
    return await _read(session, kind, scope.limit(query), table.created_at)


async def _nudges(session: AsyncSession, scope: Scope, before: datetime) -> Stuck:
    query = (
        select(Enrollment, Member, literal(""), Enrollment.nudged_at)
        .join(Member, Member.id == Enrollment.member_id)
        .where(Enrollment.nudged_at < before, Enrollment.started_at.is_not(None))
    )
    return await _read(session, "nudge", scope.limit(query), Enrollment.nudged_at)


async def _read(
    session: AsyncSession, kind: str, query: Select[*Row], since: InstrumentedAttribute[Any]
) -> Stuck:
    counted = select(func.count()).select_from(query.with_only_columns(literal(1)).subquery())
    rows: Any = await session.execute(query.order_by(since.nulls_first()).limit(SHOWN))
    lines = [StuckLine(*row) for row in rows]
    return Stuck(kind, (await session.execute(counted)).scalar_one(), lines)
