"""Loading an identification's results: whole or not at all, and twice the same as once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from make import DAY, NOW
from sqlalchemy import Connection, Engine, create_engine, text

from runtime.loading import part2_codes
from store.loading import Results, load, opaque_id

PROGRAM = "medicare-cardiometabolic"
VERSIONS = {PROGRAM: "2026-11"}
PERSON = {
    "person_id": "P1", "first_name": "Ana", "last_name": "Lopez", "birth_date": date(1951, 5, 6),
    "death_date": None, "gender": "female", "address": "12 Oak Ave", "city": "Columbus",
    "state": "OH", "zip_code": "43215", "time_zone": "America/New_York",
    "preferred_language": "es", "alt_format": None, "payer": "Acme", "payer_type": "medicare",
    "coverage_start": date(2020, 1, 1), "coverage_end": date(2026, 3, 31),
    "physician_npi": "1000000012",
}  # fmt: skip
CONTACT = {"person_id": "P1", "phone_e164": "+16145550134", "type": "mobile", "rank": 1}
MEDICATION = {
    "person_id": "P1", "ndc11": "99999000101", "ingredient": "lisinopril", "drug_class": "rasa",
    "last_fill_date": date(2026, 2, 4), "days_supply": 30, "quantity": 30.0,
    "runs_out_on": date(2026, 3, 6), "prescriber_npi": "1000000020", "pharmacy_npi": None,
    "part2": None,
}  # fmt: skip
EVIDENCE = {
    "person_id": "P1", "condition": "oud", "rule": "CCW", "claim_ids": [1, 2],
    "dates": [date(2025, 4, 1), date(2025, 6, 1)],
}  # fmt: skip
PHARMACY = {
    "npi": "1000000004", "name": "Corner Pharmacy", "state": "OH", "networks": "express-scripts",
    "services": "delivery;coaching", "languages": ["en", "es"],
}  # fmt: skip
IDENTIFIED = {
    "person_id": "P1", "program": PROGRAM, "identified_on": date(2026, 3, 1), "tier": "high",
    "points": 7, "reasons": ["3|ip_stay|1 hospital stay"], "conditions": ["hypertension"],
}  # fmt: skip
ATTRIBUTION = {
    "person_id": "P1", "program": PROGRAM, "npi": "1000000004", "distance_km": 3.2,
    "reason": "nearest of 12", "unserved_reason": None,
}  # fmt: skip


def results(**given: Any) -> Results:
    found = Results(
        people=[PERSON], contacts=[CONTACT], medications=[MEDICATION], evidence=[EVIDENCE],
        pharmacies=[PHARMACY], members=[IDENTIFIED], attribution=[ATTRIBUTION],
        report={"as_of": "2026-03-01"}, part2_conditions=frozenset({"oud"}),
        as_of=date(2026, 3, 31),
    )  # fmt: skip
    return replace(found, **given)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    opened = create_engine(database_url)
    yield opened
    opened.dispose()


def everything(connection: Connection) -> dict[str, list[Any]]:
    """Every row of every table but the log of runs."""
    tables = connection.execute(
        text("select tablename from pg_tables where schemaname = 'public' order by 1")
    ).scalars()
    return {
        table: sorted(connection.execute(text(f"select t::text from {table} t")).scalars())
        for table in tables
        if table != "identification_runs"
    }


def one(connection: Connection, query: str) -> dict[str, Any]:
    return dict(connection.execute(text(query)).mappings().one())


def test_what_claims_found_becomes_a_member_in_a_program(
    engine: Engine, connection: Connection
) -> None:
    assert load(engine, results(), VERSIONS, NOW, None).new == 1
    member = one(connection, "select * from members")
    assert member["id"] == opaque_id("member", "P1")
    assert "P1" not in member["id"]
    assert (member["language"], member["coverage_end"]) == ("es", None)
    assert member["physician_npi"] == "1000000012"
    enrollment = one(connection, "select * from enrollments")
    assert (enrollment["state"], enrollment["pharmacy_npi"]) == ("identified", "1000000004")
    assert (enrollment["program_version"], enrollment["started_at"]) == ("2026-11", None)
    assert one(connection, "select networks, services from pharmacies") == {
        "networks": ["express-scripts"], "services": ["delivery", "coaching"],
    }  # fmt: skip
    assert one(connection, "select part2 from evidence")["part2"] is True
    assert one(connection, "select part2 from medications")["part2"] is False
    consent = one(connection, "select given, how, actor from consents")
    assert consent == {"given": True, "how": "contact file", "actor": "payer"}
    assert one(connection, "select kind, actor from outcomes")["actor"] == "identification"


def test_loading_the_same_results_again_changes_nothing(
    engine: Engine, connection: Connection
) -> None:
    load(engine, results(), VERSIONS, NOW, None)
    before = everything(connection)
    assert load(engine, results(), VERSIONS, NOW + DAY, None).new == 0
    assert everything(connection) == before


def test_a_stop_is_not_undone_by_loading_again(engine: Engine, connection: Connection) -> None:
    load(engine, results(), VERSIONS, NOW, None)
    connection.execute(
        text(
            "insert into consents (phone, channel, given, at, how, actor) "
            "values ('+16145550134', 'sms', false, now(), 'text', 'member')"
        )
    )
    load(engine, results(), VERSIONS, NOW + DAY, None)
    newest = one(connection, "select given from consents order by id desc limit 1")
    assert newest["given"] is False


def test_news_of_a_member_follows_the_file_and_what_we_found_out_stays(
    engine: Engine, connection: Connection
) -> None:
    load(engine, results(), VERSIONS, NOW, None)
    connection.execute(text("update contact_points set status = 'wrong_number'"))
    news = PERSON | {"death_date": date(2026, 2, 20), "coverage_end": date(2026, 2, 28)}
    load(engine, results(people=[news]), VERSIONS, NOW + DAY, None)
    member = one(connection, "select death_date, coverage_end from members")
    assert member == {"death_date": date(2026, 2, 20), "coverage_end": date(2026, 2, 28)}
    assert one(connection, "select status from contact_points")["status"] == "wrong_number"


def test_a_load_that_fails_leaves_nothing_behind(engine: Engine, connection: Connection) -> None:
    before = everything(connection)
    broken = results(medications=[MEDICATION | {"days_supply": "many"}])
    with pytest.raises(Exception, match="days_supply"):
        load(engine, broken, VERSIONS, NOW, None)
    assert everything(connection) == before


def test_a_member_without_a_pharmacy_is_a_persons_task(
    engine: Engine, connection: Connection
) -> None:
    unserved = ATTRIBUTION | {"npi": None, "reason": None, "unserved_reason": "none within 50 km"}
    load(engine, results(attribution=[unserved]), VERSIONS, NOW, None)
    assert one(connection, "select kind, due_at from tasks") == {
        "kind": "no_pharmacy", "due_at": NOW + 7 * DAY,
    }  # fmt: skip
    reason = one(connection, "select pharmacy_reason from enrollments")["pharmacy_reason"]
    assert reason == "none within 50 km"


def test_a_landline_is_kept_and_known_as_one(engine: Engine, connection: Connection) -> None:
    load(engine, results(contacts=[CONTACT | {"type": "landline"}]), VERSIONS, NOW, None)
    assert one(connection, "select status from contact_points")["status"] == "landline"


def test_a_limit_takes_those_most_in_need_and_nobody_elses_facts(
    engine: Engine, connection: Connection
) -> None:
    people = [PERSON | {"person_id": f"P{n}"} for n in range(1, 4)]
    identified = [IDENTIFIED | {"person_id": f"P{n}", "points": n} for n in range(1, 4)]
    contacts = [CONTACT | {"person_id": f"P{n}"} for n in range(1, 4)]
    found = results(people=people, members=identified, contacts=contacts, medications=[])
    assert load(engine, found, VERSIONS, NOW, 2).new == 2
    ids = connection.execute(text("select person_id from members order by 1")).scalars().all()
    assert ids == ["P2", "P3"]
    assert load(engine, found, VERSIONS, NOW, None).new == 1


@pytest.mark.parametrize(
    ("filled", "days", "expected"),
    [
        pytest.param(date(2026, 3, 5), 30, date(2026, 4, 5), id="a later fill moves it on"),
        pytest.param(
            date(2026, 2, 4), 90, date(2026, 3, 6), id="the claim of what was brought adds nothing"
        ),
        pytest.param(date(2026, 1, 4), 90, date(2026, 3, 6), id="a fill told late changes nothing"),
    ],
)
def test_the_end_of_a_supply_follows_the_newest_fill(
    engine: Engine, connection: Connection, filled: date, days: int, expected: date
) -> None:
    load(engine, results(), VERSIONS, NOW, None)
    newer = {
        **MEDICATION, "last_fill_date": filled, "days_supply": days,
        "runs_out_on": date(2026, 4, 5),
    }  # fmt: skip
    load(engine, results(medications=[newer]), VERSIONS, NOW, None)
    found = connection.execute(text("select runs_out_on from medications")).scalar_one()
    assert found == expected


def test_reasons_that_rest_on_part_2_records_keep_their_label(
    engine: Engine, connection: Connection
) -> None:
    reasons = ["20|MOUD_GAP|ran out 9 days ago", "3|ip_stay|1 hospital stay"]
    chosen = [{**IDENTIFIED, "reasons": reasons}]
    made = results(members=chosen, part2_codes=frozenset({"MOUD_GAP"}))
    load(engine, made, VERSIONS, now=NOW)
    row = one(connection, "select reasons from enrollments")
    assert row["reasons"] == ["20|MOUD_GAP|ran out 9 days ago|part2", "3|ip_stay|1 hospital stay"]


def test_the_scoring_rules_name_the_codes_that_are_labelled() -> None:
    assert part2_codes() == {"MOUD_GAP", "MOUD_NONE"}
