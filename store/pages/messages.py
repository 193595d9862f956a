"""What became of texts: counted by program, day and reason, and the texts behind each count."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.outbox import Status
from store.models import Enrollment, Intent, Member
from store.pages.scope import Row, Scope

DAYS = 7
counts_at: ColumnElement[datetime] = func.coalesce(Intent.accepted_at, Intent.due_at)
"""The moment a text counts for: when the carrier took it, else when it last was to go."""
VIEWS: dict[str, ColumnElement[bool]] = {
    "accepted": Intent.accepted_at.is_not(None),
    "delivered": Intent.delivered_at.is_not(None),
    "failed": Intent.status == Status.FAILED,
    "withheld": Intent.status == Status.WITHHELD,
    "waiting": Intent.status == Status.PENDING,
}


@dataclass(frozen=True, slots=True)
class DayLine:
    """`program` is None for answers to people who are in no program."""

    program: str | None
    day: date
    accepted: int
    delivered: int
    failed: int
    withheld: int


@dataclass(frozen=True, slots=True)
class ReasonLine:
    view: str
    reason: str
    today: int
    week: int


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """Texts put off for one reason; `reason` is None where the gate has not spoken yet."""

    reason: str | None
    texts: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class TextFilter:
    """Empty: no limit. `since` and `until` are days in UTC, the last included."""

    view: str
    reason: str = ""
    program: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class TextLine:
    intent: Intent
    at: datetime
    enrollment: Enrollment | None
    member: Member | None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def first_day(now: datetime) -> date:
    """Of the last seven days, today's included."""
    return now.date() - timedelta(days=DAYS - 1)


async def by_day(session: AsyncSession, scope: Scope, now: datetime) -> Sequence[DayLine]:
    """By program and day, of the last seven days; a day without texts has no line."""
    day = func.date(func.timezone("UTC", counts_at))
    counts = [func.count().filter(VIEWS[view]) for view in VIEWS if view != "waiting"]
    query = _from(select(Enrollment.program, day, *counts), scope)
    query = query.where(
        counts_at >= _midnight(first_day(now)), counts_at < _midnight(_tomorrow(now))
    )
    rows = await session.execute(query.group_by(Enrollment.program, day).order_by(day))
    lines = [DayLine(*row) for row in rows]
    return sorted(lines, key=lambda line: (line.program or "~", line.day))


async def by_reason(session: AsyncSession, scope: Scope, now: datetime) -> Sequence[ReasonLine]:
    """Why texts failed or were withheld in the last seven days, the commonest first."""
    today, every = func.count().filter(counts_at >= _midnight(now.date())), func.count()
    reason = func.coalesce(Intent.reason, "")
    query = _from(select(Intent.status, reason, today, every), scope).where(
        Intent.status.in_((Status.FAILED, Status.WITHHELD)),
        counts_at >= _midnight(first_day(now)),
        counts_at < _midnight(_tomorrow(now)),
    )
    rows = await session.execute(query.group_by(Intent.status, reason).order_by(every.desc()))
    return [ReasonLine(*row) for row in rows]


async def waiting(session: AsyncSession, scope: Scope) -> Sequence[WaitingLine]:
    """All that is still to go, by what holds it back, and when the first and last may leave."""
    query = _from(
        select(Intent.reason, func.count(), func.min(Intent.due_at), func.max(Intent.due_at)),
        scope,
    ).where(VIEWS["waiting"])
    rows = await session.execute(query.group_by(Intent.reason).order_by(func.count().desc()))
    return [WaitingLine(*row) for row in rows]


async def find_texts(
    session: AsyncSession, scope: Scope, wanted: TextFilter, *, limit: int = 200
) -> tuple[int, Sequence[TextLine]]:
    """How many there are, and the newest of them (of those that wait: the next to go)."""
    chosen = _chosen(wanted)
    total = _from(select(func.count()), scope).where(chosen)
    order = Intent.due_at if wanted.view == "waiting" else counts_at.desc()
    query = _from(select(Intent, counts_at, Enrollment, Member), scope).where(chosen)
    rows = await session.execute(query.order_by(order, Intent.id).limit(limit))
    return (await session.execute(total)).scalar_one(), [TextLine(*row) for row in rows]


def _chosen(wanted: TextFilter) -> ColumnElement[bool]:
    limits = [VIEWS[wanted.view]]
    if wanted.reason:
        known = None if wanted.reason == "none" else wanted.reason
        limits.append(Intent.reason.is_(None) if known is None else Intent.reason == known)
    if wanted.program:
        known = None if wanted.program == "none" else wanted.program
        limits.append(
            Enrollment.program.is_(None) if known is None else Enrollment.program == known
        )
    if wanted.since:
        limits.append(counts_at >= _midnight(wanted.since))
    if wanted.until:
        limits.append(counts_at < _midnight(wanted.until) + timedelta(days=1))
    return and_(*limits)


def _from(query: Select[*Row], scope: Scope) -> Select[*Row]:
    """Strangers' texts belong to no pharmacy: only who may see everything sees them."""
    joined = (
        query.select_from(Intent)
        .outerjoin(Enrollment, Enrollment.id == Intent.enrollment_id)
        .outerjoin(Member, Member.id == Enrollment.member_id)
    )
    return scope.limit(joined)


def _tomorrow(now: datetime) -> date:
    return now.date() + timedelta(days=1)
