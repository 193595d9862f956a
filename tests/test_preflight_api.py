"""The pre-flight of a cohort that waits, and its start: by a coordinator, with a reason, once."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import make
import pytest_asyncio
from desk import Desk, Visitor, open_desk, plain
from fakes import Watch
from make_journeys import consent
from sqlalchemy import Connection, text

from runtime import programs
from runtime.wiring import receiver
from store import enrollments

CARDIO = "medicare-cardiometabolic"
PAGE = f"/console/preflight/{CARDIO}"
READY = {"started_at": None, "reached_at": None, "state": "identified"}


@pytest_asyncio.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    """Two members wait for their cohort's start: one can be texted, of one no number is known."""
    make.save(
        database_url,
        make.pharmacy(), make.member(time_zone="America/New_York"), make.member("m2"),
        make.phone(), make.contact_point(), consent(),
        make.enrollment(ready_since=make.NOW, **READY),
        make.enrollment("e2", "m2", pharmacy_npi=None, ready_since=make.NOW, **READY),
    )  # fmt: skip
    async with open_desk(database_url) as opened:
        opened.app.state.programs = programs.all_programs()
        opened.app.state.receiver = receiver(Watch())
        yield opened


async def may_begin(desk: Desk) -> list[str]:
    async with desk.app.state.sessions.begin() as session:
        return [row.id for row in await enrollments.unstarted(session, 10)]


async def start(visitor: Visitor, page: str, **given: str) -> int:
    hidden = dict(re.findall(r'name="(form_id|until)" value="([^"]+)"', page))
    told = {**hidden, "reason": "The letters are printed", **given}
    return (await visitor.post(f"{PAGE}/start", told)).status_code


async def test_the_page_says_who_waits_and_what_stands_in_the_way(desk: Desk) -> None:
    async with desk.signed_in() as coordinator:
        page = plain((await coordinator.get(PAGE)).text)
        runs = plain((await coordinator.get("/console/runs")).text)
    assert "2 members wait to begin" in page
    assert "By text 1" in page
    assert "No number at all" in page
    assert "No pharmacy" in page
    assert "2 members wait to begin in Medicare cardiometabolic" in runs


async def test_nobody_begins_before_the_start_and_then_everybody_who_has_a_pharmacy(
    desk: Desk, connection: Connection
) -> None:
    assert await may_begin(desk) == []
    async with desk.signed_in() as coordinator:
        page = (await coordinator.get(PAGE)).text
        said = [await start(coordinator, page) for _ in range(2)]
        after = plain((await coordinator.get(PAGE)).text)
    assert said == [200, 200]
    assert await may_begin(desk) == ["e1"]
    started = connection.execute(text("select members, reason from cohort_starts")).all()
    assert [tuple(row) for row in started] == [(2, "The letters are printed")]
    assert "Nobody waits to begin" in after
    assert "2 members, by Coordinator" in after


async def test_who_was_loaded_after_the_page_was_opened_is_not_started_by_it(
    desk: Desk, database_url: str, connection: Connection
) -> None:
    async with desk.signed_in() as coordinator:
        page = (await coordinator.get(PAGE)).text
        make.save(
            database_url, make.member("m3"),
            make.enrollment("e3", "m3", ready_since=make.NOW + timedelta(hours=1), **READY),
        )  # fmt: skip
        await start(coordinator, page)
    held = connection.execute(text("select id from enrollments where ready_since is not null"))
    assert held.scalars().all() == ["e3"]


async def test_a_start_needs_a_reason_a_token_and_a_coordinator(desk: Desk) -> None:
    async with desk.signed_in() as coordinator:
        page = (await coordinator.get(PAGE)).text
        assert await start(coordinator, page, reason="  ") == 422
        assert await start(coordinator, page, csrf="forged") == 403
    async with desk.signed_in("pharmacist", make.NPI) as pharmacist:
        assert await start(pharmacist, page) == 403
        assert (await pharmacist.get(PAGE)).status_code == 403
    assert await may_begin(desk) == []


async def test_a_program_nobody_knows_has_no_page(desk: Desk) -> None:
    async with desk.signed_in() as coordinator:
        assert (await coordinator.get("/console/preflight/nothing")).status_code == 404
        listed = plain((await coordinator.get("/console/preflight")).text)
    assert "Medicare cardiometabolic 2 waiting" in listed
    assert "Medicaid high risk nobody waits" in listed
