"""What the carrier is asked for when webhooks were lost: texts of members, fates of our own."""

from collections.abc import AsyncIterator

import make
import pytest_asyncio
from fakes import PHONE, House, ana, open_house
from make_journeys import HOUR, NOW, done

from gateways.sms import ListedText
from store.models import InboundText, Intent


@pytest_asyncio.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    async with open_house(database_url) as opened:
        opened.given(*ana())
        yield opened


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


async def test_a_text_with_signs_no_table_can_hold_is_kept_and_others_with_it(house: House) -> None:
    house.carrier.inbox += [
        ListedText("SM-odd", PHONE, "call \x00me \ud83d", "received", None, False),
        ListedText("SM-plain", PHONE, "yes", "received", None, False),
    ]
    await house.relay.poll_carrier()
    kept = {text.sid: text.body for text in await house.all(InboundText)}
    assert kept == {"SM-odd": "call \ufffdme \ufffd", "SM-plain": "yes"}
