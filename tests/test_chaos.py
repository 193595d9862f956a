"""The chaos harness in short: planted bugs are caught, a sound product is not, a seed runs."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from chaos.case import Violation, intent_of
from chaos.checker import check
from chaos.long_troubles import STORIES
from chaos.planted import BUGS, drop_what_is_late, planted
from chaos.scenarios import CATCHES, Scenario
from chaos.schedule import schedule
from chaos.stage import Stage, open_stage

TESTS = Path(__file__).parent
BOUND = timedelta(seconds=40)
SCENARIOS = sorted({story for story, _ in CATCHES.values()}, key=lambda story: story.__name__)


async def violations(story: Scenario, database_url: str, folder: Path, *bugs: str) -> list[str]:
    with planted(*bugs):
        async with open_stage(database_url, folder) as stage:
            await story(stage)
            await drop_what_is_late()
            found: list[Violation] = check(stage.evidence(), bound=BOUND)
    return [f"{each}" for each in found]


def sent_for_care(stage: Stage) -> list[str]:
    purposes = {row["id"]: row["purpose"] for row in stage.evidence()["intents"]}
    sent = [intent_of(event) for event in stage.carrier.accepted()]
    return [intent for intent in sent if purposes[intent] == "care"]


@pytest.mark.parametrize("story", SCENARIOS, ids=lambda story: story.__name__.replace("_", " "))
async def test_the_product_as_it_is_breaks_no_promise(
    story: Scenario, database_url: str, tmp_path: Path
) -> None:
    assert await violations(story, database_url, tmp_path) == []


@pytest.mark.parametrize("name", STORIES)
async def test_no_promise_is_broken_in_hours_of_trouble(
    name: str, database_url: str, tmp_path: Path
) -> None:
    story, texts = STORIES[name]
    async with open_stage(database_url, tmp_path) as stage:
        await story(stage)
        assert [str(each) for each in check(stage.evidence(), bound=BOUND)] == []
        assert len(sent_for_care(stage)) == texts


@pytest.mark.parametrize("bug", sorted(BUGS))
async def test_a_planted_bug_is_caught(bug: str, database_url: str, tmp_path: Path) -> None:
    story, rule = CATCHES[bug]
    found = await violations(story, database_url, tmp_path, bug)
    assert rule in {line.partition(":")[0] for line in found}, found


def test_one_seed_is_one_schedule() -> None:
    first, again, other = (schedule(seed, faults=40, seconds=240) for seed in (3, 3, 4))
    assert first == again
    assert first != other
    assert [fault.at for fault in first.faults] == sorted(fault.at for fault in first.faults)
    assert first.faults[-1].at < first.seconds


@pytest.mark.whole
def test_a_short_run_of_the_real_stack_breaks_no_promise() -> None:
    command = [
        sys.executable, "-m", "chaos", "--journeys", "15", "--faults", "2", "--seed", "11",
        "--minutes", "0.15", "--quiet", "15",
    ]  # fmt: skip
    ended = subprocess.run(
        command,
        env={**os.environ, "PYTHONPATH": str(TESTS)},
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout[-4000:] + ended.stderr[-2000:]
    assert "0 violations." in ended.stdout
