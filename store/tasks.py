"""Tasks: what a person is asked to do; asking twice under one key asks once."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.crisis import CRY
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


async def close(
    session: AsyncSession,
    enrollment_id: str,
    key: str,
    resolution: str,
    now: datetime,
    actor: str | None = None,
) -> bool:
    """Nobody need do it any more; False when it was closed already, or never opened."""
    closed = await session.execute(
        update(Task)
        .where(Task.enrollment_id == enrollment_id, Task.key == key, Task.done_at.is_(None))
        .values(done_at=now, resolution=resolution, done_by=actor)
        .returning(Task.id)
    )
    return closed.first() is not None


async def close_invitations(session: AsyncSession, enrollment_id: str, now: datetime) -> None:
    """Nobody is to invite a member whose journey is over."""
    await session.execute(
        update(Task)
        .where(
            Task.enrollment_id == enrollment_id,
            Task.kind.in_(("outreach_call", "outreach_counter")),
            Task.done_at.is_(None),
        )
        .values(done_at=now, resolution="journey_ended")
    )


async def open_tasks(session: AsyncSession, enrollment_id: str) -> list[Task]:
    found = await session.scalars(
        select(Task).where(Task.enrollment_id == enrollment_id, Task.done_at.is_(None))
    )
    return list(found)


async def close_kinds(
    session: AsyncSession,
    enrollment_id: str,
    kinds: Sequence[str],
    now: datetime,
    *,
    actor: str,
    resolution: str,
) -> None:
    """What was asked for has come about by itself."""
    await session.execute(
        update(Task)
        .where(Task.enrollment_id == enrollment_id, Task.kind.in_(kinds), Task.done_at.is_(None))
        .values(done_at=now, done_by=actor, resolution=resolution)
    )


def _open_cry() -> ColumnElement[bool]:
    return Task.done_at.is_(None) & Task.kind.startswith(CRY, autoescape=True)


async def open_cries(session: AsyncSession, limit: int) -> list[Task]:
    """Cries for help nobody has documented, the soonest due first, for this transaction alone."""
    found = await session.scalars(
        select(Task)
        .where(_open_cry(), Task.escalated < 100)
        .order_by(Task.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Task)
    )
    return list(found)


async def has_open_cry(session: AsyncSession, enrollments: Sequence[str]) -> bool:
    query = select(Task.id).where(_open_cry(), Task.enrollment_id.in_(enrollments)).limit(1)
    return await session.scalar(query) is not None
