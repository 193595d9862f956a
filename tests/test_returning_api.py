"""A second journey and a renewed tier, as the member's page tells them."""

from collections.abc import AsyncIterator

import make
import pytest_asyncio
from desk import Desk, open_desk, plain

from store.models import Outcome


@pytest_asyncio.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    make.save(
        database_url,
        make.pharmacy(),
        make.member(),
        make.enrollment(state="disenrolled", ended_because="disenrolled", ended_at=make.NOW),
        make.enrollment("e2", ordinal=2),
        Outcome(
            enrollment_id="e2", at=make.NOW, kind="tier_changed", actor="identification",
            rule="claims criteria", program_version="1",
            detail={"from": "rising", "to": "high", "points": 7},
        ),
    )  # fmt: skip
    async with open_desk(database_url) as opened:
        yield opened


async def test_the_page_tells_of_both_journeys_and_of_the_tier_before(desk: Desk) -> None:
    async with desk.signed_in() as coordinator:
        first = plain((await coordinator.get("/console/enrollments/e1")).text)
        second = plain((await coordinator.get("/console/enrollments/e2")).text)
    assert "Journey number" not in first
    assert "Journey number 2 in this program: later claims found the member again." in second
    assert "Other journeys of this member: Medicare cardiometabolic (coverage ended)" in second
    assert "By newer claims the member's tier is another: high, before rising" in second
