"""The journey's workflow: when it wakes, what it obeys, what it carries on; steps are scripted."""

import asyncio
from datetime import timedelta

import pytest
from scripted_journey import ENDS, WAITS, Errand, Gate, Script, has, performed, waits
from temporalio.testing import WorkflowEnvironment

from activities.journey import Step
from workflows.journey import MOST_EVENTS, SEEN, MemberJourney

DAY = timedelta(days=1)
PATIENCE = timedelta(seconds=20)


async def test_it_wakes_when_the_step_said(temporal: WorkflowEnvironment) -> None:
    script = Script(waits(5 * DAY), WAITS)
    async with performed(temporal, script) as stage:
        await script.taken(1)
        await stage.skip(4 * DAY)
        await stage.come_to_rest()
        assert script.steps == 1
        await stage.skip(2 * DAY)
        await script.taken(2)


async def test_it_ends_when_a_step_says_so(temporal: WorkflowEnvironment) -> None:
    script = Script(waits(30 * DAY), waits(60 * DAY), ENDS)
    async with performed(temporal, script, skipping=True) as stage:
        await stage.result()
    assert script.steps == 3


async def test_news_wakes_it_before_its_time(temporal: WorkflowEnvironment) -> None:
    script = Script(waits(90 * DAY), ENDS)
    async with performed(temporal, script) as stage:
        await script.taken(1)
        await stage.journey.signal(MemberJourney.news, "a")
        await stage.result()
    assert script.steps == 2


async def test_the_same_news_twice_wakes_it_once(temporal: WorkflowEnvironment) -> None:
    script = Script(WAITS)
    async with performed(temporal, script) as stage:
        await script.taken(1)
        await stage.journey.signal(MemberJourney.news, "a")
        await script.taken(2)
        await stage.journey.signal(MemberJourney.news, "a")
        await stage.come_to_rest()
        assert script.steps == 2
        await stage.journey.signal(MemberJourney.news, "b")
        await script.taken(3)


@pytest.mark.parametrize(
    "task_timeout",
    [
        pytest.param(None, id="taken note of when the step is over"),
        pytest.param(timedelta(seconds=1), id="taken note of in the middle of a long step"),
    ],
)
async def test_news_that_comes_during_a_step_is_not_lost(
    temporal: WorkflowEnvironment, task_timeout: timedelta | None
) -> None:
    gate = Gate()
    script = Script(WAITS, ENDS, step_gate=gate)
    async with performed(temporal, script, task_timeout=task_timeout) as stage:
        await gate.reached.wait()
        await stage.journey.signal(MemberJourney.news, "a")
        if task_timeout:
            await stage.until(has("WORKFLOW_EXECUTION_SIGNALED"))
        gate.open()
        await stage.result()
    assert script.steps == 2


async def test_news_that_comes_during_an_errand_is_not_lost(temporal: WorkflowEnvironment) -> None:
    script = Script(Step(errands=[Errand("letter", "l1")]), ENDS)
    script.errand_gate = gate = Gate()
    async with performed(temporal, script) as stage:
        await gate.reached.wait()
        await stage.journey.signal(MemberJourney.news, "a")
        await stage.come_to_rest()
        assert script.steps == 1
        gate.open()
        await stage.result()
    assert script.steps == 2


async def test_errands_are_run_in_their_order_also_the_last_ones(
    temporal: WorkflowEnvironment,
) -> None:
    both = [Errand("letter", "l1"), Errand("note", "n1")]
    last = Step(ended=True, errands=[Errand("letter", "l2")])
    script = Script(Step(wait_seconds=60.0, errands=both), last)
    async with performed(temporal, script, skipping=True) as stage:
        await stage.result()
    assert script.done == ["letter l1", "note n1", "letter l2"]


async def test_an_errand_that_fails_is_run_until_it_is_done(temporal: WorkflowEnvironment) -> None:
    script = Script(Step(ended=True, errands=[Errand("note", "n1")]))
    script.errands_fail = 3
    async with performed(temporal, script, skipping=True) as stage:
        await stage.result()
    assert (script.done, script.errands_fail) == (["note n1"], 0)


async def test_a_step_that_fails_is_taken_again(temporal: WorkflowEnvironment) -> None:
    script = Script(OSError("away"), OSError("away still"), ENDS)
    async with performed(temporal, script) as stage:
        await stage.result()
    assert script.steps == 3


