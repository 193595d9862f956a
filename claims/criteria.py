"""Who a program is for: what identification asks of the claims and of a pharmacy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from claims.attribution_rules import AttributionRules
from claims.errors import BadInput

EXCLUSIONS = ("hospice", "ltc", "do_not_contact", "address_confidential")
"""What a program may leave out beyond the dead and the uncovered, whom every program leaves out."""

FEATURES = (
    "days_since_inpatient", "ed_visits", "pdc", "fills", "moud_gap_days", "oud_without_moud",
    "drugs", "prescribers", "pharmacies", "target_conditions", "insulin_age", "social_need",
    "asthma_ratio",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PointRule:
    """Points when at_least <= feature < below; of one group (and class) the most count."""

    code: str
    feature: str
    points: int
    words: str
    group: str
    at_least: float | None = None
    below: float | None = None
    classes: tuple[str, ...] = ()
    part2: bool = False


@dataclass(frozen=True, slots=True)
class Scoring:
    """The whole of programs/scoring.yaml (or a program's `scoring:` block of the same shape)."""

    version: str
    source: str
    effective_from: date
    high: int
    rising: int
    year_days: int
    late_days: int
    carry_days: int
    physician_months: int
    points: tuple[PointRule, ...]
    class_words: Mapping[str, str] = field(default_factory=dict)
    hypoglycemia_classes: tuple[str, ...] = ()
    hypoglycemia_ingredients: tuple[str, ...] = ()

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Scoring":
        """From the parsed mapping: version, source, effective_from, tiers {high, rising},
        windows {year_days, late_days, carry_days, physician_months}, class_words,
        hypoglycemia {classes, ingredients}, and points: a list of {code, feature, group, points,
        words} with at_least, below, classes and part2 as needed. BadInput when it is off.
        """
        try:
            windows, low = data["windows"], data.get("hypoglycemia", {})
            return cls(
                version=str(data["version"]),
                source=str(data["source"]),
                effective_from=data["effective_from"],
                high=int(data["tiers"]["high"]),
                rising=int(data["tiers"]["rising"]),
                year_days=int(windows["year_days"]),
                late_days=int(windows["late_days"]),
                carry_days=int(windows["carry_days"]),
                physician_months=int(windows["physician_months"]),
                points=tuple(_rule(rule) for rule in data["points"]),
                class_words=dict(data.get("class_words", {})),
                hypoglycemia_classes=tuple(low.get("classes", ())),
                hypoglycemia_ingredients=tuple(low.get("ingredients", ())),
            )
        except (KeyError, TypeError) as off:
            raise BadInput(
                f"The scoring rules lack or misspell {off}; see the head of scoring.yaml."
            ) from None


TOLD_TO_PRESCRIBERS = "PDC_"
"""Reasons of such codes are copied into notes to prescribers."""


def _rule(body: Mapping[str, Any]) -> PointRule:
    if body["feature"] not in FEATURES:
        raise BadInput(
            f"The scoring rule {body['code']} reads the feature {body['feature']}; "
            f"use one of {', '.join(FEATURES)}."
        )
    if body.get("part2") and str(body["code"]).startswith(TOLD_TO_PRESCRIBERS):
        raise BadInput(
            f"The scoring rule {body['code']} is marked part2, and reasons whose code begins with "
            f"{TOLD_TO_PRESCRIBERS} are told in notes; give it another code."
        )
    return PointRule(
        code=str(body["code"]),
        feature=str(body["feature"]),
        points=int(body["points"]),
        words=str(body["words"]),
        group=str(body["group"]),
        at_least=body.get("at_least"),
        below=body.get("below"),
        classes=tuple(body.get("classes", ())),
        part2=bool(body.get("part2", False)),
    )


@dataclass(frozen=True, slots=True)
class Criteria:
    """One program's question to the claims.

    `networks` are the PBM networks and `services` the services a pharmacy must have, all of them;
    `cpesn` asks for CPESN membership besides. `capacity_weeks` is for how many weeks of its
    weekly capacity a pharmacy takes members.
    """

    program: str
    payer_types: tuple[str, ...]
    any_of_conditions: tuple[str, ...]
    scoring: Scoring
    networks: tuple[str, ...] = ()
    cpesn: bool = True
    services: tuple[str, ...] = ()
    exclusions: tuple[str, ...] = ()
    capacity_weeks: int = 1
    attribution: AttributionRules | None = None
    """Of all programs alike; without them distance and tier decide."""

    def __post_init__(self) -> None:
        unknown = [name for name in self.exclusions if name not in EXCLUSIONS]
        if unknown:
            raise BadInput(
                f"Program {self.program} excludes {unknown[0]}; use one of {', '.join(EXCLUSIONS)}."
            )
        if not self.payer_types or not self.any_of_conditions:
            raise BadInput(
                f"Program {self.program} names no payer type or no condition; give at least one."
            )
