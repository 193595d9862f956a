"""Nominations by console, file and API: the same rules, a verdict in words, kept whatever it is."""

import io
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import make
import pytest
import pytest_asyncio
from desk import Desk, Visitor, open_desk, plain
from rich.console import Console
from sqlalchemy import Connection, text

from claims.errors import BadInput
from domain.nominations import WORDS, Why
from runtime.clock import hold_clock
from runtime.nominate import nominate as from_file
from runtime.nominate import nominating, read
from runtime.settings import Settings
from store import enrollments
from store.models import RosterLine

CARDIO = "medicare-cardiometabolic"
PAGE = "/console/nominations"
KEY = {"Authorization": "Bearer s3cret-key"}
MEDICARE = [{"payer_type": "medicare", "payer": "Acme", "first": "2020-01-01", "last": None}]
ANA = {"what": f"{CARDIO}/diabetes", "person_id": "P1", "birth_date": "1951-05-06",
       "reason": "She asked for help with her sugar"}  # fmt: skip


def line(person_id: str, **given: Any) -> RosterLine:
    told: dict[str, Any] = {
        "person_id": person_id, "first_name": "Ana", "last_name": "Lopez",
        "birth_date": make.NOW.date().replace(1951, 5, 6), "state": "OH", "zip_code": "43215",
        "time_zone": "America/New_York", "language": "es", "coverage": MEDICARE,
        "phones": [{"phone": "+16145550134", "kind": "mobile", "rank": 1}], "deceased": False,
        "hospice": False, "ltc": False, "do_not_contact": False, "address_confidential": False,
    }  # fmt: skip
    return RosterLine(**{**told, **given})


@pytest_asyncio.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    make.save(database_url, make.pharmacy(), line("P1"), line("P2", hospice=True, phones=[]))
    async with open_desk(database_url, pharmacy_key="s3cret-key") as opened:
        opened.app.state.nominating = nominating()
        yield opened


def all_of(connection: Connection, query: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in connection.execute(text(query))]


async def nominate(visitor: Visitor, **given: str) -> httpx2.Response:
    page = (await visitor.get(PAGE)).text
    found = re.search(r'name="form_id" value="([^"]+)"', page)
    assert found
    return await visitor.post(PAGE, {"form_id": found.group(1), **ANA, **given})


async def test_a_nominated_member_is_made_from_the_payers_roster_and_begins(
    desk: Desk, connection: Connection
) -> None:
    async with desk.signed_in() as coordinator:
        page = plain((await nominate(coordinator, npi=make.NPI)).text)
    assert WORDS[Why.ACCEPTED] in page
    assert all_of(connection, "select last_name, language, payer from members") == [
        ("Lopez", "es", "Acme")
    ]
    assert all_of(connection, "select phone, given from consents") == [("+16145550134", True)]
    assert all_of(connection, "select entry, conditions, pharmacy_npi from enrollments") == [
        ("nominated", ["diabetes"], make.NPI)
    ]
    assert all_of(connection, "select kind from outcomes") == [("nominated",)]
    async with desk.app.state.sessions.begin() as session:
        assert len(await enrollments.unstarted(session, 5)) == 1


async def test_without_a_pharmacy_somebody_is_asked_to_find_one(
    desk: Desk, connection: Connection
) -> None:
    async with desk.signed_in() as coordinator:
        await nominate(coordinator)
    assert all_of(connection, "select kind from tasks") == [("no_pharmacy",)]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        pytest.param({"person_id": "P2"}, Why.HOSPICE, id="in hospice"),
        pytest.param({"birth_date": "1951-05-07"}, Why.UNKNOWN, id="another birth date"),
        pytest.param({"person_id": "P9"}, Why.UNKNOWN, id="nobody of that id"),
        pytest.param({"npi": "9999999999"}, Why.NO_SUCH_PHARMACY, id="no such pharmacy"),
        pytest.param(
            {"what": "medicaid-high-risk/asthma"}, Why.NOT_COVERED, id="another payer's program"
        ),
    ],
)
async def test_a_refusal_says_why_is_kept_and_enrolls_nobody(
    desk: Desk, connection: Connection, given: dict[str, str], why: Why
) -> None:
    async with desk.signed_in() as coordinator:
        page = plain((await nominate(coordinator, **given)).text)
    assert WORDS[why] in page
    assert all_of(connection, "select why, reason, actor <> '' from nominations") == [
        (why, ANA["reason"], True)
    ]
    assert all_of(connection, "select id from enrollments") == []


async def test_who_is_in_the_program_is_not_nominated_again_and_a_double_click_is_one(
    desk: Desk, connection: Connection
) -> None:
    async with desk.signed_in() as coordinator:
        page = (await coordinator.get(PAGE)).text
        form = {"form_id": re.findall(r'name="form_id" value="([^"]+)"', page)[0], **ANA}
        for _ in range(2):
            assert WORDS[Why.ACCEPTED] in plain((await coordinator.post(PAGE, form)).text)
        assert WORDS[Why.ENROLLED] in plain((await nominate(coordinator)).text)
    assert all_of(connection, "select why from nominations order by id") == [
        ("accepted",), ("enrolled",),
    ]  # fmt: skip


