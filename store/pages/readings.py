"""A member's readings for the trends on their page."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from store.models import Reading

MOST = 60


async def readings(session: AsyncSession, enrollment_id: str) -> Sequence[Reading]:
    """The newest of each kind together, oldest first."""
    newest = (
        select(Reading)
        .where(Reading.enrollment_id == enrollment_id)
        .order_by(Reading.at.desc(), Reading.id.desc())
        .limit(MOST)
    )
    return list(reversed((await session.execute(newest)).scalars().all()))
