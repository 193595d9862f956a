"""The second night: what the payer's newest files change for members who are in a program."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from make import DAY, NOW
from sqlalchemy import Connection, Engine, create_engine, text
from test_loading_store import CONTACT, IDENTIFIED, MEDICATION, PERSON, PROGRAM, VERSIONS, results

from runtime.following import again, brake, fit_rules
from store.following import Follow
from store.loading import Loaded, Results, load, opaque_id

AS_OF = date(2026, 3, 31)
ENROLLED = opaque_id("enrollment", "P1", PROGRAM, 1)
FOLLOW = Follow({PROGRAM: fit_rules(PROGRAM)}, {PROGRAM: ("medicare",)}, brake(), again())
LINE: Mapping[str, Any] = {
    "person_id": "P1", "first_name": "Ana", "last_name": "Lopez", "birth_date": date(1951, 5, 6),
    "death_date": None, "gender": "female", "address": "12 Oak Ave", "city": "Columbus",
    "state": "OH", "zip_code": "43215", "time_zone": "America/New_York", "language": None,
    "alt_format": None, "deceased": False, "hospice": False, "ltc": False,
    "do_not_contact": False, "address_confidential": False,
    "coverage": '[{"payer_type": "medicare", "payer": "Acme", "first": "2020-01-01"}]',
    "phones": '[{"phone": "+16145550134", "kind": "mobile", "rank": 1}]',
}  # fmt: skip
NEW_NUMBER = '[{"phone": "+16145550177", "kind": "mobile", "rank": 1}]'


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    opened = create_engine(database_url)
    yield opened
    opened.dispose()


@pytest.fixture
def began(engine: Engine, connection: Connection) -> None:
    """The first night found Ana, and her journey runs."""
    night(engine, found=True)
    connection.execute(text("update enrollments set started_at = now()"))


def night(
    engine: Engine, *, found: bool = False, line: Mapping[str, Any] | None = LINE, day: int = 0,
    **given: Any,
) -> Loaded:  # fmt: skip
    """One run; `found`: the claims show her condition, `line`: hers in the roster, if any."""
    told: Results = results(roster=[line] if line else [], as_of=AS_OF + day * DAY, **given)
    if not found:
        told = replace(told, members=[], people=[], contacts=[], medications=[], evidence=[])
    return load(engine, told, VERSIONS, NOW + day * DAY, follow=FOLLOW)


def one(connection: Connection, query: str) -> dict[str, Any]:
    return dict(connection.execute(text(query)).mappings().one())


def all_of(connection: Connection, query: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in connection.execute(text(query))]


def endings(connection: Connection) -> dict[str, Any]:
    """What the newest run asks to be carried out."""
    found: dict[str, Any] = one(
        connection, "select endings from identification_runs order by id desc limit 1"
    )["endings"]
    return {part: told for part, told in found.items() if told}


@pytest.mark.usefixtures("began")
def test_the_same_files_again_find_nothing_new_and_change_nothing(
    engine: Engine, connection: Connection
) -> None:
    diff = night(engine, found=True, day=1).diff[PROGRAM]
    assert (diff.new, diff.returned, diff.gone, diff.leaving) == (0, 0, {}, {})
    assert endings(connection) == {}


@pytest.mark.usefixtures("began")
def test_who_enters_hospice_is_marked_and_leaves(engine: Engine, connection: Connection) -> None:
    diff = night(engine, line={**LINE, "hospice": True}, day=1).diff[PROGRAM]
    assert (diff.gone, diff.leaving) == ({"hospice": 1}, {"hospice": 1})
    assert diff.examples["leaving"] == [ENROLLED]
    assert endings(connection) == {"leave": [[ENROLLED, "hospice"]]}
    row = one(connection, "select ended_at, misfit, misfit_since from enrollments")
    assert row == {"ended_at": None, "misfit": "hospice", "misfit_since": AS_OF + DAY}


@pytest.mark.usefixtures("began")
def test_claims_that_grew_too_old_are_noted_and_end_nothing(
    engine: Engine, connection: Connection
) -> None:
    assert night(engine, day=1).diff[PROGRAM].gone == {"evidence_aged_out": 1}
    assert night(engine, day=2).diff[PROGRAM].gone == {}
    assert endings(connection) == {}
    assert night(engine, found=True, day=3).diff[PROGRAM].returned == 1
    assert one(connection, "select misfit from enrollments")["misfit"] is None


@pytest.mark.usefixtures("began")
def test_coverage_that_ended_is_reported_once_and_its_return_is_seen(
    engine: Engine, connection: Connection
) -> None:
    lapsed = {**LINE, "coverage": '[{"payer_type": "medicare", "payer": "Acme", '
              '"first": "2020-01-01", "last": "2026-03-31"}]'}  # fmt: skip
    assert night(engine, line=lapsed, day=1).diff[PROGRAM].leaving == {"not_covered": 1}
    assert endings(connection) == {"leave": [[ENROLLED, "disenrolled"]]}
    assert one(connection, "select coverage_end from members")["coverage_end"] == AS_OF
    connection.execute(text("update enrollments set leaving = 'disenrolled', leaving_at = now()"))
    assert night(engine, line=lapsed, day=2).diff[PROGRAM].leaving == {}
    night(engine, found=True, day=3)
    assert endings(connection) == {"stay": [ENROLLED]}
    assert one(connection, "select coverage_end from members")["coverage_end"] is None


def test_who_no_longer_fits_before_the_journey_began_never_begins(
    engine: Engine, connection: Connection
) -> None:
    night(engine, found=True)
    assert night(engine, day=1).diff[PROGRAM].leaving == {"evidence_aged_out": 1}
    assert endings(connection) == {"leave": [[ENROLLED, "no_longer_fits"]]}


@pytest.mark.usefixtures("began")
def test_a_member_the_file_forgets_is_given_a_week(engine: Engine, connection: Connection) -> None:
    assert night(engine, line=None, day=1).diff[PROGRAM].gone == {"not_listed": 1}
    assert night(engine, line=None, day=7).diff[PROGRAM].leaving == {}
    assert night(engine, line=None, day=8).diff[PROGRAM].leaving == {"not_listed": 1}
    assert endings(connection) == {"leave": [[ENROLLED, "disenrolled"]]}


@pytest.mark.usefixtures("began")
def test_a_new_home_and_language_are_taken_over_and_a_blank_wipes_nothing(
    engine: Engine, connection: Connection
) -> None:
    assert one(connection, "select language from members")["language"] == "es"
    moved = {**LINE, "address": "9 Elm St", "city": "", "last_name": "", "zip_code": None}
    night(engine, line=moved, day=1)
    assert one(connection, "select address, last_name, zip_code, language from members") == {
        "address": "9 Elm St", "last_name": "Lopez", "zip_code": "43215", "language": "es",
    }  # fmt: skip
    night(engine, line={**moved, "language": "en"}, day=2)
    assert one(connection, "select language from members")["language"] == "en"


NUMBERS = "select phone, status from contact_points order by phone"
OLD, NEW = "+16145550134", "+16145550177"


@pytest.mark.usefixtures("began")
def test_a_new_number_is_used_and_the_old_one_is_no_longer_texted(
    engine: Engine, connection: Connection
) -> None:
    night(engine, line={**LINE, "phones": NEW_NUMBER}, day=1)
    assert all_of(connection, NUMBERS) == [(OLD, "not_listed"), (NEW, "active")]
    assert all_of(connection, f"select given from consents where phone = '{NEW}'") == [(True,)]
    night(engine, day=2)
    assert all_of(connection, NUMBERS) == [(OLD, "active"), (NEW, "not_listed")]


@pytest.mark.usefixtures("began")
def test_a_new_number_does_not_speak_for_a_member_who_said_stop(
    engine: Engine, connection: Connection
) -> None:
    connection.execute(
        text(
            "insert into consents (phone, channel, given, at, how, actor) "
            f"values ('{OLD}', 'sms', false, now(), 'text', 'member')"
        )
    )
    night(engine, line={**LINE, "phones": NEW_NUMBER}, day=1)
    assert all_of(connection, NUMBERS) == [(OLD, "active"), (NEW, "active")]
    assert all_of(connection, f"select given from consents where phone = '{NEW}'") == []


@pytest.mark.usefixtures("began")
def test_a_wrong_number_stays_wrong_whatever_the_file_says(
    engine: Engine, connection: Connection
) -> None:
    connection.execute(text("update contact_points set status = 'wrong_number'"))
    night(engine, found=True, day=1, contacts=[CONTACT])
    assert all_of(connection, NUMBERS) == [(OLD, "wrong_number")]


FILLED = "select last_fill_on, runs_out_on from medications"


@pytest.mark.usefixtures("began")
def test_a_newer_fill_moves_the_supply_on_and_an_older_one_never_back(
    engine: Engine, connection: Connection
) -> None:
    fill = {"last_fill_date": date(2026, 3, 4), "runs_out_on": date(2026, 4, 3)}
    night(engine, found=True, day=1, medications=[{**MEDICATION, **fill}])
    moved = {"last_fill_on": date(2026, 3, 4), "runs_out_on": date(2026, 4, 3)}
    assert one(connection, FILLED) == moved
    night(engine, found=True, day=2, medications=[MEDICATION])
    assert one(connection, FILLED) == moved


def test_a_cohort_held_ready_waits_and_is_not_started(
    engine: Engine, connection: Connection
) -> None:
    load(engine, results(), VERSIONS, NOW, hold=[PROGRAM])
    assert one(connection, "select ready_since from enrollments")["ready_since"] == NOW


def test_results_without_a_roster_let_nobody_go(engine: Engine, connection: Connection) -> None:
    night(engine, found=True)
    load(engine, results(members=[]), VERSIONS, NOW + DAY, follow=FOLLOW)
    assert one(connection, "select misfit, ended_at from enrollments") == {
        "misfit": None, "ended_at": None,
    }  # fmt: skip


def test_everybody_is_known_to_the_roster_and_who_left_the_files_leaves_it(
    engine: Engine, connection: Connection
) -> None:
    night(engine, found=True, people=[PERSON], members=[IDENTIFIED])
    assert all_of(connection, "select person_id, hospice from roster") == [("P1", False)]
    night(engine, line={**LINE, "person_id": "P2"}, day=1)
    assert all_of(connection, "select person_id from roster") == [("P2",)]


@pytest.mark.usefixtures("began")
def test_a_tier_that_claims_renew_is_taken_over_told_and_counted(
    engine: Engine, connection: Connection
) -> None:
    lower = [IDENTIFIED | {"tier": "rising", "points": 4, "reasons": ["4|age|Age"]}]
    diff = night(engine, found=True, members=lower, day=1).diff[PROGRAM]
    assert (diff.retiered, diff.examples["retiered"]) == ({"rising": 1}, [ENROLLED])
    query = "select tier, points, reasons from enrollments"
    assert one(connection, query) == {"tier": "rising", "points": 4, "reasons": ["4|age|Age"]}
    told = one(connection, "select detail from outcomes where kind = 'tier_changed'")["detail"]
    assert told == {"from": "high", "to": "rising", "points": 4}
    assert night(engine, found=True, members=lower, day=2).diff[PROGRAM].retiered == {}


@pytest.mark.usefixtures("began")
def test_what_was_nominated_keeps_the_tier_it_was_given(
    engine: Engine, connection: Connection
) -> None:
    connection.execute(text("update enrollments set entry = 'nominated'"))
    lower = [IDENTIFIED | {"tier": "rising", "points": 4}]
    assert night(engine, found=True, members=lower, day=1).diff[PROGRAM].retiered == {}
    assert one(connection, "select tier from enrollments")["tier"] == "high"


def left(connection: Connection, state: str) -> None:
    """The journey ended on the day of the first night's claims."""
    connection.execute(
        text("update enrollments set state = :state, ended_because = :state, ended_at = :at"),
        {"state": state, "at": f"{AS_OF} 12:00+00"},
    )


