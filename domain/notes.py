"""Coordination notes: what a pharmacy tells a prescriber, asks of them, and must leave unsaid."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from statistics import fmean


class Urgency(StrEnum):
    ROUTINE = "routine"
    URGENT = "urgent"


@dataclass(frozen=True, slots=True)
class MemberFace:
    """Who the note is about, as the prescriber knows them."""

    name: str
    birth_date: date
    gender: str
    """FHIR's administrative gender: male, female, other or unknown."""
    id: str


@dataclass(frozen=True, slots=True)
class PharmacyFace:
    npi: str
    name: str
    phone: str
    fax: str | None
    address: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PrescriberFace:
    npi: str
    name: str | None = None
    fax: str | None = None


@dataclass(frozen=True, slots=True)
class CoverageFace:
    payer: str
    kind: str
    """As a person says it: Medicare, Medicaid."""
    member_number: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A sentence and the date it was true; `part2`: it rests on a record under 42 CFR Part 2."""

    text: str
    on: date | None = None
    part2: bool = False


@dataclass(frozen=True, slots=True)
class ConditionLine:
    code: str
    system: str
    """`icd-10-cm` or `icd-9-cm`."""
    text: str
    part2: bool = False


@dataclass(frozen=True, slots=True)
class MedicationLine:
    ingredient: str
    ndc: str | None
    last_fill: date
    days_supply: int
    part2: bool = False

    @property
    def runs_out(self) -> date:
        """The first day without supply."""
        return self.last_fill + timedelta(days=self.days_supply)


@dataclass(frozen=True, slots=True)
class PressureReading:
    """Blood pressure in mmHg, as the member reported it."""

    on: date
    systolic: int
    diastolic: int


@dataclass(frozen=True, slots=True)
class GlucoseReading:
    on: date
    mg_dl: int


@dataclass(frozen=True, slots=True)
class NeedLine:
    """A social need; told to a prescriber only if the member agreed to that."""

    code: str
    text: str
    agreed: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """One thing asked of the prescriber; answered accept, modify or decline under its id."""

    id: str
    text: str
    part2: bool = False


@dataclass(frozen=True, slots=True)
class CoordinationNote:
    note_id: str
    written_at: datetime
    program: str
    member: MemberFace
    pharmacy: PharmacyFace
    prescriber: PrescriberFace
    why_now: Finding
    requests: tuple[Request, ...]
    reply_by: date
    urgency: Urgency = Urgency.ROUTINE
    findings: tuple[Finding, ...] = ()
    conditions: tuple[ConditionLine, ...] = ()
    medications: tuple[MedicationLine, ...] = ()
    pressures: tuple[PressureReading, ...] = ()
    glucoses: tuple[GlucoseReading, ...] = ()
    needs: tuple[NeedLine, ...] = ()
    goals: tuple[str, ...] = ()
    coverage: CoverageFace | None = None

    @property
    def part2_notice(self) -> bool:
        """Whether the notice of 42 CFR 2.32 must go with the note."""
        labelled = (self.findings, self.conditions, self.medications, self.requests)
        return self.why_now.part2 or any(item.part2 for items in labelled for item in items)


def disclosable(note: CoordinationNote, *, part2_consent: bool) -> CoordinationNote | None:
    """The note as it may leave: needs only where agreed, Part 2 records only with written consent.

    None when its very reason may not be told or nothing remains to ask.
    """
    said = replace(note, needs=tuple(need for need in note.needs if need.agreed))
    if not part2_consent:
        if note.why_now.part2:
            return None
        said = replace(
            said,
            findings=tuple(item for item in said.findings if not item.part2),
            conditions=tuple(item for item in said.conditions if not item.part2),
            medications=tuple(item for item in said.medications if not item.part2),
            requests=tuple(item for item in said.requests if not item.part2),
        )
    return said if said.requests else None


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
    today included; `days_late`: the longest a medicine has been out by claims. What is derived from
    a Part 2 record bears its label, so those medicines count in `days_late_part2` only.
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
    for name, part2 in (("days_late", False), ("days_late_part2", True)):
        late = [(today - line.runs_out).days for line in medications if line.part2 is part2]
        if late:
            known[name] = float(max(late))
    return known
