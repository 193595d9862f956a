"""What a member has at hand of each medicine, by claims and by what was brought to the door."""

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from store.models import Delivery, Medication

# What was brought to the door counts as a fill of that day already: its own claim, which is of the
# day it was packed, adds nothing. A later fill, at whatever pharmacy, moves the supply's end.
NEWER_FILLS = """on conflict (member_id, ndc11) do update set
    last_fill_on = excluded.last_fill_on, days_supply = excluded.days_supply,
    quantity = excluded.quantity, runs_out_on = excluded.runs_out_on,
    prescriber_npi = excluded.prescriber_npi, pharmacy_npi = excluded.pharmacy_npi,
    part2 = medications.part2 or excluded.part2
where excluded.last_fill_on > medications.last_fill_on"""


async def brought(session: AsyncSession, member_id: str, delivery: Delivery, today: date) -> None:
    """What was brought counts as a fill: the next refill is due when it ends (overlap is kept)."""
    medication = await _medication(session, member_id, delivery)
    if medication is None:
        return
    medication.last_fill_on = today
    medication.runs_out_on = max(medication.runs_out_on, today) + timedelta(
        days=delivery.days_supply
    )


async def taken_back(session: AsyncSession, member_id: str, delivery: Delivery) -> None:
    """The member has nothing more than before: a supply counted from the door would hide a gap."""
    medication = await _medication(session, member_id, delivery)
    if medication is not None:
        medication.runs_out_on -= timedelta(days=delivery.days_supply)


async def _medication(
    session: AsyncSession, member_id: str, delivery: Delivery
) -> Medication | None:
    found: Medication | None = await session.scalar(
        select(Medication).where(
            Medication.member_id == member_id, Medication.ndc11 == delivery.ndc11
        )
    )
    return found
