"""The form on which a call about a cry for help is written down."""

from collections.abc import AsyncIterator

import make
import pytest
import pytest_asyncio
from desk import Desk, open_desk, plain
from sqlalchemy import Connection, text

FORM = {
    "outcome": "safe", "who": "Maria, coordinator", "at": "2026-03-04T09:55",
    "zone": "America/New_York", "words": "She is with her sister.", "back": "/console/tasks",
}  # fmt: skip


@pytest_asyncio.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    make.save(
        database_url, make.pharmacy(), make.member(), make.enrollment(),
        make.task(kind="danger_self_harm", urgent=True, created_at=make.NOW - make.HOUR / 2),
        make.task(kind="crisis_escalation", role="manager", detail={"of": "1"}),
    )  # fmt: skip
    async with open_desk(database_url) as opened:
        yield opened


def resolutions(connection: Connection) -> list[str | None]:
    return list(connection.execute(text("select resolution from tasks order by id")).scalars())


async def test_a_cry_is_ended_by_the_call_alone(desk: Desk, connection: Connection) -> None:
    async with desk.signed_in() as viewer:
        page = plain((await viewer.get("/console/tasks")).text)
        assert page.count("Write down the call…") == 2
        for task in (1, 2):
            done = await viewer.post(f"/console/tasks/{task}/done", {"resolution": "Called her"})
            assert done.status_code == 409
        assert resolutions(connection) == [None, None]
        page = plain((await viewer.post("/console/tasks/1/call-back", FORM)).text)
        assert "No open task here" in page
        again = await viewer.post("/console/tasks/1/call-back", FORM)
    assert again.status_code == 409
    assert resolutions(connection) == ["safe", "cry_documented"]
    detail = connection.execute(text("select detail from tasks where id = 1")).scalar_one()
    assert detail["called_at"] == "2026-03-04T09:55:00-05:00", "read on the member's wall"


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({"outcome": ""}, id="how it ended"),
        pytest.param({"outcome": "fine"}, id="how it ended, as one of the list"),
        pytest.param({"who": " "}, id="who spoke"),
        pytest.param({"at": ""}, id="when"),
        pytest.param({"at": "yesterday"}, id="when, as a day and a time"),
        pytest.param({"at": "2026-03-04T12:00"}, id="when, not to come"),
        pytest.param({"words": ""}, id="what was said"),
    ],
)
async def test_what_the_form_requires(
    desk: Desk, connection: Connection, given: dict[str, str]
) -> None:
    async with desk.signed_in() as viewer:
        answer = await viewer.post("/console/tasks/1/call-back", {**FORM, **given})
    assert answer.status_code == 422
    assert resolutions(connection) == [None, None]


async def test_a_try_stays_on_the_task_for_whoever_is_next(desk: Desk) -> None:
    async with desk.signed_in() as viewer:
        tried = {**FORM, "outcome": "not_reached", "words": "No answer, twice"}
        page = plain((await viewer.post("/console/tasks/2/call-back", tried)).text)
    assert "Not reached yet" in page
    assert "No answer, twice" in page
    assert page.count("Write down the call…") == 2