@pytest.mark.parametrize("answer", ["done", "refused: the journey is not on hold"])
async def test_an_action_is_answered_by_the_step_that_obeys_it(
    temporal: WorkflowEnvironment, answer: str
) -> None:
    script = Script(WAITS, Step(answers={7: answer}), WAITS)
    async with performed(temporal, script) as stage:
        await script.taken(1)
        said = await stage.journey.execute_update(MemberJourney.act, 7, rpc_timeout=PATIENCE)
    assert (said, script.steps) == (answer, 2)


async def test_an_action_that_an_earlier_step_obeyed_is_answered_at_once(
    temporal: WorkflowEnvironment,
) -> None:
    script = Script(WAITS)
    async with performed(temporal, script) as stage:
        await script.taken(1)
        await stage.come_to_rest()
        said = await stage.journey.execute_update(MemberJourney.act, 7, rpc_timeout=PATIENCE)
    assert (said, script.steps) == ("recorded", 2)


async def test_an_action_asked_during_a_step_is_answered_by_the_next(
    temporal: WorkflowEnvironment,
) -> None:
    """The step under way may have looked at the actions before this one was written."""
    gate = Gate()
    script = Script(WAITS, Step(answers={7: "done"}), WAITS, step_gate=gate)
    async with performed(temporal, script, task_timeout=timedelta(seconds=1)) as stage:
        await gate.reached.wait()
        asked = asyncio.create_task(
            stage.journey.execute_update(MemberJourney.act, 7, rpc_timeout=PATIENCE)
        )
        await stage.until(has("WORKFLOW_EXECUTION_UPDATE_ACCEPTED"))
        gate.open()
        assert await asked == "done"


async def test_an_action_that_waits_when_the_journey_ends_is_answered(
    temporal: WorkflowEnvironment,
) -> None:
    script = Script(Step(ended=True, errands=[Errand("letter", "l1")]))
    script.errand_gate = gate = Gate()
    async with performed(temporal, script) as stage:
        await gate.reached.wait()
        asked = asyncio.create_task(
            stage.journey.execute_update(MemberJourney.act, 7, rpc_timeout=PATIENCE)
        )
        await stage.until(has("WORKFLOW_EXECUTION_UPDATE_ACCEPTED"))
        gate.open()
        assert await asked == "recorded"
        await stage.result()


async def test_a_long_journey_begins_anew_and_forgets_no_news(
    temporal: WorkflowEnvironment,
) -> None:
    """A hundred events are some twenty replies; the ids seen go along."""
    script = Script(WAITS)
    async with performed(temporal, script) as stage:
        for told in range(25):
            await script.taken(told + 1)
            await stage.come_to_rest()
            await stage.journey_now().signal(MemberJourney.news, f"n{told}")
        await script.taken(26)
        runs = await stage.runs()
        await stage.journey_now().signal(MemberJourney.news, "n0")
        await stage.come_to_rest()
        assert script.steps == 26
    assert len(runs) == 2
    assert MOST_EVENTS < len(runs[0]) < MOST_EVENTS + 20


async def test_an_action_on_a_journey_about_to_begin_anew_is_obeyed(
    temporal: WorkflowEnvironment,
) -> None:
    """The journey does not begin anew while somebody waits for a step of it."""
    script = Script(WAITS)
    async with performed(temporal, script) as stage:
        await script.taken(1)
        # Two events more wake it: then it is long enough, and the action is waiting.
        while len(await stage.events()) + 2 <= MOST_EVENTS:
            steps = script.steps
            await stage.journey.signal(MemberJourney.news, f"n{steps}")
            await script.taken(steps + 1)
            await stage.come_to_rest()
        script.lines = [Step(answers={7: "done"})]
        said = await stage.journey.execute_update(MemberJourney.act, 7, rpc_timeout=PATIENCE)
        assert said == "done"
        await stage.journey_now().signal(MemberJourney.news, "last")
        await stage.come_to_rest()
        assert len(await stage.runs()) == 2


async def test_the_ids_kept_are_the_newest(temporal: WorkflowEnvironment) -> None:
    """A journey that forgot the newest instead would take every repeated signal for news."""
    script = Script(WAITS)
    kept = tuple(f"old{number}" for number in range(SEEN))
    async with performed(temporal, script, seen=kept) as stage:
        await script.taken(1)
        await stage.journey.signal(MemberJourney.news, "new")
        await script.taken(2)
        for told in ("new", "old1"):
            await stage.journey.signal(MemberJourney.news, told)
        await stage.come_to_rest()
        assert script.steps == 2
        await stage.journey.signal(MemberJourney.news, "old0")
        await script.taken(3)
