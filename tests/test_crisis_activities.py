"""A cry for help: passed on in time over any restart, ended by a call, resumed by a person only."""

import uuid
from collections.abc import AsyncIterator
from datetime import timedelta

import make
import pytest
import pytest_asyncio
from fakes import House, ana, open_house
from make_journeys import NOW, action, done

from activities import crisis
from domain.crisis import CallBack, CallOutcome
from runtime import programs
from store.crisis import document
from store.models import Enrollment, Intent, Outcome, Task
from store.pages.scope import EVERYTHING, Scope

MINUTE = timedelta(minutes=1)
RULES = programs.rules().crisis
WORDS = "I want to kill myself"


@pytest_asyncio.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    async with open_house(database_url) as opened:
        opened.given(*ana(reached_at=NOW), *done(screening="completed"))
        opened.given(make.enrollment("e2", program="medicaid-high-risk"), *done("e2"))
        await opened.text_in(WORDS)
        yield opened


async def escalate(house: House) -> int:
    return await crisis.escalate(house.transaction, RULES, house.time.now())


async def written(house: House, task_id: int = 1, *, scope: Scope = EVERYTHING, **given: object):
    said = {"outcome": CallOutcome.SAFE, "who": "Maria, coordinator", "at": house.time.now(),
            "words": "She is with her sister.", **given}  # fmt: skip
    async with house.transaction() as session:
        return await document(
            session, scope, task_id, CallBack(**said), actor="staff:s1", now=house.time.now()
        )  # fmt: skip


async def resume(house: House, enrollment_id: str = "e1") -> str:
    form = str(uuid.uuid4())
    house.given(action("resume", enrollment_id, form_id=form))
    (answer,) = (await house.advance(enrollment_id)).answers.values()
    return answer


@pytest.mark.parametrize(
    ("minutes", "asked"),
    [
        pytest.param(7, [], id="before half of the quarter hour nobody else"),
        pytest.param(7.5, ["pharmacist"], id="at half of it a pharmacist"),
        pytest.param(14, ["pharmacist"], id="until its end nobody more"),
        pytest.param(15, ["pharmacist", "manager"], id="at its end a manager"),
        pytest.param(600, ["pharmacist", "manager"], id="both, when every process was down"),
    ],
)
async def test_whom_an_open_cry_is_passed_on_to(
    house: House, minutes: float, asked: list[str]
) -> None:
    house.time.pass_by(minutes * MINUTE)
    assert await escalate(house) == len(asked)
    assert await escalate(house) == 0, "whoever was asked is not asked again"
    tasks = await house.all(Task, kind="crisis_escalation")
    assert [each.role for each in tasks] == asked
    assert all(each.urgent for each in tasks)
    told = [o for o in await house.all(Outcome) if o.kind == "crisis_escalated"]
    assert [o.detail["role"] for o in told] == asked
    assert WORDS not in str([o.detail for o in told])


async def test_it_goes_on_from_where_it_was(house: House) -> None:
    house.time.pass_by(8 * MINUTE)
    await escalate(house)
    house.time.pass_by(8 * MINUTE)
    assert await escalate(house) == 1
    assert [t.role for t in await house.all(Task, kind="crisis_escalation")] == [
        "pharmacist", "manager"
    ]  # fmt: skip


async def test_a_written_down_call_ends_everybodys_task(house: House) -> None:
    house.time.pass_by(16 * MINUTE)
    await escalate(house)
    # The manager who was asked last writes it down in their own task.
    (last,) = await house.all(Task, role="manager")
    assert await written(house, last.id) == "done"
    tasks = await house.all(Task)
    assert {each.resolution for each in tasks} == {"safe", "cry_documented"}
    assert {each.done_by for each in tasks} == {"staff:s1"}
    cry = tasks[0]
    assert (cry.detail["call"], cry.detail["who"]) == ("safe", "Maria, coordinator")
    assert await escalate(house) == 0
    assert await written(house) == "already"
    (told,) = [o for o in await house.all(Outcome) if o.kind == "call_back"]
    assert (told.rule, told.actor) == ("safe", "staff:s1")
    assert "sister" not in str(told.detail)


async def test_nobody_reached_leaves_the_task_open_and_passes_it_on(house: House) -> None:
    assert await written(house, outcome=CallOutcome.NOT_REACHED) == "tried"
    house.time.pass_by(15 * MINUTE)
    assert await escalate(house) == 2
    assert await resume(house) == "refused: a cry for help is open; write down the call first"


async def test_only_a_person_lets_automation_go_on_and_only_after_the_call(house: House) -> None:
    assert {e.hold for e in await house.all(Enrollment)} == {"safety"}, "every program is held"
    for enrollment in ("e1", "e2"):
        assert (await resume(house, enrollment)).startswith("refused: a cry for help is open")
    await house.send_all()
    assert await written(house) == "done"
    house.time.pass_by(60 * 24 * MINUTE)
    await house.advance()
    await house.send_all()
    sent = [i.template for i in await house.all(Intent, status="accepted")]
    assert sent == ["crisis"], "the call alone resumes nothing"
    assert await resume(house) == "done"
    holds = {each.id: each.hold for each in await house.all(Enrollment)}
    assert holds == {"e1": None, "e2": "safety"}, "each program by its own Resume"


@pytest.mark.parametrize(
    ("at", "says"),
    [
        pytest.param(2 * MINUTE, "cannot have been later than now", id="a call to come"),
        pytest.param(-90 * MINUTE, "before the cry for help", id="a call of this morning"),
        pytest.param(-30 * MINUTE, "done", id="the call in which the answer was given"),
    ],
)
async def test_when_the_call_can_have_been(house: House, at: timedelta, says: str) -> None:
    assert says in await written(house, at=NOW + at)


async def test_another_pharmacy_does_not_write_it_down(house: House) -> None:
    assert await written(house, scope=Scope(make.OTHER_NPI)) == "unknown"
    assert await written(house, scope=Scope(make.NPI)) == "done"


async def test_a_strangers_cry_is_passed_on_and_ended_too(house: House) -> None:
    await house.text_in(WORDS, sid="SM-stranger", phone="+16145550177")
    house.time.pass_by(15 * MINUTE)
    assert await escalate(house) == 4
    cry = next(t for t in await house.all(Task) if t.enrollment_id is None)
    assert await written(house, cry.id) == "done"
    left = [t for t in await house.all(Task, kind="crisis_escalation") if t.done_at is None]
    assert {t.enrollment_id for t in left} == {"e1"}, "the other cry is still open"
