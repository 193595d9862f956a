"""Leaving from outside a journey: what ends at once, what pauses, and that nothing more is sent."""

from collections.abc import AsyncIterator

import make
import pytest
import pytest_asyncio
from fakes import House, ana, open_house
from make_journeys import DAY, NOW, consent, done, due

from activities.exits import leave, stay
from domain.exits import WAYS, Exit, Way
from domain.journey import ENDED, State
from store.models import Enrollment, Intent, Letter, Note, Outcome, Task
from store.notes import WITHHELD as NOTE_WITHHELD

ENDS = [found for found, way in WAYS.items() if way is Way.ENDS]


@pytest_asyncio.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    async with open_house(database_url) as opened:
        opened.given(
            *ana(reached_at=NOW), *done(screening="completed"), due(),
            due("crisis", purpose="safety", asks=None, phone="+16145550134"),
            make.letter(id="printed"), make.letter(id="waiting", step="x", spooled_at=None),
            make.note(sent_at=None),
        )  # fmt: skip
        yield opened


async def report(house: House, reason: str, enrollment_id: str = "e1") -> str:
    async with house.transaction() as session:
        return await leave(session, enrollment_id, reason, house.time.now())


@pytest.mark.parametrize("reason", ENDS)
async def test_an_end_is_the_end_before_the_journey_has_woken(house: House, reason: Exit) -> None:
    assert await report(house, reason) == "ended"
    row = await house.one(Enrollment, "e1")
    assert (row.state, row.ended_because, row.ended_at) == (reason, reason, NOW)
    assert State(reason) in ENDED
    assert (await house.one(Intent, "i1")).status == "cancelled"
    assert (await house.one(Letter, "waiting")).problem == "withheld"
    assert (await house.one(Letter, "printed")).problem is None
    assert (await house.one(Note, "n1")).problem == NOTE_WITHHELD
    step = await house.advance()
    assert (step.ended, step.errands) == (True, [])
    await house.send_all()
    sent = {row.id for row in await house.all(Intent, status="accepted")}
    assert sent == (set() if reason is Exit.DECEASED else {"crisis"})


async def test_a_report_repeated_every_night_is_recorded_once(house: House) -> None:
    said = [await report(house, "hospice") for _ in range(3)]
    assert said == ["ended", "known", "known"]
    assert [o.kind for o in await house.all(Outcome)].count("leaves") == 1


async def test_a_death_ends_every_journey_of_the_member(house: House) -> None:
    house.given(make.enrollment("e2", program="medicaid-high-risk", started_at=None))
    assert await report(house, "deceased", "e2") == "ended"
    assert {row.state for row in await house.all(Enrollment)} == {"deceased"}
    house.given(due("late", step="late"))
    await house.send_all()
    assert (await house.one(Intent, "late")).reason in ("deceased", "journey_ended")


async def test_in_grace_nothing_is_sent_and_then_it_ends(house: House) -> None:
    assert await report(house, "disenrolled") == "paused"
    step = await house.advance()
    await house.send_all()
    assert [row.id for row in await house.all(Intent, status="accepted")] == ["crisis"]
    assert step.wait_seconds == (30 * DAY).total_seconds(), "it wakes when grace is over"
    assert step.ended is False
    house.time.pass_by(30 * DAY)
    step = await house.advance()
    assert step.ended
    assert (await house.one(Enrollment, "e1")).state == "disenrolled"
    assert (await house.one(Intent, "i1")).status == "cancelled"


async def test_coverage_that_comes_back_within_grace_resumes_the_journey(house: House) -> None:
    await report(house, "disenrolled")
    await house.advance()
    house.time.pass_by(10 * DAY)
    async with house.transaction() as session:
        assert await stay(session, "e1", house.time.now(), source="identification")
    step = await house.advance()
    row = await house.one(Enrollment, "e1")
    assert (step.ended, row.held_at, row.hold, row.leaving) == (False, None, None, None)
    assert (await house.one(Intent, "i1")).due_at == house.time.now()
    async with house.transaction() as session:
        assert not await stay(session, "e1", house.time.now(), source="identification")


async def test_who_must_change_pharmacy_waits_for_one_and_a_person_is_asked(house: House) -> None:
    assert await report(house, "pharmacy_left") == "paused"
    for _ in range(2):
        await house.advance()
    task = await house.only(Task)
    assert (task.kind, task.role, task.due_at) == ("new_pharmacy", "coordinator", NOW + 10 * DAY)


async def test_a_graver_report_overtakes_a_pause_and_never_the_other_way(house: House) -> None:
    said = [await report(house, r) for r in ("moved", "disenrolled", "moved", "deceased", "moved")]
    assert said == ["paused", "paused", "known", "ended", "known"]
    assert (await house.one(Enrollment, "e1")).state == "deceased"


async def test_a_journey_not_begun_ends_without_grace(house: House) -> None:
    house.given(
        make.member("m2"), make.phone("+16145550199"), make.contact_point("m2", "+16145550199"),
        consent("+16145550199"),
        make.enrollment("e2", "m2", started_at=None, reached_at=None, state="identified"),
    )  # fmt: skip
    assert await report(house, "disenrolled", "e2") == "ended"


async def test_an_unknown_reason_is_refused(house: House) -> None:
    with pytest.raises(ValueError, match="bored"):
        await report(house, "bored")
