"""837P and 837I: claims from a stream of segments, with one claim in memory at a time."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from claims.adapters.staging import spread

_DIAGNOSES = {"ABK": "icd-10-cm", "ABF": "icd-10-cm", "BK": "icd-9-cm", "BF": "icd-9-cm"}
"""Principal and other diagnoses; admitting, reason-for-visit and external-cause ones stay out."""
_PROCEDURES = ("BBR", "BBQ", "BR", "BQ")
_ACTIONS = {"7": "rebill", "8": "reverse"}
"""Claim frequency codes; any other is a bill."""


@dataclass(slots=True)
class Line:
    """One service line."""

    code: str = ""
    revenue: str = ""
    place: str = ""
    day: str = ""
    rendering: str = ""
    institutional: bool = False


@dataclass(slots=True)
class Claim:
    """One claim with its lines."""

    number: str
    person: str
    billing: str
    place: str
    qualifier: str
    frequency: str
    problem: str = ""
    rendering: str = ""
    attending: str = ""
    start: str = ""
    end: str = ""
    admitted: str = ""
    version: str = ""
    codes: list[str] = field(default_factory=list)
    procedures: list[str] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)

    def rows(self) -> Iterator[dict[str, object]]:
        """Canonical rows, one for each line (or one when there is none)."""
        bill = f"{self.place}{self.frequency or '1'}" if self.qualifier == "A" else ""
        first = min((line.day for line in self.lines if line.day), default="")
        for n, line in enumerate(self.lines or [Line(institutional=bool(bill))], start=1):
            facility = line.institutional or bool(bill)
            shared = {
                "claim_id": f"{self.number}-{self.billing}" if self.billing else self.number,
                "person_id": self.person,
                "claim_type": "institutional" if facility else "professional",
                "claim_start_date": (self.start or first) if facility else (line.day or self.start),
                "claim_end_date": self.end if facility else "",
                "admission_date": self.admitted if bill[:2] in ("11", "12", "18", "21") else "",
                "discharge_date": self.end if bill[:2] in ("11", "12", "18", "21") else "",
                "bill_type_code": bill,
                "place_of_service_code": ""
                if facility
                else line.place or (self.place if self.qualifier == "B" else ""),
                "revenue_center_code": line.revenue.zfill(4) if line.revenue else "",
                "hcpcs_code": line.code,
                "rendering_npi": line.rendering or self.rendering or self.attending,
                "billing_npi": self.billing,
                "diagnosis_code_type": self.version,
                "net_key": f"{self.billing}|{self.person}|{self.number}",
                "net_action": _ACTIONS.get(self.frequency, "bill"),
                "problem": self.problem,
            }
            for row in spread(str(n), self.codes, self.procedures if n == 1 else ()):
                yield {**shared, **row}


def read_claims(segments: Iterable[list[str]]) -> Iterator[Claim]:
    """Claims in the order of the file."""
    billing = subscriber = patient = level = ""
    claim: Claim | None = None
    for segment in segments:
        match segment[0]:
            case "HL" | "SE":
                if claim:
                    yield claim
                    claim = None
                level = _at(segment, 3) if segment[0] == "HL" else ""
                if level == "20":
                    billing = subscriber = patient = ""
                elif level in ("22", "23"):
                    patient = ""
                    subscriber = "" if level == "22" else subscriber
            case "CLM":
                if claim:
                    yield claim
                person = patient if level == "23" else subscriber
                claim = _claim(segment, person, billing)
                if level == "23" and not patient:
                    claim.problem = "a dependent has no member id of their own"
            case "NM1" if claim is None:
                match _at(segment, 1):
                    case "85" if _at(segment, 8) == "XX":
                        billing = _at(segment, 9)
                    case "IL" if level != "23":
                        subscriber = _at(segment, 9)
                    case "QC" | "IL":
                        patient = _at(segment, 9)
            case _ if claim is not None:
                _add(claim, segment)
    if claim:
        yield claim


def _claim(segment: Sequence[str], person: str, billing: str) -> Claim:
    place, _, rest = _at(segment, 5).partition(":")
    qualifier, _, frequency = rest.partition(":")
    return Claim(_at(segment, 1), person, billing, place, qualifier, frequency)


def _add(claim: Claim, segment: Sequence[str]) -> None:
    line = claim.lines[-1] if claim.lines else None
    match segment[0]:
        case "SV1" | "SV2":
            claim.lines.append(_line(segment))
        case "HI":
            for element in segment[1:]:
                _code(claim, element)
        case "DTP":
            start, _, end = _days(segment).partition("/")
            match _at(segment, 1):
                case "472" if line is not None:
                    line.day = start
                case "434":
                    claim.start, claim.end = start, end or start
                case "435":
                    claim.admitted = start
        case "NM1" if _at(segment, 8) == "XX":
            match _at(segment, 1):
                case "82" if line is not None:
                    line.rendering = _at(segment, 9)
                case "82":
                    claim.rendering = _at(segment, 9)
                case "71":
                    claim.attending = _at(segment, 9)


def _line(segment: Sequence[str]) -> Line:
    institutional = segment[0] == "SV2"
    procedure = _at(segment, 2 if institutional else 1).split(":")
    return Line(
        code=procedure[1] if len(procedure) > 1 else "",
        revenue=_at(segment, 1) if institutional else "",
        place="" if institutional else _at(segment, 5),
        institutional=institutional,
    )


def _code(claim: Claim, element: str) -> None:
    qualifier, _, rest = element.partition(":")
    code = rest.partition(":")[0]
    if qualifier in _DIAGNOSES and code:
        claim.version = claim.version or _DIAGNOSES[qualifier]
        if _DIAGNOSES[qualifier] == claim.version and code not in claim.codes:
            claim.codes.append(code)
    elif qualifier in _PROCEDURES and code:
        claim.procedures.append(code)


def _days(segment: Sequence[str]) -> str:
    """A day, or two with a slash, as YYYY-MM-DD; what is no day stays as it is written."""
    parts = _at(segment, 3).split("-") if _at(segment, 2) == "RD8" else [_at(segment, 3)]
    return "/".join(_day(part) for part in parts)


def _day(text: str) -> str:
    digits = text[:8]
    if len(digits) == 8 and digits.isdigit():
        return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"
    return text


def _at(segment: Sequence[str], place: int) -> str:
    return segment[place].strip() if len(segment) > place else ""
