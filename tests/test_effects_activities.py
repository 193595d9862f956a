"""What stages ask for, carried out on a real database: asked twice, it is there once."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import make
import pytest
import pytest_asyncio
from fakes import PHONE, House, ana, open_house
from make_journeys import DAY, NOW, consent, program

from activities.effects import Scene, carry_out
from domain.effects import (
    CloseTask,
    ConfirmDelivery,
    Effect,
    FinishScreening,
    FoundNeed,
    OpenReferral,
    OpenTask,
    OrderDelivery,
    PrintLetter,
    ProposeSync,
    Record,
    SaveAnswer,
    SaveReading,
    SendNote,
    SendText,
    StartScreening,
)
from domain.outbox import Purpose
from domain.stages import SyncFact
from store import facts, outbox
from store.models import (
    Base,
    Delivery,
    Enrollment,
    InboundText,
    Intent,
    Letter,
    Medication,
    Member,
    Need,
    Note,
    Outcome,
    Reading,
    Referral,
    Screening,
    ScreeningAnswer,
    Task,
)

DUE_ON = NOW.date()
Seen = Callable[[Any], object]


@pytest_asyncio.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    async with open_house(database_url) as opened:
        opened.given(
            *ana(), make.inbound("SM1"),
            make.medication(prescriber_npi="1000000020", last_fill_on=DUE_ON - 9 * DAY),
            make.medication(
                ndc11="2", prescriber_npi="1000000038", part2=True, last_fill_on=DUE_ON
            ),
        )  # fmt: skip
        yield opened


async def carry(house: House, *effects: Effect, heard: str | None = "SM1") -> None:
    async with house.transaction() as session:
        scene = Scene(
            session, await session.get_one(Enrollment, "e1"), await session.get_one(Member, "m1"),
            program(), house.texts, house.time.now(), "coaching", 1.0,
            await session.get_one(InboundText, heard) if heard else None,
        )  # fmt: skip
        for effect in effects:
            await carry_out(scene, effect)


TEXT = SendText("coaching-1", "bp_prompt")
SCREENED = (StartScreening("ahc-hrsn"), FoundNeed("food", "88122-7", "Z59.41"))


@pytest.mark.parametrize(
    ("before", "effect", "table", "seen", "expected", "recorded"),
    [
        pytest.param(
            (), TEXT, Intent,
            lambda i: (i.template, i.purpose, i.asks, i.status, i.expires_at - i.created_at),
            ("bp_prompt", "care", "bp", "pending", 14 * DAY), "text_decided", id="a text",
        ),
        pytest.param(
            (), OpenTask("k", "reading", "pharmacist", timedelta(hours=4), urgent=True), Task,
            lambda t: (t.kind, t.role, t.urgent, t.due_at, t.message_id),
            ("reading", "pharmacist", True, NOW + timedelta(hours=4), "SM1"), "task_opened",
            id="a task with its deadline and the words it is about",
        ),
        pytest.param(
            (), PrintLetter("outreach-4", "introduction"), Letter,
            lambda row: (row.template, row.language, row.large_print, row.spooled_at),
            ("introduction", "en", False, None), "letter_planned", id="a letter",
        ),
        pytest.param(
            (), SendNote(7 * DAY), Note,
            lambda note: (note.prescriber_npi, note.reply_by, note.sent_at),
            ("1000000020", NOW + 7 * DAY, None), "note_planned",
            id="a note, to whoever prescribed last, substance-use medicines aside",
        ),
        pytest.param(
            (), OrderDelivery("99999000101", 30, DUE_ON), Delivery,
            lambda d: (d.ndc11, d.status, d.pharmacy_npi), ("99999000101", "ordered", make.NPI),
            "delivery_ordered", id="an order",
        ),
        pytest.param(
            (), SaveReading("bp", 150, 95, level="same_day", rule="bp-high"), Reading,
            lambda r: (r.systolic, r.diastolic, r.level, r.message_id),
            (150, 95, "same_day", "SM1"), "reading", id="a reading, one a text",
        ),
        pytest.param(
            (), StartScreening("audit-c", 2, "part2"), Screening,
            lambda s: (s.instrument, s.ordinal, s.label, s.channel, s.completed, s.ended_at),
            ("audit-c", 2, "part2", "sms", None, None),
            "screening_started", id="a screening",
        ),
        pytest.param(
            SCREENED[:1], SaveAnswer("ahc-hrsn", "88122-7", ("LA28397-0",)), ScreeningAnswer,
            lambda a: (a.item, a.answers, a.absent, a.channel, a.message_id),
            ("88122-7", ["LA28397-0"], None, "sms", "SM1"), None,
            id="an answer",
        ),
        pytest.param(
            SCREENED[:1], FinishScreening("ahc-hrsn", True, 1, 5, "mild", False), Screening,
            lambda s: (s.completed, s.ended_at, s.total, s.band, s.positive),
            (True, NOW, 5, "mild", False), "screening_ended",
            id="a screening's end",
        ),
        pytest.param(
            (), FoundNeed("food", "88122-7", "Z59.41"), Need,
            lambda n: (n.domain, n.z_code, n.confirmed_at), ("food", "Z59.41", None), "need_found",
            id="a need, unconfirmed",
        ),
        pytest.param(
            SCREENED, OpenReferral("food"), Referral, lambda r: r.status, "requested",
            "referral_requested", id="a referral",
        ),
    ],
)  # fmt: skip
async def test_what_is_asked_for_twice_is_there_once(
    house: House, before: tuple[Effect, ...], effect: Effect, table: type[Base], seen: Seen,
    expected: object, recorded: str | None,
) -> None:  # fmt: skip
    await carry(house, *before)
    await carry(house, effect, effect)
    await carry(house, effect)
    assert seen(await house.only(table)) == expected
    if recorded:
        assert recorded in {outcome.kind for outcome in await house.all(Outcome)}


async def test_a_second_attempt_of_a_step_is_a_text_of_its_own(house: House) -> None:
    await carry(house, TEXT, SendText("coaching-1", "bp_prompt", attempt=2))
    assert sorted(intent.attempt for intent in await house.all(Intent)) == [1, 2]


@pytest.mark.parametrize(
    ("heard", "phone"),
    [
        pytest.param("SM1", PHONE, id="an answer goes to the phone that asked"),
        pytest.param(None, None, id="a text of ours to whichever number the gate finds"),
    ],
)
async def test_which_phone_a_text_goes_to(
    house: House, heard: str | None, phone: str | None
) -> None:
    await carry(house, SendText("x", "reading_thanks", Purpose.REPLY), heard=heard)
    assert (await house.only(Intent)).phone == phone


async def test_the_newest_answer_to_an_item_stands(house: House) -> None:
    await carry(
        house,
        SCREENED[0],
        SaveAnswer("ahc-hrsn", "88122-7", ()),
        SaveAnswer("ahc-hrsn", "88122-7", ("LA9-3",)),
    )
    assert (await house.only(ScreeningAnswer)).answers == ["LA9-3"]


async def test_a_confirmation_is_of_what_was_brought(house: House) -> None:
    house.given(
        make.delivery(status="delivered", due_on=DUE_ON),
        make.delivery(status="out", ndc11="2", due_on=DUE_ON),
        make.delivery(status="delivered", ndc11="3", due_on=DUE_ON - 30 * DAY),
    )
    await carry(house, ConfirmDelivery("received", (f"99999000101/{DUE_ON}", f"2/{DUE_ON}")))
    said = {d.ndc11: d.confirmed for d in await house.all(Delivery)}
    assert said == {"99999000101": "received", "2": None, "3": None}


async def test_a_reading_is_never_saved_without_the_text_that_brought_it(house: House) -> None:
    with pytest.raises(ValueError, match="the text that brought it"):
        await carry(house, SaveReading("bp", 150, 95), heard=None)


async def test_a_text_may_bring_several_readings(house: House) -> None:
    for _ in range(2):
        await carry(house, SaveReading("bp", 150, 95))
        await carry(house, SaveReading("glucose", mg_dl=48, place=2))
    kept = {(row.kind, row.systolic, row.mg_dl) for row in await house.all(Reading)}
    assert kept == {("bp", 150, None), ("glucose", None, 48)}


async def test_an_outcome_carries_the_programs_version(house: House) -> None:
    await carry(house, Record("check_in", "member's answer", {"said": "good"}))
    outcome = await house.only(Outcome)
    assert (outcome.program_version, outcome.actor, outcome.detail) == (
        "1", "journey", {"said": "good"},
    )  # fmt: skip


async def test_what_the_member_says_did_not_come_is_no_supply(house: House) -> None:
    house.given(make.delivery(status="delivered", due_on=DUE_ON))
    before = {m.ndc11: m.runs_out_on for m in await house.all(Medication)}
    await carry(house, ConfirmDelivery("not_received", (f"99999000101/{DUE_ON}",)))
    after = {m.ndc11: m.runs_out_on for m in await house.all(Medication)}
    assert after == {**before, "99999000101": before["99999000101"] - 30 * DAY}


SECOND = SendText("outreach-3", "welcome", other_number=True)


async def invited(house: House, *phones: str, given: bool = True) -> tuple[str | None, ...]:
    """To which phones the second number's rung goes; the member has these beside the first."""
    for rank, number in enumerate(phones, 2):
        house.given(
            make.phone(number), make.contact_point(number=number, rank=rank),
            consent(number, given=given),
        )  # fmt: skip
    house.given(make.intent("i1", stage="outreach", step="outreach-1", template="welcome"))
    await carry(house, SECOND, heard=None)
    return tuple(i.phone for i in await house.all(Intent) if i.step == SECOND.step)


