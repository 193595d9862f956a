"""Practices: how each wants its notes; what a newer file says replaces what an older one said."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.practices import PracticeCard
from store.models import Practice


async def load(session: AsyncSession, cards: Sequence[PracticeCard], now: datetime) -> None:
    for card in cards:
        values = {**asdict(card), "channel": str(card.channel), "loaded_at": now}
        row = insert(Practice).values(**values)
        changed = {name: row.excluded[name] for name in values if name != "npi"}
        await session.execute(row.on_conflict_do_update(index_elements=["npi"], set_=changed))
