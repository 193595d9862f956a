"""Searching FHIR resources: which parameters are known, what matches, pages, and what we can do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from domain.fhir_base import Resource, instant

KINDS = (
    "Patient", "Organization", "Observation", "Condition", "Goal", "ServiceRequest", "Task",
    "Procedure", "Consent", "QuestionnaireResponse", "CarePlan", "MedicationDispense",
    "Communication",
)  # fmt: skip
DATES: Mapping[str, tuple[str, ...]] = {
    "Observation": ("effectiveDateTime",),
    "Condition": ("recordedDate",),
    "Goal": ("startDate",),
    "ServiceRequest": ("authoredOn",),
    "Task": ("authoredOn",),
    "Procedure": ("performedDateTime",),
    "Consent": ("dateTime",),
    "QuestionnaireResponse": ("authored",),
    "CarePlan": ("period", "start"),
    "MedicationDispense": ("whenHandedOver",),
    "Communication": ("sent",),
}
"""Where each kind keeps the day that `date` is compared with."""
TOKENS = ("status", "category", "code")
MOST, USUAL = 200, 50
PREFIXES = ("eq", "ne", "gt", "ge", "lt", "le")


class BadSearch(ValueError):
    """One sentence: which parameter, and what it should be."""


@dataclass(frozen=True, slots=True)
class Search:
    kind: str
    patient: str
    id: str | None
    dates: tuple[tuple[str, date], ...]
    tokens: tuple[tuple[str, str], ...]
    count: int
    offset: int
    given: tuple[tuple[str, str], ...]
    """The parameters as they came, for the links of the answer."""


def read_search(kind: str, given: Sequence[tuple[str, str]]) -> Search:
    """Parameters we do not know are refused: an answer must not be wider than what was asked."""
    known = {"patient", "subject", "_id", "_count", "_offset", "_format", "date", *TOKENS}
    for name, _ in given:
        if name not in known:
            raise BadSearch(f"The search parameter {name!r} is not known here; see /fhir/metadata.")
    one = dict(given)
    patient = one.get("patient") or one.get("subject") or ""
    if kind == "Patient":
        patient = one.get("_id", "")
    patient = patient.removeprefix("Patient/")
    if not patient:
        needed = "_id" if kind == "Patient" else "patient"
        raise BadSearch(f"Name the member: `{needed}` is needed in a search for {kind}.")
    dates = tuple(_date(value) for name, value in given if name == "date")
    if dates and kind not in DATES:
        raise BadSearch(f"{kind} has no date to search by; leave `date` out.")
    return Search(
        kind,
        patient,
        one.get("_id"),
        dates,
        tuple((name, value) for name, value in given if name in TOKENS),
        min(_number(one, "_count", USUAL), MOST) or USUAL,
        _number(one, "_offset", 0),
        tuple((name, value) for name, value in given if name not in ("_count", "_offset")),
    )


def _number(given: Mapping[str, str], name: str, default: int) -> int:
    value = given.get(name, str(default))
    if not (value.isascii() and value.isdigit()) or len(value) > 6:
        raise BadSearch(f"`{name}` must be a whole number, 0 or more.")
    return int(value)


def _date(value: str) -> tuple[str, date]:
    prefix, day = (value[:2], value[2:]) if value[:2] in PREFIXES else ("eq", value)
    try:
        return prefix, date.fromisoformat(day[:10])
    except ValueError:
        raise BadSearch(
            "`date` must be a day like ge2026-03-01 (eq, ne, gt, ge, lt, le)."
        ) from None


def matches(resource: Resource, search: Search) -> bool:
    if resource["resourceType"] != search.kind:
        return False
    if search.id is not None and resource["id"] not in search.id.split(","):
        return False
    if not all(_compare(resource, search.kind, *wanted) for wanted in search.dates):
        return False
    return all(_has(resource, *wanted) for wanted in search.tokens)


def _compare(resource: Resource, kind: str, prefix: str, day: date) -> bool:
    found: Any = resource
    for name in DATES[kind]:
        found = found.get(name) if isinstance(found, dict) else None
    if not isinstance(found, str):
        return False
    on = _day(found)
    holds = {
        "eq": on == day, "ne": on != day, "gt": on > day, "ge": on >= day, "lt": on < day,
        "le": on <= day,
    }  # fmt: skip
    return holds[prefix]


def _day(value: str) -> date:
    """The day in UTC, whatever offset it was written with."""
    if len(value) <= len("2026-03-04"):
        return date.fromisoformat(value)
    return datetime.fromisoformat(value).astimezone(UTC).date()


def _has(resource: Resource, name: str, wanted: str) -> bool:
    if name == "status":
        return any(
            resource.get(field) in wanted.split(",") for field in ("status", "lifecycleStatus")
        )
    found = resource.get(name, [])
    concepts = found if isinstance(found, list) else [found]
    codes = [coding for each in concepts for coding in each.get("coding", ())]
    return any(_is(coding, token) for coding in codes for token in wanted.split(","))


def _is(coding: Mapping[str, str], token: str) -> bool:
    system, bar, code = token.rpartition("|")
    return coding.get("code") == code and (not bar or coding.get("system", "") == system)


def page(found: Sequence[Resource], search: Search, base: str, at: datetime) -> Resource:
    """A searchset Bundle with its links; `total` counts all pages."""
    shown = found[search.offset : search.offset + search.count]
    links = [{"relation": "self", "url": _url(search, base, search.offset)}]
    after = search.offset + search.count
    if after < len(found):
        links.append({"relation": "next", "url": _url(search, base, after)})
    if search.offset:
        before = max(0, search.offset - search.count)
        links.append({"relation": "previous", "url": _url(search, base, before)})
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        "timestamp": instant(at),
        "total": len(found),
        "link": links,
        **({"entry": [_entry(item, base) for item in shown]} if shown else {}),
    }


def _entry(item: Resource, base: str) -> Resource:
    return {
        "fullUrl": f"{base}/{item['resourceType']}/{item['id']}",
        "resource": item,
        "search": {"mode": "match"},
    }


def _url(search: Search, base: str, offset: int) -> str:
    paging = (("_count", str(search.count)), ("_offset", str(offset)))
    return f"{base}/{search.kind}?{urlencode([*search.given, *paging])}"


def outcome(code: str, says: str) -> Resource:
    """An OperationOutcome; `code` of FHIR's issue types."""
    issue = {"severity": "error", "code": code, "diagnostics": says}
    return {"resourceType": "OperationOutcome", "issue": [issue]}


def capabilities(base: str, at: datetime) -> Resource:
    """What this server can do, as GET /fhir/metadata says it."""
    plain = [{"name": "_id", "type": "token"}]
    of_member = [{"name": "patient", "type": "reference"}, *plain]
    by_token = [{"name": name, "type": "token"} for name in TOKENS]
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": instant(at - timedelta(microseconds=at.microsecond)),
        "kind": "instance",
        "implementation": {"description": "Doorway, read only", "url": base},
        "fhirVersion": "4.0.1",
        "format": ["json"],
        "rest": [
            {
                "mode": "server",
                "security": {"description": "A bearer key for one pharmacy, or a staff session."},
                "resource": [
                    {
                        "type": kind,
                        "interaction": [{"code": "read"}, {"code": "search-type"}],
                        "searchParam": plain
                        if kind == "Patient"
                        else [
                            *of_member,
                            *by_token,
                            *([{"name": "date", "type": "date"}] if kind in DATES else []),
                        ],
                    }
                    for kind in KINDS
                ],
            }
        ],
    }
