"""The documented call that ends a cry for help, and with it everybody's task about it."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.crisis import ESCALATION, CallBack
from store import outcomes
from store.enrollments import nudge
from store.models import Enrollment, Task
from store.pages.scope import Scope

ANSWERED = "cry_documented"
"""How the tasks of those who were asked too end."""


async def document(
    session: AsyncSession,
    scope: Scope,
    task_id: int,
    call: CallBack,
    *,
    actor: str,
    now: datetime,
) -> str:
    """ "done", "tried" (nobody was reached: the task stays open), "already", "unknown", or what is
    wrong with the call in one sentence. `task_id`: the cry, or the task of one who was asked too.
    """
    wanted = (
        select(Task, Enrollment)
        .outerjoin(Enrollment, Enrollment.id == Task.enrollment_id)
        .where(Task.id == task_id)
    )
    found = (await session.execute(scope.limit(wanted))).one_or_none()
    if found is None:
        return "unknown"
    asked, owner = found
    # The enrollment first, as the journey does; its key stays free for those who pass the cry on.
    enrollment = owner and await session.get_one(
        Enrollment, owner.id, with_for_update={"key_share": True}
    )
    cry_id = int(asked.detail["of"]) if asked.kind == ESCALATION else asked.id
    cry = await session.get_one(Task, cry_id, with_for_update=True, populate_existing=True)
    if cry.done_at is not None:
        await _answered(session, cry, actor, now)
        return "already" if asked.id == cry.id else "done"
    if wrong := call.problem(cry.created_at, now):
        return wrong
    _write(session, cry, enrollment, call, actor, now)
    if call.outcome.closes:
        await _answered(session, cry, actor, now)
    return "done" if call.outcome.closes else "tried"


def _write(
    session: AsyncSession,
    cry: Task,
    enrollment: Enrollment | None,
    call: CallBack,
    actor: str,
    now: datetime,
) -> None:
    written = {"call": call.outcome.value, "who": call.who, "called_at": call.at.isoformat()}
    cry.detail = {**cry.detail, **written, "words": call.words}
    if call.outcome.closes:
        cry.done_at, cry.done_by, cry.resolution = now, actor, call.outcome.value
    if enrollment is not None:
        outcomes.record(
            session, enrollment, "call_back", at=now, rule=call.outcome.value, actor=actor,
            detail={"task_id": cry.id, "called_at": call.at.isoformat()},
        )  # fmt: skip
        nudge(enrollment, now)


async def _answered(session: AsyncSession, cry: Task, actor: str, now: datetime) -> None:
    await session.execute(
        update(Task)
        .where(
            Task.kind == ESCALATION,
            Task.detail["of"].as_string() == str(cry.id),
            Task.done_at.is_(None),
        )
        .values(done_at=now, done_by=actor, resolution=ANSWERED)
        .execution_options(synchronize_session=False)
    )
