"""Rows of the result files as rows of the tables."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from hashlib import sha256
from types import MappingProxyType
from typing import Any

from psycopg.types.json import Jsonb

Row = Mapping[str, Any]

MEMBER = (
    "id", "person_id", "first_name", "last_name", "birth_date", "death_date", "gender", "address",
    "city", "state", "zip_code", "time_zone", "language", "alt_format", "payer", "payer_type",
    "coverage_start", "coverage_end", "physician_npi",
)  # fmt: skip
CONTACT = ("member_id", "phone", "kind", "rank", "status")
MEDICATION = (
    "member_id", "ndc11", "ingredient", "drug_class", "last_fill_on", "days_supply", "quantity",
    "runs_out_on", "prescriber_npi", "pharmacy_npi", "part2",
)  # fmt: skip
EVIDENCE = ("member_id", "condition", "rule", "claim_ids", "dates", "part2")
ENROLLMENT = (
    "id", "member_id", "program", "program_version", "ordinal", "state", "identified_on", "tier",
    "points", "reasons", "conditions", "pharmacy_npi", "distance_km", "pharmacy_reason",
    "created_at", "ready_since",
)  # fmt: skip
FLAGS = ("deceased", "hospice", "ltc", "do_not_contact", "address_confidential")
ROSTER = (
    "person_id", "first_name", "last_name", "birth_date", "death_date", "gender", "address",
    "city", "state", "zip_code", "time_zone", "language", "alt_format", "coverage", "phones",
    *FLAGS,
)  # fmt: skip


def opaque_id(kind: str, *parts: object) -> str:
    """The same thing gets the same id at every load, and the id says nothing about it."""
    return sha256("/".join(["doorway", kind, *map(str, parts)]).encode()).hexdigest()[:20]


def member_id(row: Row) -> str:
    return opaque_id("member", row["person_id"])


def member(row: Row, as_of: date) -> Row:
    # Coverage that lasts to the end of what the file knows has no known end.
    ends = row["coverage_end"]
    return {
        **{name: row.get(name) for name in MEMBER},
        "id": member_id(row),
        "first_name": row["first_name"] or "",
        "last_name": row["last_name"] or "",
        "language": row["preferred_language"] or "en",
        "coverage_end": ends if ends and ends < as_of else None,
    }


def contact(row: Row) -> Row:
    kind = row["type"] or "unknown"
    return {
        "member_id": member_id(row),
        "phone": row["phone_e164"],
        "kind": kind,
        "rank": row["rank"],
        "status": "landline" if kind == "landline" else "active",
    }


def medication(row: Row) -> Row:
    return {
        **{name: row.get(name) for name in MEDICATION},
        "member_id": member_id(row),
        "last_fill_on": row["last_fill_date"],
        "part2": bool(row["part2"]),
    }


def evidence(row: Row, part2_conditions: frozenset[str]) -> Row:
    return {
        "member_id": member_id(row),
        "condition": row["condition"],
        "rule": row["rule"],
        "claim_ids": Jsonb([str(claim) for claim in row["claim_ids"]]),
        "dates": Jsonb([str(day) for day in row["dates"]]),
        "part2": row["condition"] in part2_conditions,
    }


def enrollments(
    chosen: Iterable[Row],
    attribution: Iterable[Row],
    versions: Mapping[str, str],
    now: datetime,
    *,
    hold: Collection[str],
    part2_codes: frozenset[str] = frozenset(),
    ordinals: Mapping[tuple[str, str], int] = MappingProxyType({}),
) -> Iterable[Row]:
    """`ordinals`: of those who were in the program before.

    Reasons whose code is one of `part2_codes` keep their label: see `labelled`.
    """
    pharmacies = {(row["person_id"], row["program"]): row for row in attribution}
    for row in chosen:
        key = (row["person_id"], row["program"])
        found, ordinal = pharmacies.get(key, {}), ordinals.get(key, 1)
        yield {
            "id": opaque_id("enrollment", *key, ordinal),
            "member_id": member_id(row),
            "program": row["program"],
            "program_version": versions[row["program"]],
            "ordinal": ordinal,
            "state": "identified",
            "identified_on": row["identified_on"],
            "tier": row["tier"],
            "points": row["points"],
            "reasons": Jsonb([labelled(line, part2_codes) for line in row["reasons"]]),
            "conditions": Jsonb(list(row["conditions"])),
            "pharmacy_npi": found.get("npi"),
            "distance_km": found.get("distance_km"),
            "pharmacy_reason": found.get("reason") or found.get("unserved_reason"),
            "created_at": now,
            "ready_since": now if row["program"] in hold else None,
        }


def labelled(reason: str, part2_codes: frozenset[str]) -> str:
    """ "points|code|words", with "|part2" behind it where its words rest on such a record."""
    code = reason.split("|", 2)[1] if "|" in reason else ""
    return f"{reason}|part2" if code in part2_codes else reason


def attributions(
    chosen: Iterable[Row],
    attribution: Iterable[Row],
    ordinals: Mapping[tuple[str, str], int] = MappingProxyType({}),
) -> Iterable[tuple[str, Row]]:
    """Of those enrolled: the enrollment's id, and the row that says which pharmacy and why."""
    keys = {(row["person_id"], row["program"]) for row in chosen}
    for row in attribution:
        if (key := (row["person_id"], row["program"])) in keys:
            yield opaque_id("enrollment", *key, ordinals.get(key, 1)), row


def roster(row: Row) -> Row:
    """JSON columns come as text, and go on as it."""
    flags = {name: bool(row[name]) for name in FLAGS}
    return {**{name: row.get(name) for name in ROSTER}, **flags}
