"""The provider's page: opened by two secrets, answered once, silent to everybody else."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx2
import make
import pytest
import pytest_asyncio
from desk import Desk, open_desk
from sqlalchemy import Connection, text

from api.attempts import BY_ACCOUNT
from api.auth import digest

TOKEN = "abcdefghijklmnopqrstuvwxyz012345"
PAGE = f"/provider/notes/{TOKEN}"
ANSWERS = {
    "answer-bp": "accept",
    "comment-bp": "",
    "answer-statin": "modify",
    "comment-statin": "Half the dose <b>first</b>",
}


@pytest_asyncio.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    make.save(
        database_url, make.pharmacy(), make.member(), make.enrollment(),
        make.note(token_hash=digest(TOKEN)),
    )  # fmt: skip
    async with open_desk(database_url) as opened:
        yield opened


async def send(browser: httpx2.AsyncClient, code: str, **answers: str) -> httpx2.Response:
    """As the practice's browser does it: open, type the digits, maybe answer."""
    page = (await browser.get(PAGE)).text
    csrf = re.findall(r'name="csrf" value="([^"]+)"', page)[0]
    return await browser.post(PAGE, data={"csrf": csrf, "second_factor": code, **answers})


async def test_the_link_alone_tells_nothing(desk: Desk) -> None:
    async with desk.browser() as browser:
        page = (await browser.get(PAGE)).text
    for secret in ("Lopez", "Ana", "1951", "statin", "blood", "Corner"):
        assert secret not in page


async def test_the_digits_open_the_requests(desk: Desk) -> None:
    async with desk.browser() as browser:
        page = await send(browser, "123456")
    assert "Please consider a statin." in page.text
    assert "Ana Lopez" in page.text


async def test_an_answer_is_kept_moves_the_journey_and_is_shown_again(
    desk: Desk, connection: Connection
) -> None:
    async with desk.browser() as browser:
        page = await send(browser, "123456", **ANSWERS)
        again = await send(browser, "123456")
    answers, answered_at = connection.execute(text("select answers, answered_at from notes")).one()
    assert answers == {
        "bp": {"answer": "accept", "comment": ""},
        "statin": {"answer": "modify", "comment": "Half the dose <b>first</b>"},
    }
    assert answered_at == make.NOW
    kind, detail = connection.execute(text("select kind, detail from outcomes")).one()
    assert kind == "note_answered"
    assert detail == {"note_id": "n1", "bp": "accept", "statin": "modify"}
    assert connection.execute(text("select nudged_at from enrollments")).scalar_one() == make.NOW
    for shown in (page.text, again.text):
        assert "Your answer was received" in shown
        assert "Half the dose &lt;b&gt;first&lt;/b&gt;" in shown
        assert "<form" not in shown


async def test_a_second_answer_does_not_replace_the_first(
    desk: Desk, connection: Connection
) -> None:
    async with desk.browser() as browser:
        await send(browser, "123456", **ANSWERS)
        await send(browser, "123456", **{**ANSWERS, "answer-bp": "decline"})
    answers = connection.execute(text("select answers from notes")).scalar_one()
    assert answers["bp"]["answer"] == "accept"
    assert connection.execute(text("select count(*) from outcomes")).scalar_one() == 1


@pytest.mark.parametrize(
    "answers",
    [
        pytest.param({"answer-bp": "accept"}, id="one request is left open"),
        pytest.param({**ANSWERS, "answer-bp": "perhaps"}, id="an answer nobody offered"),
    ],
)
async def test_half_an_answer_is_asked_for_again_and_keeps_what_was_chosen(
    desk: Desk, connection: Connection, answers: dict[str, str]
) -> None:
    async with desk.browser() as browser:
        page = await send(browser, "123456", **answers)
    assert page.status_code == 422
    assert "choose an answer for each request" in page.text
    assert page.text.count(" checked") == 1
    assert connection.execute(text("select answered_at from notes")).scalar_one() is None


async def test_wrong_digits_open_nothing_and_cannot_be_guessed(
    desk: Desk, connection: Connection
) -> None:
    async with desk.browser() as browser:
        wrong = await send(browser, "000000", **ANSWERS)
        for _ in range(BY_ACCOUNT.amount):
            await send(browser, "000001")
        right = await send(browser, "123456", **ANSWERS)
    assert wrong.status_code == 403
    assert "Lopez" not in wrong.text
    assert right.status_code == 429
    assert connection.execute(text("select answered_at from notes")).scalar_one() is None


async def test_a_form_without_its_own_token_is_refused(desk: Desk) -> None:
    async with desk.browser() as browser:
        answer = await browser.post(PAGE, data={"second_factor": "123456", "csrf": "guess"})
    assert answer.status_code == 403


async def test_an_unknown_link_and_one_that_ran_out_show_the_same_page(desk: Desk) -> None:
    async with desk.browser() as browser:
        unknown = await browser.get(f"/provider/notes/{TOKEN[:-1]}x")
        desk.time.business = make.NOW + timedelta(days=60)
        late = await browser.get(PAGE)
    assert (unknown.status_code, late.status_code) == (404, 404)
    assert unknown.text == late.text
    assert "does not open anything" in late.text


async def test_an_answer_that_comes_late_is_still_taken(desk: Desk, connection: Connection) -> None:
    desk.time.business = make.NOW + timedelta(days=20)
    async with desk.browser() as browser:
        await send(browser, "123456", **ANSWERS)
    assert connection.execute(text("select answered_at from notes")).scalar_one()


async def test_a_practice_without_a_browser_that_says_where_it_is_may_answer(
    desk: Desk, connection: Connection
) -> None:
    async with desk.browser() as browser:
        del browser.headers["origin"]
        assert (await send(browser, "123456", **ANSWERS)).status_code == 200
