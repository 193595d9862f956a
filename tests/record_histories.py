"""Records a history of each path through the workflows into tests/histories, for the replay test.

Run `.venv/bin/python tests/record_histories.py` when a path is added, or when a change that breaks
running journeys is meant: then nothing may still run on the old code.
"""

import asyncio
import json
import re
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from conftest import KEY, SKIPPING
from scripted_journey import ENDS, WAITS, Errand, Script, Stage, performed, waits
from scripted_spells import Spells, looping
from temporalio import activity
from temporalio.client import WorkflowHistory
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.identification import Night, NightFailed
from activities.journey import Step
from domain.ids import JOURNEYS_QUEUE
from runtime.temporal import plugin
from runtime.temporal_server import temporal_binary
from workflows.identification import Identifying
from workflows.journey import MemberJourney
from workflows.relay import SPELLS, Relaying
from workflows.sending import Sending, StartLane

FOLDER = Path(__file__).parent / "histories"
DAY = timedelta(days=1)
# Names of machines and processes, which replay does not need.
LOCAL = ("identity", "stickyTaskQueue", "binaryChecksum", "workerVersion", "stickyAttributes")
PROCESS = re.compile(r"\d+@[\w.-]+")
Path_ = Callable[[WorkflowEnvironment], Awaitable[None]]


async def save(stage: Stage, name: str) -> None:
    """Every run of a journey, each in a file of its own."""
    runs = await stage.runs()
    for ordinal, events in enumerate(runs, 1):
        history = WorkflowHistory(name, events)
        told = _without_machines(json.loads(history.to_json()))
        ending = f"-{ordinal}" if len(runs) > 1 else ""
        path = FOLDER / f"{name}{ending}.json"
        path.write_text(json.dumps(told, indent=1, sort_keys=True) + "\n")


def _without_machines(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {key: each for key, each in value.items() if key not in LOCAL}
        return {key: _without_machines(each) for key, each in kept.items()}
    if isinstance(value, list):
        return [_without_machines(each) for each in value]
    return PROCESS.sub("worker", value) if isinstance(value, str) else value


async def _news(stage: Stage, script: Script, times: int = 1) -> None:
    for _ in range(times):
        steps = script.steps
        await stage.journey_now().signal(MemberJourney.news, f"n{steps}")
        await script.taken(steps + 1)
        if script.lines[min(steps, len(script.lines) - 1)] is not ENDS:
            await stage.come_to_rest()


async def reached(temporal: WorkflowEnvironment) -> None:
    script = Script(waits(2 * DAY), waits(3 * DAY), waits(7 * DAY), WAITS, waits(DAY), ENDS)
    async with performed(temporal, script) as stage:
        await script.taken(1)
        await _news(stage, script, 5)
        await stage.result()
        await save(stage, "reached")


async def silent(temporal: WorkflowEnvironment) -> None:
    letter = Step(wait_seconds=604800.0, errands=[Errand("letter", "l1")])
    script = Script(waits(2 * DAY), waits(5 * DAY), letter, waits(14 * DAY), ENDS)
    async with performed(temporal, script, skipping=True) as stage:
        await stage.result()
        await save(stage, "silent")


async def stopped(temporal: WorkflowEnvironment) -> None:
    script = Script(waits(2 * DAY), ENDS)
    async with performed(temporal, script) as stage:
        await script.taken(1)
        await _news(stage, script)
        await stage.result()
        await save(stage, "stopped")


async def held(temporal: WorkflowEnvironment) -> None:
    """Held, resumed, refused, and an action an earlier step had obeyed."""
    script = Script(
        waits(2 * DAY), Step(answers={1: "done"}), Step(wait_seconds=86400.0, answers={2: "done"}),
        Step(wait_seconds=86400.0, answers={3: "refused: so already"}), waits(DAY), ENDS,
    )  # fmt: skip
    async with performed(temporal, script) as stage:
        await script.taken(1)
        for action in (1, 2, 3, 4):
            await stage.journey.execute_update(MemberJourney.act, action)
        await _news(stage, script)
        await stage.result()
        await save(stage, "held")


async def errands(temporal: WorkflowEnvironment) -> None:
    both = [Errand("letter", "l1"), Errand("note", "n1")]
    script = Script(
        Step(wait_seconds=60.0, errands=both), Step(ended=True, errands=[Errand("letter", "l2")])
    )
    script.errands_fail = 1
    async with performed(temporal, script, skipping=True) as stage:
        await stage.result()
        await save(stage, "errands")


async def begun_anew(temporal: WorkflowEnvironment) -> None:
    script = Script(*[waits(DAY)] * 20, ENDS)
    async with performed(temporal, script) as stage:
        await script.taken(1)
        await _news(stage, script, 20)
        await save(stage, "begun_anew")


async def step_retried(temporal: WorkflowEnvironment) -> None:
    script = Script(OSError("away"), waits(DAY), ENDS)
    async with performed(temporal, script, skipping=True) as stage:
        await stage.result()
        await save(stage, "step_retried")


async def waiting(temporal: WorkflowEnvironment) -> None:
    """A journey that has not ended: what a deployment finds most of."""
    script = Script(waits(2 * DAY), waits(3 * DAY))
    async with performed(temporal, script) as stage:
        await script.taken(1)
        await _news(stage, script)
        await save(stage, "waiting")


async def resting(temporal: WorkflowEnvironment) -> None:
    """Invited, at rest, woken before its time by something new, and invited again."""
    script = Script(
        waits(15 * DAY), waits(90 * DAY), waits(30 * DAY), waits(3 * DAY), waits(15 * DAY), ENDS
    )
    async with performed(temporal, script) as stage:
        await script.taken(1)
        await stage.skip(15 * DAY)
        await script.taken(2)
        await _news(stage, script)
        await stage.skip(30 * DAY)
        await script.taken(4)
        await stage.skip(3 * DAY)
        await script.taken(5)
        await _news(stage, script)
        await stage.result()
        await save(stage, "resting")


async def loops(temporal: WorkflowEnvironment) -> None:
    spells = Spells(quick=SPELLS)
    async with looping(temporal, Sending, spells, StartLane(0)) as stage:
        await spells.lasting.reached.wait()
        await save(stage, "sending")
    spells = Spells(quick=SPELLS)
    async with looping(temporal, Relaying, spells) as stage:
        await spells.lasting.reached.wait()
        await save(stage, "relay")


async def night(temporal: WorkflowEnvironment) -> None:
    """A night whose process broke off once."""
    tries = iter((1, 0))

    @activity.defn(name="identify_night")
    async def identify_night(_request: Night) -> str:
        if next(tries):
            raise NightFailed("exit code 137")
        return "done"

    client = temporal.client
    async with Worker(
        client, task_queue=JOURNEYS_QUEUE, workflows=[Identifying], activities=[identify_night]
    ):
        handle = await client.start_workflow(
            Identifying.run, id="identification", task_queue=JOURNEYS_QUEUE
        )
        await handle.result()
    await save(Stage(temporal, handle), "night")


PATHS: tuple[Path_, ...] = (
    reached, silent, stopped, held, errands, begun_anew, step_retried, waiting, resting, loops,
    night,
)  # fmt: skip


async def main() -> None:
    async with await WorkflowEnvironment.start_time_skipping_v2(
        plugins=[plugin(KEY)],
        dev_server_existing_path=str(temporal_binary()),
        dev_server_extra_args=SKIPPING,
    ) as temporal:
        for path in PATHS:
            await path(temporal)
            sys.stdout.write(f"{path.__name__}\n")


if __name__ == "__main__":
    asyncio.run(main())
