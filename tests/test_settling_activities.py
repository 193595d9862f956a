"""Texts whose answer never came, and receipts in any order: evidence decides."""

from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import permutations

import make
import pytest
import pytest_asyncio
from fakes import ACCEPT_THEN_LOSE, LOSE, PHONE, House, ana, open_house
from make_journeys import HOUR, NOW, due, unknown

from activities.sent import SETTLE, record_result, take_receipt
from activities.settling import GIVE_UP, settle
from gateways.sms import Accepted, ListedText, SendResult
from store.models import (
    ContactPoint,
    Enrollment,
    GateDecision,
    Intent,
    Outcome,
    Phone,
    Receipt,
    Task,
)

SID = f"SM{0:032d}"


@pytest_asyncio.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    async with open_house(database_url) as opened:
        opened.given(*ana())
        yield opened


async def look(house: House) -> int:
    return await settle(house.transaction, house.carrier, house.time)


async def receipt(
    house: House, status: str, code: int | None = None, *, sid: str = SID, intent: str = "i1"
) -> None:
    async with house.transaction() as session:
        await take_receipt(session, intent, sid, status, code, house.time.now())


async def answered(house: House, result: SendResult) -> None:
    async with house.transaction() as session:
        await record_result(session, "i1", result, house.time)


async def send(house: House, mood: str) -> None:
    house.given(due())
    house.carrier.moods.append(mood)
    await house.send_all()
    assert (await house.one(Intent, "i1")).status == "unknown"


async def status(house: House, id: str = "i1") -> str:
    return (await house.one(Intent, id)).status


async def evidence(house: House) -> list[str]:
    return [d.reason for d in await house.all(GateDecision, verdict="evidence")]


async def test_a_text_the_carrier_took_is_found_in_its_list_and_not_sent_again(
    house: House,
) -> None:
    await send(house, ACCEPT_THEN_LOSE)
    assert await look(house) == 1
    intent = await house.one(Intent, "i1")
    assert (intent.status, intent.sid) == ("accepted", house.carrier.taken[0].sid)
    assert await evidence(house) == ["carrier_list"]
    await house.send_all()
    assert len(house.carrier.asked) == 1


async def test_a_text_missing_in_the_list_is_sent_again_once_and_only_after_settling(
    house: House,
) -> None:
    await send(house, LOSE)
    house.time.pass_by(SETTLE - timedelta(seconds=1))
    assert await look(house) == 0
    await house.send_all()
    assert len(house.carrier.asked) == 1
    house.time.pass_by(timedelta(seconds=1))
    assert await look(house) == 1
    await house.send_all()
    await look(house)
    await house.send_all()
    assert len(house.carrier.taken) == 1
    assert await status(house) == "accepted"
    assert await evidence(house) == ["not_in_carrier_list"]


async def test_while_the_list_is_down_nothing_is_sent_and_at_last_a_person_decides(
    house: House,
) -> None:
    await send(house, LOSE)
    house.carrier.list_down = True
    house.time.pass_by(SETTLE + GIVE_UP)
    assert await look(house) == 0
    assert await house.all(Task) == []
    house.time.pass_by(timedelta(seconds=1))
    await look(house)
    await look(house)
    assert (await house.only(Task)).kind == "text_unsettled"
    assert await status(house) == "unknown"
    await house.send_all()
    assert len(house.carrier.asked) == 1
    house.carrier.list_down = False
    assert await look(house) == 1


async def test_a_receipt_settles_what_the_answer_did_not(house: House) -> None:
    await send(house, ACCEPT_THEN_LOSE)
    await receipt(house, "sent")
    intent = await house.one(Intent, "i1")
    assert (intent.status, intent.sid, intent.settle_at) == ("accepted", SID, None)
    assert await look(house) == 0


async def test_a_receipt_that_comes_after_all_waiting_keeps_the_text_from_going_again(
    house: House,
) -> None:
    await send(house, LOSE)
    house.time.pass_by(SETTLE)
    await look(house)
    assert await status(house) == "pending"
    await receipt(house, "delivered", sid="SM-late")
    await house.send_all()
    assert len(house.carrier.asked) == 1
    intent = await house.one(Intent, "i1")
    assert (intent.status, intent.sid) == ("accepted", "SM-late")


async def test_a_receipt_never_settles_a_text_that_was_not_written(house: House) -> None:
    house.given(due())
    await receipt(house, "delivered")
    assert await status(house) == "pending"


