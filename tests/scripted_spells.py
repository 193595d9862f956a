"""A loop's workflow with an activity that does as a test says; its queue is the product's own."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from scripted_journey import Gate, Stage
from temporalio import activity
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.relay import Relay
from activities.sending import SendDue
from domain.ids import SENDING_QUEUE


class Spells:
    """So many spells go by at once; the next one lasts until the gate is opened."""

    def __init__(self, quick: int, *, fail: int = 0) -> None:
        self.quick, self.fail = quick, fail
        self.lanes: list[int] = []
        self.lasting = Gate()

    @activity.defn(name="send_due")
    async def send_due(self, request: SendDue) -> None:
        await self._spell(request.lane)

    @activity.defn(name="relay_news")
    async def relay_news(self, _request: Relay) -> None:
        await self._spell(0)

    async def _spell(self, lane: int) -> None:
        if self.fail:
            self.fail -= 1
            raise ConnectionError("the database is away")
        self.lanes.append(lane)
        if len(self.lanes) > self.quick:
            await self.lasting.pass_through()


@asynccontextmanager
async def looping(
    temporal: WorkflowEnvironment, loop: type[Any], spells: Spells, *given: Any
) -> AsyncIterator[Stage]:
    """A worker for the loop and one for its activity, as the product has them."""
    queue, client = f"loops-{uuid.uuid4().hex}", temporal.client
    async with (
        Worker(client, task_queue=queue, workflows=[loop]),
        Worker(
            client,
            task_queue=SENDING_QUEUE,
            activities=[spells.send_due, spells.relay_news],
            disable_eager_activity_execution=True,
        ),
    ):
        with temporal.with_time_skipping_disabled():
            handle = await client.start_workflow(
                loop.run, *given, id=f"loop/{uuid.uuid4().hex}", task_queue=queue
            )
        stage = Stage(temporal, handle)
        try:
            yield stage
        finally:
            spells.lasting.open()
            await stage.journey_now().terminate("the test is over")
