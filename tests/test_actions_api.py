"""Hold, resume, take over, stop: asked with a reason, recorded, obeyed or refused."""

import re
import uuid
from collections.abc import AsyncIterator
from typing import Any

import make
import pytest
import pytest_asyncio
from desk import Desk, open_desk, plain
from sqlalchemy import Connection, text


@pytest_asyncio.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    make.save(database_url, make.pharmacy(), make.member())
    async with open_desk(database_url) as opened:
        yield opened


def reason(words: str = "Her daughter asked us to wait") -> dict[str, str]:
    return {"reason": words, "form_id": str(uuid.uuid4())}


WHERE = {"pharmacy", "refusal"}
"""Another pharmacy may be chosen, or refuse, as long as the journey runs."""


@pytest.mark.parametrize(
    ("enrollment", "offered"),
    [
        pytest.param({}, {"hold", "take_over", "stop", *WHERE}, id="running"),
        pytest.param({"held_at": make.NOW, "hold": "hold"}, {"resume", "take_over", "stop", *WHERE},
                     id="on hold"),
        pytest.param({"held_at": make.NOW, "hold": "take_over"}, {"resume", "stop", *WHERE},
                     id="taken over"),
        pytest.param({"state": "graduated", "ended_at": make.NOW}, set(), id="ended"),
    ],
)  # fmt: skip
async def test_only_what_makes_sense_is_offered(
    desk: Desk, database_url: str, enrollment: dict[str, Any], offered: set[str]
) -> None:
    make.save(database_url, make.enrollment(**enrollment))
    async with desk.signed_in() as coordinator:
        page = (await coordinator.get("/console/enrollments/e1")).text
    assert set(re.findall(r'action="/console/enrollments/e1/(\w+)"', page)) == offered


@pytest.mark.parametrize(
    "form",
    [
        pytest.param({"form_id": str(uuid.uuid4())}, id="no reason"),
        pytest.param({"form_id": str(uuid.uuid4()), "reason": "   "}, id="a blank reason"),
        pytest.param({"reason": "good enough"}, id="no form id"),
    ],
)
async def test_an_action_without_its_reason_is_not_taken(
    desk: Desk, database_url: str, connection: Connection, form: dict[str, str]
) -> None:
    make.save(database_url, make.enrollment())
    async with desk.signed_in() as coordinator:
        answer = await coordinator.post("/console/enrollments/e1/hold", form)
    assert answer.status_code == 422
    assert connection.execute(text("select count(*) from staff_actions")).scalar_one() == 0


async def test_the_reason_is_committed_before_the_journey_is_asked(
    desk: Desk, database_url: str, connection: Connection
) -> None:
    make.save(database_url, make.enrollment())
    seen = []

    async def act(action_id: int, _enrollment_id: str) -> str:
        found = text("select reason from staff_actions where id = :id")
        seen.append(connection.execute(found, {"id": action_id}).scalar_one())
        return "recorded"

    desk.journeys.act = act  # type: ignore[method-assign]
    async with desk.signed_in() as coordinator:
        page = await coordinator.post("/console/enrollments/e1/take_over", reason("I call her"))
    assert seen == ["I call her"]
    assert "Take over: recorded." in plain(page.text)


async def test_a_refusal_is_told_with_its_reason(
    desk: Desk, database_url: str, connection: Connection
) -> None:
    make.save(database_url, make.enrollment())
    desk.journeys.answer = "refused: the journey is not on hold"
    async with desk.signed_in() as coordinator:
        page = await coordinator.post("/console/enrollments/e1/resume", reason())
    assert "Resume was refused the journey is not on hold." in plain(page.text)


async def test_an_action_on_nobody_is_not_found(desk: Desk) -> None:
    async with desk.signed_in() as coordinator:
        answer = await coordinator.post("/console/enrollments/nobody/hold", reason())
    assert answer.status_code == 404
    assert desk.journeys.asked == []


async def test_hold_is_recorded_with_its_reason_and_asked_of_the_journey(
    desk: Desk, database_url: str, connection: Connection
) -> None:
    make.save(database_url, make.enrollment())
    form = {"reason": "Her daughter asked us to wait", "form_id": str(uuid.uuid4())}
    async with desk.signed_in() as coordinator:
        page = await coordinator.post("/console/enrollments/e1/hold", form)
        again = await coordinator.post("/console/enrollments/e1/hold", form)
    assert page.status_code == again.status_code == 200
    rows = connection.execute(text("select kind, reason from staff_actions")).all()
    assert rows == [("hold", "Her daughter asked us to wait")]
    kinds = connection.execute(text("select kind from outcomes")).scalars().all()
    assert kinds == ["staff_action"]
    assert connection.execute(text("select nudged_at from enrollments")).scalar_one() == make.NOW
    assert [enrollment for _, enrollment in desk.journeys.asked] == ["e1", "e1"]
    assert "Her daughter asked us to wait" in page.text
