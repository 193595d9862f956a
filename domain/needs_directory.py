"""Community services from an HSDS 3 file, and which of them fit a member's need."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

STATUSES = ("active", "inactive", "defunct", "temporarily closed")


@dataclass(frozen=True, slots=True)
class Service:
    id: str
    name: str
    organization: str
    phone: str
    address: str
    zips: frozenset[str]
    """Of its locations and, where its area is written as ZIP codes, of that area."""
    states: frozenset[str]
    """Whole states it serves."""
    languages: frozenset[str]
    terms: frozenset[str]
    minimum_age: int | None
    maximum_age: int | None
    assured_on: date | None
    how: str
    fees: str


@dataclass(frozen=True, slots=True)
class Match:
    service: Service
    call_first: bool
    """Nobody has confirmed lately that it is still so."""
    speaks: bool
    """It says that it speaks the member's language."""


@dataclass(frozen=True, slots=True)
class Seeker:
    """What of a member decides which services fit."""

    zip_code: str | None
    state: str | None
    language: str
    age: int | None


@dataclass(frozen=True, slots=True)
class Directory:
    services: tuple[Service, ...] = ()

    @classmethod
    def from_data(cls, data: Any, where: str) -> "Directory":
        """`data`: a list of HSDS services, or a page of them (`contents`).

        What is not active is left out; ValueError says which service lacks what.
        """
        rows = data.get("contents") if isinstance(data, Mapping) else data
        if not isinstance(rows, list):
            raise ValueError(f"{where}: not a list of HSDS services, nor a page with `contents`.")
        found = []
        for number, row in enumerate(rows, 1):
            place = f"{where}, service {number}"
            if not isinstance(row, Mapping) or not row.get("id") or not row.get("name"):
                raise ValueError(f"{place}: `id` and `name` are needed.")
            if row.get("status") not in STATUSES:
                raise ValueError(f"{place}: `status` must be one of {', '.join(STATUSES)}.")
            if row["status"] == "active":
                found.append(_service(row, place))
        return cls(tuple(found))

    def find(
        self, terms: Iterable[str], seeker: Seeker, today: date, stale_days: int, most: int
    ) -> Sequence[Match]:
        """Those that fit, the nearest first: same ZIP, same area of three digits, same state."""
        wanted = frozenset(terms)
        fitting = [
            (near, service)
            for service in self.services
            if wanted & service.terms
            and _takes(service, seeker.age)
            and (near := _near(service, seeker)) is not None
        ]
        matches = [(near, _match(service, seeker, today, stale_days)) for near, service in fitting]
        matches.sort(key=lambda m: (not m[1].speaks, m[1].call_first, m[0], m[1].service.name))
        return [match for _, match in matches[:most]]


def _match(service: Service, seeker: Seeker, today: date, stale_days: int) -> Match:
    assured = service.assured_on
    stale = assured is None or (today - assured).days >= stale_days
    # A directory that names no language names English by its silence.
    return Match(service, stale, seeker.language in (service.languages or {"en"}))


def _takes(service: Service, age: int | None) -> bool:
    if age is None:
        return True
    low, high = service.minimum_age, service.maximum_age
    return (low is None or age >= low) and (high is None or age <= high)


def _near(service: Service, seeker: Seeker) -> int | None:
    """0 the same ZIP, 1 the same three digits, 2 the same state; None: not for this member."""
    zip5 = (seeker.zip_code or "")[:5]
    if zip5 and zip5 in service.zips:
        return 0
    if zip5 and zip5[:3] in {zip_code[:3] for zip_code in service.zips}:
        return 1
    return 2 if seeker.state and seeker.state in service.states else None


def _service(row: Mapping[str, Any], place: str) -> Service:
    locations = [at.get("location") or {} for at in row.get("service_at_locations") or ()]
    addresses = [a for location in locations for a in location.get("addresses") or ()]
    areas = " ".join(str(area.get("extent") or "") for area in row.get("service_areas") or ()
                     if area.get("extent_type") == "text").replace(",", " ").split()  # fmt: skip
    phones = [p for p in row.get("phones") or () if p.get("number")]
    languages = [each.get("code") or "" for each in row.get("languages") or ()]
    terms = [(a.get("taxonomy_term") or {}).get("code") for a in row.get("attributes") or ()]
    try:
        assured = date.fromisoformat(row["assured_date"][:10]) if row.get("assured_date") else None
        ages = [None if row.get(n) is None else int(row[n]) for n in ("minimum_age", "maximum_age")]
    except (TypeError, ValueError):
        raise ValueError(f"{place}: `assured_date` or an age cannot be read.") from None
    return Service(
        id=str(row["id"]),
        name=str(row["name"]),
        organization=str((row.get("organization") or {}).get("name") or row["name"]),
        phone=str(phones[0]["number"]) if phones else "",
        address=_address(addresses[0]) if addresses else "",
        zips=frozenset([str(a.get("postal_code") or "")[:5] for a in addresses]
                       + [word for word in areas if word.isdigit()]) - {""},
        states=frozenset(word for word in areas if len(word) == 2 and word.isupper()),
        languages=frozenset(code.lower()[:2] for code in languages if code),
        terms=frozenset(str(term) for term in terms if term),
        minimum_age=ages[0],
        maximum_age=ages[1],
        assured_on=assured,
        how=str(row.get("application_process") or ""),
        fees=str(row.get("fees_description") or ""),
    )  # fmt: skip


def _address(row: Mapping[str, Any]) -> str:
    return ", ".join(str(row[n]) for n in ("address_1", "city", "state_province") if row.get(n))
