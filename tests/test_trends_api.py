"""A member's readings on their page: drawn, in a table beside, and held against the goal."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import make
import pytest
import pytest_asyncio
from desk import Desk, open_desk

from api.console.trends import HEIGHT, WIDTH, trends
from runtime.programs import program

CARDIO = program("medicare-cardiometabolic")


@pytest_asyncio.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    make.save(database_url, make.pharmacy(), make.member(), make.phone(), make.contact_point())
    async with open_desk(database_url) as opened:
        yield opened


def readings(*pressures: tuple[int, int]) -> list[Any]:
    start = make.NOW - timedelta(days=len(pressures))
    return [
        make.reading(at=start + timedelta(days=day), systolic=top, diastolic=bottom)
        for day, (top, bottom) in enumerate(pressures)
    ]


@pytest.mark.parametrize(
    ("pressures", "met"),
    [
        pytest.param([(125, 75), (127, 76), (128, 78)], True, id="met on the average"),
        pytest.param([(150, 95), (127, 76), (128, 78)], False, id="not met"),
        pytest.param([(125, 75)], None, id="one reading says nothing"),
    ],
)
def test_a_trend_says_whether_the_goal_is_met(
    pressures: list[tuple[int, int]], met: bool | None
) -> None:
    (trend,) = trends(CARDIO, readings(*pressures), make.NOW)
    assert trend.progress is not None
    assert trend.progress.met is met


def test_higher_readings_are_drawn_higher_and_later_ones_further_right() -> None:
    (trend,) = trends(CARDIO, readings((120, 70), (160, 90)), make.NOW)
    (first_x, first_y), (last_x, last_y) = trend.lines["systolic"]
    assert 0 <= first_x < last_x <= WIDTH
    assert 0 <= last_y < first_y <= HEIGHT


def test_without_readings_nothing_is_drawn() -> None:
    assert trends(CARDIO, [], make.NOW) == []


async def test_the_page_draws_them_with_a_table_beside(desk: Desk, database_url: str) -> None:
    make.save(database_url, make.enrollment(), make.reading(at=make.NOW - make.HOUR))
    desk.app.state.programs = {CARDIO.id: CARDIO}
    async with desk.signed_in() as coordinator:
        page = (await coordinator.get("/console/enrollments/e1")).text
    assert '<svg class="trend"' in page
    assert "Goal: Home average below 130/80." in page
    assert "The numbers (1)" in page
