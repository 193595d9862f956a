"""Signing in and staying signed in."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import make
import pytest
import pytest_asyncio
from desk import ORIGIN, PASSWORD, QUICK, Desk, open_desk
from sqlalchemy import Connection, text

from api.accounts import first_account
from api.attempts import BY_ACCOUNT


@pytest_asyncio.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    async with open_desk(database_url) as opened:
        yield opened


async def test_the_first_start_makes_a_manager_whose_password_works_and_a_second_makes_none(
    desk: Desk,
) -> None:
    sessions = desk.app.state.sessions
    password = await first_account(sessions, desk.time, QUICK)
    assert await first_account(sessions, desk.time, QUICK) is None
    async with desk.browser() as browser:
        page = await browser.post("/sign-in", data={"login": "admin", "password": password})
    assert "To do now" in page.text
    assert "manager" in page.text


async def test_the_database_holds_neither_the_token_nor_the_password(
    desk: Desk, connection: Connection
) -> None:
    async with desk.signed_in() as coordinator:
        token = coordinator.browser.cookies["doorway"]
    row = connection.execute(text("select token_hash, csrf from staff_sessions")).one()
    assert token not in row
    assert len(row.token_hash) == 64
    assert PASSWORD not in connection.execute(text("select password_hash from staff")).scalar_one()


@pytest.mark.parametrize(
    ("login", "password"),
    [
        pytest.param("maria", "wrong", id="a wrong password"),
        pytest.param("nobody", PASSWORD, id="an account that does not exist"),
    ],
)
async def test_the_same_words_refuse(desk: Desk, login: str, password: str) -> None:
    await desk.account("maria")
    async with desk.browser() as browser:
        page = await browser.post("/sign-in", data={"login": login, "password": password})
        home = await browser.get("/console/")
    assert page.status_code == 401
    assert "do not go together" in page.text
    assert home.url.path == "/sign-in"


async def test_guessing_is_slowed_also_for_whoever_then_guesses_right(desk: Desk) -> None:
    await desk.account("maria")
    async with desk.browser() as browser:
        for _ in range(BY_ACCOUNT.amount):
            await browser.post("/sign-in", data={"login": "Maria", "password": "guess"})
        late = await browser.post("/sign-in", data={"login": "maria", "password": PASSWORD})
    assert late.status_code == 429


async def test_guesses_sent_all_at_once_are_no_more_than_guesses_one_by_one(desk: Desk) -> None:
    await desk.account("maria")
    async with desk.browser() as browser:
        said = await asyncio.gather(
            *(
                browser.post("/sign-in", data={"login": "maria", "password": f"guess {n}"})
                for n in range(2 * BY_ACCOUNT.amount)
            )
        )
        late = await browser.post("/sign-in", data={"login": "maria", "password": PASSWORD})
    assert sum(page.status_code == 401 for page in said) <= BY_ACCOUNT.amount
    assert {page.status_code for page in said} <= {401, 429}
    assert desk.app.state.attempts._under_way == {}
    assert late.status_code in (200, 429)


@pytest.mark.parametrize(
    ("clicks", "gap", "still_in"),
    [
        pytest.param(
            1, timedelta(minutes=14), True, id="a click after fourteen minutes is in time"
        ),
        pytest.param(1, timedelta(minutes=15), False, id="fifteen idle minutes sign out"),
        pytest.param(5, timedelta(minutes=14), True, id="every click begins the quarter anew"),
        pytest.param(53, timedelta(minutes=14), False, id="twelve hours end the busiest session"),
    ],
)
async def test_a_session_ends(desk: Desk, clicks: int, gap: timedelta, still_in: bool) -> None:
    async with desk.signed_in() as coordinator:
        for _ in range(clicks):
            desk.time.pass_by(gap)
            page = await coordinator.get("/console/runs")
    assert (page.url.path == "/console/runs") is still_in


async def test_a_page_that_redraws_itself_is_no_sign_of_life(desk: Desk) -> None:
    async with desk.signed_in() as coordinator:
        for _ in range(2):
            desk.time.pass_by(timedelta(minutes=8))
            answer = await coordinator.browser.get("/console/today", headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer.headers["hx-redirect"].startswith("/sign-in")


async def test_signing_out_ends_the_session_for_a_stolen_cookie_too(desk: Desk) -> None:
    async with desk.signed_in() as coordinator:
        token = coordinator.browser.cookies["doorway"]
        page = await coordinator.post("/sign-out")
    assert "signed out" in page.text
    async with desk.browser() as thief:
        thief.cookies.set("doorway", token)
        assert (await thief.get("/console/")).url.path == "/sign-in"


async def test_a_closed_account_is_out_at_once(desk: Desk) -> None:
    async with desk.signed_in("manager") as manager:
        leaver = await desk.account("ben")
        async with desk.browser() as ben:
            await ben.post("/sign-in", data={"login": "ben", "password": PASSWORD})
            assert (await ben.get("/console/")).url.path == "/console/"
            await manager.post(f"/console/staff/{leaver}/disable")
            assert (await ben.get("/console/")).url.path == "/sign-in"
            again = await ben.post("/sign-in", data={"login": "ben", "password": PASSWORD})
    assert again.status_code == 401


async def test_over_https_the_cookie_is_bound_to_the_host(database_url: str) -> None:
    async with open_desk(database_url, base_url="https://desk.test") as desk:
        await desk.account("maria")
        async with desk.browser() as browser:
            answer = await browser.post(
                "/sign-in",
                data={"login": "maria", "password": PASSWORD},
                headers={"Origin": ORIGIN},
                follow_redirects=False,
            )
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-doorway=")
    for flag in ("HttpOnly", "Secure", "SameSite=lax", "Path=/"):
        assert flag in cookie
    assert "Domain" not in cookie
    assert answer.headers["strict-transport-security"]


async def test_a_manager_adds_an_account_whose_password_is_shown_once(
    desk: Desk, database_url: str
) -> None:
    make.save(database_url, make.pharmacy())
    form = {"login": "rosa", "name": "Rosa", "role": "pharmacist", "pharmacy_npi": make.NPI}
    async with desk.signed_in("manager") as manager:
        page = (await manager.post("/console/staff", form)).text
        later = (await manager.get("/console/staff")).text
        taken = await manager.post("/console/staff", form)
        unknown = await manager.post(
            "/console/staff", {**form, "login": "rosa2", "pharmacy_npi": "1999999999"}
        )
    password = page.split('class="password">')[1].split("<")[0]
    assert password not in later
    assert (taken.status_code, unknown.status_code) == (422, 422)
    async with desk.browser() as browser:
        inside = await browser.post("/sign-in", data={"login": "rosa", "password": password})
    assert "Rosa, pharmacist" in inside.text


async def test_a_manager_cannot_lock_themselves_out(desk: Desk, connection: Connection) -> None:
    async with desk.signed_in("manager") as manager:
        own = connection.execute(text("select id from staff")).scalar_one()
        refused = await manager.post(f"/console/staff/{own}/disable")
    assert refused.status_code == 409
