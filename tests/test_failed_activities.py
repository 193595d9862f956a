"""Texts the carrier took and could not bring: what follows is decided by the class of the code."""

from collections.abc import AsyncIterator
from datetime import timedelta

import make
import pytest
import pytest_asyncio
from fakes import PHONE, House, ana, open_house
from make_journeys import DAY, HOUR, NOW, consent, due

from activities.sent import take_receipt
from store import enrollments, facts
from store.models import Consent, ContactPoint, Enrollment, Intent, Task


@pytest_asyncio.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    async with open_house(database_url) as opened:
        opened.given(*ana())
        yield opened


async def report(
    house: House, code: int | None, status: str = "undelivered", intent: str = "i1"
) -> None:
    """What the carrier says of a text it took."""
    sid = (await house.one(Intent, intent)).sid
    assert sid
    async with house.transaction() as session:
        await take_receipt(session, intent, sid, status, code, house.time.now())


async def undelivered(house: House, code: int | None, **given: object) -> None:
    house.given(due(**given))  # type: ignore[arg-type]
    await house.send_all()
    await report(house, code)


async def newest(house: House) -> Intent:
    return max(await house.all(Intent), key=lambda intent: intent.again)


async def seen_by_the_journey(house: House) -> tuple[str, bool]:
    """The status of the text, and whether its stage takes it for lost."""
    async with house.transaction() as session:
        enrollment = await enrollments.lock(session, "e1")
        known = await facts.load(session, enrollment, timedelta(0), house.time.now())
        (text,) = known.texts.values()
    return text.status, text.lost


@pytest.mark.parametrize(
    ("code", "reason", "later"),
    [
        pytest.param(30003, "maybe_later", HOUR, id="a handset switched off: in an hour"),
        pytest.param(30008, "maybe_later", HOUR, id="an error nobody explains: in an hour"),
        pytest.param(30007, "blocked", HOUR, id="filtered as spam: our words, not the member"),
        pytest.param(30034, "blocked", HOUR, id="our campaign is not registered"),
        pytest.param(30032, "blocked", HOUR, id="our number is not verified"),
        pytest.param(30022, "capacity", timedelta(minutes=10), id="over our rate"),
        pytest.param(30001, "capacity", timedelta(minutes=10), id="the queue overflowed"),
        pytest.param(63038, "capacity", timedelta(minutes=10), id="over our day's limit"),
        pytest.param(30036, "capacity", timedelta(minutes=10), id="its hours ran out unsent"),
    ],
)
async def test_what_may_pass_goes_anew_as_another_text_and_the_member_does_not_fail(
    house: House, code: int, reason: str, later: timedelta
) -> None:
    await undelivered(house, code)
    first, again = await house.one(Intent, "i1"), await newest(house)
    assert (first.status, first.reason, first.error_code) == ("failed", reason, code)
    assert (again.again, again.status, again.reason) == (1, "pending", reason)
    assert (again.due_at, again.expires_at) == (NOW + later, first.expires_at)
    assert (again.step, again.template, again.facts) == (first.step, first.template, first.facts)
    assert (again.sid, again.accepted_at, again.tries) == (None, None, 0)
    assert await seen_by_the_journey(house) == ("pending", False)
    assert await house.all(Task, enrollment_id="e1") == []


@pytest.mark.parametrize(
    ("code", "reason", "task"),
    [
        pytest.param(21610, "consent_gone", None, id="the member has said stop to the carrier"),
        pytest.param(30005, "bad_number", "number_dead", id="a dead handset: another way"),
        pytest.param(30006, "bad_number", "number_dead", id="a landline: another way"),
        pytest.param(30004, "bad_number", "number_dead", id="it blocks texts: another way"),
        pytest.param(39999, "unknown", "text_refused", id="a code of next year: a person looks"),
        pytest.param(None, "unknown", "text_refused", id="no code at all: a person looks"),
    ],
)
async def test_what_does_not_pass_is_never_tried_again(
    house: House, code: int | None, reason: str, task: str | None
) -> None:
    await undelivered(house, code)
    only = await house.only(Intent)
    assert (only.status, only.reason, only.error_code) == ("failed", reason, code)
    assert [each.kind for each in await house.all(Task)] == ([task] if task else [])
    assert (await house.one(Enrollment, "e1")).nudged_at == NOW
    assert await seen_by_the_journey(house) == ("failed", True)


async def test_an_absent_handset_gets_two_more_texts_and_then_the_ladder_goes_on(
    house: House,
) -> None:
    await undelivered(house, 30003)
    for tries in (1, 2):
        house.time.pass_by(DAY)
        await house.send_all()
        again = await newest(house)
        assert (again.again, again.status) == (tries, "accepted")
        await report(house, 30003, intent=again.id)
    assert [each.status for each in await house.all(Intent)] == ["failed"] * 3
    assert await seen_by_the_journey(house) == ("failed", True)
    assert len(house.carrier.taken) == 3


