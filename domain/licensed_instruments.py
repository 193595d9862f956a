"""Instruments whose words belong to others: coded here, read from the deployer's own files."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from domain import questionnaires, scoring
from domain.instruments import LOINC, Instrument


@dataclass(frozen=True, slots=True)
class LicensedInstrument:
    """What we know of it without its words."""

    name: str
    code: str
    """LOINC of the panel."""
    holder: str

    @classmethod
    def all(cls, data: Mapping[str, Any]) -> tuple["LicensedInstrument", ...]:
        """`data` is programs/instruments/licensed.yaml."""
        return tuple(
            cls(name, row["code"], row["holder"]) for name, row in data["instruments"].items()
        )

    def read(
        self, words: Any, score: Mapping[str, Any] | None, minutes: Mapping[str, int]
    ) -> Instrument:
        """`words`: the deployer's Questionnaire; `score`: a row as in scoring.yaml, if it has one.

        ValueError says in one sentence what is wrong.
        """
        if not isinstance(words, Mapping):
            raise ValueError(f"{self.name}.json: not a FHIR Questionnaire with items")
        rule = None
        if score is not None:
            row = {**score, "instrument": self.name}
            rule = scoring.rules({"instruments": [row]}, minutes)[self.name]
        found = questionnaires.instrument(words, self.name, rule)
        if (found.system, found.code) != (LOINC, self.code):
            raise ValueError(f"{self.name}.json: its code must be {self.code} of LOINC.")
        if not words.get("copyright"):
            raise ValueError(f"{self.name}.json: say in `copyright` whose words these are.")
        return replace(found, name=self.name)
