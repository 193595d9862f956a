"""Breakers, buckets and turns on a real database: what is held back, and what never is."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

import make
import pytest
import pytest_asyncio
from fakes import LOSE, NOT_REACHED, PHONE, STATUS_URL, House, ana, open_house
from make_journeys import HOUR, MEDICAID, MEDICARE, NOW, consent, due

from activities.pacing import Pace
from activities.sending import SendingActivities
from activities.sent import take_receipt
from domain.pacing import SenderPlan, Shares
from store.models import Base, BreakerRow, BucketRow, Intent, Task

PLAN = SenderPlan(1.0, 2.0, 1000, ZoneInfo("America/Los_Angeles"), 100)
MINUTE = timedelta(minutes=1)


@pytest_asyncio.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    async with open_house(database_url) as opened:
        opened.given(*ana())
        yield opened


def another(number: int, program: str = MEDICARE, **given: object) -> Sequence[Base]:
    """Another member with a phone of their own, to whom a text of a program is due."""
    who, phone = f"n{number}", f"+1614555{number:04d}"
    text = {"program": program, "asks": None, **given}
    return (
        make.member(who), make.phone(phone), make.contact_point(who, phone), consent(phone),
        make.enrollment(f"e-{who}", who, program=program),
        due(f"i-{who}", f"e-{who}", **text),
    )  # fmt: skip


def paced(house: House, plan: SenderPlan | None = PLAN) -> SendingActivities:
    """Another process that sends, at a pace."""
    pace = Pace(plan, Shares((MEDICAID, MEDICARE)))
    return SendingActivities(
        house.transaction, house.gate, house.carrier, STATUS_URL, house.time, pace
    )


async def send_all(sending: SendingActivities) -> None:
    while await sending.send_one():
        pass


async def told(house: House, intent: str, status: str, code: int | None = None) -> None:
    sid = (await house.one(Intent, intent)).sid
    assert sid
    async with house.transaction() as session:
        await take_receipt(session, intent, sid, status, code, house.time.now())


async def test_a_429_holds_every_campaign_and_one_text_tries_when_it_is_over(house: House) -> None:
    for number in (1, 2, 3):
        house.given(*another(number))
    house.carrier.moods.extend([429, 429])
    await house.send_all()
    assert len(house.carrier.asked) == 1
    house.time.pass_by(timedelta(seconds=31))
    await house.send_all()
    assert len(house.carrier.asked) == 2
    house.time.pass_by(timedelta(seconds=31))
    await house.send_all()
    assert len(house.carrier.asked) == 2, "the second hold is twice as long"
    house.time.pass_by(3 * MINUTE)
    await house.send_all()
    assert len(house.carrier.taken) == 3
    assert await house.all(Task) == []


async def test_a_cry_for_help_and_a_stop_are_answered_whatever_is_held(house: House) -> None:
    house.given(
        BreakerRow(scope="sender", name="main", cause="not_allowed", opened=1,
                   open_until=NOW + HOUR, changed_at=NOW),
        due("help", purpose="safety", template="crisis", asks=None, phone=PHONE),
        due("reply", purpose="reply", template="help", asks=None, phone=PHONE, step="b"),
    )  # fmt: skip
    await house.send_all()
    assert (await house.one(Intent, "help")).status == "accepted"
    assert (await house.one(Intent, "reply")).status == "pending"


async def test_another_process_knows_what_is_held(house: House) -> None:
    house.given(*another(1), *another(2))
    house.carrier.moods.append(20003)
    await house.send_all()
    assert not await house.sender().send_one()
    task = await house.only(Task)
    assert (task.kind, task.role, task.urgent) == ("sending_not_allowed", "manager", True)
    assert task.detail == {"cause": "not_allowed"}


async def test_three_filtered_texts_hold_their_wording_and_no_other(house: House) -> None:
    for number in (1, 2, 3):
        house.given(*another(number, template="delivery_sent"))
    await house.send_all()
    for number in (1, 2, 3):
        await told(house, f"i-n{number}", "undelivered", 30007)
    house.given(*another(4, template="delivery_sent"), *another(5, template="goodbye"))
    await house.send_all()
    assert (await house.one(Intent, "i-n4")).status == "pending"
    assert (await house.one(Intent, "i-n5")).status == "accepted"
    task = await house.only(Task)
    assert task.detail == {"cause": "filtered", "template": "delivery_sent"}


async def test_held_words_are_tried_on_one_member_and_go_on_once_that_one_has_it(
    house: House,
) -> None:
    house.given(
        BreakerRow(scope="template", name="goodbye", cause="filtered", opened=1,
                   open_until=NOW, changed_at=NOW),
        *another(1, template="goodbye"), *another(2, template="goodbye"),
    )  # fmt: skip
    await house.send_all()
    assert len(house.carrier.taken) == 1
    await told(house, "i-n1", "delivered")
    await house.send_all()
    assert len(house.carrier.taken) == 2


async def test_what_expires_while_it_is_held_is_withheld_and_never_waits_for_ever(
    house: House,
) -> None:
    house.given(
        BreakerRow(scope="sender", name="main", cause="not_allowed", opened=1,
                   open_until=NOW + 50 * HOUR, changed_at=NOW),
        *another(1, expires_at=NOW + HOUR),
    )  # fmt: skip
    await house.send_all()
    assert (await house.one(Intent, "i-n1")).status == "pending"
    house.time.pass_by(HOUR)
    await house.send_all()
    assert (await house.one(Intent, "i-n1")).reason == "expired"


@pytest.mark.parametrize("mood", [LOSE, NOT_REACHED])
async def test_five_answers_that_do_not_come_hold_the_sender(house: House, mood: str) -> None:
    for number in range(1, 8):
        house.given(*another(number))
    house.carrier.moods.extend([mood] * 7)
    await house.send_all()
    assert len(house.carrier.asked) == 5
    assert (await house.only(BreakerRow)).cause == "no_answer"


async def test_no_more_leaves_than_the_bucket_holds_and_answers_go_first(house: House) -> None:
    for number in range(1, 6):
        house.given(*another(number, template="goodbye"))
    house.given(due("reply", purpose="reply", template="reading_thanks", asks=None, priority=20))
    sending = paced(house)
    await send_all(sending)
    assert len(house.carrier.taken) == 2
    assert (await house.one(Intent, "reply")).status == "accepted"
    house.time.pass_by(timedelta(seconds=1))
    await send_all(paced(house))
    assert len(house.carrier.taken) == 3


async def test_a_days_segments_last_and_the_rest_goes_tomorrow(house: House) -> None:
    plan = SenderPlan(50.0, 50.0, 3, PLAN.day_in, 1)
    for number in range(1, 5):
        house.given(*another(number, template="goodbye"))
    await send_all(paced(house, plan))
    assert len(house.carrier.taken) == 2, "the third is kept for answers"
    assert (await house.only(BucketRow)).spent == 2
    house.time.pass_by(timedelta(days=1))
    await send_all(paced(house, plan))
    assert len(house.carrier.taken) == 4


async def test_a_short_supply_is_shared_by_the_programs_in_turn(house: House) -> None:
    for number in range(1, 6):
        house.given(*another(number, MEDICARE, template="goodbye", priority=30))
    for number in range(6, 9):
        house.given(*another(number, MEDICAID, template="goodbye", priority=60))
    for _ in range(3):
        await send_all(paced(house))
        house.time.pass_by(timedelta(seconds=2))
    taken = [each.program for each in await house.all(Intent, status="accepted")]
    assert sorted(taken) == [MEDICAID] * 3 + [MEDICARE] * 3


async def test_a_text_that_finds_no_room_at_last_is_left_as_it_was(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.given(*another(1, template="goodbye"))
    sending = paced(house)
    look = sending._door.pace.look

    async def before_the_others(self: Pace, *given: object) -> object:
        road = await look(*given)  # type: ignore[arg-type]
        house.given(BucketRow(sender="main", tokens=0.0, at=NOW, day=NOW.date(), spent=0, turn=0))
        return road

    monkeypatch.setattr(Pace, "look", before_the_others)
    assert not await sending.send_one()
    intent = await house.one(Intent, "i-n1")
    assert (intent.status, intent.tries, intent.body) == ("pending", 0, None)
    assert house.carrier.asked == []