@pytest.mark.parametrize(
    ("phones", "given", "gone_to"),
    [
        pytest.param((), True, (), id="there is none"),
        pytest.param(("+16145550188",), True, ("+16145550188",), id="one that consents"),
        pytest.param(("+16145550188",), False, (), id="one that does not"),
        pytest.param(
            ("+16145550188", "+16145550189"), True, ("+16145550188",), id="the better of two"
        ),
    ],
)
async def test_the_second_number_is_one_that_no_invitation_went_to(
    house: House, phones: tuple[str, ...], given: bool, gone_to: tuple[str, ...]
) -> None:
    assert await invited(house, *phones, given=given) == gone_to


async def test_a_stop_from_the_first_number_calls_off_what_waits_for_the_second(
    house: House,
) -> None:
    await invited(house, "+16145550188")
    await house.text_in("STOP")
    waiting = [i for i in await house.all(Intent) if i.step == SECOND.step]
    assert [i.status for i in waiting] == ["cancelled"]


async def test_a_task_nobody_need_do_is_closed_and_a_closed_one_stays_as_it_is(
    house: House,
) -> None:
    house.given(
        make.task(key="outreach-call", kind="outreach_call"),
        make.task(
            key="outreach-counter", kind="outreach_counter", done_at=NOW, resolution="not_reached"
        ),
    )
    keys = ("outreach-call", "outreach-counter", "outreach-none")
    await carry(house, *(CloseTask(key, "overtaken") for key in keys))
    tasks = {task.key: task.resolution for task in await house.all(Task)}
    assert tasks == {"outreach-call": "overtaken", "outreach-counter": "not_reached"}


async def test_a_text_to_the_second_number_goes_there_again_when_it_is_sent_anew(
    house: House,
) -> None:
    await invited(house, "+16145550188")
    async with house.transaction() as session:
        (lost,) = [i for i in await house.all(Intent) if i.step == SECOND.step]
        assert await outbox.intend_again(session, lost, NOW + DAY)
    anew = [i for i in await house.all(Intent) if i.step == SECOND.step]
    assert [i.phone for i in anew] == ["+16145550188"] * 2


async def test_one_date_a_month_is_proposed_once_and_known_to_the_next_step(house: House) -> None:
    first = ProposeSync(DUE_ON, ((f"99999000101/{DUE_ON}", 14),))
    await carry(house, first, ProposeSync(DUE_ON + DAY, ()))
    async with house.transaction() as session:
        enrollment = await session.get_one(Enrollment, "e1")
        known = await facts.load(session, enrollment, 30 * DAY, NOW)
    assert known.sync == SyncFact("proposed", DUE_ON, first.fills)
