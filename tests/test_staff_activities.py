"""What coordinators do to a journey: held, taken over, resumed and stopped, each once."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from fakes import House, ana, open_house
from make_journeys import DAY, HOUR, NOW, action, done, due

from store.models import Enrollment, Intent, Outcome, Phone, StaffAction, Stage

PHONE = "+16145550134"


@pytest_asyncio.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    async with open_house(database_url) as opened:
        opened.given(*ana(reached_at=NOW), *done(screening="completed"))
        yield opened


async def act(house: House, kind: str, form: str = "") -> str:
    house.given(action(kind, form_id=form or f"{kind}-{house.time.now().timestamp()}"))
    step = await house.advance()
    (answer,) = step.answers.values()
    return answer


@pytest.mark.parametrize(
    ("kinds", "answers", "hold"),
    [
        pytest.param(["hold"], ["done"], "hold", id="a hold"),
        pytest.param(
            ["hold", "hold"], ["done", "refused: it is so already"], "hold", id="a second hold"
        ),
        pytest.param(["hold", "take_over"], ["done", "done"], "take_over", id="a hold taken over"),
        pytest.param(
            ["resume"], ["refused: the journey is not on hold"], None, id="nothing to resume"
        ),
        pytest.param(["hold", "resume"], ["done", "done"], None, id="a hold and its end"),
        pytest.param(
            ["stop", "resume"], ["done", "refused: the journey has ended"], None, id="after a stop"
        ),
        pytest.param(["dance"], ["refused: dance is not an action"], None, id="no action at all"),
    ],
)
async def test_what_becomes_of_what_staff_ask(
    house: House, kinds: list[str], answers: list[str], hold: str | None
) -> None:
    said = []
    for n, kind in enumerate(kinds):
        said.append(await act(house, kind, f"form-{n}"))
    assert said == answers
    assert (await house.one(Enrollment, "e1")).hold == hold
    kept = await house.all(StaffAction)
    assert [(row.answer, row.applied_at) for row in kept] == [(each, NOW) for each in answers]
    actors = {o.actor for o in await house.all(Outcome) if o.kind.startswith("staff_")}
    assert actors == {"staff:s1"}


async def test_an_action_is_obeyed_once(house: House) -> None:
    await act(house, "hold")
    step = await house.advance()
    assert step.answers == {}
    assert [o.kind for o in await house.all(Outcome)].count("staff_hold") == 1


async def test_a_resumed_journey_goes_on_where_it_was_and_its_texts_are_freed(
    house: House,
) -> None:
    await house.advance()
    due_at = (await house.one(Stage, ("e1", "coaching"))).due_at
    assert due_at == NOW + 3 * DAY
    house.time.pass_by(5 * DAY)
    await house.advance()
    await house.send_all()
    house.time.pass_by(DAY)
    assert await act(house, "hold") == "done"
    house.given(due("waiting", due_at=house.time.now() + HOUR, asks=None, purpose="reply"))
    house.time.pass_by(10 * DAY)
    assert await act(house, "resume") == "done"
    assert (await house.one(Intent, "waiting")).due_at == house.time.now()
    stage = await house.one(Stage, ("e1", "coaching"))
    assert stage.state["asked_at"] == (NOW + 15 * DAY).isoformat()
    assert stage.due_at == NOW + 18 * DAY, "one day of three had passed, two are left"


async def test_a_hold_waits_for_nothing_but_news(house: House) -> None:
    house.given(action("hold"))
    step = await house.advance()
    assert (step.ended, step.wait_seconds) == (False, None)
    house.time.pass_by(30 * DAY)
    await house.advance()
    assert await house.all(Intent) == []


async def test_a_stop_ends_the_journey_and_closes_its_question(house: House) -> None:
    house.given(due("asked", status="accepted", phone=PHONE, sid="SM1"), due("waiting"))
    await house.change(Phone, PHONE, open_prompt="asked", open_until=NOW + DAY)
    assert await act(house, "stop") == "done"
    enrollment = await house.one(Enrollment, "e1")
    assert (enrollment.state, enrollment.ended_at) == ("stopped", NOW)
    assert (await house.one(Intent, "waiting")).status == "cancelled"
    assert (await house.one(Phone, PHONE)).open_prompt is None


async def test_a_coordinator_may_stop_what_danger_has_held(house: House) -> None:
    await house.text_in("I want to kill myself")
    await house.advance()
    assert await act(house, "stop") == "done"
    assert (await house.one(Enrollment, "e1")).state == "stopped"


async def test_a_resumed_journey_keeps_what_has_ended(house: House) -> None:
    await act(house, "hold")
    house.time.pass_by(DAY)
    await act(house, "resume")
    ended = {row.name: row.done for row in await house.all(Stage) if row.done}
    assert ended == {"outreach": "reached", "screening": "completed"}
    assert (await house.one(Enrollment, "e1")).reached_at == NOW
