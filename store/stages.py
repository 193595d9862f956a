"""Where each stage of a journey stands."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.journey import STAGES
from domain.state import dump, load
from store.models import Stage


async def rows(session: AsyncSession, enrollment_id: str) -> dict[str, Stage]:
    found = await session.scalars(select(Stage).where(Stage.enrollment_id == enrollment_id))
    return {row.name: row for row in found}


def states(kept: Mapping[str, Stage]) -> dict[str, Any]:
    """Every stage's state, those not begun as they begin."""
    return {
        name: load(type(rules.begins), kept[name].state) if name in kept else rules.begins
        for name, rules in STAGES.items()
    }


def save(
    session: AsyncSession,
    kept: dict[str, Stage],
    enrollment_id: str,
    name: str,
    state: Any,
    now: datetime,
    *,
    done: str | None = None,
    why: str | None = None,
    due_at: datetime | None = None,
) -> None:
    """`kept`: the rows that were read at the beginning; a stage that begins is put among them."""
    row = kept.get(name)
    if row is None:
        row = Stage(enrollment_id=enrollment_id, name=name, state={}, updated_at=now)
        session.add(row)
        kept[name] = row
    row.state, row.done, row.why, row.due_at, row.updated_at = dump(state), done, why, due_at, now
