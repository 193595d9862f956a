"""Every point at which a process may die on the way of a text, a reply, a STOP or a letter."""

from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from chaos.checker import check
from chaos.kill_points import WAYS, Reaper, Way, walk_and_die, wrong_numbers
from chaos.planted import planted
from chaos.stage import open_stage
from sqlalchemy import Connection, text

from store.models import Base

BOUND = timedelta(seconds=40)
RECOVERY = 20
"""Points of those who go on among which the second death is drawn."""


class Deaths:
    """One after the other on one database, which is emptied for each."""

    def __init__(self, database_url: str, connection: Connection, folder: Path) -> None:
        self._url, self._connection, self._folder = database_url, connection, folder
        self._count = 0

    async def of(self, way: Way, fatal: int, *again: int) -> tuple[int, list[str]]:
        """How many points were passed, and what was broken in the end."""
        names = ", ".join(table.name for table in Base.metadata.sorted_tables)
        self._connection.execute(text(f"TRUNCATE {names}"))
        self._count += 1
        reaper = Reaper(fatal)
        async with open_stage(self._url, self._folder / str(self._count)) as stage:
            passed = await walk_and_die(stage, way, reaper, *again)
            broken = [str(each) for each in check(stage.evidence(), bound=BOUND)]
            broken += wrong_numbers(stage, way)
        where = f"killed at point {(fatal, *again)} of {reaper.passed[:fatal]}"
        return passed, [f"{where}: {each}" for each in broken]


@pytest.fixture
def deaths(database_url: str, connection: Connection, tmp_path: Path) -> Deaths:
    # Ledgers refuse to be emptied; here that is what each death begins with.
    connection.execute(text("SET session_replication_role = replica"))
    return Deaths(database_url, connection, tmp_path)


@pytest.mark.parametrize("name", WAYS)
async def test_a_process_may_die_at_any_point_and_so_may_its_successor(
    deaths: Deaths, name: str
) -> None:
    way, dice = WAYS[name], Random(name)
    points, broken = await deaths.of(way, 10**6)
    assert points >= 2
    for fatal in range(points):
        broken += (await deaths.of(way, fatal))[1]
        if fatal % 4 == 0:
            broken += (await deaths.of(way, fatal, dice.randrange(RECOVERY)))[1]
    assert broken == []


@pytest.mark.parametrize(
    ("bug", "name"),
    [
        ("blind_retry", "the answer to a text is lost"),
        ("no_poll", "a member cries for help"),
        ("letters_listed_again", "a letter is printed"),
    ],
)
async def test_some_death_brings_a_planted_bug_to_light(
    deaths: Deaths, bug: str, name: str
) -> None:
    with planted(bug):
        points, _ = await deaths.of(WAYS[name], 10**6)
        for fatal in range(points):
            if (await deaths.of(WAYS[name], fatal))[1]:
                return
    pytest.fail(f"{points} deaths, and none of them showed it")