async def test_a_pharmacist_nominates_for_their_own_pharmacy_and_sees_their_own(
    desk: Desk, connection: Connection
) -> None:
    async with desk.signed_in(login="other") as coordinator:
        await nominate(coordinator, person_id="P9", reason="A secret of the coordinator")
    async with desk.signed_in("pharmacist", make.NPI) as pharmacist:
        page = plain((await nominate(pharmacist, npi="9999999999")).text)
    assert WORDS[Why.ACCEPTED] in page
    assert "A secret" not in page
    assert all_of(connection, "select pharmacy_npi from enrollments") == [(make.NPI,)]


async def test_why_somebody_is_nominated_for_substance_use_is_for_who_treats_them_alone(
    desk: Desk, database_url: str, connection: Connection
) -> None:
    medicaid = [{**MEDICARE[0], "payer_type": "medicaid"}]
    make.save(database_url, line("P3", coverage=medicaid, phones=[]))
    told = {"what": "medicaid-high-risk/oud", "person_id": "P3", "reason": "Since the overdose"}
    async with desk.signed_in("pharmacist", make.NPI) as pharmacist:
        assert "Since the overdose" in (await nominate(pharmacist, **told)).text
    async with desk.signed_in() as coordinator:
        page = (await coordinator.get(PAGE)).text
    assert "Since the overdose" not in page
    assert "Protected by 42 CFR Part 2" in page
    assert all_of(connection, "select condition, part2 from evidence") == [("oud", True)]


async def test_a_stop_said_before_is_not_undone(
    desk: Desk, connection: Connection, database_url: str
) -> None:
    make.save(database_url, make.phone())
    connection.execute(
        text("insert into consents (phone, channel, given, at, how, actor) "
             "values ('+16145550134', 'sms', false, now(), 'text', 'member')")
    )  # fmt: skip
    async with desk.signed_in() as coordinator:
        await nominate(coordinator)
    assert all_of(connection, "select given from consents") == [(False,)]


async def test_a_pharmacys_system_is_answered_with_the_verdict(
    desk: Desk, connection: Connection
) -> None:
    sent: dict[str, Any] = {
        "id": "a1", "program": CARDIO, "person_id": "P1", "birth_date": "1951-05-06",
        "conditions": ["diabetes"], "npi": make.NPI, "reason": "Asked at the counter",
    }  # fmt: skip
    address = "/api/pharmacy/nominations"
    async with desk.browser() as system:
        answers = [
            await system.post(address, json=sent, headers=KEY),
            await system.post(address, json=sent, headers=KEY),
            await system.post(address, json={**sent, "id": "a2", "person_id": "P2"}, headers=KEY),
            await system.post(address, json={**sent, "program": "none"}, headers=KEY),
            await system.post(address, json={**sent, "npi": "12"}, headers=KEY),
            await system.post(address, json=sent),
        ]
    assert [each.status_code for each in answers] == [200, 200, 200, 404, 422, 401]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["accepted"] is True
    assert answers[2].json() == {
        "accepted": False, "why": "hospice", "words": WORDS[Why.HOSPICE], "enrollment": None,
    }  # fmt: skip
    assert all_of(connection, "select how, actor from nominations limit 1") == [
        ("api", "pharmacy-api")
    ]


HEAD = "person_id,birth_date,conditions,pharmacy_npi,reason\n"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param("person_id,reason\nP1,x\n", "lacks the column birth_date", id="a column"),
        pytest.param(HEAD, "holds 0 nominations", id="no line"),
        pytest.param(HEAD + "P1,6 May,diabetes,,Asked\n", "line 2: birth_date", id="a date"),
        pytest.param(HEAD + "P1,1951-05-06,,,Asked\n", "conditions and a reason", id="a condition"),
        pytest.param(HEAD + "P1,1951-05-06,diabetes,12,Asked\n", "not ten digits", id="an NPI"),
    ],
)
def test_a_file_that_is_off_is_refused_in_a_sentence(
    tmp_path: Path, content: str, said: str
) -> None:
    file = tmp_path / "nominations.csv"
    file.write_text(content)
    with pytest.raises(BadInput, match=said):
        read(file, CARDIO)


def test_the_same_line_is_the_same_nomination_in_whatever_file(tmp_path: Path) -> None:
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    first.write_text(HEAD + "P1,1951-05-06,diabetes;hypertension,,Asked\n")
    second.write_text(first.read_text() + "P2,1951-05-06,diabetes,,Asked\n")
    (told,), (again, _) = read(first, CARDIO), read(second, CARDIO)
    assert told == again
    assert told.conditions == ("diabetes", "hypertension")


def test_a_file_is_judged_line_by_line_and_a_second_time_changes_nothing(
    database_url: str, connection: Connection, tmp_path: Path
) -> None:
    hold_clock(connection, make.NOW, make.NOW)
    make.save(database_url, make.pharmacy(), line("P1"), line("P2", hospice=True, phones=[]))
    file = tmp_path / "nominations.csv"
    file.write_text(
        HEAD + f"P1,1951-05-06,diabetes,{make.NPI},Asked\nP2,1951-05-06,diabetes,,Asked\n"
    )
    said = io.StringIO()
    settings = Settings(home=tmp_path, database_url=database_url)
    for _ in range(2):
        from_file(settings, CARDIO, file, Console(file=said, width=200))
    assert said.getvalue().count(f"Line 3 was refused. {WORDS[Why.HOSPICE]}") == 2
    assert said.getvalue().count("1 of 2 were accepted") == 2
    assert all_of(connection, "select how, why from nominations order by id") == [
        ("file", "accepted"), ("file", "hospice"),
    ]  # fmt: skip
    assert len(all_of(connection, "select id from enrollments")) == 1
