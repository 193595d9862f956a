"""The door and the lane: several texts let through together are each judged for themselves."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

import make
import pytest_asyncio
from fakes import LOSE, PHONE, STATUS_URL, House, ana, open_house
from make_journeys import MEDICAID, MEDICARE, NOW, consent, due

from activities.door import Door
from activities.listening import Listening
from activities.pacing import Pace
from activities.sending import SLOTS, SendingActivities
from activities.sent import record_accepted, take_receipt
from domain.pacing import SenderPlan, Shares
from gateways.sms import Accepted, OutgoingText, SendResult
from store.models import Base, BreakerRow, BucketRow, Intent, Outcome
from store.models import Phone as PhoneRow

PLAN = SenderPlan(1.0, 3.0, 1000, ZoneInfo("America/Los_Angeles"), 100)


@pytest_asyncio.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    async with open_house(database_url) as opened:
        opened.given(*ana())
        yield opened


def another(number: int, program: str = MEDICARE, **given: object) -> Sequence[Base]:
    """Another member with a phone of their own, to whom a text of a program is due."""
    who, phone = f"n{number}", f"+1614555{number:04d}"
    text = {"program": program, "asks": None, "template": "goodbye", **given}
    return (
        make.member(who), make.phone(phone), make.contact_point(who, phone), consent(phone),
        make.enrollment(f"e-{who}", who, program=program),
        due(f"i-{who}", f"e-{who}", **text),
    )  # fmt: skip


async def opened(house: House, most: int = 8, pace: Pace | None = None) -> list[str]:
    """The door is opened once; the texts it let through."""
    door = Door(house.gate, STATUS_URL, house.time, pace or Pace(), Listening(house.time))
    async with house.transaction() as session:
        return [each.intent_id for each in (await door.open(session, most)).taken]


async def test_those_that_may_not_go_keep_none_of_the_others(house: House) -> None:
    house.given(
        *another(1, template="never_approved", priority=0), *another(2), *another(3),
        consent("+16145550003", given=False, how="text", actor="member"), *another(4),
    )  # fmt: skip
    assert await opened(house) == ["i-n2", "i-n4"]
    reasons = {each.id: each.reason for each in await house.all(Intent, status="withheld")}
    assert reasons == {"i-n1": "bad_content", "i-n3": "no_number"}


async def test_of_two_texts_to_one_phone_one_leaves_and_the_other_is_left_as_it_was(
    house: House,
) -> None:
    same = {"purpose": "reply", "asks": None, "template": "reading_thanks"}
    house.given(due("a", priority=1, **same), due("b", priority=2, step="b", **same))
    assert await opened(house) == ["a"]
    left = await house.one(Intent, "b")
    assert (left.status, left.due_at, left.tries) == ("pending", NOW - timedelta(minutes=1), 0)


async def test_a_phone_that_another_transaction_has_is_passed_over(house: House) -> None:
    house.given(*another(1), *another(2))
    async with house.transaction() as session:
        await session.get_one(PhoneRow, "+16145550001", with_for_update=True)
        assert await opened(house) == ["i-n2"]


async def test_no_more_leave_together_than_the_bucket_holds(house: House) -> None:
    for number in range(1, 6):
        house.given(*another(number))
    assert len(await opened(house, pace=Pace(PLAN, Shares((MEDICARE,))))) == 3
    assert (await house.only(BucketRow)).spent == 3
    assert len(await house.all(Intent, status="pending", tries=0)) == 2


async def test_texts_that_leave_together_are_the_programs_in_turn(house: House) -> None:
    for number in range(1, 6):
        house.given(*another(number, MEDICARE, priority=30))
    for number in range(6, 9):
        house.given(*another(number, MEDICAID, priority=60))
    await opened(house, 4, Pace(shares=Shares((MEDICARE, MEDICAID))))
    programs = [str(each.program) for each in await house.all(Intent, status="sending")]
    assert sorted(programs) == sorted([MEDICARE, MEDICAID] * 2)


async def test_a_breaker_is_tried_by_one_text_though_many_are_due(house: House) -> None:
    house.given(
        BreakerRow(scope="sender", name="main", cause="slow_down", opened=1, open_until=NOW,
                   changed_at=NOW),
        *another(1), *another(2),
    )  # fmt: skip
    assert len(await opened(house)) == 1
    assert await opened(house) == []


async def test_the_lane_sends_all_that_is_due_with_so_many_at_the_carrier_at_once(
    house: House,
) -> None:
    for number in range(1, 16):
        house.given(*another(number))
    there, most = 0, 0
    send = house.carrier.send

    async def watched(text: OutgoingText) -> SendResult:
        nonlocal there, most
        there, most = there + 1, max(most, there + 1)
        await asyncio.sleep(0)
        answer = await send(text)
        there -= 1
        return answer

    # Watched, not replaced: the carrier answers as before.
    house.carrier.send = watched  # type: ignore[method-assign]
    house.carrier.moods.append(LOSE)
    over, lane = asyncio.Event(), house.sender()
    keeping = asyncio.create_task(lane.keep_lane(over))
    # The carrier is a plain object that tells of nothing: it is asked.
    while len(house.carrier.asked) < 15:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    over.set()
    await keeping
    states = sorted(each.status for each in await house.all(Intent))
    assert states == ["accepted"] * 14 + ["unknown"]
    assert most <= SLOTS


async def test_answers_recorded_together_are_what_each_would_be_alone(house: House) -> None:
    house.given(*another(1), *another(2), due("asks", template="welcome"))
    assert len(await opened(house)) == 3
    async with house.transaction() as session:
        await take_receipt(session, "i-n2", "SM2", "delivered", None, NOW)
    answers = [(f"i-n{n}", Accepted(f"SM{n}", "queued")) for n in (1, 2)]
    async with house.transaction() as session:
        recorded = await record_accepted(
            session, [*answers, ("asks", Accepted("SM3", "queued"))], house.time
        )
    assert sorted(recorded) == ["asks", "i-n1"], "the receipt was faster"
    first = await house.one(Intent, "i-n1")
    assert (first.status, first.sid, first.carrier_status) == ("accepted", "SM1", "queued")
    assert (first.accepted_at, first.lease_until) == (NOW, None)
    assert (await house.one(Intent, "i-n2")).carrier_status == "delivered"
    phone = await house.one(PhoneRow, PHONE)
    assert (phone.open_prompt, phone.open_until) == ("asks", NOW + timedelta(days=3))
    noted = [each.detail["intent"] for each in await house.all(Outcome, kind="text_accepted")]
    assert sorted(noted) == ["asks", "i-n1", "i-n2"]


async def test_one_answer_that_cannot_be_recorded_keeps_no_other_from_it(house: House) -> None:
    """The carrier gives one id to two texts: a fault of its own."""
    house.given(*another(1), *another(2))
    lane = SendingActivities(house.transaction, house.gate, house.carrier, STATUS_URL, house.time)
    await opened(house)
    same = Accepted("SM-same", "queued")
    done = await asyncio.gather(
        lane._record("i-n1", same), lane._record("i-n2", same), return_exceptions=True
    )
    assert [type(each).__name__ for each in done] == ["NoneType", "IntegrityError"]
    assert [each.id for each in await house.all(Intent, status="accepted")] == ["i-n1"]
