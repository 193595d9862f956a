"""The simulator's reading of the product's clock, and its agenda."""

import asyncio
from datetime import timedelta

import httpx
import pytest
from simulated import MONDAY

from simulator.clock import ProductClock
from simulator.clock_agenda import Agenda

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


class Wall:
    def __init__(self) -> None:
        self.now = MONDAY

    def __call__(self) -> object:
        return self.now


@pytest.fixture
def wall() -> Wall:
    return Wall()


@pytest.fixture
def clock(wall: Wall) -> ProductClock:
    return ProductClock(wall)  # type: ignore[arg-type]


async def ask(clock: ProductClock, *answers: httpx.Response) -> list[bool]:
    left = iter(answers)
    transport = httpx.MockTransport(lambda request: next(left))
    async with httpx.AsyncClient(transport=transport, base_url="http://product.example") as client:
        return [await clock.refresh(client) for _ in answers]


def health(now: str, rate: float) -> httpx.Response:
    return httpx.Response(200, json={"clock": {"now": now, "rate": rate}})


async def test_business_time_runs_on_from_the_last_answer(clock: ProductClock, wall: Wall) -> None:
    assert await ask(clock, health("2026-06-01T00:00:00+00:00", 43200.0)) == [True]
    start = clock.now()
    assert start.isoformat() == "2026-06-01T00:00:00+00:00"
    wall.now += 2 * SECOND
    assert clock.now() - start == DAY
    assert clock.wall_seconds(DAY) == 2


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(httpx.Response(503), id="not up yet"),
        pytest.param(httpx.Response(200, json={"clock": None}), id="no clock"),
        pytest.param(httpx.Response(200, json={"clock": {"now": "soon", "rate": 1}}), id="a word"),
    ],
)
async def test_an_answer_without_a_clock_changes_nothing(
    clock: ProductClock, answer: httpx.Response
) -> None:
    assert await ask(clock, answer) == [False]
    assert not clock.known
    assert clock.now() == MONDAY


def test_an_old_quick_answer_outweighs_a_slow_one(clock: ProductClock, wall: Wall) -> None:
    june = MONDAY + 90 * DAY
    clock.learn(june, 100, asked=MONDAY, heard=MONDAY + SECOND / 100, read=None)
    before = clock._at(MONDAY)
    clock.learn(june + 40 * SECOND, 100, asked=MONDAY, heard=MONDAY + SECOND, read=None)
    assert clock._at(MONDAY) == before


def test_a_clock_that_was_moved_is_believed(clock: ProductClock, wall: Wall) -> None:
    clock.learn(MONDAY, 100, asked=MONDAY, heard=MONDAY + SECOND / 100, read=None)
    clock.learn(MONDAY + DAY, 100, asked=MONDAY, heard=MONDAY + SECOND, read=None)
    assert clock.now() > MONDAY + DAY / 2


def test_the_products_own_wall_time_is_exact(clock: ProductClock) -> None:
    late = MONDAY + SECOND
    clock.learn(MONDAY + DAY, 100, asked=MONDAY, heard=late, read=MONDAY)
    assert clock.now() == MONDAY + DAY


def test_business_time_never_goes_back(clock: ProductClock, wall: Wall) -> None:
    clock.learn(MONDAY + DAY, 1, asked=MONDAY, heard=MONDAY, read=None)
    seen = clock.now()
    clock.learn(MONDAY + DAY - SECOND, 1, asked=MONDAY, heard=MONDAY, read=None)
    assert clock.now() == seen


async def test_jobs_run_once_in_order_and_a_failing_one_stops_nobody(
    clock: ProductClock, wall: Wall
) -> None:
    agenda, ran = Agenda(clock), []

    async def fail() -> None:
        ran.append("fails")
        raise RuntimeError

    def job(name: str) -> object:
        async def run() -> None:
            ran.append(name)

        return run

    agenda.at(MONDAY + 2 * SECOND, job("second"))  # type: ignore[arg-type]
    agenda.at(MONDAY + SECOND, fail)
    agenda.at(MONDAY + DAY, job("tomorrow"))  # type: ignore[arg-type]
    assert await agenda.run_due() == 0
    wall.now += 3 * SECOND
    assert await agenda.run_due() == 2
    assert ran == ["fails", "second"]
    assert len(agenda) == 1


async def test_an_agenda_that_is_told_to_stop_as_work_comes_in_stops(clock: ProductClock) -> None:
    agenda = Agenda(clock)

    async def nothing() -> None:
        return

    for turns in range(6):
        running = asyncio.create_task(agenda.run())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        agenda.at(MONDAY + DAY, nothing)
        for _ in range(turns):
            await asyncio.sleep(0)
        running.cancel()
        done, _ = await asyncio.wait([running], timeout=5)
        assert done, f"still running when stopped after {turns} turns"
