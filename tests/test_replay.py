"""Recorded histories replay on today's code: a change that would break running journeys fails here.

`tests/record_histories.py` records them; their payloads are sealed with the key of the tests.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from changed_journey import SleepierJourney
from conftest import KEY
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer
from temporalio.workflow import NondeterminismError

from runtime.temporal import plugin
from runtime.wiring import WORKFLOWS

FOLDER = Path(__file__).parent / "histories"
HISTORIES = {path.stem: path.read_text() for path in sorted(FOLDER.glob("*.json"))}
PATHS = {
    "begun_anew-1", "begun_anew-2", "errands", "held", "night", "reached", "relay-1", "relay-2",
    "resting", "sending-1", "sending-2", "silent", "step_retried", "stopped", "waiting",
}  # fmt: skip


async def replay(told: str, workflows: Sequence[type[Any]]) -> None:
    history = WorkflowHistory.from_json("replayed", told)
    await Replayer(workflows=workflows, plugins=[plugin(KEY)]).replay_workflow(history)


def test_every_path_is_recorded() -> None:
    assert set(HISTORIES) == PATHS


@pytest.mark.parametrize("told", HISTORIES.values(), ids=HISTORIES)
async def test_running_journeys_survive_this_change(told: str) -> None:
    await replay(told, WORKFLOWS)


@pytest.mark.parametrize("name", ["reached", "silent", "waiting"])
async def test_a_sleep_put_in_is_found_out(name: str) -> None:
    with pytest.raises(NondeterminismError):
        await replay(HISTORIES[name], [SleepierJourney])


@pytest.mark.parametrize("told", HISTORIES.values(), ids=HISTORIES)
def test_a_recorded_history_names_no_machine_and_no_process(told: str) -> None:
    assert '"identity"' not in told
    assert "@" not in told
