"""One seed, one schedule: what dies or stalls when, who says STOP, what the carrier does."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from random import Random

PARTS = ("worker", "api", "temporal", "postgres")
LONGEST_PAUSE = 7.0
"""Seconds a process may stand still: what the lease and the settle time are meant to survive."""


class Kind(StrEnum):
    KILL = "kill"
    PAUSE = "pause"
    HOUSE = "house"
    """Every process of the house at once, then a new start."""


@dataclass(frozen=True, slots=True)
class Fault:
    at: float
    """Seconds after the first text was accepted."""
    kind: Kind
    part: str = ""
    seconds: float = 0.0
    close: bool = False
    """On the heels of the one before, whether or not the house sends again."""


@dataclass(frozen=True, slots=True)
class Act:
    """What a member or the carrier does in between."""

    at: float
    kind: str
    """stop (a member says STOP around a send) or replay (a webhook comes again)"""
    offset: float = 0.0
    """Seconds before (negative) or after a text is due to leave."""
    dice: float = 0.0
    """Which of those at hand: 0 the first, just below 1 the last."""


@dataclass(frozen=True, slots=True)
class Schedule:
    seed: int
    seconds: float
    faults: tuple[Fault, ...]
    acts: tuple[Act, ...]

    @property
    def as_of(self) -> date:
        """The day before the journeys begin: soon the clocks change in all zones but a few."""
        return CLOCKS_CHANGE[self.seed % 2] - EVE


CLOCKS_CHANGE = (date(2026, 11, 1), date(2027, 3, 14))
"""An even seed's run goes over the first night, an odd one's over the second."""
EVE = timedelta(days=5)

CLOSE = 0.25
"""Share of faults that strike a house which may still be getting up from the last."""

CARRIER = {
    "answer_lost": 0.03, "drop_before": 0.03, "error_after": 0.02, "too_many": 0.03,
    "callback_drop": 0.1, "callback_duplicate": 0.1, "callback_reorder": 0.1,
    "webhook_drop": 0.05, "list_lag_seconds": 1.5,
}  # fmt: skip
"""The carrier's own faults while the house is under fire: shares of requests, and seconds."""

# The worker is where a text is in hand: it is struck most. Small numbers of whole houses, for each
# costs a start.
_WEIGHTS = {
    (Kind.KILL, "worker"): 5, (Kind.KILL, "api"): 3, (Kind.KILL, "temporal"): 2,
    (Kind.KILL, "postgres"): 2, (Kind.PAUSE, "worker"): 5, (Kind.PAUSE, "api"): 3,
    (Kind.PAUSE, "temporal"): 2, (Kind.PAUSE, "postgres"): 2, (Kind.HOUSE, ""): 2,
}  # fmt: skip


def schedule(seed: int, *, faults: int, seconds: float) -> Schedule:
    """The same arguments make the same schedule, whatever machine runs it."""
    dice = Random(f"chaos|{seed}|{faults}|{seconds:g}")
    slot = seconds / max(faults, 1)
    struck = dice.choices(list(_WEIGHTS), list(_WEIGHTS.values()), k=faults)
    made = tuple(
        Fault(
            at=round((n + dice.random() * 0.8) * slot, 2),
            kind=kind,
            part=part,
            seconds=round(dice.uniform(2.0, LONGEST_PAUSE), 2) if kind is Kind.PAUSE else 0.0,
            close=dice.random() < CLOSE,
        )
        for n, (kind, part) in enumerate(struck)
    )
    acts = [
        Act(
            at=round(dice.random() * seconds, 2),
            kind=kind,
            offset=round(dice.uniform(-0.4, 0.4), 3),
            dice=dice.random(),
        )
        for kind in ("stop", "replay")
        for _ in range(max(2, faults // 2))
    ]
    return Schedule(seed, seconds, made, tuple(sorted(acts, key=lambda act: act.at)))
