"""What holds for refills in every program, read from `programs/medication.yaml`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from domain.late_refills import LateRule, late_rules
from domain.naloxone import NaloxoneRules, naloxone_rules
from domain.program_reader import Reader
from domain.stages import DeliveryFact, MedicationFact
from domain.synchronization import SyncRules, sync_rules

WINDOWS = ("morning", "afternoon", "evening")


@dataclass(frozen=True, slots=True)
class Attempts:
    """How often a package is brought to the door, and how long after one in vain the next."""

    most: int = 2
    most_cold: int = 1
    again_after: timedelta = timedelta(days=1)

    def left(self, delivery: DeliveryFact) -> bool:
        return delivery.attempts < (self.most_cold if delivery.cold_chain else self.most)


@dataclass(frozen=True, slots=True)
class MedicationRules:
    late: tuple[LateRule, ...] = ()
    not_refilled: frozenset[str] = frozenset()
    """Classes taken when needed or once."""
    cold_classes: frozenset[str] = frozenset()
    cold_ingredients: frozenset[str] = frozenset()
    attempts: Attempts = Attempts()
    windows: Mapping[str, str] = field(default_factory=dict)
    """The hours of each part of the day, as a person reads them."""
    sync: SyncRules | None = None
    package_from: int = 1_000
    """Unit-of-use packaging is proposed from so many medicines on."""
    not_packed: frozenset[str] = frozenset()
    """Classes of no use in such a package."""
    naloxone: NaloxoneRules | None = None

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "MedicationRules":
        """ValueError (one sentence) for a file that cannot be used."""
        read = Reader(data, "medication.yaml")
        cold = read.part("cold_chain")
        windows, packaging = read.part("windows"), read.part("packaging")
        return cls(
            late=late_rules(read.value("late")),
            not_refilled=frozenset(read.part("not_refilled").texts("classes")),
            cold_classes=frozenset(cold.texts("classes")),
            cold_ingredients=frozenset(cold.texts("ingredients")),
            attempts=_attempts(read.part("attempts")),
            windows={name: windows.text(name) for name in WINDOWS},
            sync=sync_rules(read.part("synchronization")),
            package_from=packaging.number("at_least_medicines"),
            not_packed=frozenset(packaging.texts("not_classes")),
            naloxone=naloxone_rules(read.part("naloxone")),
        )

    def regular(self, medication: MedicationFact) -> bool:
        return medication.drug_class not in self.not_refilled

    def packable(self, medication: MedicationFact) -> bool:
        known = self.regular(medication) and not self.cold(medication)
        return known and medication.drug_class not in self.not_packed

    def cold(self, medication: MedicationFact) -> bool:
        named = set((medication.ingredient or "").lower().split("/"))
        return medication.drug_class in self.cold_classes or bool(named & self.cold_ingredients)


def _attempts(read: Reader) -> Attempts:
    read.text("source")
    most, most_cold = read.number("most"), read.number("most_cold")
    if not most or not most_cold:
        read.refuse("most" if not most else "most_cold", "1 or more")
    return Attempts(most, most_cold, read.days("again_after_days"))


NONE = MedicationRules()
"""Every medicine is refilled and none is called about."""
