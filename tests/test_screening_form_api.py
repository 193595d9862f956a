"""Screenings on the console's form: kept, gone on with, ended, and the crisis path at once."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import make
import pytest
import pytest_asyncio
from desk import Desk, open_desk, plain
from sqlalchemy import Connection, text

from domain.screening_plan import Ask
from runtime import programs

PAGE = "/console/screenings/e1"
ALL = programs.instruments()
PHQ9 = [item.code for item in ALL["phq-9"].items]
ITEM_9, NOT_AT_ALL, SEVERAL_DAYS = "44260-8", "LA6568-5", "LA6569-3"
MEDICAID = programs.program("medicaid-high-risk")


@pytest_asyncio.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    make.save(
        database_url, make.pharmacy(), make.pharmacy(make.OTHER_NPI, name="Other"), make.member(),
        make.phone(), make.contact_point(),
        make.enrollment(program=MEDICAID.id, conditions=["mental_health", "oud"]),
        make.enrollment("e2"),
    )  # fmt: skip
    async with open_desk(database_url) as opened:
        opened.app.state.programs = programs.all_programs()
        yield opened


def sheet(answers: dict[str, str], do: str = "finish", **given: str) -> dict[str, str]:
    fields = {f"q-{code}": answer for code, answer in answers.items()}
    return {"round": "1", "channel": "phone", "do": do, **given, **fields}


def rows(connection: Connection, query: str) -> list[dict[str, Any]]:
    return [dict(each) for each in connection.execute(text(query)).mappings()]


async def test_a_form_is_kept_in_part_and_gone_on_with(desk: Desk, connection: Connection) -> None:
    make.save(str(connection.engine.url.render_as_string(hide_password=False)),
              make.task(kind="screening_call", key="screening-phq-9"))  # fmt: skip
    half, rest = PHQ9[:4], PHQ9[4:9]
    async with desk.signed_in("pharmacist", make.NPI) as viewer:
        page = await viewer.post(f"{PAGE}/phq-9", sheet(dict.fromkeys(half, SEVERAL_DAYS), "save"))
        assert "4 of" in plain(page.text)
        form = (await viewer.get(f"{PAGE}/phq-9")).text
        assert form.count(" checked") == 4
        answers = dict.fromkeys(half, SEVERAL_DAYS) | dict.fromkeys(rest, NOT_AT_ALL)
        # The second half is asked in person.
        page = await viewer.post(f"{PAGE}/phq-9", sheet(answers, channel="form"))
        assert "4 of 27, minimal" in plain(page.text)
        assert "not all was answered" in page.text, "the tenth question may stay open"
        again = await viewer.post(f"{PAGE}/phq-9", sheet(answers, channel="form"))
        assert again.status_code == 200, "a double click"
        other = await viewer.post(f"{PAGE}/phq-9", sheet(dict.fromkeys(half, NOT_AT_ALL)))
        assert other.status_code == 409, "an asking that is over stays as it is"
    (kept,) = rows(connection, "select * from screenings")
    assert (kept["total"], kept["band"], kept["completed"], kept["channel"]) == (
        4, "minimal", False, "phone"
    )  # fmt: skip
    assert kept["actor"].startswith("staff:")
    channels = rows(connection, "select item, channel from screening_answers")
    assert {each["channel"] for each in channels if each["item"] in half} == {"phone"}
    assert {each["channel"] for each in channels if each["item"] in rest} == {"form"}
    (task,) = rows(connection, "select * from tasks")
    assert task["resolution"] == "asked on the form"
    (enrollment,) = rows(connection, "select nudged_at from enrollments where id = 'e1'")
    assert enrollment["nudged_at"], "the journey hears of it"


async def test_what_is_open_is_named_and_what_was_ticked_kept(
    desk: Desk, connection: Connection
) -> None:
    async with desk.signed_in("pharmacist", make.NPI) as viewer:
        page = await viewer.post(f"{PAGE}/phq-9", sheet({PHQ9[0]: NOT_AT_ALL}))
    assert page.status_code == 422
    assert page.text.count("is still open") == 8
    (kept,) = rows(connection, "select ended_at from screenings")
    assert kept["ended_at"] is None
    assert len(rows(connection, "select * from screening_answers")) == 1


async def test_item_9_holds_everything_and_brings_a_person_at_once(
    desk: Desk, connection: Connection
) -> None:
    async with desk.signed_in() as viewer:
        page = await viewer.post(f"{PAGE}/phq-9", sheet({ITEM_9: SEVERAL_DAYS}, "save"))
        assert "A person must speak with the member now" in plain(page.text)
    holds = rows(connection, "select hold from enrollments order by id")
    assert [each["hold"] for each in holds] == ["safety", "safety"], "in every program"
    (task,) = rows(connection, "select * from tasks")
    assert (task["kind"], task["urgent"]) == ("danger_self_harm", True)
    assert (task["due_at"] - task["created_at"]).total_seconds() == 15 * 60
    (text_,) = rows(connection, "select template, purpose from intents")
    assert text_ == {"template": "crisis", "purpose": "safety"}


async def test_a_positive_phq_2_opens_the_phq_9_with_its_answers(
    desk: Desk, connection: Connection
) -> None:
    async with desk.signed_in("pharmacist", make.NPI) as viewer:
        await viewer.post(f"{PAGE}/phq-2", sheet(dict.fromkeys(PHQ9[:2], "LA6571-9")))
        overview = plain((await viewer.get(PAGE)).text)
        assert "6 of 6, positive positive" in overview
        assert "asked for" in overview
        form = (await viewer.get(f"{PAGE}/phq-9")).text
        assert (form.count(" checked"), 'name="round" value="1"' in form) == (2, True)


async def test_the_questions_follow_what_is_ticked_and_nothing_is_kept(
    desk: Desk, connection: Connection
) -> None:
    first, second, _ = ALL["audit-c"].items
    async with desk.signed_in("pharmacist", make.NPI) as viewer:
        drinks = sheet({first.code: first.options[2].code}, "")
        page = await viewer.post(f"{PAGE}/audit-c/questions", drinks)
        assert second.text["en"] in plain(page.text).replace("&#39;", "'")
        never = sheet({first.code: first.options[0].code}, "")
        page = await viewer.post(f"{PAGE}/audit-c/questions", never)
        assert page.text.count("<fieldset") == 1
    assert rows(connection, "select * from screenings") == []


async def test_what_falls_under_part_2_stays_with_the_members_pharmacist(
    desk: Desk, connection: Connection
) -> None:
    first = ALL["audit-c"].items[0]
    async with desk.signed_in("pharmacist", make.NPI) as viewer:
        page = await viewer.post(f"{PAGE}/audit-c", sheet({first.code: first.options[0].code}))
        assert "0 of 12" in plain(page.text)
    for role in ("coordinator", "manager"):
        async with desk.signed_in(role) as viewer:
            assert "AUDIT" not in (await viewer.get(PAGE)).text
            assert (await viewer.get(f"{PAGE}/audit-c")).status_code == 404
    (kept,) = rows(connection, "select label from screenings")
    assert kept["label"] == "part2"


async def test_the_safety_questions_once_a_program_names_them(
    desk: Desk, connection: Connection
) -> None:
    plan = MEDICAID.plans["screening"]
    hits = Ask(ALL["ahc-hrsn-safety"], ("form",), (), "pharmacist", make.DAY, follow_up=True)
    plans = {**MEDICAID.plans, "screening": replace(plan, asks=(*plan.asks, hits))}
    async with desk.signed_in("pharmacist", make.NPI) as viewer:
        assert (await viewer.get(f"{PAGE}/ahc-hrsn-safety")).status_code == 404
        desk.app.state.programs = {MEDICAID.id: replace(MEDICAID, plans=plans)}
        fairly_often = {i.code: i.options[3].code for i in hits.instrument.items}
        by_text = await viewer.post(f"{PAGE}/ahc-hrsn-safety", sheet(fairly_often, channel="sms"))
        assert by_text.status_code == 422
        page = await viewer.post(f"{PAGE}/ahc-hrsn-safety", sheet(fairly_often))
    assert "16 of 20, positive positive" in plain(page.text)
    assert rows(connection, "select * from intents") == [], "nothing about it is ever texted"


@pytest.mark.parametrize(
    ("form", "status"),
    [
        pytest.param(sheet({"99999-9": NOT_AT_ALL}), 422, id="a question it does not ask"),
        pytest.param(sheet({ITEM_9: "LA-1"}), 422, id="an answer it does not have"),
        pytest.param(sheet({}, channel=""), 422, id="no word of how they spoke"),
        pytest.param(sheet({}, round="0"), 422, id="no asking"),
        pytest.param(sheet({}, round="7"), 409, id="an asking that is not open"),
        pytest.param({**sheet({}), "else": "1"}, 422, id="a field of no page"),
        pytest.param(sheet({ITEM_9: "x" * 101}), 422, id="an answer of a hundred letters"),
    ],
)
async def test_a_form_that_no_page_sends(
    desk: Desk, connection: Connection, form: dict[str, str], status: int
) -> None:
    async with desk.signed_in() as viewer:
        assert (await viewer.post(f"{PAGE}/phq-9", form)).status_code == status
        assert (await viewer.post(f"{PAGE}/phq-9", sheet({}), csrf="no")).status_code == 403
    assert rows(connection, "select * from screenings") == []


async def test_whose_screenings_are_seen(desk: Desk, connection: Connection) -> None:
    async with desk.signed_in("pharmacist", make.OTHER_NPI) as viewer:
        for page in (PAGE, f"{PAGE}/phq-9"):
            assert (await viewer.get(page)).status_code == 404
        assert (await viewer.post(f"{PAGE}/phq-9", sheet({}))).status_code == 404
    connection.execute(text("update enrollments set ended_at = created_at where id = 'e1'"))
    async with desk.signed_in("pharmacist", make.NPI, "another") as viewer:
        assert (await viewer.get(PAGE)).status_code == 409
