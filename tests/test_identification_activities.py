"""After a run: members leave by the one road, some stay after all, and a cut-off run goes on."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import make
import pytest_asyncio
from fakes import House, ana, open_house
from make_journeys import DAY, NOW

from activities.exits import leave
from activities.identification import finish_runs, let_leave
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
