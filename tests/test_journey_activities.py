"""One step of a journey on a real database: what is heard, what is done, and done once."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date, timedelta

import make
import pytest
import pytest_asyncio
from fakes import PHONE, House, ana, open_house
from make_journeys import DAY, HOUR, NOW, done, due
from sqlalchemy import Connection, text

from domain.instruments import Instrument
from runtime import programs
from store.models import (
    Delivery,
    Enrollment,
    InboundText,
    Intent,
    Letter,
    Member,
    Note,
    Outcome,
    Phone,
    Reading,
    Referral,
    Screening,
    ScreeningAnswer,
    Stage,
    Task,
)

INSTRUMENT: Instrument = programs.instruments()["ahc-hrsn"]
FRESH = {"state": "identified", "reached_at": None, "created_at": NOW}


@pytest_asyncio.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    async with open_house(database_url) as opened:
        yield opened


async def templates(house: House, status: str = "pending") -> list[str]:
    return sorted(intent.template for intent in await house.all(Intent, status=status))


async def talk(house: House, *bodies: str) -> None:
    """Whatever is due leaves, a text comes back, the journey hears it."""
    for place, body in enumerate(bodies):
        await house.send_all()
        await house.text_in(body, sid=f"SM{house.time.now().timestamp()}-{place}")
        await house.advance()
        house.time.pass_by(timedelta(minutes=3))


async def test_a_new_journey_decides_its_first_text_and_says_when_to_come_back(
    house: House,
) -> None:
    house.given(*ana(**FRESH))
    step = await house.advance()
    assert await templates(house) == ["welcome"]
    assert not step.ended
    assert step.wait_seconds == pytest.approx(2 * DAY.total_seconds())
    assert (await house.one(Enrollment, "e1")).state == "outreach"
    stage = await house.one(Stage, ("e1", "outreach"))
    assert (stage.state["rung"], stage.why, stage.due_at) == (
        1,
        "outreach_next_rung",
        NOW + 2 * DAY,
    )


async def test_a_step_done_again_or_twice_at_once_decides_nothing_new(house: House) -> None:
    house.given(*ana(**FRESH))
    await asyncio.gather(*(house.advance() for _ in range(4)))
    await house.advance()
    assert await templates(house) == ["welcome"]
    assert [o.kind for o in await house.all(Outcome)].count("outreach_attempt") == 1


async def test_a_step_cut_off_leaves_nothing_behind(house: House, connection: Connection) -> None:
    house.given(*ana(**FRESH))
    connection.execute(text("alter table outcomes rename to elsewhere"))
    with pytest.raises(Exception, match="outcomes"):
        await house.advance()
    connection.execute(text("alter table elsewhere rename to outcomes"))
    assert await house.all(Intent) == []
    assert await house.all(Stage) == []
    await house.advance()
    assert await templates(house) == ["welcome"]


async def test_a_yes_reaches_the_member_and_every_stage_begins(house: House) -> None:
    house.given(*ana(**FRESH))
    await house.advance()
    await talk(house, "yes")
    enrollment = await house.one(Enrollment, "e1")
    assert (enrollment.state, enrollment.reached_at) == ("active", NOW)
    assert await templates(house) == ["screening_intro"]
    assert {stage.name for stage in await house.all(Stage)} == {
        "outreach", "screening", "rescreening", "coaching", "delivery", "needs", "coordination",
    }  # fmt: skip
    assert (await house.one(Phone, PHONE)).open_prompt is None


async def test_a_no_ends_the_journey(house: House) -> None:
    house.given(*ana(**FRESH))
    await house.advance()
    await talk(house, "no")
    assert (await house.one(Enrollment, "e1")).state == "declined"


async def test_a_screening_by_text_is_kept_answer_by_answer(house: House) -> None:
    house.given(*ana(), *done())
    await house.advance()
    await talk(house, "1", "3", "8", "3", "3", "2", "2", "1")
    screening, shared = await house.all(Screening)
    assert (screening.completed, screening.instrument) == (True, "ahc-hrsn")
    assert (shared.completed, shared.instrument, shared.positive) == (
        True, "hunger-vital-sign", False,
    )  # fmt: skip
    kept = await house.all(ScreeningAnswer, screening_id=screening.id)
    assert [row.item for row in kept] == [item.code for item in INSTRUMENT.items]
    assert kept[0].answers == ["LA31995-6"]
    assert (await house.only(Referral)).status == "requested"
    assert [task.kind for task in await house.all(Task)] == ["referral"]
    assert (await house.one(Stage, ("e1", "screening"))).done == "completed"


async def test_an_answer_sent_twice_never_answers_a_question_that_was_not_read(
    house: House,
) -> None:
    house.given(*ana(), *done())
    await house.advance()
    await house.send_all()
    for n in range(2):
        await house.text_in("1", sid=f"SM{n}")
    await house.advance()
    assert await house.all(ScreeningAnswer) == []
    assert [t.understood for t in await house.all(InboundText)] == [True, False]
    assert [task.kind for task in await house.all(Task)] == ["unclear_reply"]


async def test_a_reading_counts_though_another_question_is_open(house: House) -> None:
    house.given(*ana(), *done())
    await house.advance()
    await talk(house, "1", "200/130")
    assert (await house.only(Reading)).systolic == 200
    assert [task.kind for task in await house.all(Task)] == ["reading"]
    assert (await house.one(Stage, ("e1", "screening"))).state["misread"] == 0


async def test_a_reading_beside_a_cry_for_help_is_kept_and_not_answered(house: House) -> None:
    house.given(*ana(), *done(screening="completed"))
    await house.text_in("my chest hurts and my pressure is 200/130")
    await house.advance()
    assert (await house.only(Reading)).systolic == 200
    kinds = sorted(task.kind for task in await house.all(Task))
    assert kinds == ["danger_emergency", "reading"]
    assert await templates(house) == ["emergency"]
    assert (await house.one(Stage, ("e1", "coaching"))).state["readings"] == 1


async def test_a_number_beside_a_cry_for_help_is_not_taken_for_a_reading(house: House) -> None:
    house.given(*ana(), *done(screening="completed"))
    await house.text_in("I took 90 sleeping pills")
    await house.advance()
    assert await house.all(Reading) == []


async def test_free_words_reach_a_person_and_are_acknowledged_once_a_day(house: House) -> None:
    house.given(*ana(), *done(screening="completed"))
    for hours in (0, 1, 23, 25):
        house.time.business = NOW + hours * HOUR
        await house.text_in("can I take it with food?", sid=f"SM{hours}")
        await house.advance()
    tasks = await house.all(Task, kind="unclear_reply")
    assert len(tasks) == 4
    assert tasks[0].due_at == NOW + DAY
    acks = await house.all(Intent, template="unclear_ack")
    assert sorted(ack.created_at for ack in acks) == [NOW, NOW + 25 * HOUR]


async def test_words_during_a_hold_reach_a_person_and_move_nothing(house: House) -> None:
    house.given(*ana(held_at=NOW, hold="hold"), *done(screening="completed"))
    await house.text_in("120/80")
    step = await house.advance()
    assert step.wait_seconds is None
    assert await house.all(Reading) == []
    assert [task.kind for task in await house.all(Task)] == ["unclear_reply"]
    assert await templates(house) == []


@pytest.mark.parametrize(
    ("member", "state"),
    [
        pytest.param({"death_date": date(2026, 3, 1)}, "deceased", id="the member has died"),
        pytest.param(
            {"coverage_end": date(2026, 2, 1)}, "disenrolled", id="coverage ended a month ago"
        ),
        pytest.param({"coverage_end": date(2026, 2, 20)}, "active", id="it may still come back"),
        pytest.param({"death_date": date(2026, 3, 9)}, "active", id="a death not yet true"),
    ],
)
async def test_what_claims_say_of_a_member_ends_a_journey(
    house: House, member: dict[str, date], state: str
) -> None:
    house.given(*ana(), *done(screening="completed"), due())
    for name, value in member.items():
        await house.change(Member, "m1", **{name: value})
    step = await house.advance()
    enrollment = await house.one(Enrollment, "e1")
    assert (enrollment.state, step.ended) == (state, state != "active")
    assert (await house.one(Intent, "i1")).status == ("cancelled" if step.ended else "pending")


async def test_an_end_cancels_what_waits_but_no_answer_to_danger(house: House) -> None:
    house.given(
        *ana(), *done(), due("care"), due("reply", purpose="reply"), due("help", purpose="safety")
    )
    await house.change(Member, "m1", death_date=NOW.date())
    await house.advance()
    assert {i.id: i.status for i in await house.all(Intent)} == {
        "care": "cancelled", "reply": "cancelled", "help": "pending",
    }  # fmt: skip
    await house.send_all()
    assert house.carrier.asked == []


async def test_a_journey_graduates_on_its_last_day(house: House) -> None:
    house.given(
        *ana(reached_at=NOW - 90 * DAY),
        *done(screening="completed", coaching="completed", coordination="answered"),
    )
    assert (await house.advance()).ended
    assert (await house.one(Enrollment, "e1")).state == "graduated"


async def test_a_refill_is_ordered_once(house: House) -> None:
    house.given(*ana(), *done(screening="declined"), make.medication())
    await house.advance()
    await talk(house, "1", "1")
    order = await house.only(Delivery)
    assert (order.status, order.ndc11, order.days_supply) == ("ordered", "99999000101", 30)
    assert "delivery_ordered" in [i.template for i in await house.all(Intent)]


async def test_a_letter_and_a_note_are_errands_until_they_are_done(house: House) -> None:
    house.given(
        *ana(reached_at=NOW - 30 * DAY), *done(screening="declined"), make.medication(),
        make.letter(spooled_at=None),
    )  # fmt: skip
    step = await house.advance()
    assert [errand.kind for errand in step.errands] == ["letter", "note"]
    assert (await house.advance()).errands == step.errands
    await house.change(Letter, "l1", problem="MissingTranslation")
    await house.change(Note, step.errands[1].id, sent_at=NOW, status="sent")
    assert (await house.advance()).errands == []


async def test_every_outcome_names_its_rule_and_holds_codes_only(house: House) -> None:
    house.given(*ana(**FRESH))
    await house.advance()
    await talk(house, "yes please call me, I am Ana")
    for outcome in await house.all(Outcome):
        assert outcome.rule
        assert outcome.actor in ("journey", "member")
        assert "Ana" not in str(outcome.detail)
        assert PHONE not in str(outcome.detail)
