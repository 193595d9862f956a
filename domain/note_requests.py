"""What is asked of a prescriber: a program's rules, judged on readings and medicines."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean

from domain.notes import GlucoseReading, MedicationLine, PressureReading, Request


@dataclass(frozen=True, slots=True)
class Limit:
    """Crossed when the signal is at least, or below, the number a program names."""

    signal: str
    at_least: float | None = None
    below: float | None = None

    def crossed(self, signals: Mapping[str, float]) -> bool:
        """A signal that is not known crosses nothing."""
        value = signals.get(self.signal)
        if value is None:
            return False
        return (self.at_least is not None and value >= self.at_least) or (
            self.below is not None and value < self.below
        )


@dataclass(frozen=True, slots=True)
class RequestRule:
    """A request a program's clinicians want raised when any of its limits is crossed, or always.

    A rule on a signal that rests on Part 2 records (`days_late_part2`) must be marked `part2`.
    """

    id: str
    text: str
    any_of: tuple[Limit, ...]
    part2: bool = False


def requests(rules: Iterable[RequestRule], signals: Mapping[str, float]) -> tuple[Request, ...]:
    """The requests these signals raise, in the order of the rules."""
    return tuple(
        Request(rule.id, rule.text, rule.part2)
        for rule in rules
        if not rule.any_of or any(limit.crossed(signals) for limit in rule.any_of)
    )


def signals(
    pressures: Sequence[PressureReading],
    glucoses: Sequence[GlucoseReading],
    medications: Sequence[MedicationLine],
    *,
    today: date,
    window: timedelta,
    enough_readings: int,
) -> dict[str, float]:
    """What request rules are judged on; a key is absent where there is too little to judge by.

    `systolic_average`, `diastolic_average` (mmHg) and `glucose_average` (mg/dL) over the window,
    today included; `days_late`: the longest a long-term medicine has been out by claims. What is
    derived from a Part 2 record bears its label, so those count in `days_late_part2` only.
    """
    since = today - window
    known: dict[str, float] = {}
    pressed = [reading for reading in pressures if since < reading.on <= today]
    if pressed and len(pressed) >= enough_readings:
        known["systolic_average"] = fmean(reading.systolic for reading in pressed)
        known["diastolic_average"] = fmean(reading.diastolic for reading in pressed)
    sugars = [reading.mg_dl for reading in glucoses if since < reading.on <= today]
    if sugars and len(sugars) >= enough_readings:
        known["glucose_average"] = fmean(sugars)
    taken = [line for line in medications if line.long_term]
    for name, part2 in (("days_late", False), ("days_late_part2", True)):
        late = [(today - line.runs_out).days for line in taken if line.part2 is part2]
        if late:
            known[name] = float(max(late))
    return known
