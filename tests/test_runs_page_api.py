"""The page of runs: what a run's report says of itself."""

from collections.abc import AsyncIterator

import make
import pytest_asyncio
from desk import Desk, open_desk, plain

from store.models import IdentificationRun


@pytest_asyncio.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    async with open_desk(database_url) as opened:
        yield opened


async def test_a_run_shows_its_rules_its_times_and_its_memory(
    desk: Desk, database_url: str
) -> None:
    report = {
        "timings": {"reading claims": 0.25}, "versions": {"adherence": "doorway-adherence 1"},
        "insufficient_history": {"medicare-cardiometabolic": 7}, "peak_rss_mb": 831,
    }  # fmt: skip
    make.save(database_url, IdentificationRun(at=make.NOW, report=report))
    async with desk.signed_in() as coordinator:
        page = plain((await coordinator.get("/console/runs")).text)
    assert "reading claims 0.25" in page
    assert "adherence doorway-adherence 1" in page
    assert "History too short to say no Medicare cardiometabolic 7" in page
    assert "831" in page


async def test_a_run_from_before_these_were_kept_is_shown_all_the_same(
    desk: Desk, database_url: str
) -> None:
    make.save(database_url, IdentificationRun(at=make.NOW, report={"attributed": 3}))
    async with desk.signed_in() as coordinator:
        page = plain((await coordinator.get("/console/runs")).text)
    assert "Seconds, by step" not in page
