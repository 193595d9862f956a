"""Naloxone for members who take opioids or are treated for them: offered by their pharmacist."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from domain.program_reader import Reader
from domain.stages import MedicationFact


@dataclass(frozen=True, slots=True)
class NaloxoneRules:
    for_classes: frozenset[str]
    antidote_classes: frozenset[str]
    every: timedelta
    """Counted from the last fill, and from the last time it was offered."""
    business_days: int

    def due_on(
        self, medications: Sequence[MedicationFact], offered_on: date | None, lapsed: date
    ) -> date | None:
        """The first day to offer it; None where no medicine in use asks for it.

        `lapsed`: a supply that ended before this day was stopped.
        """
        in_use = {m.drug_class for m in medications if m.runs_out_on >= lapsed}
        if not in_use & self.for_classes:
            return None
        had = [
            m.runs_out_on - timedelta(days=m.days_supply)
            for m in medications
            if m.drug_class in self.antidote_classes
        ]
        last = max([*had, *([offered_on] if offered_on else [])], default=None)
        return last + self.every if last else lapsed


def naloxone_rules(read: Reader) -> NaloxoneRules:
    read.text("source")
    return NaloxoneRules(
        frozenset(read.texts("for_classes")),
        frozenset(read.texts("antidote_classes")),
        read.days("again_after_days"),
        read.number("business_days"),
    )
