"""Loads an identification's results: members, what claims say of them, pharmacies, enrollments.

Everything goes through stage tables by COPY and then one `insert ... on conflict` a table, in one
transaction: a load that fails leaves nothing behind, and loading the same results twice changes
nothing the second time. What the payer's files tell anew of old members is in `renewal.py`, who
no longer fits in `following.py`.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from psycopg import Connection as Raw
from sqlalchemy import Connection, Engine, text

from domain.identification_diff import ProgramDiff
from store import following, renewal, returning, standing
from store import loading_rows as rows
from store.attributions_loading import keep_attributions, renew_pharmacies
from store.copying import copy_rows, renewing, stage
from store.loading_rows import opaque_id
from store.medications import NEWER_FILLS
from store.resting import wake_resting
from store.runs import RunRecord, record_run

__all__ = ["Loaded", "Results", "load", "opaque_id"]

Rows = Iterable[Mapping[str, Any]]
# Two loads at a time would each hold rows the other waits for.
ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtext('doorway/loading'))")


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
    part2_codes: frozenset[str] = frozenset()
    """Codes of reasons that rest on Part 2 records."""
    roster: Rows | None = None
    """None: the files were not asked about everybody; nobody's journey ends by them."""


@dataclass(frozen=True, slots=True)
class Loaded:
    run_id: int
    new: int
    diff: Mapping[str, ProgramDiff] = field(default_factory=dict)


def load(
    engine: Engine,
    results: Results,
    versions: Mapping[str, str],
    now: datetime,
    limit: int | None = None,
    *,
    record: RunRecord | None = None,
    follow: following.Follow | None = None,
    hold: Collection[str] = (),
) -> Loaded:
    """Load all of it. `limit`: of the members, the first in rank; `hold`: programs that nobody
    begins yet. Who no longer fits is marked; `activities.identification` lets them leave."""
    with engine.begin() as connection:
        connection.execute(ONE_AT_A_TIME)
        # SQLAlchemy does not say that its driver here is psycopg.
        raw: Raw[Any] = connection.connection.driver_connection  # type: ignore[assignment]
        enrolled = _chosen(results, limit)
        _people(raw, connection, results, {row["person_id"] for row in enrolled}, now)
        again = follow.again if follow else None
        ordinals = returning.ordinals(connection, enrolled, again, results.as_of)
        made = rows.enrollments(
            enrolled, results.attribution, versions, now,
            hold=hold, part2_codes=results.part2_codes, ordinals=ordinals,
        )  # fmt: skip
        goes = rows.attributions(enrolled, results.attribution, ordinals)
        new = _enroll(raw, connection, made, goes, now)
        retiered = standing.renew(connection, now)
        followed = following.Followed({}, {})
        if results.roster is not None:
            payers = follow.payers if follow else ()
            renewal.renew(raw, connection, results.roster, results.as_of, payers, now)
        if follow and results.roster is not None:
            followed = following.follow_all(connection, follow, new, results.as_of, retiered)
        wake_resting(connection, now)
        run_id = record_run(
            connection, record or RunRecord(), results.report, now,
            diff=followed.diff, endings=followed.endings,
        )  # fmt: skip
        return Loaded(run_id, sum(map(len, new.values())), followed.diff)


def _people(
    raw: "Raw[Any]", connection: Connection, results: Results, people: set[str], now: datetime
) -> None:
    def ours(found: Rows) -> Rows:
        return (row for row in found if row["person_id"] in people)

    renew_pharmacies(raw, results.pharmacies, now)
    copy_rows(
        raw, "members", rows.MEMBER, (rows.member(r, results.as_of) for r in ours(results.people)),
        conflict=renewing(
            "members", "id", "death_date", "coverage_end", "address", "city", "state", "zip_code",
            "physician_npi",
        ),
    )  # fmt: skip
    contacts = list(ours(results.contacts))
    copy_rows(raw, "phones", ("phone",), ({"phone": r["phone_e164"]} for r in contacts))
    copy_rows(raw, "contact_points", rows.CONTACT, map(rows.contact, contacts))
    copy_rows(
        raw, "medications", rows.MEDICATION, map(rows.medication, ours(results.medications)),
        conflict=NEWER_FILLS,
    )  # fmt: skip
    copy_rows(
        raw, "evidence", rows.EVIDENCE,
        (rows.evidence(r, results.part2_conditions) for r in ours(results.evidence)),
        conflict=renewing("evidence", "member_id, condition, rule", "claim_ids", "dates"),
    )  # fmt: skip
    connection.execute(text(_CONSENTS), {"now": now})


def _enroll(
    raw: "Raw[Any]",
    connection: Connection,
    made: Rows,
    found: Iterable[tuple[str, Mapping[str, Any]]],
    now: datetime,
) -> Mapping[str, Sequence[str]]:
    """The ids of the enrollments that are new, by program; `found`: where each of all goes."""
    stage(raw, "enrollments", rows.ENROLLMENT, made)
    new: dict[str, list[str]] = {}
    for program, id_ in connection.execute(text(_NEW)):
        new.setdefault(program, []).append(id_)
    keep_attributions(raw, connection, found, now)
    connection.execute(text(_OUTCOMES), {"now": now})
    return new


def _chosen(results: Results, limit: int | None) -> list[Mapping[str, Any]]:
    """Whom to enroll: of a limited demo, those most in need first."""
    found = sorted(
        results.members, key=lambda row: (-row["points"], row["person_id"], row["program"])
    )
    return found if limit is None else found[:limit]


_NEW = f"""
with made as (
    insert into enrollments ({", ".join(rows.ENROLLMENT)})
    select {", ".join(rows.ENROLLMENT)} from stage_enrollments on conflict do nothing
    returning program, id)
select program, id from made order by id
"""
# A number a member gave to the plan is consent to be called within that purpose (FCC 2015); but no
# number speaks for a member who said stop from another.
_CONSENTS = """
insert into consents (phone, channel, given, at, how, actor)
select distinct s.phone, 'sms', true, cast(:now as timestamptz), 'contact file', 'payer'
from stage_contact_points s
where not exists (select from consents c where c.phone = s.phone) and not exists (
    select from contact_points p where p.member_id = s.member_id and (
        select not c.given from consents c where c.phone = p.phone order by c.id desc limit 1))
"""
_OUTCOMES = """
insert into outcomes (enrollment_id, at, kind, actor, rule, program_version, detail)
select e.id, cast(:now as timestamptz), 'identified', 'identification', 'claims criteria',
    e.program_version, jsonb_build_object('tier', e.tier, 'points', e.points)
from enrollments e join stage_enrollments s on s.id = e.id
where not exists (select from outcomes o where o.enrollment_id = e.id
    and o.kind in ('identified', 'nominated'))
"""
