"""Medication synchronization: one date a month for all refills, by short fills proposed once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from domain.program_reader import Reader
from domain.stages import MedicationFact, SyncFact


@dataclass(frozen=True, slots=True)
class SyncRules:
    at_least: int
    """So many medicines, or there is nothing to bring together."""
    most_supply: timedelta
    """A longer supply is no monthly one and keeps its own dates."""
    together_within: timedelta
    """Dates so close are one date already."""


def sync_rules(read: Reader) -> SyncRules:
    read.text("source")
    return SyncRules(
        read.number("at_least_medicines"),
        read.days("most_supply_days"),
        read.days("together_within_days"),
    )


def proposal(
    medications: Sequence[MedicationFact], rules: SyncRules, today: date
) -> tuple[date, tuple[tuple[str, int], ...]] | None:
    """The common date, and by refill how many days a short fill to it is; None: nothing to do.

    The date is the last on which a monthly supply at hand ends: nobody is given less than they
    have. Protected medicines are left to the pharmacist's own record.
    """
    monthly = [
        m
        for m in medications
        if not m.part2
        and m.runs_out_on >= today
        and timedelta(days=m.days_supply) <= rules.most_supply
    ]
    if len(monthly) < rules.at_least:
        return None
    anchor = max(m.runs_out_on for m in monthly)
    fills = tuple(
        (m.refill, (anchor - m.runs_out_on).days)
        for m in monthly
        if anchor - m.runs_out_on > rules.together_within
    )
    return (anchor, fills) if fills else None


def days_of(medication: MedicationFact, sync: SyncFact | None) -> int:
    """What is ordered: a short fill where the pharmacist accepted one, else the usual supply."""
    if sync is None or sync.status != "accepted":
        return medication.days_supply
    return dict(sync.fills).get(medication.refill, medication.days_supply)
