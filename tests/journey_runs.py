"""A whole journey behind the real workflow: asleep in skipped time, or told of everything."""

import asyncio
from dataclasses import replace

from scripted_journey import Script, Stage
from temporalio import activity
from whole_journey import World

from activities.journey import Advance, Step
from activities.letters import PrintLetterRequest
from activities.notes import WriteNoteRequest
from workflows.journey import MemberJourney


class RealSteps(Script):
    """The real activities behind a workflow; a test sees what each step said."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.last = Step()

    @activity.defn(name="advance")
    async def advance(self, request: Advance) -> Step:
        self.last = await self.world.house.advancing.advance(request)
        await self._count()
        return self.last

    @activity.defn(name="print_letter")
    async def print_letter(self, request: PrintLetterRequest) -> None:
        await self.world.letters.print_letter(request)

    @activity.defn(name="write_note")
    async def write_note(self, request: WriteNoteRequest) -> None:
        await self.world.notes.write_note(request)


class SkippedSteps(RealSteps):
    """The workflow sleeps, in skipped time, exactly until its journey steps again.

    What happens meanwhile has happened before the step answers, so a wake that a signal would
    bring is here the end of a sleep. In the history a signal and the timer it cancels are two
    events, as are the skip and the timer that fires: the numbers of events are the real ones.
    """

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.at_rest = asyncio.Event()
        """Nothing will ever happen again by itself, though the journey has not ended."""

    @activity.defn(name="advance")
    async def advance(self, request: Advance) -> Step:
        step = await super().advance(request)
        if step.ended:
            return step
        await self.world.run_errands(step)
        slept = await self.world.until_it_steps(step)
        if slept is None:
            self.at_rest.set()
            return replace(step, wait_seconds=None)
        return replace(step, wait_seconds=max(1.0, slept.total_seconds()))


class Told:
    """A workflow that is told of everything, the end of its own waits too: no time is skipped."""

    def __init__(self, stage: Stage, steps: RealSteps) -> None:
        self.stage, self.steps = stage, steps
        self.answers: list[str] = []
        self._first = True

    async def step(self) -> Step:
        before = self.steps.steps
        if self._first:
            self._first, before = False, 0
        else:
            await self.stage.journey_now().signal(MemberJourney.news, f"n{before}")
        await self.steps.taken(before + 1)
        await self._rest()
        return self.steps.last

    async def act(self, action_id: int) -> None:
        self.answers.append(
            await self.stage.journey_now().execute_update(MemberJourney.act, action_id)
        )

    async def _rest(self) -> None:
        if self.steps.last.ended:
            await self.stage.result()
        else:
            await self.stage.come_to_rest()
