"""After a run: members leave by the one road, some stay after all, and a cut-off run goes on."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import make
import pytest
import pytest_asyncio
from fakes import House, ana, open_house
from make_journeys import DAY, NOW
from temporalio.testing import ActivityEnvironment

from activities.exits import leave
from activities.identification import (
    Night,
    NightActivities,
    NightFailed,
    finish_runs,
    let_leave,
)
from store.models import Enrollment, IdentificationRun, Outcome


@pytest_asyncio.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    async with open_house(database_url) as opened:
        opened.given(*ana(reached_at=NOW), make.enrollment("e2", program="medicaid-high-risk"))
        yield opened


def run(**given: Any) -> IdentificationRun:
    return IdentificationRun(**{"at": NOW, "report": {}, **given})


async def newest(house: House) -> IdentificationRun:
    return (await house.all(IdentificationRun))[-1]


async def test_who_no_longer_fits_leaves_and_the_rest_goes_on(house: House) -> None:
    house.given(run(endings={"leave": [["e1", "hospice"]]}))
    assert await finish_runs(house.transaction, NOW) == 1
    assert (await house.one(Enrollment, "e1")).state == "hospice"
    assert (await house.one(Enrollment, "e2")).ended_at is None
    assert (await newest(house)).finished_at == NOW
    told = [o for o in await house.all(Outcome) if o.kind == "leaves"]
    assert [(o.rule, o.actor) for o in told] == [("hospice", "identification")]


async def test_coverage_lost_pauses_and_coverage_back_resumes(house: House) -> None:
    house.given(run(endings={"leave": [["e1", "disenrolled"]]}))
    await finish_runs(house.transaction, NOW)
    row = await house.one(Enrollment, "e1")
    assert (row.hold, row.ended_at) == ("grace", None)
    house.given(run(endings={"stay": ["e1"]}))
    await finish_runs(house.transaction, NOW + DAY)
    assert (await house.one(Enrollment, "e1")).leaving is None


async def test_a_run_cut_off_after_its_loading_is_finished_by_the_next(house: House) -> None:
    house.given(run(endings={"leave": [["e1", "hospice"], ["e2", "long_term_care"]]}))
    async with house.transaction() as session:
        await leave(session, "e1", "hospice", NOW)
    assert await finish_runs(house.transaction, NOW) == 1, "who has left is not counted again"
    assert {row.state for row in await house.all(Enrollment)} == {"hospice", "long_term_care"}
    assert await finish_runs(house.transaction, NOW) == 0


@dataclass
class Process:
    """Ends with a code, or (None) never by itself."""

    code: int | None
    killed: bool = False

    async def wait(self) -> int:
        if self.code is None:
            await asyncio.Event().wait()
        assert self.code is not None
        return self.code

    def kill(self) -> None:
        self.killed = True


async def spend_night(process: Process, environment: ActivityEnvironment) -> str:
    async def begin() -> Process:
        return process

    return await environment.run(NightActivities(begin).identify_night, Night())


@pytest.mark.parametrize(("code", "told"), [(0, "done"), (2, "refused")])
async def test_a_night_tells_how_its_process_ended(code: int, told: str) -> None:
    assert await spend_night(Process(code), ActivityEnvironment()) == told


async def test_a_process_that_breaks_off_fails_the_night_so_that_it_is_tried_again() -> None:
    with pytest.raises(NightFailed, match="137"):
        await spend_night(Process(137), ActivityEnvironment())


async def test_a_worker_that_stops_takes_the_nights_process_with_it() -> None:
    environment, process = ActivityEnvironment(), Process(None)
    beats = asyncio.Event()
    environment.on_heartbeat = lambda *_: beats.set()
    night = asyncio.ensure_future(spend_night(process, environment))
    await beats.wait()
    environment.cancel()
    with pytest.raises(asyncio.CancelledError):
        await night
    assert process.killed


WITHHELD = {"leave": [], "stay": [], "withheld": [["e1", "disenrolled"], ["e2", "hospice"]]}


async def test_those_withheld_leave_when_a_coordinator_says_so_and_only_once(house: House) -> None:
    house.given(run(endings=WITHHELD, finished_at=NOW))
    for id_ in ("e1", "e2"):
        row = await house.one(Enrollment, id_)
        async with house.transaction() as session:
            merged = await session.merge(row)
            merged.misfit, merged.misfit_since = "not_listed", date(2026, 3, 1)
    run_id = (await newest(house)).id
    said = []
    for _ in range(2):
        async with house.transaction() as session:
            said.append(await let_leave(session, run_id, actor="staff:7", now=NOW))
    assert said == [2, None]
    assert (await house.one(Enrollment, "e2")).state == "hospice"
    assert (await newest(house)).endings_by == "staff:7"


async def test_a_later_run_judges_anew_and_an_older_one_lets_nobody_leave(house: House) -> None:
    house.given(run(endings=WITHHELD, finished_at=NOW), run(finished_at=NOW))
    first = (await house.all(IdentificationRun))[0].id
    async with house.transaction() as session:
        assert await let_leave(session, first, actor="staff:7", now=NOW) is None
    assert (await house.one(Enrollment, "e2")).ended_at is None
