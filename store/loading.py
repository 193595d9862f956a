"""Loads an identification's results: members, what claims say of them, pharmacies, enrollments.

Everything goes through stage tables by COPY and then one `insert ... on conflict` a table, in one
transaction: a load that fails leaves nothing behind, and loading the same results twice changes
nothing the second time.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from psycopg import Connection
from psycopg.types.json import Jsonb
from sqlalchemy import Engine, text

from store.attributions_loading import keep_attributions, renew_pharmacies
from store.medications import NEWER_FILLS

Rows = Iterable[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Results:
    """Rows of the result files, by the column names they have there."""

    people: Rows
    contacts: Rows
    medications: Rows
    evidence: Rows
    pharmacies: Rows
    members: Rows
    attribution: Rows
    report: Mapping[str, Any]
    part2_conditions: frozenset[str]
    as_of: date


def opaque_id(kind: str, *parts: object) -> str:
    """The same thing gets the same id at every load, and the id says nothing about it."""
    return sha256("/".join(["doorway", kind, *map(str, parts)]).encode()).hexdigest()[:20]


def load(
    engine: Engine, results: Results, versions: Mapping[str, str], now: datetime, limit: int | None
) -> int:
    """Load all of it; how many enrollments are new. `limit`: of the members, the first in rank."""
    with engine.begin() as connection:
        raw: Connection[Any] = connection.connection.driver_connection  # type: ignore[assignment]
        enrolled = _chosen(results, limit)
        people = {row["person_id"] for row in enrolled}
        renew_pharmacies(raw, results.pharmacies, now)
        _copy(
            raw, "members", _MEMBER,
            (_member(r, results.as_of) for r in results.people if r["person_id"] in people),
            renew=(
                "death_date", "coverage_end", "address", "city", "state", "zip_code",
                "physician_npi",
            ),
        )  # fmt: skip
        contacts = [row for row in results.contacts if row["person_id"] in people]
        _copy(raw, "phones", ("phone",), ({"phone": r["phone_e164"]} for r in contacts))
        _copy(raw, "contact_points", _CONTACT, map(_contact, contacts))
        _copy(
            raw, "medications", _MEDICATION,
            (_medication(r) for r in results.medications if r["person_id"] in people),
            conflict=NEWER_FILLS,
        )  # fmt: skip
        _copy(
            raw, "evidence", _EVIDENCE,
            (_evidence(r, results) for r in results.evidence if r["person_id"] in people),
        )  # fmt: skip
        connection.execute(text(_CONSENTS), {"now": now})
        new = _copy(raw, "enrollments", _ENROLLMENT, _enrollments(enrolled, results, versions, now))
        keep_attributions(raw, connection, _attributions(enrolled, results), now)
        connection.execute(text(_OUTCOMES), {"now": now})
        connection.execute(
            text("insert into identification_runs (at, report) values (:now, :report)"),
            {"now": now, "report": Jsonb(dict(results.report))},
        )
        return new


def _chosen(results: Results, limit: int | None) -> list[Mapping[str, Any]]:
    """Whom to enroll: of a limited demo, those most in need first."""
    rows = sorted(
        results.members, key=lambda row: (-row["points"], row["person_id"], row["program"])
    )
    return rows if limit is None else rows[:limit]


def _copy(
    raw: "Connection[Any]",
    table: str,
    columns: Sequence[str],
    rows: Iterable[Mapping[str, Any]],
    *,
    renew: Sequence[str] = (),
    conflict: str = "on conflict do nothing",
) -> int:
    """COPY into a stage table, then insert what is new; `renew` columns follow the file."""
    changes = ", ".join(f"{column} = excluded.{column}" for column in renew)
    if renew:
        conflict = f"on conflict (id) do update set {changes}"
    names = ", ".join(f'"{column}"' for column in columns)
    with raw.cursor() as cursor:
        cursor.execute(
            f"create temp table stage_{table} on commit drop as select {names} from {table} limit 0"
        )
        with cursor.copy(f"copy stage_{table} ({names}) from stdin") as copy:
            for row in rows:
                copy.write_row([row[column] for column in columns])
        cursor.execute(
            f"insert into {table} ({names}) select {names} from stage_{table} {conflict}"
        )
        return cursor.rowcount


_MEMBER = (
    "id", "person_id", "first_name", "last_name", "birth_date", "death_date", "gender", "address",
    "city", "state", "zip_code", "time_zone", "language", "alt_format", "payer", "payer_type",
    "coverage_start", "coverage_end", "physician_npi",
)  # fmt: skip
_CONTACT = ("member_id", "phone", "kind", "rank", "status")
_MEDICATION = (
    "member_id", "ndc11", "ingredient", "drug_class", "last_fill_on", "days_supply", "quantity",
    "runs_out_on", "prescriber_npi", "pharmacy_npi", "part2",
)  # fmt: skip
_EVIDENCE = ("member_id", "condition", "rule", "claim_ids", "dates", "part2")
_ENROLLMENT = (
    "id", "member_id", "program", "program_version", "ordinal", "state", "identified_on", "tier",
    "points", "reasons", "conditions", "pharmacy_npi", "distance_km", "pharmacy_reason",
    "created_at",
)  # fmt: skip


def _member_id(row: Mapping[str, Any]) -> str:
    return opaque_id("member", row["person_id"])


def _member(row: Mapping[str, Any], as_of: date) -> Mapping[str, Any]:
    # Coverage that lasts to the end of what the file knows has no known end.
    ends = row["coverage_end"]
    return {
        **{name: row.get(name) for name in _MEMBER},
        "id": _member_id(row),
        "first_name": row["first_name"] or "",
        "last_name": row["last_name"] or "",
        "language": row["preferred_language"] or "en",
        "coverage_end": ends if ends and ends < as_of else None,
    }


def _contact(row: Mapping[str, Any]) -> Mapping[str, Any]:
    kind = row["type"] or "unknown"
    return {
        "member_id": _member_id(row),
        "phone": row["phone_e164"],
        "kind": kind,
        "rank": row["rank"],
        "status": "landline" if kind == "landline" else "active",
    }


def _medication(row: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        **{name: row.get(name) for name in _MEDICATION},
        "member_id": _member_id(row),
        "last_fill_on": row["last_fill_date"],
        "part2": bool(row["part2"]),
    }


def _evidence(row: Mapping[str, Any], results: Results) -> Mapping[str, Any]:
    return {
        "member_id": _member_id(row),
        "condition": row["condition"],
        "rule": row["rule"],
        "claim_ids": Jsonb([str(claim) for claim in row["claim_ids"]]),
        "dates": Jsonb([str(day) for day in row["dates"]]),
        "part2": row["condition"] in results.part2_conditions,
    }


def _enrollments(
    chosen: Iterable[Mapping[str, Any]],
    results: Results,
    versions: Mapping[str, str],
    now: datetime,
) -> Iterable[Mapping[str, Any]]:
    pharmacies = {(row["person_id"], row["program"]): row for row in results.attribution}
    for row in chosen:
        found = pharmacies.get((row["person_id"], row["program"]), {})
        yield {
            "id": opaque_id("enrollment", row["person_id"], row["program"], 1),
            "member_id": _member_id(row),
            "program": row["program"],
            "program_version": versions[row["program"]],
            "ordinal": 1,
            "state": "identified",
            "identified_on": row["identified_on"],
            "tier": row["tier"],
            "points": row["points"],
            "reasons": Jsonb(list(row["reasons"])),
            "conditions": Jsonb(list(row["conditions"])),
            "pharmacy_npi": found.get("npi"),
            "distance_km": found.get("distance_km"),
            "pharmacy_reason": found.get("reason") or found.get("unserved_reason"),
            "created_at": now,
        }


def _attributions(
    chosen: Iterable[Mapping[str, Any]], results: Results
) -> Iterable[tuple[str, Mapping[str, Any]]]:
    ids = {
        (row["person_id"], row["program"]): opaque_id(
            "enrollment", row["person_id"], row["program"], 1
        )
        for row in chosen
    }
    for row in results.attribution:
        if (key := (row["person_id"], row["program"])) in ids:
            yield ids[key], row


# A number a member gave to the plan is consent to be called within that purpose (FCC 2015).
_CONSENTS = """
insert into consents (phone, channel, given, at, how, actor)
select distinct s.phone, 'sms', true, cast(:now as timestamptz), 'contact file', 'payer'
from stage_contact_points s
where not exists (select from consents c where c.phone = s.phone)
"""
_OUTCOMES = """
insert into outcomes (enrollment_id, at, kind, actor, rule, program_version, detail)
select e.id, cast(:now as timestamptz), 'identified', 'identification', 'claims criteria',
    e.program_version, jsonb_build_object('tier', e.tier, 'points', e.points)
from enrollments e join stage_enrollments s on s.id = e.id
where not exists (select from outcomes o where o.enrollment_id = e.id and o.kind = 'identified')
"""
