"""The relay's workflow: there is always an activity at work that brings news to the journeys."""

from datetime import timedelta

from scripted_spells import Spells, looping
from temporalio.testing import WorkflowEnvironment

from domain.ids import SENDING_QUEUE
from workflows.relay import SPELLS, Relaying


async def test_a_relay_begins_anew_after_its_spells(temporal: WorkflowEnvironment) -> None:
    spells = Spells(quick=SPELLS)
    async with looping(temporal, Relaying, spells) as stage:
        await spells.lasting.reached.wait()
        assert len(await stage.runs()) == 2


async def test_a_relay_that_fails_is_begun_again(temporal: WorkflowEnvironment) -> None:
    spells = Spells(quick=0, fail=2)
    async with looping(temporal, Relaying, spells):
        await spells.lasting.reached.wait()
    assert spells.fail == 0


async def test_a_relay_that_died_is_missed_within_seconds(temporal: WorkflowEnvironment) -> None:
    spells = Spells(quick=0)
    async with looping(temporal, Relaying, spells) as stage:
        await spells.lasting.reached.wait()
        events = await stage.events()
    (asked,) = (
        event.activity_task_scheduled_event_attributes
        for event in events
        if event.HasField("activity_task_scheduled_event_attributes")
    )
    assert asked.task_queue.name == SENDING_QUEUE
    assert asked.heartbeat_timeout.ToTimedelta() == timedelta(seconds=4)
    assert asked.retry_policy.initial_interval.ToTimedelta() == timedelta(seconds=1)
    assert asked.retry_policy.backoff_coefficient == 1.0, "many deaths never make it slower"
