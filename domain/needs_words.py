"""How social needs are named to other systems: categories, codes, goals (programs/needs.yaml)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from domain.fhir_base import SNOMED, Resource, coding, concept

SYSTEMS = {"snomed": SNOMED}
UNSPECIFIED = "sdoh-category-unspecified"


@dataclass(frozen=True, slots=True)
class Said:
    """Words, with a code where one fits."""

    text: str
    system: str | None = None
    code: str | None = None
    display: str | None = None

    def concept(self, *others: Resource) -> Resource:
        ours = [coding(self.system, self.code, self.display)] if self.system and self.code else []
        return concept(*ours, *others, text=self.text)


@dataclass(frozen=True, slots=True)
class NeedWords:
    category: str
    """A code of SDOH Clinical Care's temporary code system."""
    condition: Said
    goal: Said
    help: Said
    terms: tuple[str, ...]
    """Which taxonomy terms of a resource directory fit."""


@dataclass(frozen=True, slots=True)
class NeedsBook:
    """All of programs/needs.yaml that rules and resources need."""

    domains: Mapping[str, NeedWords]
    finer: Mapping[tuple[str, str], NeedWords]
    """By domain and Z code, where the code says more than the domain."""
    reasons: Mapping[str, str]
    call_first_after_days: int
    show_at_most: int

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "NeedsBook":
        """ValueError names the domain and the field."""
        domains: dict[str, NeedWords] = {}
        finer: dict[tuple[str, str], NeedWords] = {}
        try:
            for name, row in data["domains"].items():
                domains[name] = _words(name, row)
                for z_code, more in row.get("by_z_code", {}).items():
                    finer[name, z_code] = _words(name, {**row, **more})
            return cls(
                domains,
                finer,
                {str(code): str(words) for code, words in data["failed_because"].items()},
                int(data["resources"]["call_first_after_days"]),
                int(data["resources"]["show_at_most"]),
            )
        except (KeyError, TypeError, AttributeError) as wrong:
            raise ValueError(f"programs/needs.yaml lacks {wrong}; mend the file.") from None

    def words(self, domain: str, z_code: str | None = None) -> NeedWords:
        """A domain nobody described still has a name."""
        found = self.finer.get((domain, z_code or "")) or self.domains.get(domain)
        if found:
            return found
        plain = domain.replace("-", " ").capitalize()
        said = Said(plain)
        return NeedWords(UNSPECIFIED, said, Said(f"{plain}: resolved"), said, (domain,))


def _words(name: str, row: Mapping[str, Any]) -> NeedWords:
    return NeedWords(
        category=row["category"],
        condition=_said(name, {"says": row["says"], **row.get("condition", {})}),
        goal=_said(name, row["goal"]),
        help=_said(name, row["help"]),
        terms=tuple(row["terms"]),
    )


def _said(name: str, row: Mapping[str, Any]) -> Said:
    if strange := set(row) - {"says", "system", "code", "display"}:
        # In YAML a comma ends a value: words with one need quotes.
        raise ValueError(f"programs/needs.yaml, {name}: {min(strange)!r} is no field; mend it.")
    system = row.get("system")
    if system is not None and system not in SYSTEMS:
        raise ValueError(f"programs/needs.yaml, {name}: `system` must be snomed, not {system!r}.")
    return Said(row["says"], SYSTEMS.get(system or ""), row.get("code"), row.get("display"))
