"""The ladder of one invitation as it went: each rung used, when, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from store.models import Outcome

KINDS = ("outreach_attempt", "rung_skipped", "rung_ended")


@dataclass(frozen=True, slots=True)
class RungUsed:
    """`ended`: what came of it, or why it was passed over; None while it is not told."""

    at: datetime
    ended: str | None = None
    ended_at: datetime | None = None


async def rungs_used(session: AsyncSession, enrollment_id: str) -> Mapping[int, RungUsed]:
    """By rung, counted from 1; the newest word on each stands."""
    rows = await session.scalars(
        select(Outcome)
        .where(Outcome.enrollment_id == enrollment_id, Outcome.kind.in_(KINDS))
        .order_by(Outcome.id)
    )
    found: dict[int, RungUsed] = {}
    for row in rows:
        rung = row.detail.get("rung")
        if not isinstance(rung, int):
            continue
        begun = found[rung].at if rung in found else row.at
        if row.kind == "outreach_attempt":
            found[rung] = RungUsed(row.at)
        else:
            found[rung] = RungUsed(begun, row.rule, row.at)
    return found
