"""The pages of runs: the history, one run's counts and rules, whom it changed, who must look."""

from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import date
from typing import Any

import make
import pytest_asyncio
from desk import Desk, open_desk, plain
from sqlalchemy import Connection, text

from domain.identification_diff import ProgramDiff
from store.models import IdentificationRun

CARDIO = "medicare-cardiometabolic"


@pytest_asyncio.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    async with open_desk(database_url) as opened:
        yield opened


def save(database_url: str, **given: Any) -> int:
    told = {"at": make.NOW, "report": {}, "finished_at": make.NOW, **given}
    (row,) = make.save(database_url, IdentificationRun(**told))
    assert isinstance(row, IdentificationRun)
    return row.id


async def read(desk: Desk, address: str) -> str:
    async with desk.signed_in() as coordinator:
        return plain((await coordinator.get(address)).text)


async def test_a_run_shows_its_rules_its_times_and_its_memory(
    desk: Desk, database_url: str
) -> None:
    report = {
        "timings": {"reading claims": 0.25}, "versions": {"adherence": "doorway-adherence 1"},
        "insufficient_history": {CARDIO: 7}, "peak_rss_mb": 831,
        "excluded": {CARDIO: {"hospice": 5}},
    }  # fmt: skip
    page = await read(desk, f"/console/runs/{save(database_url, report=report)}")
    assert "reading claims 0.25" in page
    assert "adherence doorway-adherence 1" in page
    assert "History too short to say no Medicare cardiometabolic 7" in page
    assert "831" in page
    assert "In hospice 5" in page


async def test_a_run_shows_what_came_in_and_what_was_dropped_with_examples(
    desk: Desk, database_url: str
) -> None:
    report = {
        "identified": {CARDIO: 31}, "attributed": 30, "rows": {"medical_claim": 900},
        "dropped": {"date in the future": 4}, "examples": {"date in the future": ["c17", "c18"]},
    }  # fmt: skip
    page = await read(desk, f"/console/runs/{save(database_url, report=report)}")
    assert "Medicare cardiometabolic 31" in page
    assert "medical_claim 900" in page
    assert "date in the future 4 2 to look up c17, c18" in page


async def test_a_run_from_before_these_were_kept_is_shown_all_the_same(
    desk: Desk, database_url: str
) -> None:
    page = await read(desk, f"/console/runs/{save(database_url, report={'attributed': 3})}")
    assert "Seconds, by step" not in page
    assert "No comparison was made" in page


def ana(database_url: str, **given: Any) -> None:
    make.save(
        database_url, make.pharmacy(), make.member(first_name="Ana", last_name="Lopez"),
        make.enrollment(misfit="hospice", misfit_since=date(2026, 3, 1), **given),
    )  # fmt: skip


async def test_a_run_names_whom_it_changed_and_why(desk: Desk, database_url: str) -> None:
    ana(database_url)
    diff = ProgramDiff(
        new=12, gone={"hospice": 3}, leaving={"hospice": 3}, examples={"gone": ["e1"]}
    )
    run = save(database_url, diff={CARDIO: asdict(diff)})
    listed = await read(desk, "/console/runs")
    assert "12 new, 3 no longer fit" in listed
    async with desk.signed_in(login="second") as coordinator:
        page = plain((await coordinator.get(f"/console/runs/{run}")).text)
    assert "12 new" in page
    assert "3 no longer fit: 3 in hospice" in page
    assert "Ana Lopez in hospice, since" in page


async def test_nobody_leaves_on_a_night_on_which_too_many_would_before_somebody_looked(
    desk: Desk, database_url: str, connection: Connection
) -> None:
    ana(database_url)
    diff = ProgramDiff(withheld={"hospice": 1}, examples={"withheld": ["e1"]})
    endings = {"withheld": [["e1", "hospice"]]}
    run = save(database_url, diff={CARDIO: asdict(diff)}, endings=endings)
    async with desk.signed_in() as coordinator:
        page = plain((await coordinator.get(f"/console/runs/{run}")).text)
        assert "1 member would leave" in page
        await coordinator.post(f"/console/runs/{run}/leaving")
        after = plain((await coordinator.get(f"/console/runs/{run}")).text)
        again = await coordinator.post(f"/console/runs/{run}/leaving")
    assert "would leave, which" not in after
    assert "were let leave" in after
    assert again.status_code == 409
    assert connection.execute(text("select state from enrollments")).scalar() == "hospice"


async def test_a_pharmacist_sees_no_runs_and_lets_nobody_leave(
    desk: Desk, database_url: str
) -> None:
    make.save(database_url, make.pharmacy())
    run = save(database_url)
    async with desk.signed_in("pharmacist", make.NPI) as pharmacist:
        answers = [
            (await pharmacist.get("/console/runs")).status_code,
            (await pharmacist.get(f"/console/runs/{run}")).status_code,
            (await pharmacist.post(f"/console/runs/{run}/leaving")).status_code,
        ]
    assert answers == [403, 403, 403]


async def test_a_run_that_was_refused_or_found_nothing_new_says_so(
    desk: Desk, database_url: str
) -> None:
    first = save(database_url, diff={CARDIO: asdict(ProgramDiff())})
    save(database_url, same_as=first)
    save(database_url, problem="The eligibility file lacks person_id; add it.")
    page = await read(desk, "/console/runs")
    assert "refused The eligibility file lacks person_id; add it." in page
    assert "Nothing new: the same files and day as before." in page
    assert "nothing by command" in page


async def test_before_the_first_run_the_page_says_how_to_make_one(desk: Desk) -> None:
    page = await read(desk, "/console/runs")
    assert "No run yet" in page
    assert "doorway identify PROGRAM --claims DIR" in page


async def test_a_run_nobody_made_is_not_found(desk: Desk) -> None:
    async with desk.signed_in() as coordinator:
        assert (await coordinator.get("/console/runs/77")).status_code == 404
