"""The row that says since when webhooks are taken and how new the carrier's list is."""

from datetime import datetime, timedelta

from sqlalchemy import case, func, literal, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.listening import Heard
from domain.pacing import SENDER
from store.models import ListeningRow


async def heard(session: AsyncSession) -> Heard:
    found = await session.execute(
        select(ListeningRow.taking_since, ListeningRow.taking_at, ListeningRow.listed_from).where(
            ListeningRow.sender == SENDER
        )
    )
    row = found.one_or_none()
    return Heard(*row) if row else Heard()


async def taking(
    session: AsyncSession, wall: datetime, *, after_a_break: bool, silent_after: timedelta
) -> None:
    """A sign of life of whoever takes webhooks; one that comes too late begins a new spell."""
    new = insert(ListeningRow).values(sender=SENDER, taking_since=wall, taking_at=wall)
    broken = or_(
        literal(after_a_break),
        ListeningRow.taking_at.is_(None),
        ListeningRow.taking_at < wall - silent_after,
    )
    since = case((broken, wall), else_=ListeningRow.taking_since)
    await session.execute(
        new.on_conflict_do_update(
            index_elements=["sender"],
            set_={"taking_since": since, "taking_at": func.greatest(ListeningRow.taking_at, wall)},
        )
    )


async def listed(session: AsyncSession, begun: datetime) -> None:
    """The carrier's list was read in whole, and what it holds is kept."""
    new = insert(ListeningRow).values(sender=SENDER, listed_from=begun)
    newest = func.greatest(ListeningRow.listed_from, begun)
    await session.execute(
        new.on_conflict_do_update(index_elements=["sender"], set_={"listed_from": newest})
    )
