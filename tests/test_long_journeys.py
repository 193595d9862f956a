"""Ninety days and a year of each persona on Temporal in skipped time, with a real database.

How each life ends, that every text is accounted for, that nothing went twice, and how much history
it takes. Here live those whose paths differ most; `make journeys` lets each persona live both.
"""

import asyncio
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from conftest import TEMPLATE
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
MOST_OF_THE_LIVELIEST = 1250
"""Not within the thousand yet: a year of who gets and answers over a hundred texts."""
ASKED = os.environ.get("JOURNEYS", "")
"""all, or the name of one persona: both of its lives."""
A_YEAR = ("prompt", "silent", "falls silent")
A_QUARTER = (
    "crisis", "stopper", "wrong_number", "bad_number", "declines", "dies",
    "is late with refills", "regains coverage",
)  # fmt: skip
LIVES = [
    (name, days)
    for name in PLOTS
    for days, chosen in ((QUARTER, A_QUARTER), (YEAR, A_YEAR))
    if ASKED in ("all", name) or (not ASKED and name in chosen)
]


@dataclass(frozen=True)
class Lived:
    enrollment: Enrollment
    runs: Sequence[int]
    """Events of each run of the workflow."""
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
    return Lived(
        await house.one(Enrollment, "e1"), [len(run) for run in runs], await house.all(Intent),
        taken,
    )  # fmt: skip


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


@pytest.fixture(scope="module")
def lives(
    temporal: WorkflowEnvironment,
    postgres: EmbeddedPostgres,
    tmp_path_factory: pytest.TempPathFactory,
) -> Mapping[tuple[str, int], Lived]:
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

    # They go with the server: to drop each by itself takes longer than some of the lives.
    databases = [f"life_{n}" for n in range(len(LIVES))]
    for name in databases:
        postgres.create_database(name, template=TEMPLATE)
    urls = [postgres.database_url(name) for name in databases]
    return dict(zip(LIVES, asyncio.run(all_(urls)), strict=True))


IDS = [f"{name} in {days} days" for name, days in LIVES]
each_life = pytest.mark.parametrize("life", LIVES, ids=IDS)


@each_life
def test_how_it_ends(lives: Mapping[tuple[str, int], Lived], life: tuple[str, int]) -> None:
    found = lives[life].enrollment
    name, days = life
    plot = PLOTS[name]
    assert found.state == (plot.ends if days == QUARTER else plot.ends_in_a_year or plot.ends)
    assert found.ended_because == found.state


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
    calm = life[1] == QUARTER or life[0] in A_YEAR
    assert sum(lives[life].runs) < (MOST_OF_A_YEAR if calm else MOST_OF_THE_LIVELIEST)
