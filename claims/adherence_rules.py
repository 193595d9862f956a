"""What adherence is asked of fills: classes, their ingredients and exclusions, periods, stays."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from claims.errors import BadInput


@dataclass(frozen=True, slots=True)
class DrugClass:
    """One class of medicines; of its lists any one entry is enough (`only_conditions` as well)."""

    name: str
    words: str
    min_days: int
    percent: int
    ingredients: tuple[str, ...] = ()
    by_ingredient: bool = False
    unless_ingredients: tuple[str, ...] = ()
    unless_classes: tuple[str, ...] = ()
    unless_conditions: tuple[str, ...] = ()
    only_conditions: tuple[str, ...] = ()
    most_gap_days: int | None = None
    """With it, adherent means that no gap is longer, whatever the PDC."""


@dataclass(frozen=True, slots=True)
class Stays:
    """Whether days of hospital and nursing home stays are taken out, and the day of discharge."""

    inpatient: bool = False
    snf: bool = False
    discharge_day: bool = False

    @property
    def settings(self) -> tuple[str, ...]:
        return tuple(name for name in ("inpatient", "snf") if getattr(self, name))


@dataclass(frozen=True, slots=True)
class Rescue:
    """Rescue inhalers in 12 months that are too many."""

    classes: tuple[str, ...]
    too_many: int
    urgent: int
    same_week: int


@dataclass(frozen=True, slots=True)
class AsthmaRatio:
    """Controllers of all asthma medicines, for persistent asthma; ages in years, both included."""

    condition: str
    controllers: tuple[str, ...]
    relievers: tuple[str, ...]
    ages: tuple[int, int]
    unit_days: int
    percent: int
    events: int
    visits: int
    visit_events: int


@dataclass(frozen=True, slots=True)
class AdherenceRules:
    """The whole of programs/valuesets/adherence.yaml."""

    version: str
    source: str
    effective_from: date
    min_days: int
    min_age: int
    classes: tuple[DrugClass, ...]
    stays: Stays
    rescue: Rescue
    asthma: AsthmaRatio

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "AdherenceRules":
        """From the parsed file; BadInput when a key is off or missing."""
        try:
            period, asthma = data["period"], dict(data["asthma_ratio"])
            asthma["ages"] = tuple(int(age) for age in asthma["ages"])
            return cls(
                version=str(data["version"]),
                source=str(data["source"]),
                effective_from=data["effective_from"],
                min_days=int(period["min_days"]),
                min_age=int(period["min_age"]),
                classes=tuple(_class(name, body, period) for name, body in data["classes"].items()),
                stays=Stays(**data["stays"]),
                rescue=Rescue(**_tuples(data["rescue"])),
                asthma=AsthmaRatio(**_tuples(asthma)),
            )
        except (KeyError, TypeError, AttributeError, ValueError) as off:
            raise BadInput(
                f"The adherence rules lack or misspell {off}; see adherence.yaml's head."
            ) from None


def _tuples(body: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(v) if isinstance(v, list) else v for key, v in body.items()}


def _class(name: str, body: Mapping[str, Any], period: Mapping[str, Any]) -> DrugClass:
    usual = {"min_days": int(period["min_days"]), "percent": int(period["percent"])}
    told = {**usual, **_tuples(body)}
    return DrugClass(name=str(name), **told)
