"""From an identification's results: pharmacies as the file now tells them, and who goes where.

A pharmacy that a later file lacks stays as it was, since a file may be of one network alone; what
ends is told by dates. An enrollment keeps the pharmacy it has: what ends that is in
`activities/attribution.py`. One that has none takes what a later run finds, unless a pharmacy has
refused the member: then a person looks.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, BinaryIO

from psycopg import Connection as Raw
from psycopg.types.json import Jsonb
from sqlalchemy import Connection, text

Row = Mapping[str, Any]

PHARMACY = (
    "npi", "ncpdp_id", "name", "address", "city", "state", "zip_code", "latitude", "longitude",
    "cpesn_from", "cpesn_to", "networks", "services", "languages", "weekly_capacity",
    "independent", "wholesaler_affiliated", "licence_expires",
)  # fmt: skip
_NAMES = ", ".join(PHARMACY)
_TOLD = ", ".join(PHARMACY[1:])


def renew_pharmacies(raw: "Raw[Any]", pharmacies: Iterable[Row], now: datetime) -> int:
    """How many are new or told of anew."""
    _stage(raw, "pharmacies", PHARMACY, map(_pharmacy, pharmacies))
    new = ", ".join(f"excluded.{name}" for name in PHARMACY[1:])
    old = ", ".join(f"pharmacies.{name}" for name in PHARMACY[1:])
    with raw.cursor() as cursor:
        cursor.execute(
            f"insert into pharmacies ({_NAMES}, renewed_at) "
            f"select {_NAMES}, %s from stage_pharmacies order by npi "
            f"on conflict (npi) do update set ({_TOLD}, renewed_at) = ({new}, excluded.renewed_at) "
            f"where ({old}) is distinct from ({new})",
            (now,),
        )
        return cursor.rowcount


def keep_attributions(
    raw: "Raw[Any]", connection: Connection, found: Iterable[tuple[str, Row]], now: datetime
) -> None:
    """Of each enrollment by its id: where the member goes, why, and what else there was."""
    columns = (
        "enrollment_id", "pharmacy_npi", "distance_km", "code", "reason", "alternatives",
    )  # fmt: skip
    _stage(raw, "attributions", columns, (_attribution(id_, row) for id_, row in found))
    for statement in (_SERVED_AFTER_ALL, _CLOSED, _KEPT, _UNATTRIBUTED):
        connection.execute(text(statement), {"now": now})


def copy_kept(raw: "Raw[Any]", out: BinaryIO) -> None:
    """As CSV: person_id, program and npi of every running enrollment that has a pharmacy."""
    with (
        raw.cursor() as cursor,
        cursor.copy(f"copy ({_KEEPS}) to stdout (format csv, header)") as rows,
    ):
        for chunk in rows:
            out.write(chunk)


def _pharmacy(row: Row) -> Row:
    told = {name: row.get(name) for name in PHARMACY}
    # With their dates, so that the day on which one ends is known on that day.
    networks = row["networks"] if row.get("network_dates") is None else row["network_dates"]
    lists = {"networks": networks, "services": row["services"], "languages": row["languages"]}
    return {**told, **{name: Jsonb(_list(value)) for name, value in lists.items()}}


def _list(value: Any) -> list[str]:
    if value is None:
        return []
    return [part for part in value.split(";") if part] if isinstance(value, str) else list(value)


def _attribution(enrollment_id: str, row: Row) -> Row:
    return {
        "enrollment_id": enrollment_id,
        "pharmacy_npi": row["npi"],
        "distance_km": row["distance_km"],
        "code": row.get("code"),
        "reason": row["reason"] or row["unserved_reason"] or "",
        "alternatives": Jsonb(list(row.get("alternatives") or ())),
    }


def _stage(raw: "Raw[Any]", table: str, columns: tuple[str, ...], rows: Iterable[Row]) -> None:
    names = ", ".join(columns)
    with raw.cursor() as cursor:
        cursor.execute(
            f"create temp table stage_{table} on commit drop as select {names} from {table} limit 0"
        )
        with cursor.copy(f"copy stage_{table} ({names}) from stdin") as copy:
            for row in rows:
                copy.write_row([row[column] for column in columns])


_KEEPS = """
select m.person_id, e.program, e.pharmacy_npi as npi
from enrollments e join members m on m.id = e.member_id
where e.ended_at is null and e.pharmacy_npi is not null order by 1, 2
"""
_SERVED_AFTER_ALL = """
with served as (
    update enrollments e set pharmacy_npi = s.pharmacy_npi, distance_km = s.distance_km,
        pharmacy_reason = s.reason
    from stage_attributions s
    where s.enrollment_id = e.id and s.pharmacy_npi is not null and e.pharmacy_npi is null
        and e.ended_at is null
        and not exists (select from attributions a
            where a.enrollment_id = e.id and a.rule = 'refused')
    returning e.id, e.program_version),
kept as (
    insert into attributions (enrollment_id, at, rule, actor, pharmacy_npi, distance_km, code,
        reason, alternatives)
    select s.enrollment_id, cast(:now as timestamptz), 'appeared', 'identification',
        s.pharmacy_npi, s.distance_km, s.code, s.reason, s.alternatives
    from stage_attributions s join served on served.id = s.enrollment_id)
insert into outcomes (enrollment_id, at, kind, actor, rule, program_version, detail)
select id, cast(:now as timestamptz), 'pharmacy_found', 'identification', 'appeared',
    program_version, '{}' from served
"""
_CLOSED = """
update tasks t set done_at = cast(:now as timestamptz), done_by = 'identification',
    resolution = 'pharmacy_found'
from enrollments e join stage_attributions s on s.enrollment_id = e.id
where t.enrollment_id = e.id and t.kind = 'no_pharmacy' and t.done_at is null
    and e.pharmacy_npi is not null
"""
_KEPT = """
insert into attributions (enrollment_id, at, rule, actor, pharmacy_npi, distance_km, code, reason,
    alternatives)
select s.enrollment_id, cast(:now as timestamptz), 'identified', 'identification', s.pharmacy_npi,
    s.distance_km, s.code, s.reason, s.alternatives
from stage_attributions s join enrollments e on e.id = s.enrollment_id
where e.pharmacy_npi is not distinct from s.pharmacy_npi
    and not exists (select from attributions a where a.enrollment_id = e.id)
"""
_UNATTRIBUTED = """
insert into tasks (enrollment_id, key, kind, role, urgent, detail, created_at, due_at)
select e.id, 'attribution', 'no_pharmacy', 'coordinator', false, '{}',
    cast(:now as timestamptz), cast(:now as timestamptz) + interval '7 days'
from enrollments e join stage_enrollments s on s.id = e.id
where e.pharmacy_npi is null and e.ended_at is null
on conflict do nothing
"""