@pytest.mark.usefixtures("began")
def test_who_left_and_is_found_again_begins_a_second_journey_beside_the_first(
    engine: Engine, connection: Connection
) -> None:
    left(connection, "disenrolled")
    before = one(connection, "select * from enrollments")
    assert night(engine, found=True).diff[PROGRAM].new == 0  # claims of the same day know nothing
    assert night(engine, found=True, day=1).diff[PROGRAM].new == 1
    assert one(connection, "select * from enrollments where ordinal = 1") == before
    second = one(connection, "select * from enrollments where ordinal = 2")
    assert second["id"] == opaque_id("enrollment", "P1", PROGRAM, 2)
    assert (second["state"], second["started_at"], second["ended_at"]) == ("identified", None, None)
    rows = all_of(
        connection, "select kind from outcomes where enrollment_id = '" + second["id"] + "'"
    )
    assert rows == [("identified",)]
    assert night(engine, found=True, day=2).diff[PROGRAM].new == 0


@pytest.mark.usefixtures("began")
@pytest.mark.parametrize(
    ("state", "days"),
    [
        pytest.param("unable_to_contact", 364, id="the cool-off is not over"),
        pytest.param("declined", 900, id="they said no"),
        pytest.param("opted_out", 900, id="they opted out"),
        pytest.param("graduated", 900, id="they were through"),
    ],
)
def test_nobody_begins_again_when(
    engine: Engine, connection: Connection, state: str, days: int
) -> None:
    left(connection, state)
    assert night(engine, found=True, day=days).diff[PROGRAM].new == 0
