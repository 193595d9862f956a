"""The night's identification: one activity, tried again when it breaks, ended when it is silent."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

from activities.identification import Night, NightActivities
from domain.ids import JOURNEYS_QUEUE

LONGEST = timedelta(hours=6)
SILENT_TOO_LONG = timedelta(seconds=30)
# What is wrong with the files is no failure: it is recorded, and the next night tries again.
SOON_AGAIN = RetryPolicy(
    initial_interval=timedelta(minutes=1), maximum_interval=timedelta(minutes=30),
    maximum_attempts=6,
)  # fmt: skip


@workflow.defn
class Identifying:
    @workflow.run
    async def run(self) -> str:
        """How it went: a code of `activities.identification.HOW`."""
        return await workflow.execute_activity_method(
            NightActivities.identify_night,
            Night(),
            task_queue=JOURNEYS_QUEUE,
            start_to_close_timeout=LONGEST,
            heartbeat_timeout=SILENT_TOO_LONG,
            retry_policy=SOON_AGAIN,
        )
