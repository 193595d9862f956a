"""A whole journey behind the real workflow: asleep in skipped time, or told of everything."""

from dataclasses import replace
from datetime import timedelta

from scripted_journey import Script, Stage
from temporalio import activity
from whole_journey import World, in_seconds

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
    """Time passes as the workflow sleeps: it wakes for its own sake or when the world stirs."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._slept = timedelta()

    @activity.defn(name="advance")
    async def advance(self, request: Advance) -> Step:
        await self.world.go_to(self.world.now + self._slept)
        step = await self.world.house.advancing.advance(request)
        await self.world.settle()
        waits = [] if step.wait_seconds is None else [in_seconds(step.wait_seconds)]
        if moment := await self.world.next_moment():
            waits.append(max(moment - self.world.now, timedelta(seconds=1)))
        self._slept = min(waits, default=timedelta())
        return replace(step, wait_seconds=self._slept.total_seconds() if waits else None)


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
