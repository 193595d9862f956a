"""The relay: journeys begin once, hear of what is new until they take note, and lose no text."""

from collections.abc import AsyncIterator
from datetime import timedelta

import make
import pytest_asyncio
from fakes import PHONE, House, ana, open_house
from make_journeys import HOUR, NOW, done

from activities.relay import AGAIN_AFTER
from gateways.sms import ListedText
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


async def test_a_text_whose_webhooks_were_lost_is_found_and_kept_once(house: House) -> None:
    house.given(*done(screening="completed"))
    house.carrier.inbox += [
        ListedText("SM-a", PHONE, "120/80", "received", None, False),
        ListedText("SM-b", PHONE, "STOP", "received", None, False),
    ]
    await house.text_in("120/80", sid="SM-a")
    await house.relay.poll_carrier()
    await house.relay.poll_carrier()
    texts = {text.sid: text.found_by for text in await house.all(InboundText)}
    assert texts == {"SM-a": "webhook", "SM-b": "poll"}
    step = await house.advance()
    assert step.ended


async def test_texts_found_late_are_taken_in_the_order_they_were_sent(house: House) -> None:
    house.carrier.inbox += [
        ListedText("SM-1", PHONE, "STOP", "received", None, False),
        ListedText("SM-2", PHONE, "START", "received", None, False),
    ]
    await house.relay.poll_carrier()
    step = await house.advance()
    assert not step.ended


async def test_while_the_list_is_down_the_relay_goes_on(house: House) -> None:
    house.carrier.list_down = True
    await house.relay.poll_carrier()
    await house.relay.settle_texts()
    assert await house.all(InboundText) == []


async def test_the_fate_of_a_text_whose_receipts_were_lost_is_asked_for(house: House) -> None:
    sent = {"phone": PHONE, "carrier_status": "sent", "tries": 1}
    house.given(
        make.intent("i1", sid="SM-1", **sent, accepted_at=NOW - 2 * HOUR),
        make.intent("fresh", sid="SM-2", **sent, accepted_at=NOW - HOUR / 2),
    )
    house.carrier.taken += [
        ListedText("SM-1", PHONE, "x", "undelivered", 30005, True),
        ListedText("SM-2", PHONE, "x", "delivered", None, True),
    ]
    await house.relay.poll_carrier()
    assert (await house.one(Intent, "i1")).status == "failed"
    assert (await house.one(Intent, "fresh")).carrier_status == "sent"
