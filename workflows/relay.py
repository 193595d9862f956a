"""The relay: keeps an activity at work that brings what is new to the journeys."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

from activities.relay import Relay, RelayActivities
from domain.ids import SENDING_QUEUE

SPELL_TIMEOUT = timedelta(minutes=15)
SILENT_TOO_LONG = timedelta(seconds=4)
# Always the same pause: a pause that grew with each death of a worker would be longest just when
# most is due. Nothing is harmed by coming back early: what a spell does is guarded by row locks.
PATIENT = RetryPolicy(initial_interval=timedelta(seconds=1), backoff_coefficient=1.0)
SPELLS = 20


@workflow.defn
class Relaying:
    @workflow.run
    async def run(self) -> None:
        for _ in range(SPELLS):
            await workflow.execute_activity_method(
                RelayActivities.relay_news,
                Relay(),
                task_queue=SENDING_QUEUE,
                start_to_close_timeout=SPELL_TIMEOUT,
                heartbeat_timeout=SILENT_TOO_LONG,
                retry_policy=PATIENT,
            )
        workflow.continue_as_new()
