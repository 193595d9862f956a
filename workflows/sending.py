"""One sending lane: keeps an activity at work that sends what is due."""

from dataclasses import dataclass
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

from activities.sending import SendDue, SendingActivities
from domain.ids import SENDING_QUEUE

# Longer than one spell of the activity; its heartbeat tells a dead worker from a busy one.
SPELL_TIMEOUT = timedelta(minutes=15)
SILENT_TOO_LONG = timedelta(seconds=4)
# Always the same pause: a pause that grew with each death of a worker would be longest just when
# most is due. Nothing is harmed by coming back early: what a spell does is guarded by row locks.
PATIENT = RetryPolicy(initial_interval=timedelta(seconds=1), backoff_coefficient=1.0)
SPELLS = 20


@dataclass(frozen=True)
class StartLane:
    lane: int = 0


@workflow.defn
class Sending:
    @workflow.run
    async def run(self, start: StartLane) -> None:
        for _ in range(SPELLS):
            await workflow.execute_activity_method(
                SendingActivities.send_due,
                SendDue(start.lane),
                task_queue=SENDING_QUEUE,
                start_to_close_timeout=SPELL_TIMEOUT,
                heartbeat_timeout=SILENT_TOO_LONG,
                retry_policy=PATIENT,
            )
        workflow.continue_as_new(start)