async def test_a_sender_that_died_leaves_its_text_to_evidence(house: House) -> None:
    lease = house.time.wall() + timedelta(seconds=4)
    house.given(unknown(status="sending", lease_until=lease))
    assert await look(house) == 0
    assert await status(house) == "sending"
    house.time.pass_by(timedelta(seconds=5))
    assert await look(house) == 0
    intent = await house.one(Intent, "i1")
    assert (intent.status, intent.settle_at) == ("unknown", lease + SETTLE)
    house.time.pass_by(SETTLE)
    assert await look(house) == 1
    assert await status(house) == "pending"


async def test_only_a_text_of_ours_with_the_same_words_counts_as_found(house: House) -> None:
    house.given(unknown(settle_at=house.time.wall() + SETTLE))
    house.carrier.taken += [
        ListedText("SM-other", PHONE, "Other words", "delivered", None, True),
        ListedText("SM-theirs", PHONE, "How are you?", "received", None, False),
    ]
    assert await look(house) == 0
    house.carrier.taken.append(ListedText(SID, PHONE, "How are you?", "sent", None, True))
    assert await look(house) == 1


async def test_the_same_words_sent_before_are_not_taken_for_this_text(house: House) -> None:
    house.carrier.taken.append(ListedText("SM-old", PHONE, "How are you?", "sent", None, True))
    house.given(
        make.intent("before", phone=PHONE, sid="SM-old", body="How are you?"),
        unknown(settle_at=house.time.wall()),
    )
    await look(house)
    assert await status(house) == "pending"


async def test_a_text_found_as_undelivered_has_failed(house: House) -> None:
    house.given(unknown(settle_at=house.time.wall() + SETTLE))
    house.carrier.taken.append(ListedText(SID, PHONE, "How are you?", "undelivered", 30006, True))
    assert await look(house) == 1
    intent = await house.one(Intent, "i1")
    assert (intent.status, intent.reason, intent.error_code) == ("failed", "bad_number", 30006)
    assert (await house.only(ContactPoint)).status == "landline"


LIVES = [
    pytest.param((("queued", None), ("sent", None), ("delivered", None)), id="a delivery"),
    pytest.param((("sent", None), ("undelivered", 30003)), id="a handset switched off"),
    pytest.param((("sent", None), ("undelivered", 30008), ("delivered", None)), id="a late truth"),
    pytest.param((("delivered", None), ("read", None)), id="a receipt of reading"),
]
COLUMNS = (
    "status", "sid", "carrier_status", "error_code", "reason", "accepted_at", "delivered_at",
    "lease_until", "settle_at",
)  # fmt: skip


@pytest.mark.parametrize("life", LIVES)
async def test_receipts_in_any_order_and_number_give_the_same_final_row(
    house: House, life: tuple[tuple[str, int | None], ...]
) -> None:
    created = ("create", None)
    rows, many = set(), list(permutations((created, *life)))
    for n, order in enumerate(many):
        id, sid = f"i{n}", f"SM{n:032d}"
        house.given(unknown(id, status="sending", phone=None))
        for what, code in (*order, *order[:2]):
            if what == "create":
                async with house.transaction() as session:
                    await record_result(session, id, Accepted(sid, "accepted"), house.time)
            else:
                await receipt(house, what, code, sid=sid, intent=id)
        intent = await house.one(Intent, id)
        assert intent.sid == sid
        rows.add(tuple(getattr(intent, name) for name in COLUMNS if name != "sid"))
    assert len(rows) == 1
    assert len(await house.all(Receipt)) == len(many) * len(life)


async def test_a_receipt_of_another_message_changes_nothing(house: House) -> None:
    house.given(unknown(status="sending"))
    await answered(house, Accepted(SID, "queued"))
    await receipt(house, "undelivered", 30005, sid="SM-foreign")
    assert await status(house) == "accepted"


async def test_a_receipt_for_a_text_nobody_knows_is_kept_and_that_is_all(house: House) -> None:
    await receipt(house, "delivered", intent="nobody")
    assert (await house.only(Receipt)).status == "delivered"


async def test_an_undelivered_question_leaves_the_phone_free_and_wakes_the_journey(
    house: House,
) -> None:
    house.given(due())
    await house.send_all()
    assert (await house.one(Phone, PHONE)).open_prompt == "i1"
    await receipt(house, "undelivered", 30003)
    assert (await house.one(Phone, PHONE)).open_prompt is None
    assert (await house.one(Enrollment, "e1")).nudged_at == NOW
    assert "text_failed" in [each.kind for each in await house.all(Outcome)]


async def test_an_undelivered_text_counts_towards_the_caps_all_the_same(house: House) -> None:
    house.given(due(), due("i2", due_at=NOW + HOUR, asks=None))
    await house.send_all()
    await receipt(house, "undelivered", 30003)
    house.time.pass_by(HOUR)
    await house.send_all()
    assert (await house.one(Intent, "i2")).reason == "day_cap"
