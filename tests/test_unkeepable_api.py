"""What no table can hold is refused like any other mistake on a form, and never an accident."""

from collections.abc import AsyncIterator

import make
import pytest
import pytest_asyncio
from desk import PASSWORD, Desk, open_desk

HALF_AN_EMOJI = "%ED%A0%80"


@pytest_asyncio.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    make.save(database_url, make.pharmacy(), make.member(), make.enrollment())
    async with open_desk(database_url) as opened:
        yield opened


@pytest.mark.parametrize(
    "path",
    [
        "/console/enrollments/%00",
        "/console/enrollments/e1%00/live",
        "/console/members?program=%00",
        "/console/tasks?kind=%00",
        pytest.param(f"/console/enrollments/e1?action={2**63}", id="an action beyond all numbers"),
        pytest.param("/console/enrollments/e1?before=0001-01-01", id="before the first zone began"),
    ],
)
async def test_an_address_no_table_can_hold_is_unreadable(desk: Desk, path: str) -> None:
    async with desk.signed_in() as coordinator:
        assert (await coordinator.get(path)).status_code in (404, 422)


@pytest.mark.parametrize("sign", ["\x00", "a\x00\x00b"])
async def test_words_no_table_can_hold_are_unreadable(desk: Desk, sign: str) -> None:
    async with desk.signed_in() as coordinator:
        form = {"form_id": "c9c8ad88-fead-4126-87f6-02855ce787ed", "reason": f"because{sign}not"}
        held = await coordinator.post("/console/enrollments/e1/hold", form)
        found = await coordinator.post("/console/members", {"search": sign})
    assert (held.status_code, found.status_code) == (422, 422)
    assert desk.journeys.asked == []


async def test_a_login_no_table_can_hold_is_unreadable(desk: Desk) -> None:
    async with desk.browser() as browser:
        answer = await browser.post("/sign-in", data={"login": "a\x00", "password": PASSWORD})
        half = await browser.post(
            "/sign-in",
            content=f"login={HALF_AN_EMOJI}&password=x",
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )
    assert answer.status_code == 422
    assert half.status_code < 500
