"""What is held back, on the page of messages, in words and with the time of the next attempt."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import make
import pytest
import pytest_asyncio
from desk import Desk, open_desk, plain

from api.message_words import MESSAGE_WORDS
from api.wordlists import WORDS
from domain.breakers import Cause
from domain.listening import Deaf
from runtime import programs
from store.models import BreakerRow, BucketRow
from store.pacing import newest_releases

WALL = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest_asyncio.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    async with open_desk(database_url) as opened:
        yield opened


async def held(desk: Desk) -> str:
    desk.app.state.sender_plan = programs.rules().sending.sender
    async with desk.signed_in() as coordinator:
        page = (await coordinator.get("/console/delivery")).text
    found = re.search(r'<section aria-labelledby="held">.*?</section>', page, re.S)
    assert found
    return plain(found.group())


async def test_it_says_that_nothing_is_held_and_how_much_of_the_day_is_used(desk: Desk) -> None:
    said = await held(desk)
    assert "Nothing is held back: the carrier takes what we send." in said
    assert "Used of the carrier's day: 0 of 6000 segments" in said


@pytest.mark.parametrize(
    ("breaker", "says"),
    [
        pytest.param(
            {"cause": "slow_down", "open_until": make.NOW + timedelta(minutes=5)},
            "Held: the carrier asked us to slow down. 1 due Next attempt today, 3:05 PM UTC",
            id="the carrier asks for less",
        ),
        pytest.param(
            {"cause": "slow_down", "open_until": make.NOW - make.HOUR},
            "Held: the carrier asked us to slow down. 1 due The next text that is due tries.",
            id="the hold is over and nobody has tried yet",
        ),
        pytest.param(
            {"cause": "filtered", "scope": "template", "name": "welcome",
             "open_until": make.NOW - make.HOUR, "probe": "i1",
             "probe_until": make.NOW + timedelta(minutes=5)},
            "Held: the networks take these words for spam. The wording: Welcome. 0 due One text "
            "was let through to try; the others follow when it has gone well, at the latest today, "
            "3:05 PM UTC",
            id="a wording that is being tried",
        ),
    ],
)  # fmt: skip
async def test_it_says_what_is_held_and_when_it_is_tried_next(
    desk: Desk, database_url: str, breaker: dict[str, object], says: str
) -> None:
    row = {"scope": "sender", "name": "main", "opened": 1, "changed_at": make.NOW, **breaker}
    make.save(
        database_url, make.pharmacy(), make.member(), make.phone(), make.enrollment(),
        make.intent("i2", status="pending", accepted_at=None, due_at=make.NOW - make.HOUR),
        BreakerRow(**row),
    )  # fmt: skip
    assert says in await held(desk)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        pytest.param({}, "nothing takes the carrier's webhooks", id="nobody takes webhooks"),
        pytest.param({"taking_since": WALL, "taking_at": WALL}, "waiting for the carrier's list",
                     id="the list was not read since the start"),
        pytest.param({"taking_since": WALL - make.DAY, "taking_at": WALL,
                      "listed_from": WALL - make.HOUR}, "texted cannot be read",
                     id="the list is old"),
    ],
)  # fmt: skip
async def test_it_says_that_a_stop_may_have_been_missed(
    desk: Desk, database_url: str, row: dict[str, datetime], says: str
) -> None:
    desk.app.state.listening = programs.rules().sending.listening
    desk.time.watch = WALL
    make.save(database_url, make.listening(**row))
    said = await held(desk)
    assert says in said
    assert "A STOP may have been texted meanwhile" in said
    assert "Nothing is held back" not in said


HELD = {
    "scope": "sender", "name": "main", "cause": "not_allowed", "opened": 1,
    "changed_at": make.NOW, "open_until": make.NOW + make.HOUR,
}  # fmt: skip
RELEASE = {"cause": "not_allowed", "reason": "the campaign was registered"}


async def test_a_manager_releases_and_everybody_reads_who_did_and_why(
    desk: Desk, database_url: str
) -> None:
    make.save(database_url, BreakerRow(**HELD))
    assert "Release: let one text try now" not in await held(desk)
    async with desk.signed_in("manager") as manager:
        page = (await manager.post("/console/delivery/release", RELEASE)).text
    said = plain(page)
    assert "The next text that is due tries." in said
    assert "the campaign was registered" in said
    async with desk.app.state.sessions.begin() as session:
        (kept,) = await newest_releases(session, 5)
        row = await session.get_one(BreakerRow, ("sender", "main", "not_allowed"))
    assert (kept.held_until, kept.reason) == (make.NOW + make.HOUR, RELEASE["reason"])
    assert kept.actor.startswith("staff:")
    assert (row.open_until, row.opened) == (make.NOW, 1)


@pytest.mark.parametrize(
    ("role", "form", "status"),
    [
        pytest.param("coordinator", RELEASE, 403, id="a coordinator"),
        pytest.param("pharmacist", RELEASE, 403, id="a pharmacist"),
        pytest.param("manager", {**RELEASE, "cause": "filtered"}, 404, id="what was never held"),
        pytest.param("manager", {**RELEASE, "reason": " "}, 422, id="without a reason"),
    ],
)
async def test_who_may_not_release_and_what_cannot_be(
    desk: Desk, database_url: str, role: str, form: dict[str, str], status: int
) -> None:
    make.save(database_url, make.pharmacy(), BreakerRow(**HELD))
    async with desk.signed_in(role, make.NPI if role == "pharmacist" else None) as viewer:
        assert (await viewer.post("/console/delivery/release", form)).status_code == status
    async with desk.app.state.sessions.begin() as session:
        assert await newest_releases(session, 5) == []


async def test_it_says_when_the_day_is_used(desk: Desk, database_url: str) -> None:
    used = BucketRow(
        sender="main", tokens=8.0, at=make.NOW, day=make.NOW.date(), spent=5500, turn=0
    )
    make.save(database_url, used)
    said = await held(desk)
    assert "Held: what our number may send in a day is used, but for answers." in said
    assert "Next attempt tomorrow, 8:00 AM UTC" in said
    assert "5500 of 6000 segments" in said


def test_every_cause_has_words_for_the_page_and_for_its_task() -> None:
    for why in Deaf:
        assert why in MESSAGE_WORDS["deaf"]
        assert why in MESSAGE_WORDS["deaf_do"]
    for cause in Cause:
        assert cause in MESSAGE_WORDS["held"]
        assert cause in MESSAGE_WORDS["held_do"]
        assert f"sending_{cause}" in WORDS["task"]
