"""834: members, their coverage and their phones, from a stream of segments."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

_MEDICARE = re.compile(r"\bMEDICARE\b|\bD-?SNP\b|\bMA-?PD\b|\bPART [A-D]\b", re.I)
_MEDICAID = re.compile(r"\bMEDICAID\b|\bMEDI-?CAL\b", re.I)
_GENDERS = {"M": "male", "F": "female"}
_LANGUAGES = {"ENG": "en", "EN": "en", "SPA": "es", "ES": "es"}
_PHONES = ("CP", "TE", "HP", "WP")
"""Kinds of numbers, the likeliest to take a text first."""


@dataclass(slots=True)
class Coverage:
    """One HD loop."""

    plan: str
    start: str = ""
    end: str = ""


@dataclass(slots=True)
class Member:
    """One INS loop."""

    told: str
    """When the file was made; what a later one says stands."""
    payer: str
    subscriber: bool
    number: str = ""
    own_number: str = ""
    medicare: bool = False
    medicaid: bool = False
    facts: dict[str, str] = field(default_factory=dict)
    phones: dict[str, str] = field(default_factory=dict)
    language: str = ""
    start: str = ""
    end: str = ""
    coverages: list[Coverage] = field(default_factory=list)

    @property
    def person(self) -> str:
        """A dependent shares the subscriber's number, so only one of their own will do."""
        return self.number or self.own_number if self.subscriber else self.own_number

    def spans(self) -> Iterator[dict[str, object]]:
        """One row of eligibility for each coverage."""
        for coverage in self.coverages or [Coverage("")]:
            payer_type = self._payer_type(coverage.plan)
            start, end = coverage.start or self.start, coverage.end or self.end
            problem = ""
            if not self.person:
                problem = "a member has no number of their own"
            elif not payer_type:
                problem = "neither the plan nor the ids say whether it is Medicare or Medicaid"
            elif not start and not end:
                problem = "coverage has neither a start nor an end"
            yield {
                "person_id": self.person, "payer_type": payer_type, "payer": self.payer,
                "plan": coverage.plan, "enrollment_start_date": start,
                "enrollment_end_date": end, "problem": problem, **self.facts,
            }  # fmt: skip

    def contact(self) -> dict[str, object]:
        """The row of the phone that likeliest takes a text; blank without one."""
        kind = next((k for k in _PHONES if k in self.phones), "")
        named = {k: v for k, v in self.facts.items() if k in _CONTACT} if kind else {}
        return {
            "person_id": self.person, "phone_e164": self.phones.get(kind, ""),
            "type": "mobile" if kind == "CP" else "", "preferred_language": self.language, **named,
        }  # fmt: skip

    def _payer_type(self, plan: str) -> str:
        if _MEDICARE.search(plan):
            return "medicare"
        if _MEDICAID.search(plan):
            return "medicaid"
        # A Medicaid plan's roll tells the Medicare number of those who have both, never the reverse
        return "medicaid" if self.medicaid else "medicare" if self.medicare else ""


_CONTACT = ("first_name", "last_name", "address", "city", "state", "zip_code")


def read_rolls(segments: Iterable[list[str]]) -> Iterator[Member]:
    """Members in the order of the file."""
    told = payer = named = ""
    member: Member | None = None
    for segment in segments:
        match segment[0]:
            case "GS":
                told = _at(segment, 4) + _at(segment, 5).ljust(8, "0")
            case "N1" if _at(segment, 1) == "IN" and member is None:
                payer = _at(segment, 2)
            case "INS" | "SE":
                if member:
                    yield member
                begins = segment[0] == "INS"
                member = Member(told, payer, _at(segment, 1) != "N") if begins else None
                if member and _at(segment, 11) == "D8":
                    member.facts["death_date"] = _day(_at(segment, 12))
                named = ""
            case "NM1" if member is not None:
                named = _at(segment, 1)
                if named in ("IL", "74"):
                    _name(member, segment)
            case _ if member is not None:
                _add(member, segment, named in ("IL", "74"))
    if member:
        yield member


def _name(member: Member, segment: Sequence[str]) -> None:
    member.facts["last_name"], member.facts["first_name"] = _at(segment, 3), _at(segment, 4)
    member.own_number = _at(segment, 9)


def _add(member: Member, segment: Sequence[str], own: bool) -> None:
    """`own`: the segment stands under the member's name, not a guardian's or a mailbox's."""
    match segment[0]:
        case "REF":
            _identify(member, _at(segment, 1), _at(segment, 2))
        case "PER" if own:
            for kind, number in zip(segment[3::2], segment[4::2], strict=False):
                digits = re.sub(r"\D", "", number)[-10:]
                if kind in _PHONES and len(digits) == 10:
                    member.phones.setdefault(kind, f"+1{digits}")
        case "N3" if own:
            member.facts["address"] = _at(segment, 1)
        case "N4" if own:
            member.facts |= {
                "city": _at(segment, 1), "state": _at(segment, 2), "zip_code": _at(segment, 3)[:5],
            }  # fmt: skip
        case "DMG" if own:
            member.facts["birth_date"] = _day(_at(segment, 2))
            member.facts["gender"] = _GENDERS.get(_at(segment, 3), "")
        case "LUI":
            code = _at(segment, 2).upper()
            member.language = _LANGUAGES.get(code, code.lower())
        case "HD":
            member.coverages.append(Coverage(f"{_at(segment, 3)} {_at(segment, 4)}".strip()))
        case "DTP":
            _date(member, _at(segment, 1), _day(_at(segment, 3)))


def _identify(member: Member, kind: str, value: str) -> None:
    if member.coverages:
        return
    match kind:
        case "0F":
            member.number = value
        case "6P" | "F6":
            member.medicare = True
        case "1D" | "23":
            member.medicaid = True


def _date(member: Member, kind: str, day: str) -> None:
    place = member.coverages[-1] if member.coverages else member
    match kind:
        case "348" | "356":
            place.start = day
        case "349" | "357":
            place.end = day


def _day(text: str) -> str:
    """YYYY-MM-DD; what is no day stays as it is written, to be counted as unreadable."""
    if len(text) >= 8 and text[:8].isdigit():
        return f"{text[:4]}-{text[4:6]}-{text[6:8]}"
    return text


def _at(segment: Sequence[str], place: int) -> str:
    return segment[place].strip() if len(segment) > place else ""
