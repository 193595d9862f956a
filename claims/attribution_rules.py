"""The numbers by which pharmacies are chosen: programs/attribution.yaml, typed and checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from claims.errors import BadInput

TIERS = ("high", "rising", "low")
STAYS = ("current", "usual", "recent")
"""Why a member may already belong to a pharmacy, strongest first."""


@dataclass(frozen=True, slots=True)
class AttributionRules:
    """All of programs/attribution.yaml that changes an answer. Distances in kilometres."""

    usual_share: float
    usual_days: int
    recent_days: int
    worth_km: tuple[int, int, int]
    """In the order of STAYS."""
    language_required: bool
    """A pharmacy where the member's language is not known to be spoken does not qualify."""
    language_km: int
    """Where it is only preferred: how much farther such a pharmacy counts."""
    language_unless: tuple[str, ...]
    """Of STAYS: a pharmacy the member belongs to in this way may take them all the same."""
    unserved_km: tuple[int, int, int]
    """In the order of TIERS."""
    narrow: int
    wide: int
    places_for_wide: int
    widen_when_unserved: float
    sole_within_miles: float
    rural_ruca: tuple[int, int]
    ruca_file: Path | None = None
    """ZIP_CODE,STATE,ZIP_TYPE,RUCA1,RUCA2; without it no pharmacy is flagged by RUCA."""

    @property
    def foreign_km(self) -> int:
        """What a language that is not spoken adds to a way."""
        return 0 if self.language_required else self.language_km

    @classmethod
    def from_data(cls, data: Mapping[str, Any], ruca_file: Path | None) -> "AttributionRules":
        """From the parsed mapping; BadInput when it is off or costs do not grow with the tier."""
        try:
            worth, unserved, wanted = data["worth_km"], data["unserved_km"], data["candidates"]
            spoken = data["language"]
            rules = cls(
                usual_share=float(data["usual_share"]),
                usual_days=int(data["usual_days"]),
                recent_days=int(data["recent_days"]),
                worth_km=(int(worth["current"]), int(worth["usual"]), int(worth["recent"])),
                language_required={"required": True, "preferred": False}[spoken["rule"]],
                language_km=int(spoken["preferred_km"]),
                language_unless=tuple(spoken["unless"]),
                unserved_km=(
                    int(unserved["high"]), int(unserved["rising"]), int(unserved["low"]),
                ),
                narrow=int(wanted["narrow"]),
                wide=int(wanted["wide"]),
                places_for_wide=int(wanted["places_for_wide"]),
                widen_when_unserved=float(wanted["widen_when_unserved"]),
                sole_within_miles=float(data["sole_within_miles"]),
                rural_ruca=(int(data["rural_ruca"]["from"]), int(data["rural_ruca"]["to"])),
                ruca_file=ruca_file,
            )  # fmt: skip
        except (KeyError, TypeError, ValueError) as off:
            raise BadInput(
                f"The attribution rules lack or misspell {off}; see programs/attribution.yaml."
            ) from None
        _check(rules)
        return rules


def _check(rules: AttributionRules) -> None:
    high, rising, low = rules.unserved_km
    if not high > rising > low > 0:
        raise BadInput(
            "unserved_km of the attribution rules must fall from high over rising to low; "
            "correct programs/attribution.yaml."
        )
    if set(rules.language_unless) - set(STAYS):
        raise BadInput(
            f"language.unless of the attribution rules names none of {', '.join(STAYS)}; "
            "correct programs/attribution.yaml."
        )
    if not 4 <= rules.narrow <= rules.wide:
        raise BadInput(
            "candidates of the attribution rules need 4 <= narrow <= wide; "
            "correct programs/attribution.yaml."
        )


NEAREST_ONLY = AttributionRules(
    usual_share=2, usual_days=0, recent_days=0, worth_km=(0, 0, 0),
    language_required=False, language_km=0, language_unless=(),
    unserved_km=(30_000, 20_000, 10_000), narrow=8, wide=32, places_for_wide=3000,
    widen_when_unserved=0.01, sole_within_miles=0, rural_ruca=(4, 10),
)  # fmt: skip
"""For criteria without rules: distance and tier alone decide."""
