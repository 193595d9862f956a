"""Ninety days and a year of each persona on Temporal in skipped time, with a real database.

How each life ends, that every text is accounted for, that nothing went twice, and how much history
it takes. Here live those whose paths differ most; `make journeys` lets each persona live both.
"""

import asyncio
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from journey_runs import SkippedSteps
from law import kept_within_the_law
from long_lives import PLOTS, Life, Plot, persona
from make_journeys import MEDICARE
from scripted_journey import performed
from temporalio.testing import WorkflowEnvironment
from whole_journey import member

from activities.journey import JourneyActivities
from runtime import programs
from runtime.postgres import EmbeddedPostgres
from store.models import Enrollment, Intent

PATIENCE = 600
"""Seconds that all lives together may take on a machine that has much else to do."""
TASK_TIMEOUT = timedelta(minutes=2)
"""Of a step: it lives through weeks of the world, and nothing of that is to be cut off."""
AT_ONCE = 8
QUARTER, YEAR = 90, 365
MOST_OF_A_RUN, MOST_OF_A_YEAR = 150, 1000
EACH = os.environ.get("JOURNEYS") == "all"
A_YEAR = ("prompt", "silent", "falls silent")
A_QUARTER = (
    "crisis", "stopper", "wrong_number", "landline", "bad_number", "declines", "dies",
    "is late with refills", "regains coverage",
)  # fmt: skip
LIVES = [
    (name, days)
    for name in PLOTS
    for days, chosen in ((QUARTER, A_QUARTER), (YEAR, A_YEAR))
    if EACH or name in chosen
]


@dataclass(frozen=True)
class Lived:
    enrollment: Enrollment
    runs: Sequence[int]
    """Events of each run of the workflow."""
    slept: timedelta
    """By the workflow's own clock."""
    intents: Sequence[Intent]
    taken: Sequence[tuple[str, str]]
    """Phone and body of each text in the carrier's own log."""


async def lived(temporal: WorkflowEnvironment, life: Life) -> Lived:
    """To the end, or until nothing will ever happen again."""
    steps = SkippedSteps(life)
    async with performed(temporal, steps, skipping=True, task_timeout=TASK_TIMEOUT) as stage:
        over = asyncio.ensure_future(stage.journey.result())
        rests = asyncio.ensure_future(steps.at_rest.wait())
        await asyncio.wait([over, rests], return_when=asyncio.FIRST_COMPLETED)
        for each in (over, rests):
            each.cancel()
        await life.settle()
        await life.last_texts()
        runs = await stage.runs()
    house = life.house
    taken = [(text.phone, text.body) for text in house.carrier.taken]
    return Lived(await house.one(Enrollment, "e1"), runs, life.now, await house.all(Intent), taken)


async def live(
    temporal: WorkflowEnvironment, url: str, spool: Path, plot: Plot, days: int
) -> Lived:
    known = programs.all_programs()
    long = {**known, MEDICARE: replace(known[MEDICARE], length_days=days)}
    birth = partial(Life, plot)
    async with member(url, persona(plot), spool, birth, language=plot.language) as life:
        assert isinstance(life, Life)
        house = life.house
        house.advancing = JourneyActivities(house.transaction, long, house.texts, house.time)
        return await lived(temporal, life)


@contextmanager
def database(postgres: EmbeddedPostgres, name: str) -> Iterator[str]:
    postgres.create_database(name, template="doorway_template")
    yield postgres.database_url(name)
    postgres.drop_database(name)


@pytest.fixture(scope="module")
def lives(
    temporal: WorkflowEnvironment,
    postgres: EmbeddedPostgres,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Mapping[tuple[str, int], Lived]]:
    """All of them at once: while one sleeps until its time is skipped, another lives."""
    room = asyncio.Semaphore(AT_ONCE)

    async def one(url: str, name: str, days: int) -> Lived:
        async with room:
            spool = tmp_path_factory.mktemp("spool")
            return await live(temporal, url, spool, PLOTS[name], days)

    async def all_(urls: Sequence[str]) -> list[Lived]:
        async with asyncio.timeout(PATIENCE):
            return await asyncio.gather(
                *(one(url, *life) for url, life in zip(urls, LIVES, strict=True))
            )

    with ExitStack() as stack:
        urls = [stack.enter_context(database(postgres, f"life_{n}")) for n in range(len(LIVES))]
        yield dict(zip(LIVES, asyncio.run(all_(urls)), strict=True))


IDS = [f"{name} in {days} days" for name, days in LIVES]
each_life = pytest.mark.parametrize("life", LIVES, ids=IDS)


@each_life
def test_how_it_ends(lives: Mapping[tuple[str, int], Lived], life: tuple[str, int]) -> None:
    found = lives[life].enrollment
    name, days = life
    plot = PLOTS[name]
    assert found.state == (plot.ends if days == QUARTER else plot.ends_in_a_year or plot.ends)
    assert found.ended_because == found.state
    assert found.ended_at
    assert abs(lives[life].slept - (found.ended_at - found.created_at)) < timedelta(hours=1)


@each_life
def test_every_text_is_accounted_for_and_none_went_twice(
    lives: Mapping[tuple[str, int], Lived], life: tuple[str, int]
) -> None:
    found = lives[life]
    left = [intent for intent in found.intents if intent.accepted_at]
    assert Counter(found.taken) == Counter((str(i.phone), str(i.body)) for i in left)
    never = {intent.status for intent in found.intents if not intent.accepted_at}
    assert never <= {"withheld", "cancelled", "failed"}
    kept_within_the_law(left)


@each_life
def test_its_history_stays_short(
    lives: Mapping[tuple[str, int], Lived], life: tuple[str, int]
) -> None:
    assert max(lives[life].runs) <= MOST_OF_A_RUN
    assert sum(lives[life].runs) < MOST_OF_A_YEAR