async def test_said_at_once_it_is_tried_twice_more_and_not_hourly(house: House) -> None:
    house.given(due())
    house.carrier.moods.extend([30003] * 9)
    for _ in range(6):
        await house.send_all()
        house.time.pass_by(HOUR)
    assert len(house.carrier.asked) == 3
    assert await seen_by_the_journey(house) == ("failed", True)


async def test_words_filtered_for_one_member_for_ever_are_a_persons_task_in_the_end(
    house: House,
) -> None:
    house.given(due(purpose="reply", asks=None, phone=PHONE))
    house.time.pass_by(3 * HOUR)  # Sundays begin at noon.
    for _ in range(6):
        await house.send_all()
        await report(house, 30007, intent=(await newest(house)).id)
        house.time.pass_by(DAY)
    await house.send_all()
    assert len(house.carrier.taken) == 6
    assert [task.kind for task in await house.all(Task)] == ["sending_filtered", "text_refused"]


async def test_a_text_that_would_come_too_late_does_not_go_anew(house: House) -> None:
    await undelivered(house, 30003, expires_at=NOW + HOUR)
    assert (await house.only(Intent)).status == "failed"


async def test_what_goes_anew_passes_the_gate_anew(house: House) -> None:
    await undelivered(house, 30003)
    house.given(consent(given=False, how="text", actor="member"))
    house.time.pass_by(HOUR)
    await house.send_all()
    again = await newest(house)
    assert (again.status, again.reason) == ("withheld", "no_number")
    assert len(house.carrier.taken) == 1


async def test_it_keeps_the_caps(house: House) -> None:
    await undelivered(house, 30003)
    house.time.pass_by(HOUR)
    await house.send_all()
    assert (await newest(house)).reason == "day_cap"


async def test_it_goes_to_the_number_the_member_has_by_then(house: House) -> None:
    second = "+16145550199"
    await undelivered(house, 30003)
    house.given(make.phone(second), make.contact_point("m1", second, rank=2), consent(second))
    await house.change(ContactPoint, (await house.all(ContactPoint))[0].id, status="wrong_number")
    house.time.pass_by(DAY)
    await house.send_all()
    assert [text.to for text in house.carrier.asked] == [PHONE, second]


async def test_when_it_arrived_after_all_nothing_goes_anew(house: House) -> None:
    await undelivered(house, 30003)
    await report(house, None, "delivered")
    again = await newest(house)
    assert (again.status, again.reason) == ("cancelled", "arrived_after_all")
    assert (await house.one(Intent, "i1")).status == "accepted"
    assert await seen_by_the_journey(house) == ("accepted", False)


async def test_the_same_report_again_sends_nothing_again(house: House) -> None:
    await undelivered(house, 30003)
    await report(house, 30003)
    await report(house, 30003, "failed")
    assert len(await house.all(Intent)) == 2


async def test_a_stop_known_to_the_carrier_ends_all_that_waits_for_the_phone(
    house: House,
) -> None:
    house.given(
        make.member("m2", first_name="Luis"), make.contact_point("m2"),
        make.enrollment("e2", "m2"), due("theirs", "e2", due_at=NOW + DAY),
    )  # fmt: skip
    await undelivered(house, 21610)
    assert (await house.one(Intent, "theirs")).reason == "revoked"
    assert (await house.all(Consent))[-1].actor == "carrier"
    assert (await house.one(Enrollment, "e2")).nudged_at == NOW


@pytest.mark.parametrize("code", [30003, 30007, 30006, 39999])
async def test_an_answer_to_a_cry_for_help_that_did_not_arrive_is_a_call_at_once(
    house: House, code: int
) -> None:
    await undelivered(house, code, purpose="safety", template="crisis", asks=None, phone=PHONE)
    (call,) = await house.all(Task, kind="safety_unsent")
    assert call.urgent
    assert call.due_at == NOW + HOUR


async def test_nor_one_that_may_not_leave(house: House) -> None:
    house.given(due(purpose="safety", template="crisis", asks=None, phone=PHONE))
    house.carrier.moods.append(20429)
    await house.send_all()
    assert (await house.only(Task)).kind == "safety_unsent"
    assert (await house.only(Intent)).status == "pending"


async def test_one_dead_number_is_one_task_however_many_texts_it_cost(house: House) -> None:
    house.given(due(), due("i2", purpose="reply", asks=None, phone=PHONE, step="answer"))
    await house.send_all()
    await report(house, 30005)
    await report(house, 30005, intent="i2")
    assert [task.kind for task in await house.all(Task)] == ["number_dead"]
