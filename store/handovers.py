"""Offers of tasks: made, answered, and passed on to a manager when nobody answers."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain import handover
from domain.handover import ACCEPTED, UNANSWERED, WITHDRAWN, Given, Who
from store import outcomes, tasks
from store.models import Enrollment, Handover, StaffMember, Task
from store.pages.scope import Scope

BATCH = 50


async def offer(
    session: AsyncSession, scope: Scope, who: Who, task_id: int, to: str, *, why: str,
    within: timedelta, now: datetime,
) -> str:  # fmt: skip
    """ "offered", "unknown" when not this viewer's, or in words why it cannot be offered."""
    found = await _task(session, scope, task_id)
    if found is None:
        return "unknown"
    task, enrollment = found
    to_role = await _role_of(session, to)
    given = Given(
        task.kind, task.role, enrollment is not None, bool(task.detail.get("part2")),
        task.done_at is not None, await _open(session, task.id) is not None,
    )  # fmt: skip
    if refused := handover.refusal(given, who, to, to_role):
        return refused
    until = handover.answer_by(now, within, task.due_at)
    session.add(
        Handover(
            task_id=task.id,
            offered_by=who.actor,
            to=to,
            to_role=to_role,
            why=why,
            offered_at=now,
            answer_by=until,
        )
    )
    _record(session, enrollment, "handover_offered", task, who.actor, now, to=to_role)
    return "offered"


async def answer(
    session: AsyncSession, scope: Scope, who: Who, offer_id: int, said: str, *, now: datetime
) -> str:
    """ "done", "unknown", "already" when it was answered or the task is closed, or "not_yours"."""
    task_id = await session.scalar(select(Handover.task_id).where(Handover.id == offer_id))
    found = task_id and await _task(session, scope, task_id)
    if not found:
        return "unknown"
    task, enrollment = found
    offered = await session.get_one(Handover, offer_id, with_for_update=True)
    if offered.answer is not None or task.done_at is not None:
        return "already"
    mine = offered.offered_by == who.actor or who.role == "manager"
    if not (mine if said == WITHDRAWN else who.may_answer(offered.to, offered.offered_by)):
        return "not_yours"
    offered.answer, offered.answered_at, offered.answered_by = said, now, who.actor
    if said == ACCEPTED:
        task.role, task.holder = offered.to_role, who.actor
    await _close_question(session, task, offered, said, who.actor, now)
    _record(session, enrollment, f"handover_{said}", task, who.actor, now, to=offered.to_role)
    return "done"


async def escalate(session: AsyncSession, now: datetime) -> int:
    """Ask a manager about each offer nobody answered in time; how many. Twice asks once.

    The task is still with whoever had it, and the offer may still be answered.
    """
    late = await session.execute(
        select(Handover, Task)
        .join(Task, Task.id == Handover.task_id)
        .where(
            Handover.answer.is_(None), Handover.escalated_at.is_(None), Handover.answer_by <= now,
            Task.done_at.is_(None),
        )
        .order_by(Handover.answer_by)
        .limit(BATCH)
        .with_for_update(skip_locked=True, of=Handover)
    )  # fmt: skip
    asked = 0
    for offered, task in late.all():
        offered.escalated_at = now
        asked += await tasks.open_task(
            session, task.enrollment_id, key=_key(offered), kind=UNANSWERED, role="manager",
            within=max(task.due_at - now, offered.answer_by - offered.offered_at), now=now,
            urgent=task.urgent, detail={"about": task.kind},
        )  # fmt: skip
    return asked


async def settle(session: AsyncSession, task: Task, actor: str, now: datetime) -> None:
    """A task that was done is offered to nobody any more."""
    offered = await _open(session, task.id)
    if offered is not None:
        offered.answer, offered.answered_at, offered.answered_by = WITHDRAWN, now, actor
        await _close_question(session, task, offered, WITHDRAWN, actor, now)


async def _close_question(
    session: AsyncSession, task: Task, offered: Handover, said: str, actor: str, now: datetime
) -> None:
    """The manager need not look after it any more."""
    await session.execute(
        update(Task)
        .where(
            Task.enrollment_id.is_not_distinct_from(task.enrollment_id),
            Task.key == _key(offered), Task.done_at.is_(None),
        )
        .values(done_at=now, resolution=said, done_by=actor)
    )  # fmt: skip


def _key(offered: Handover) -> str:
    return f"handover-{offered.id}"


async def _task(
    session: AsyncSession, scope: Scope, task_id: int
) -> tuple[Task, Enrollment | None] | None:
    """Locked, the enrollment first, as everybody who locks both does."""
    query = (
        select(Task.id, Enrollment)
        .outerjoin(Enrollment, Enrollment.id == Task.enrollment_id)
        .where(Task.id == task_id)
    )
    row = (await session.execute(scope.limit(query))).one_or_none()
    if row is None:
        return None
    enrollment: Enrollment | None = row[1]
    if enrollment is not None:
        await session.refresh(enrollment, with_for_update=True)
    return await session.get_one(Task, task_id, with_for_update=True), enrollment


async def _open(session: AsyncSession, task_id: int) -> Handover | None:
    found: Handover | None = await session.scalar(
        select(Handover).where(Handover.task_id == task_id, Handover.answer.is_(None))
    )
    return found


async def _role_of(session: AsyncSession, to: str) -> str:
    if not to.startswith(handover.STAFF):
        return to
    found = await session.get(StaffMember, to.removeprefix(handover.STAFF))
    return found.role if found and found.disabled_at is None else ""


def _record(
    session: AsyncSession, enrollment: Enrollment | None, kind: str, task: Task, actor: str,
    now: datetime, *, to: str,
) -> None:  # fmt: skip
    if enrollment is not None:
        outcomes.record(
            session, enrollment, kind, at=now, rule=task.kind, actor=actor,
            detail={"task_id": task.id, "to": to},
        )  # fmt: skip
