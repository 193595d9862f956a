"""Tasks: what a person is asked to do; asking twice under one key asks once."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from store.models import Task


async def open_task(
    session: AsyncSession,
    enrollment_id: str | None,
    *,
    key: str,
    kind: str,
    role: str,
    within: timedelta,
    now: datetime,
    urgent: bool = False,
    message_id: str | None = None,
    detail: Mapping[str, str] | None = None,
) -> bool:
    """False when the task was there already."""
    made = await session.execute(
        insert(Task)
        .values(
            enrollment_id=enrollment_id,
            key=key,
            kind=kind,
            role=role,
            urgent=urgent,
            message_id=message_id,
            detail=dict(detail or {}),
            created_at=now,
            due_at=now + within,
        )
        .on_conflict_do_nothing()
        .returning(Task.id)
    )
    return made.first() is not None


async def open_tasks(session: AsyncSession, enrollment_id: str) -> list[Task]:
    found = await session.scalars(
        select(Task).where(Task.enrollment_id == enrollment_id, Task.done_at.is_(None))
    )
    return list(found)
