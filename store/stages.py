"""Where each stage of a journey stands."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.journey import STAGES
from domain.state import dump, load
from store.models import Stage


async def states(session: AsyncSession, enrollment_id: str) -> dict[str, Any]:
    """Every stage's state, those not begun as they begin."""
    rows = await session.scalars(select(Stage).where(Stage.enrollment_id == enrollment_id))
    kept: Mapping[str, Any] = {row.name: row.state for row in rows}
    return {
        name: load(type(rules.begins), kept[name]) if name in kept else rules.begins
        for name, rules in STAGES.items()
    }


async def save(
    session: AsyncSession,
    enrollment_id: str,
    name: str,
    state: Any,
    now: datetime,
    *,
    done: str | None = None,
    why: str | None = None,
    due_at: datetime | None = None,
) -> None:
    row = await session.get(Stage, (enrollment_id, name))
    if row is None:
        row = Stage(enrollment_id=enrollment_id, name=name, state={}, updated_at=now)
        session.add(row)
    row.state, row.done, row.why, row.due_at, row.updated_at = dump(state), done, why, due_at, now
