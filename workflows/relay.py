"""The relay: keeps an activity at work that brings what is new to the journeys."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

from activities.relay import Relay, RelayActivities
from domain.ids import SENDING_QUEUE

SPELL_TIMEOUT = timedelta(minutes=15)
SILENT_TOO_LONG = timedelta(seconds=10)
PATIENT = RetryPolicy(
    initial_interval=timedelta(milliseconds=500), maximum_interval=timedelta(seconds=10)
)
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
