"""The console: what its pages show and what its forms do."""

import uuid
from collections.abc import AsyncIterator

import make
import pytest
import pytest_asyncio
from desk import Desk, open_desk
from sqlalchemy import Connection, text


@pytest_asyncio.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    async with open_desk(database_url) as opened:
        yield opened


@pytest.fixture
def ana(database_url: str) -> str:
    """One member in one running journey."""
    make.save(
        database_url, make.pharmacy(), make.member(), make.phone(), make.contact_point(),
        make.enrollment(), make.stage(),
    )  # fmt: skip
    return "e1"


async def test_today_shows_my_tasks_the_late_before_the_rest(
    desk: Desk, ana: str, database_url: str
) -> None:
    make.save(
        database_url,
        make.task(kind="referral", due_at=make.NOW - make.DAY),
        make.task(kind="unclear_text"),
        make.task(kind="safety", urgent=True, due_at=make.NOW + make.HOUR),
        make.task(kind="reading", role="pharmacist"),
    )
    async with desk.signed_in() as coordinator:
        page = (await coordinator.get("/console/")).text
    wanted = ("Speak with the member now", "Find help for a social need", "nobody understood")
    places = [page.index(words) for words in wanted]
    assert places == sorted(places)
    assert "1 day late" in page
    assert "Look at a reading" not in page


async def test_a_member_is_found_by_name_without_the_name_in_the_address(
    desk: Desk, ana: str
) -> None:
    async with desk.signed_in() as coordinator:
        found = await coordinator.post("/console/members", {"search": "lopez ana"})
    assert "Ana Lopez" in found.text
    assert "lopez" not in str(found.url).lower()


async def test_hold_is_recorded_with_its_reason_and_asked_of_the_journey(
    desk: Desk, ana: str, connection: Connection
) -> None:
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
