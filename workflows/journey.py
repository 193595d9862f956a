"""One member's journey through one program: it waits, wakes, and carries out what it is told.

The rules decide in `advance` (one transaction in a local activity), so a rule may change under a
running journey without touching its history. Kept here is only what is waited for.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

from activities.journey import Advance, Errand, JourneyActivities, Step
from activities.letters import LetterActivities, PrintLetterRequest
from activities.notes import NoteActivities, WriteNoteRequest
from domain.ids import EnrollmentId

# A step is a few queries; when the database is away it is tried until it is back.
STEP_TIMEOUT = timedelta(seconds=10)
STEP_RETRY = RetryPolicy(
    initial_interval=timedelta(milliseconds=200), maximum_interval=timedelta(seconds=30)
)
# A letter or note that fails (a full disk) is not lost: it is tried until somebody has mended it.
ERRAND_TIMEOUT = timedelta(minutes=2)
ERRAND_RETRY = RetryPolicy(maximum_interval=timedelta(minutes=30))
# A cold replay costs by the event, and nearly every reply is a cold replay.
MOST_EVENTS = 100
SEEN = 50


@dataclass(frozen=True)
class StartJourney:
    enrollment_id: EnrollmentId
    seen: tuple[str, ...] = ()
    """News ids already taken note of, carried through continue-as-new."""


@workflow.defn
class MemberJourney:
    @workflow.init
    def __init__(self, start: StartJourney) -> None:
        self._enrollment_id = start.enrollment_id
        self._seen = list(start.seen)
        self._news = False
        self._answers: dict[int, str] = {}
        self._steps = 0
        self._stepping = False
        self._over = False

    @workflow.run
    async def run(self, start: StartJourney) -> None:
        step = await self._advance()
        while not step.ended:
            await self._run_errands(step)
            await self._news_or(step.wait_seconds)
            if self._long_enough():
                workflow.continue_as_new(StartJourney(self._enrollment_id, tuple(self._seen)))
            step = await self._advance()
        await self._run_errands(step)
        self._over = True
        await workflow.wait_condition(workflow.all_handlers_finished)

    @workflow.signal
    def news(self, news_id: str) -> None:
        """Something new lies in the database; an id seen before wakes nobody."""
        if news_id not in self._seen:
            self._seen = [*self._seen, news_id][-SEEN:]
            self._news = True

    @workflow.update
    async def act(self, action_id: int) -> str:
        """Obey a staff member's recorded action; answers `done` or `refused: why`.

        `recorded`: an earlier step obeyed it, and its answer stands in the database.
        """
        self._news = True
        # A step under way may have read the actions before this one was there: the next has not.
        enough = self._steps + (2 if self._stepping else 1)
        await workflow.wait_condition(
            lambda: action_id in self._answers or self._steps >= enough or self._over
        )
        return self._answers.get(action_id, "recorded")

    async def _advance(self) -> Step:
        self._news, self._stepping = False, True
        step = await workflow.execute_local_activity_method(
            JourneyActivities.advance,
            Advance(self._enrollment_id),
            start_to_close_timeout=STEP_TIMEOUT,
            retry_policy=STEP_RETRY,
        )
        self._steps, self._stepping = self._steps + 1, False
        self._answers.update(step.answers)
        return step

    async def _run_errands(self, step: Step) -> None:
        for errand in step.errands:
            await self._run_errand(errand)

    async def _run_errand(self, errand: Errand) -> None:
        if errand.kind == "letter":
            await workflow.execute_activity_method(
                LetterActivities.print_letter,
                PrintLetterRequest(errand.id),
                start_to_close_timeout=ERRAND_TIMEOUT,
                retry_policy=ERRAND_RETRY,
            )
        else:
            await workflow.execute_activity_method(
                NoteActivities.write_note,
                WriteNoteRequest(errand.id),
                start_to_close_timeout=ERRAND_TIMEOUT,
                retry_policy=ERRAND_RETRY,
            )

    async def _news_or(self, seconds: float | None) -> None:
        with suppress(TimeoutError):
            await workflow.wait_condition(lambda: self._news, timeout=seconds)

    def _long_enough(self) -> bool:
        """Not while a handler waits: it waits for a step, which would never be taken."""
        long = workflow.info().get_current_history_length() > MOST_EVENTS
        return long and workflow.all_handlers_finished()
