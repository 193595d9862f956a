"""Offers of tasks that wait for an answer, as the pages show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.handover import STAFF
from store.models import Handover, StaffMember


@dataclass(frozen=True, slots=True)
class OfferLine:
    offer: Handover
    by: str
    """The name of whoever offers it."""
    to: str
    """A role, or a colleague's name."""


async def offers_of(session: AsyncSession, task_ids: Sequence[int]) -> Mapping[int, OfferLine]:
    """By task, the offer of it that is open."""
    rows = await session.scalars(
        select(Handover).where(Handover.task_id.in_(task_ids), Handover.answer.is_(None))
    )
    found = rows.all()
    named = {who for offer in found for who in (offer.offered_by, offer.to)}
    names = await _names(session, named)
    return {
        offer.task_id: OfferLine(
            offer, names.get(offer.offered_by, "a colleague"), names.get(offer.to, offer.to)
        )
        for offer in found
    }


async def coordinators(session: AsyncSession) -> Sequence[tuple[str, str]]:
    """Whom a task can be offered to by name: staff:<id> and the name."""
    rows = await session.execute(
        select(StaffMember.id, StaffMember.name)
        .where(StaffMember.role == "coordinator", StaffMember.disabled_at.is_(None))
        .order_by(StaffMember.name)
    )
    return [(f"{STAFF}{id_}", name) for id_, name in rows]


async def holders(session: AsyncSession, actors: set[str]) -> Mapping[str, str]:
    return await _names(session, actors)


async def _names(session: AsyncSession, actors: set[str]) -> Mapping[str, str]:
    ids = [actor.removeprefix(STAFF) for actor in actors if actor.startswith(STAFF)]
    if not ids:
        return {}
    rows = await session.execute(
        select(StaffMember.id, StaffMember.name).where(StaffMember.id.in_(ids))
    )
    return {f"{STAFF}{id_}": name for id_, name in rows}
