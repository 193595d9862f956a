"""What an instrument's answers add up to: total, band, positive or not, and whom it concerns."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

OTHERWISE = "otherwise"


@dataclass(frozen=True, slots=True)
class Look:
    """A person looks at the result: whose task it is and until when."""

    role: str
    within: timedelta


@dataclass(frozen=True, slots=True)
class Band:
    at_least: int
    name: str
    look: Look | None = None


@dataclass(frozen=True, slots=True)
class Score:
    total: int
    band: str | None
    positive: bool


@dataclass(frozen=True, slots=True)
class ScoreRule:
    """How one instrument is scored; without `items` it has flags and no total."""

    code: str | None
    """LOINC of the total; None where LOINC has none that we could confirm."""
    items: tuple[str, ...]
    highest: int
    positive_at: Mapping[str, int]
    """By the member's recorded gender; "otherwise" for all the rest."""
    bands: tuple[Band, ...]
    then_ask: str | None
    """The instrument a positive result leads to."""
    result_codes: Mapping[str, str]
    """Where the result itself is a coded answer: "positive" and "negative" to answer codes."""
    flag: Look | None
    """Who looks at a positive answer of an instrument without a total."""
    source: str
    effective_from: date

    def score(self, ordinals: Mapping[str, int | None], gender: str | None) -> Score | None:
        """`ordinals`: of the answered items; an item never asked counts 0 and is given as 0.

        None when an item is unanswered: a part of a sum would look like a low one.
        """
        points = [ordinals.get(item) for item in self.items]
        if not points or any(point is None for point in points):
            return None
        total = sum(point or 0 for point in points)
        band = next((each for each in reversed(self.bands) if total >= each.at_least), None)
        limit = self.positive_at.get(gender or OTHERWISE, self.positive_at[OTHERWISE])
        return Score(total, band.name if band else None, total >= limit)

    def look(self, total: int) -> Look | None:
        """Who looks at this total, and until when: what its band says."""
        found = [band for band in self.bands if total >= band.at_least]
        return found[-1].look if found else None


def rules(data: Mapping[str, Any], minutes: Mapping[str, int]) -> Mapping[str, ScoreRule]:
    """By instrument. `data` is programs/instruments/scoring.yaml, `minutes` that of
    programs/deadlines.yaml; ValueError says in one sentence what is wrong."""
    return {str(row.get("instrument")): _rule(row, minutes) for row in data["instruments"]}


def _rule(row: Mapping[str, Any], minutes: Mapping[str, int]) -> ScoreRule:
    where = f"scoring of {row.get('instrument')}"
    for name in ("source", "effective_from"):
        if not row.get(name):
            raise ValueError(f"{where}: `{name}` is missing.")
    try:
        bands = tuple(
            Band(int(band["at_least"]), str(band["name"]), _look(band.get("look"), minutes))
            for band in row.get("bands", ())
        )
        positive = dict(row.get("positive_at", {}))
        if row.get("items") and OTHERWISE not in positive:
            raise ValueError(f"{where}: `positive_at` needs a limit for `{OTHERWISE}`.")
        return ScoreRule(
            row.get("code"), tuple(row.get("items", ())), int(row.get("highest", 0)), positive,
            tuple(sorted(bands, key=lambda band: band.at_least)), row.get("then_ask"),
            dict(row.get("result_codes", {})), _look(row.get("flag"), minutes),
            str(row["source"]), row["effective_from"],
        )  # fmt: skip
    except KeyError as wrong:
        raise ValueError(f"{where}: {wrong} is missing or not a deadline.") from None


def _look(data: Mapping[str, Any] | None, minutes: Mapping[str, int]) -> Look | None:
    if data is None:
        return None
    return Look(str(data["role"]), timedelta(minutes=minutes[data["deadline"]]))
