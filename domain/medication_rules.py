"""What holds for refills in every program, read from `programs/medication.yaml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from domain.late_refills import LateRule, late_rules
from domain.program_reader import Reader
from domain.stages import MedicationFact


@dataclass(frozen=True, slots=True)
class MedicationRules:
    late: tuple[LateRule, ...] = ()
    not_refilled: frozenset[str] = frozenset()
    """Classes taken when needed or once."""

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "MedicationRules":
        """ValueError (one sentence) for a file that cannot be used."""
        read = Reader(data, "medication.yaml")
        return cls(
            late=late_rules(read.value("late")),
            not_refilled=frozenset(read.part("not_refilled").texts("classes")),
        )

    def regular(self, medication: MedicationFact) -> bool:
        return medication.drug_class not in self.not_refilled


NONE = MedicationRules()
"""Every medicine is refilled and none is called about."""
