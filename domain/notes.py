"""Coordination notes: what a pharmacy tells a prescriber, asks of them, and must leave unsaid."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from domain.part2 import Labelled, Permission, Unreleased


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
    long_term: bool = True
    """Of a class whose refills are followed; a short course that ended is not late."""

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


class _CanBeLabelled(Protocol):
    @property
    def part2(self) -> bool: ...


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
    permission: Permission | None = None
    """Under which consent its Part 2 records are told; no sink takes such records without it."""

    @property
    def part2_notice(self) -> bool:
        """Whether the notice of 42 CFR 2.32 must go with the note."""
        labelled = (self.findings, self.conditions, self.medications, self.requests)
        return self.why_now.part2 or any(item.part2 for items in labelled for item in items)

    def released(self) -> "CoordinationNote":
        """Itself, for sinks; Unreleased when it holds Part 2 records without permission."""
        if self.part2_notice and self.permission is None:
            raise Unreleased("Records under 42 CFR Part 2: pass the note by `disclosable`.")
        return self

    def part2_kinds(self) -> tuple[str, ...]:
        """Which kinds of records under Part 2 it tells, for the account of disclosures."""
        kinds: dict[str, tuple[_CanBeLabelled, ...]] = {
            "findings": (self.why_now, *self.findings),
            "conditions": self.conditions,
            "medications": self.medications,
            "requests": self.requests,
        }
        return tuple(kind for kind, items in kinds.items() if any(item.part2 for item in items))


DraftNote = Labelled[CoordinationNote]
"""A note as drawn, whole: `disclosable` makes of it what may leave."""


def disclosable(draft: DraftNote, permission: Permission | None) -> CoordinationNote | None:
    """The note as it may leave: needs only where agreed, Part 2 records only with permission.

    None when its very reason may not be told or nothing remains to ask.
    """
    return draft.release(_strip, permission)


def _strip(note: CoordinationNote, permission: Permission | None) -> CoordinationNote | None:
    said = replace(note, needs=tuple(need for need in note.needs if need.agreed))
    if permission is not None:
        said = replace(said, permission=permission if note.part2_notice else None)
    else:
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
