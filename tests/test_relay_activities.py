"""The relay: journeys begin once, hear of what is new until they take note, and lose no text."""

from collections.abc import AsyncIterator
from datetime import timedelta

import make
import pytest_asyncio
from fakes import House, ana, open_house
from make_journeys import HOUR, NOW

from activities.relay import AGAIN_AFTER, BATCH
from store.models import Enrollment, InboundText, Intent, Task


@pytest_asyncio.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    async with open_house(database_url) as opened:
        opened.given(*ana())
        yield opened


async def test_an_enrollment_with_a_pharmacy_begins_its_journey_once(house: House) -> None:
    house.given(
        make.member("m2"), make.enrollment("e2", "m2", started_at=None),
        make.member("m3"), make.enrollment("e3", "m3", started_at=None, pharmacy_npi=None),
    )  # fmt: skip
    await house.relay.start_and_tell()
    await house.relay.start_and_tell()
    assert house.journeys.started == ["e2"]
    assert (await house.one(Enrollment, "e2")).started_at == NOW
    assert (await house.one(Enrollment, "e3")).started_at is None


async def test_a_journey_is_told_once_and_again_when_it_takes_no_note(house: House) -> None:
    await house.text_in("hello")
    await house.relay.start_and_tell()
    await house.relay.start_and_tell()
    assert [member for member, _ in house.journeys.told] == ["m1"]
    house.time.pass_by(AGAIN_AFTER + timedelta(seconds=1))
    await house.relay.start_and_tell()
    assert len(house.journeys.told) == len(set(house.journeys.told)) == 2
    await house.advance()
    house.time.pass_by(timedelta(minutes=1))
    await house.relay.start_and_tell()
    assert len(house.journeys.told) == 2


async def test_a_deaf_journey_is_told_ever_less_often_until_it_takes_note(house: House) -> None:
    await house.text_in("hello")
    begin, told = house.time.watch, []
    for _ in range(200):
        before = len(house.journeys.told)
        await house.relay.start_and_tell()
        if len(house.journeys.told) > before:
            told.append((house.time.watch - begin).total_seconds())
        house.time.pass_by(timedelta(seconds=1))
    assert told == [0, 3, 9, 21, 45, 93, 153]
    await house.advance()
    await house.text_in("hello again", sid="SM-2")
    before = len(house.journeys.told)
    await house.relay.start_and_tell()
    assert len(house.journeys.told) == before + 1, "news of its own is told at once"


async def test_any_number_of_deaf_journeys_never_keep_one_from_its_news(house: House) -> None:
    for number in range(BATCH + 5):
        house.given(
            make.member(f"d{number}"),
            make.enrollment(f"deaf{number}", f"d{number}", nudged_at=NOW - HOUR),
        )
    await house.text_in("hello")
    await house.relay.start_and_tell()
    await house.relay.start_and_tell()
    assert "m1" in {member for member, _ in house.journeys.told}


async def test_a_reply_after_the_journeys_end_reaches_a_person(house: House) -> None:
    await house.change(Enrollment, "e1", ended_at=NOW, state="graduated")
    house.journeys.over.add("m1")
    await house.text_in("thank you for everything")
    await house.relay.start_and_tell()
    text = await house.only(InboundText)
    assert (text.applied_at, text.understood) == (NOW, False)
    assert (await house.only(Task)).kind == "unclear_reply"
    assert (await house.one(Enrollment, "e1")).nudged_at is None
    assert await house.all(Intent) == [], "nobody is thanked after the end"


async def test_one_journey_that_cannot_be_reached_never_keeps_others_from_their_news(
    house: House,
) -> None:
    house.given(
        make.member("m2"), make.enrollment("e2", "m2", nudged_at=NOW - HOUR),
        make.member("m3"), make.enrollment("e3", "m3", started_at=None),
        make.member("m4"), make.enrollment("e4", "m4", started_at=None),
    )  # fmt: skip
    house.journeys.broken |= {"m2", "m3"}
    await house.text_in("hello")
    await house.relay.start_and_tell()
    assert [member for member, _ in house.journeys.told] == ["m1"]
    assert house.journeys.started == ["e4"]
