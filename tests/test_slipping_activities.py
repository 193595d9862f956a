"""A member nobody has heard from is called by a person, and comes back with a word."""

from fakes import ana, open_house
from make_journeys import DAY, NOW, done

from store.models import Enrollment, Outcome, Task


async def test_sixty_days_of_silence_bring_a_call_and_a_word_ends_them(database_url: str) -> None:
    begun = NOW - 61 * DAY
    ended = dict.fromkeys(("screening", "coaching", "coordination"), "completed")
    async with open_house(database_url) as house:
        house.given(*ana(reached_at=begun, created_at=begun, started_at=begun), *done(**ended))
        await house.advance()
        await house.advance()
        assert (await house.one(Enrollment, "e1")).state == "slipping"
        (call,) = await house.all(Task, kind="slipping_call")
        assert (call.role, call.key) == ("coordinator", f"slipping-{NOW - DAY:%Y%m%d}")
        await house.text_in("I was away")
        await house.advance()
        assert (await house.one(Enrollment, "e1")).state == "active"
        states = [o.rule for o in await house.all(Outcome) if o.kind == "state"]
        assert states == ["slipping", "active"]


async def test_a_call_or_a_visit_counts_as_hearing_from_them(database_url: str) -> None:
    begun = NOW - 61 * DAY
    async with open_house(database_url) as house:
        house.given(*ana(reached_at=begun, created_at=begun, started_at=begun))
        house.given(*done(screening="completed", coaching="completed", coordination="completed"))
        house.given(
            Task(enrollment_id="e1", key="coaching-1", kind="coaching_call", role="pharmacist",
                 created_at=begun, due_at=begun, done_at=NOW - DAY, done_by="staff:s1",
                 resolution="talked", detail={}),
        )  # fmt: skip
        await house.advance()
        assert (await house.one(Enrollment, "e1")).state == "active"
