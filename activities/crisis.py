"""A cry for help until a person has closed its task: passed on in time, and nothing resumes."""

from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from domain.crisis import ESCALATION, CrisisRules
from store import enrollments, outcomes, tasks
from store.database import Transaction
from store.models import Enrollment, Task

log = structlog.get_logger()

BATCH = 50


async def escalate(transaction: Transaction, rules: CrisisRules, now: datetime) -> int:
    """Ask the next one about every cry for help nobody has documented; how many were asked.

    What is due is read from the tasks themselves: it holds over any restart, and twice asks once.
    """
    async with transaction() as session:
        asked = 0
        for task in await tasks.open_cries(session, BATCH):
            for step in rules.due(task.created_at, task.due_at, task.escalated, now):
                task.escalated = step.at_percent
                await _ask(session, task, step.role, step.at_percent, now)
                asked += 1
    return asked


async def _ask(
    session: AsyncSession, task: Task, role: str, at_percent: int, now: datetime
) -> None:
    await tasks.open_task(
        session,
        task.enrollment_id,
        key=f"{task.key}-escalated-{at_percent}",
        kind=ESCALATION,
        role=role,
        within=max(task.due_at - now, timedelta()),
        now=now,
        urgent=True,
        message_id=task.message_id,
        detail={"of": str(task.id), "about": task.kind, "at_percent": str(at_percent)},
    )
    if task.enrollment_id is not None:
        enrollment = await session.get_one(Enrollment, task.enrollment_id)
        outcomes.record(
            session, enrollment, "crisis_escalated", at=now, rule=task.kind,
            detail={"task_id": task.id, "role": role, "at_percent": at_percent},
        )  # fmt: skip
    log.warning("crisis_escalated", enrollment_id=task.enrollment_id, reason=task.kind)


async def undocumented(session: AsyncSession, member_id: str) -> bool:
    """Whether a cry for help of this member still waits for somebody to write down a call."""
    mine = [each.id for each in await enrollments.of_member(session, member_id)]
    return await tasks.has_open_cry(session, mine)
