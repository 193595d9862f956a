"""The sending lane's workflow: there is always an activity at work, and it is always the lane's."""

from datetime import timedelta

from scripted_spells import Spells, looping
from temporalio.testing import WorkflowEnvironment

from domain.ids import SENDING_QUEUE
from workflows.sending import SPELLS, Sending, StartLane


async def test_spell_follows_spell_on_the_queue_of_sending(temporal: WorkflowEnvironment) -> None:
    spells = Spells(quick=2)
    async with looping(temporal, Sending, spells, StartLane(3)) as stage:
        await spells.lasting.reached.wait()
        events = await stage.events()
    asked = [
        event.activity_task_scheduled_event_attributes
        for event in events
        if event.HasField("activity_task_scheduled_event_attributes")
    ]
    assert spells.lanes == [3, 3, 3]
    assert {each.task_queue.name for each in asked} == {SENDING_QUEUE}
    # A worker that died is missed within seconds, not when its spell would have ended.
    assert {each.heartbeat_timeout.ToTimedelta() for each in asked} == {timedelta(seconds=4)}
    assert {each.retry_policy.backoff_coefficient for each in asked} == {1.0}


async def test_a_lane_begins_anew_as_the_same_lane(temporal: WorkflowEnvironment) -> None:
    spells = Spells(quick=SPELLS)
    async with looping(temporal, Sending, spells, StartLane(3)) as stage:
        await spells.lasting.reached.wait()
        assert len(await stage.runs()) == 2
    assert spells.lanes == [3] * (SPELLS + 1)


async def test_a_spell_that_fails_is_begun_again(temporal: WorkflowEnvironment) -> None:
    spells = Spells(quick=0, fail=2)
    async with looping(temporal, Sending, spells, StartLane()):
        await spells.lasting.reached.wait()
    assert spells.fail == 0
