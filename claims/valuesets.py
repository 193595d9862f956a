"""Value sets: which codes, in which settings, how often, say that a member has a condition."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from claims.adherence_rules import AdherenceRules
from claims.errors import BadInput

SETTINGS = ("inpatient", "snf", "hha", "outpatient_hospital", "professional", "drug")
"""Where a claim line comes from; a rule may ask for `ed` and `any_non_drug` besides."""
_SETTINGS = {"inpatient", "snf", "hha", "outpatient_hospital", "ed", "professional", "any_non_drug"}


@dataclass(frozen=True, slots=True)
class Rule:
    """One way in which claims show a condition; codes are prefixes without dots."""

    name: str
    one_of: tuple[str, ...] = ()
    or_two_of: tuple[str, ...] = ()
    min_days_apart: int = 1
    icd10: tuple[str, ...] = ()
    icd9: tuple[str, ...] = ()
    excepted: tuple[str, ...] = ()
    hcpcs: tuple[str, ...] = ()
    procedures: tuple[str, ...] = ()
    drug_classes: tuple[str, ...] = ()
    naltrexone: tuple[str, ...] = ()
    """HCPCS codes or ingredients of this path that stand for naltrexone."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition, the rule's source, and the paths of which one is enough."""

    name: str
    words: str
    source: str
    version: str
    effective_from: date
    lookback_months: int
    paths: tuple[Rule, ...]
    part2: bool = False
    """42 CFR Part 2: records of substance use disorder treatment; everything derived is labelled"""
    helper: bool = False
    """Used by other rules only; never an answer about a member."""
    any_of: tuple[str, ...] = ()
    """It holds when one of these conditions holds; then it has no paths of its own."""
    naltrexone_guard: tuple[str, ...] = ()
    """Conditions in whose presence naltrexone alone does not show this one."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How a claim line's setting is read from its type of bill, place, revenue center and HCPCS."""

    bill_types: Mapping[str, tuple[str, ...]]
    ed_revenue_centers: tuple[str, ...]
    ed_places: tuple[str, ...]
    ed_hcpcs: tuple[str, ...]
    not_counted_places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ValueSets:
    """All conditions, the named groups of them, and how settings are read."""

    version: str
    icd10_from: date
    history_months: int
    history_percent: int
    groups: Mapping[str, tuple[str, ...]]
    settings: Settings
    conditions: Mapping[str, Condition]
    adherence: AdherenceRules

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "ValueSets":
        """From the parsed conditions.yaml, and adherence.yaml under the key `adherence`.

        BadInput when one is off.
        """
        try:
            conditions = {
                str(name): _condition(str(name), body) for name, body in data["conditions"].items()
            }
            groups = {str(name): _strings(data["groups"], name) for name in data.get("groups", {})}
            sets = cls(
                str(data["version"]),
                data["icd10_from"],
                int(data["history"]["months"]),
                int(data["history"]["percent"]),
                groups,
                _settings(data["settings"]),
                conditions,
                AdherenceRules.from_data(data["adherence"]),
            )
        except (KeyError, TypeError, AttributeError) as off:
            raise BadInput(
                f"The condition value sets lack or misspell {off}; see conditions.yaml's head."
            ) from None
        sets.expand([name for group in groups.values() for name in group])
        parts = {part for condition in conditions.values() for part in condition.any_of}
        if unknown := sorted(parts - {n for n, c in conditions.items() if not c.any_of}):
            raise BadInput(f"No value set is called {unknown[0]}, which an any_of names.")
        return sets

    def expand(self, names: "tuple[str, ...] | list[str]") -> dict[str, str]:
        """Condition name -> the name (itself or a group) it answers to; BadInput when unknown."""
        answers: dict[str, str] = {}
        for name in names:
            for member in self.groups.get(name, (name,)):
                if member not in self.conditions or self.conditions[member].helper:
                    known = sorted({*self.groups, *self.conditions})
                    raise BadInput(
                        f"No value set is called {member}; use one of {', '.join(known)}."
                    )
                answers.setdefault(member, name)
        return answers

    def code_rows(self) -> Iterator[dict[str, str | int | bool]]:
        """Every prefix with the condition and path it belongs to, for a table."""
        for condition in self.conditions.values():
            for number, path in enumerate(condition.paths):
                for system, codes in (
                    ("icd10", path.icd10), ("icd9", path.icd9),
                    ("hcpcs", path.hcpcs), ("procedure", path.procedures),
                    ("drug_class", path.drug_classes),
                ):  # fmt: skip
                    for code in codes:
                        yield {
                            "condition": condition.name, "path": number,
                            "system": system, "code": code, "naltrexone": code in path.naltrexone,
                        }  # fmt: skip


def _strings(body: Mapping[str, Any], key: Any) -> tuple[str, ...]:
    value = body.get(key, ())
    if isinstance(value, str):
        raise BadInput(f"In the condition value sets, {key} must be a list, not the text {value}.")
    return tuple(str(item) for item in value)


def _condition(name: str, body: Mapping[str, Any]) -> Condition:
    any_of = _strings(body, "any_of")
    paths = body.get("paths") or ([] if any_of else [{**body, "name": "diagnosis"}])
    return Condition(
        name=name,
        words=str(body["words"]),
        source=str(body["source"]),
        version=str(body["version"]),
        effective_from=body["effective_from"],
        lookback_months=int(body["lookback_months"]),
        paths=tuple(_rule(name, path) for path in paths),
        part2=bool(body.get("part2", False)),
        helper=bool(body.get("helper", False)),
        any_of=any_of,
        naltrexone_guard=_strings(body, "naltrexone_only_unless_without"),
    )


def _rule(condition: str, body: Mapping[str, Any]) -> Rule:
    one_of, two_of = _strings(body, "one_of"), _strings(body, "or_two_of")
    unknown = sorted({*one_of, *two_of} - _SETTINGS)
    if unknown:
        raise BadInput(
            f"The value set {condition} names the setting {unknown[0]}; "
            f"use one of {', '.join(sorted(_SETTINGS))}."
        )
    naltrexone = _strings(body, "naltrexone_hcpcs") + _strings(body, "naltrexone_ingredients")
    return Rule(
        name=str(body["name"]),
        one_of=one_of,
        or_two_of=two_of,
        min_days_apart=int(body.get("min_days_apart", 1)),
        icd10=_strings(body, "icd10"),
        icd9=_strings(body, "icd9"),
        excepted=_strings(body, "except"),
        hcpcs=_strings(body, "hcpcs"),
        procedures=_strings(body, "procedures"),
        drug_classes=_strings(body, "drug_classes"),
        naltrexone=naltrexone,
    )


def _settings(body: Mapping[str, Any]) -> Settings:
    return Settings(
        bill_types={
            name: _strings(body[name], "bill_types") for name in ("inpatient", "snf", "hha")
        },
        ed_revenue_centers=_strings(body["ed"], "revenue_centers"),
        ed_places=_strings(body["ed"], "places"),
        ed_hcpcs=_strings(body["ed"], "hcpcs"),
        not_counted_places=_strings(body, "not_counted_places"),
    )
