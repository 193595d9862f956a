"""Open tasks: the most pressing first."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import SQLColumnExpression, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.safe_contact import ANY_WAY, SafeContact
from store import safe_contact
from store.models import Enrollment, Handover, InboundText, Member, Pharmacy, Task
from store.pages.handovers import OfferLine, holders, offers_of
from store.pages.scope import Scope


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """Empty: no limit of that kind."""

    enrollment_id: str = ""
    role: str = ""
    kind: str = ""
    urgent: bool = False
    overdue: bool = False
    offered_to: Sequence[str] = ()
    """Those of which an offer to one of these is open: a role, or staff:<id>."""


@dataclass(frozen=True, slots=True)
class TaskLine:
    """`enrollment` and `member` are None for a text from somebody in no program."""

    task: Task
    enrollment: Enrollment | None
    member: Member | None
    pharmacy: Pharmacy | None
    text: InboundText | None
    """The member's words the task is about."""
    safe: SafeContact = ANY_WAY
    """What to mind before calling them."""
    offer: OfferLine | None = None
    """It is offered to somebody, who has not answered."""
    holder: str = ""
    """The name of whoever accepted it."""


async def open_tasks(
    session: AsyncSession,
    scope: Scope,
    wanted: TaskFilter,
    *,
    now: datetime,
    limit: int = 100,
) -> Sequence[TaskLine]:
    """Urgent before the rest, then by deadline: what is overdue comes first of each."""
    query = (
        select(Task, Enrollment, Member, Pharmacy, InboundText)
        .outerjoin(Enrollment, Enrollment.id == Task.enrollment_id)
        .outerjoin(Member, Member.id == Enrollment.member_id)
        .outerjoin(Pharmacy, Pharmacy.npi == Enrollment.pharmacy_npi)
        .outerjoin(InboundText, InboundText.sid == Task.message_id)
        .order_by(Task.urgent.desc(), Task.due_at, Task.id)
        .limit(limit)
    )
    rows = await session.execute(scope.limit(query.where(*_narrowed(wanted, now))))
    found = [TaskLine(*row) for row in rows]
    ids = [line.member.id for line in found if line.member]
    safe = await safe_contact.of_members(session, ids)
    offers = await offers_of(session, [line.task.id for line in found])
    held = await holders(session, {line.task.holder for line in found if line.task.holder})
    return [
        replace(
            line,
            safe=safe.get(line.member.id, ANY_WAY) if line.member else ANY_WAY,
            offer=offers.get(line.task.id),
            holder=held.get(line.task.holder or "", ""),
        )
        for line in found
    ]


async def open_kinds(session: AsyncSession, scope: Scope) -> Sequence[str]:
    """The kinds that occur among open tasks, for the filter."""
    query = (
        select(Task.kind)
        .outerjoin(Enrollment, Enrollment.id == Task.enrollment_id)
        .where(Task.done_at.is_(None))
        .distinct()
        .order_by(Task.kind)
    )
    return (await session.scalars(scope.limit(query))).all()


@dataclass(frozen=True, slots=True)
class TaskCounts:
    open: int
    overdue: int
    urgent: int


async def count_tasks(
    session: AsyncSession, scope: Scope, wanted: TaskFilter, *, now: datetime
) -> TaskCounts:
    query = (
        select(
            func.count(),
            func.count().filter(Task.due_at < now),
            func.count().filter(Task.urgent),
        )
        .select_from(Task)
        .outerjoin(Enrollment, Enrollment.id == Task.enrollment_id)
        .where(*_narrowed(wanted, now))
    )
    return TaskCounts(*(await session.execute(scope.limit(query))).one())


def _narrowed(wanted: TaskFilter, now: datetime) -> list[SQLColumnExpression[bool]]:
    """Open, and what is asked for."""
    asked = [
        (wanted.enrollment_id, Task.enrollment_id == wanted.enrollment_id),
        (wanted.role, Task.role == wanted.role),
        (wanted.kind, Task.kind == wanted.kind),
        (wanted.urgent, Task.urgent),
        (wanted.overdue, Task.due_at < now),
        (
            wanted.offered_to,
            Task.id.in_(
                select(Handover.task_id).where(
                    Handover.answer.is_(None), Handover.to.in_(wanted.offered_to)
                )
            ),
        ),
    ]
    return [Task.done_at.is_(None), *(condition for given, condition in asked if given)]
