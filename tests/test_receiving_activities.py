"""Inbound texts on a real database: kept once, obeyed at once, heard by the stage that asked."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import make
import pytest
import pytest_asyncio
from fakes import PHONE, House, ana, open_house
from make_journeys import DAY, HOUR, NOW, consent, done, due
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from activities.receiving import Incoming
from store.database import in_transaction
from store.models import Consent, ContactPoint, Enrollment, InboundText, Intent, Phone, Task

STRANGER = "+16145550177"


@pytest_asyncio.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    async with open_house(database_url) as opened:
        opened.given(*ana())
        yield opened


async def answers(house: House) -> list[tuple[str, str]]:
    """Template and purpose of what is to go out."""
    return [(i.template, i.purpose) for i in await house.all(Intent) if i.stage == "receiving"]


@pytest.mark.parametrize("phone", [PHONE, STRANGER], ids=["a member", "a stranger"])
async def test_eight_deliveries_of_one_text_at_once_keep_it_once(house: House, phone: str) -> None:
    found = await asyncio.gather(*(house.text_in("STOP", phone=phone) for _ in range(8)))
    assert sorted(found) == [False] * 7 + [True]
    assert len(await house.all(InboundText)) == 1
    assert await answers(house) == [("stop_confirmed", "stop")]


async def test_two_texts_of_one_phone_at_once_never_wait_for_each_other(house: House) -> None:
    for turn in range(5):
        await asyncio.gather(*(house.text_in("STOP", sid=f"SM{turn}{n}") for n in range(4)))
    assert len(await house.all(InboundText)) == 20
    assert await answers(house) == [("stop_confirmed", "stop")]


async def test_the_same_words_twice_are_two_texts(house: House) -> None:
    house.given(*done())
    assert await house.text_in("120/80", sid="a")
    assert await house.text_in("120/80", sid="b")
    await house.advance()
    assert [text.understood for text in await house.all(InboundText)] == [True, True]


async def test_danger_reaches_a_person_within_a_quarter_of_an_hour(house: House) -> None:
    await house.text_in("I want to kill myself")
    task = await house.only(Task)
    assert (task.kind, task.urgent, task.role) == ("danger_self_harm", True, "coordinator")
    assert task.due_at == NOW + timedelta(minutes=15)
    assert task.message_id == "SM-in"
    assert await answers(house) == [("crisis", "safety")]
    enrollment = await house.one(Enrollment, "e1")
    assert (enrollment.hold, enrollment.held_at) == ("safety", NOW)


async def test_its_answer_leaves_at_night_and_during_the_hold_and_nothing_else_does(
    house: House,
) -> None:
    house.time.business = NOW + 12 * HOUR
    house.given(due())
    await house.text_in("I want to kill myself")
    await house.send_all()
    assert [text.body for text in house.carrier.asked] == [
        next(t.body for t in house.carrier.taken if "988" in t.body)
    ]


async def test_danger_that_also_says_stop_is_obeyed_in_both(house: House) -> None:
    await house.text_in("Stop texting me. I want to kill myself.")
    assert {task.kind for task in await house.all(Task)} == {"danger_self_harm", "doubtful_stop"}
    assert (await house.all(Consent))[-1].given is False
    assert await answers(house) == [("crisis", "stop")]


async def test_stop_cancels_what_waits_and_is_confirmed_once(house: House) -> None:
    house.given(
        due("care"), due("chosen", phone=PHONE, purpose="reply"),
        make.intent("gone", phone=PHONE, status="accepted"),
    )  # fmt: skip
    await house.change(Phone, PHONE, open_prompt="gone", open_until=NOW + DAY)
    await house.text_in("STOP", sid="a")
    await house.text_in("stop!!", sid="b")
    status = {i.id: i.status for i in await house.all(Intent)}
    assert (status["care"], status["chosen"], status["gone"]) == (
        "cancelled", "cancelled", "accepted",
    )  # fmt: skip
    assert await answers(house) == [("stop_confirmed", "stop")]
    assert (await house.one(Phone, PHONE)).open_prompt is None
    ledger = [(c.given, c.how, c.evidence) for c in await house.all(Consent)]
    assert ledger[1:] == [(False, "text", "a"), (False, "text", "b")]


async def test_the_confirmation_leaves_at_any_hour_and_within_five_minutes(house: House) -> None:
    house.time.business = NOW + 14 * HOUR
    await house.text_in("STOP")
    await house.send_all()
    assert len(house.carrier.asked) == 1
    assert house.carrier.asked[0].valid_seconds <= 300


async def test_the_journey_ends_with_a_stop_and_its_confirmation_still_leaves(
    house: House,
) -> None:
    await house.text_in("STOP")
    step = await house.advance()
    assert step.ended
    assert (await house.one(Enrollment, "e1")).state == "opted_out"
    await house.send_all()
    assert len(house.carrier.asked) == 1


async def test_a_doubtful_stop_is_obeyed_and_a_person_reads_it(house: House) -> None:
    await house.text_in("this is harassment")
    assert (await house.all(Consent))[-1].given is False
    task = await house.only(Task)
    assert (task.kind, task.due_at) == ("doubtful_stop", NOW + DAY)


async def test_start_after_stop_gives_consent_again(house: House) -> None:
    await house.text_in("STOP", sid="a")
    await house.text_in("yes", sid="b")
    assert [c.given for c in await house.all(Consent)] == [True, False, True]
    assert set(await answers(house)) == {("stop_confirmed", "stop"), ("start_confirmed", "reply")}


async def sent_templates(house: House) -> list[str]:
    return [i.template for i in await house.all(Intent, status="accepted")]


@pytest.mark.parametrize(
    ("said", "leaves"),
    [
        pytest.param(["STOP"], ["stop_confirmed"], id="a stop alone is confirmed"),
        pytest.param(["STOP", "START"], ["start_confirmed"], id="a start takes the stop back"),
        pytest.param(["STOP", "START", "STOP"], ["stop_confirmed"], id="the last stop counts"),
        pytest.param(
            ["STOP", "START", "STOP", "START"], ["start_confirmed"], id="the last start counts"
        ),
        pytest.param(
            ["Stop texting me. I want to kill myself.", "START"],
            ["crisis", "start_confirmed"],
            id="help asked for with a stop leaves all the same",
        ),
    ],
)
async def test_only_the_newest_word_on_consent_is_confirmed(
    house: House, said: list[str], leaves: list[str]
) -> None:
    for number, words in enumerate(said):
        await house.text_in(words, sid=f"SM{number}")
    # A hold after a cry for help delays what is not urgent, and is not what is asked here.
    await house.change(Enrollment, "e1", held_at=None, hold=None)
    await house.send_all()
    assert sorted(await sent_templates(house)) == leaves
    held_back = await house.all(Intent, status="withheld")
    assert {i.reason for i in held_back} <= {"superseded"}


async def test_a_coordinators_note_of_consent_supersedes_too(house: House) -> None:
    await house.text_in("STOP")
    house.given(consent(how="voice", actor="staff"))
    await house.send_all()
    assert [i.reason for i in await house.all(Intent)] == ["superseded"]


async def test_a_wrong_number_is_never_used_for_that_member_again(house: House) -> None:
    house.given(due())
    await house.text_in("wrong number")
    assert (await house.only(ContactPoint)).status == "wrong_number"
    assert (await house.one(Intent, "i1")).status == "cancelled"
    assert {task.kind for task in await house.all(Task)} == {"wrong_number"}
    await house.send_all()
    assert [text.to for text in house.carrier.asked] == [PHONE]
    house.given(due("i2"))
    await house.send_all()
    assert (await house.one(Intent, "i2")).status == "withheld"
    assert len(house.carrier.asked) == 1, "its holder is told once"


async def test_help_is_answered_to_anybody(house: House) -> None:
    await house.text_in("who is this?")
    assert await answers(house) == [("help", "reply")]
    assert await house.all(Task) == []


async def test_somebody_we_do_not_know_is_told_who_we_are_and_a_person_looks(
    house: House,
) -> None:
    await house.text_in("are you there", phone=STRANGER)
    assert (await house.only(Task)).kind == "unknown_sender"
    await house.send_all()
    assert [text.to for text in house.carrier.asked] == [STRANGER]


async def test_words_to_an_enrollment_that_has_no_journey_reach_a_person(house: House) -> None:
    await house.change(Enrollment, "e1", started_at=None, pharmacy_npi=None)
    await house.text_in("are you there")
    assert (await house.only(Task)).kind == "unknown_sender"


async def test_a_text_belongs_to_the_journey_that_asked(house: House) -> None:
    house.given(
        make.member("m2"), make.contact_point("m2"), make.enrollment("e2", "m2", state="outreach"),
        make.intent("asked", "e2", phone=PHONE, stage="outreach", asks="yes_no"),
    )  # fmt: skip
    await house.change(Phone, PHONE, open_prompt="asked", open_until=NOW + DAY)
    await house.text_in("1")
    text = await house.only(InboundText)
    assert (text.enrollment_id, text.answers) == ("e2", "asked")
    assert (await house.one(Enrollment, "e2")).nudged_at == NOW


async def test_without_an_open_question_it_answers_the_last_one_asked(house: House) -> None:
    house.given(
        make.intent("old", phone=PHONE, asks="bp", accepted_at=NOW - 9 * DAY, sid="s1"),
        make.intent("new", phone=PHONE, asks="bp", accepted_at=NOW - 5 * DAY, sid="s2"),
    )
    await house.text_in("1")
    assert (await house.only(InboundText)).answers == "new"


async def test_a_database_that_asks_for_another_try_gets_it(house: House) -> None:
    tries = []

    class Deadlock(Exception):
        sqlstate = "40P01"

    async def work(session: AsyncSession) -> bool:
        tries.append(1)
        if len(tries) < 3:
            raise DBAPIError("insert", {}, Deadlock())
        kept = await house.receiver.receive(session, Incoming("a", PHONE, "1"))
        return kept.new

    assert await in_transaction(house.transaction, work)
    assert len(tries) == 3
    assert len(await house.all(InboundText)) == 1


async def test_a_carriers_ledger_of_another_phone_says_nothing_of_this_one(house: House) -> None:
    second = "+16145550199"
    house.given(make.phone(second), make.contact_point("m1", second, rank=2), consent(second))
    await house.text_in("STOP", phone=second)
    step = await house.advance()
    assert step.ended, "a stop from one number of a member holds for the member"


async def test_a_wrong_number_leaves_the_rest_of_the_household_its_texts(house: House) -> None:
    house.given(
        make.member("m2"),
        make.contact_point("m2", PHONE),
        make.enrollment("e2", "m2"),
        make.intent("asked", "e1", step="asked", phone=PHONE),
        due("hers", "e1"),
        due("his", "e2"),
    )
    await house.change(Phone, PHONE, open_prompt="asked")
    await house.text_in("wrong number")
    care = await house.all(Intent, purpose="care", status="pending")
    assert [intent.id for intent in care] == ["his"]


async def test_a_stop_ends_a_journey_that_is_on_hold(house: House) -> None:
    await house.change(Enrollment, "e1", held_at=NOW, hold="safety")
    await house.text_in("STOP")
    assert (await house.advance()).ended
    assert (await house.only(Enrollment)).state == "opted_out"
