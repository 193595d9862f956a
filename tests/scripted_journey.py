"""A journey whose steps a test has written beforehand, on the real server and the real sandbox."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from temporalio import activity
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHandle
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.journey import Advance, Errand, Step
from activities.letters import PrintLetterRequest
from activities.notes import WriteNoteRequest
from domain.ids import EnrollmentId
from workflows.journey import MemberJourney, StartJourney

HANGS = 20.0
"""Wall seconds after which a test says that what it waits for never comes."""
WAITS = Step()
"""Nothing to do until something is heard."""
ENDS = Step(ended=True)


def waits(by: timedelta) -> Step:
    return Step(wait_seconds=by.total_seconds())


class Gate:
    """Closed until a test opens it; it tells when somebody stands before it."""

    def __init__(self) -> None:
        self.reached, self._open = asyncio.Event(), asyncio.Event()

    async def pass_through(self) -> None:
        self.reached.set()
        await self._open.wait()

    def open(self) -> None:
        self._open.set()


Line = Step | Exception
"""What a step answers, or how it fails."""


class Script:
    """The activities of a journey: each step says its next line, and the last one for ever."""

    def __init__(self, *lines: Line, step_gate: Gate | None = None) -> None:
        self.lines = list(lines)
        self.steps = 0
        self.done: list[str] = []
        """Errands, in the order they were run."""
        self.step_gate = step_gate
        """Holds up the first step."""
        self.errand_gate: Gate | None = None
        self.errands_fail = 0
        self._moved = asyncio.Condition()

    @activity.defn(name="advance")
    async def advance(self, request: Advance) -> Step:
        line = self.lines[min(self.steps, len(self.lines) - 1)]
        if self.step_gate and not self.steps:
            await self.step_gate.pass_through()
        await self._count()
        if isinstance(line, Exception):
            raise line
        return line

    @activity.defn(name="print_letter")
    async def print_letter(self, request: PrintLetterRequest) -> None:
        await self._errand(f"letter {request.letter_id}")

    @activity.defn(name="write_note")
    async def write_note(self, request: WriteNoteRequest) -> None:
        await self._errand(f"note {request.note_id}")

    async def _errand(self, name: str) -> None:
        if self.errand_gate:
            await self.errand_gate.pass_through()
        if self.errands_fail:
            self.errands_fail -= 1
            raise OSError("the disk is full")
        self.done.append(name)

    async def _count(self) -> None:
        async with self._moved:
            self.steps += 1
            self._moved.notify_all()

    async def taken(self, steps: int) -> None:
        """Until so many steps have begun."""
        async with asyncio.timeout(HANGS), self._moved:
            await self._moved.wait_for(lambda: self.steps >= steps)


Journey = WorkflowHandle[Any, Any]


@dataclass
class Stage:
    temporal: WorkflowEnvironment
    journey: Journey

    def journey_now(self) -> Journey:
        """Whichever run is under way; a handle of a start keeps to the run it started."""
        return self.temporal.client.get_workflow_handle(self.journey.id)

    async def come_to_rest(self) -> None:
        """Until everything sent to the journey has been seen to: a query is answered after that."""
        await self.journey_now().query("__stack_trace", rpc_timeout=timedelta(seconds=HANGS))

    async def skip(self, by: timedelta) -> None:
        await self.temporal.fast_forward(self.journey, by)

    async def result(self) -> None:
        async with asyncio.timeout(HANGS):
            await self.journey.result()

    async def events(self, run_id: str | None = None) -> list[HistoryEvent]:
        handle = self.temporal.client.get_workflow_handle(self.journey.id, run_id=run_id)
        return list((await handle.fetch_history()).events)

    async def until(self, seen: Callable[[list[HistoryEvent]], bool]) -> None:
        """Until the history of the run under way shows it."""
        events: list[HistoryEvent] = []
        async with asyncio.timeout(HANGS):
            async for event in self.journey_now().fetch_history_events(wait_new_event=True):
                events.append(event)
                if seen(events):
                    return

    async def runs(self) -> list[list[HistoryEvent]]:
        """The events of every run, the first one first."""
        found, run_id = [], self.journey.first_execution_run_id
        while run_id:
            events = await self.events(run_id)
            found.append(events)
            last = events[-1]
            run_id = last.workflow_execution_continued_as_new_event_attributes.new_execution_run_id
        return found


@asynccontextmanager
async def performed(
    temporal: WorkflowEnvironment,
    script: Any,
    *,
    skipping: bool = False,
    workflow_id: str = "",
    seen: tuple[str, ...] = (),
    task_timeout: timedelta | None = None,
) -> AsyncIterator[Stage]:
    """`skipping`: whether time runs on by itself whenever the journey is idle."""
    queue = f"journeys-{uuid.uuid4().hex}"
    work = [script.advance, script.print_letter, script.write_note]
    client = temporal.client
    # Without a name of ours the worker compiles every module there is, to make one of them.
    async with Worker(
        client, task_queue=queue, workflows=[MemberJourney], activities=work, build_id="tests"
    ):
        start = StartJourney(EnrollmentId("e1"), seen)
        options: dict[str, Any] = {
            "id": workflow_id or f"journey/scripted/{uuid.uuid4().hex}/1",
            "task_queue": queue,
            "task_timeout": task_timeout,
        }
        if skipping:
            journey = await client.start_workflow(MemberJourney.run, start, **options)
        else:
            with temporal.with_time_skipping_disabled():
                journey = await client.start_workflow(MemberJourney.run, start, **options)
        latest = client.get_workflow_handle(journey.id)
        try:
            yield Stage(temporal, journey)
        finally:
            description = await latest.describe()
            if description.close_time is None:
                await latest.terminate("the test is over")


def has(kind: str, times: int = 1) -> Callable[[list[HistoryEvent]], bool]:
    """Whether a history holds an event of a kind so many times."""
    value = EventType.Value(f"EVENT_TYPE_{kind}")
    return lambda events: sum(event.event_type == value for event in events) >= times


__all__ = ["ENDS", "WAITS", "Errand", "Gate", "Script", "Stage", "has", "performed", "waits"]
