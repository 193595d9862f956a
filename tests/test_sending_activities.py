"""The sending lane on a real database: each intent leaves once, one at a time for a phone."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import make
import pytest
import pytest_asyncio
from fakes import (
    ACCEPT_THEN_LOSE,
    HANG,
    LOSE,
    NOT_REACHED,
    PHONE,
    STATUS_URL,
    FakeCarrier,
    House,
    ana,
    open_house,
)
from make_journeys import DAY, HOUR, NOW, action, consent, due

from activities.door import LEASE
from activities.sending import SendingActivities
from activities.sent import take_receipt
from store.gate import lock_phones
from store.models import (
    Base,
    Consent,
    ContactPoint,
    Enrollment,
    GateDecision,
    Intent,
    Outcome,
    Phone,
    Task,
)


def household() -> Sequence[Base]:
    """A second member in a journey of his own, on the same phone."""
    return (
        make.member("m2", first_name="Luis"),
        make.contact_point("m2"),
        make.enrollment("e2", "m2"),
    )


@pytest_asyncio.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    async with open_house(database_url) as opened:
        opened.given(*ana())
        yield opened


async def decisions(house: House) -> list[tuple[str, str]]:
    return [(each.verdict, each.reason) for each in await house.all(GateDecision)]


async def test_a_due_text_leaves_once_and_its_question_is_open_on_the_phone(house: House) -> None:
    house.given(due())
    await house.send_all()
    (text,) = house.carrier.asked
    assert text.to == PHONE
    assert text.body.startswith("Corner Pharmacy")
    assert text.status_url == f"{STATUS_URL}/i1"
    intent = await house.one(Intent, "i1")
    assert (intent.status, intent.sid, intent.tries) == ("accepted", house.carrier.taken[0].sid, 1)
    assert (intent.accepted_at, intent.lease_until) == (NOW, None)
    phone = await house.one(Phone, PHONE)
    assert (phone.open_prompt, phone.open_until) == ("i1", NOW + 3 * DAY)
    assert await decisions(house) == [("send", "clear")]


async def test_it_may_be_accepted_until_the_legal_window_closes(house: House) -> None:
    house.given(due())
    await house.send_all()
    closes = make.NOW.replace(hour=0, minute=55) + DAY
    assert house.carrier.asked[0].valid_seconds == (closes - NOW).total_seconds()


async def test_what_is_not_due_waits(house: House) -> None:
    house.given(due(due_at=NOW + HOUR))
    await house.send_all()
    assert house.carrier.asked == []


async def test_replies_go_before_campaigns(house: House) -> None:
    house.given(
        *household(),
        due("campaign", priority=70, asks=None),
        due("reply", purpose="reply", priority=20, asks=None, template="reading_thanks"),
    )
    await house.sending.send_one()
    assert (await house.one(Intent, "reply")).status == "accepted"
    assert (await house.one(Intent, "campaign")).status == "pending"


async def test_two_senders_at_once_never_send_one_intent_twice(house: House) -> None:
    house.given(due())
    senders = [house.sender() for _ in range(6)]
    await asyncio.gather(*(sender.send_one() for sender in senders))
    await house.send_all()
    assert len(house.carrier.asked) == 1


async def test_one_text_at_a_time_is_on_its_way_to_a_phone(house: House) -> None:
    house.given(
        *household(),
        *(
            due(f"i{n}", enrollment_id=f"e{1 + n % 2}", purpose="reply", asks=None)
            for n in range(6)
        ),
    )
    for _ in range(12):
        await asyncio.gather(*(house.sender().send_one() for _ in range(4)))
        house.time.pass_by(timedelta(minutes=1))
    assert len(house.carrier.taken) == 6
    assert house.carrier.most_in_flight == 1


async def test_while_somebody_else_has_the_phone_its_text_waits(house: House) -> None:
    house.given(due())
    async with house.transaction() as session:
        assert await lock_phones(session, [PHONE])
        assert await house.sending.send_one()
        assert house.carrier.asked == []
    waiting = await house.one(Intent, "i1")
    assert (waiting.status, waiting.tries) == ("pending", 0)
    assert NOW < waiting.due_at <= NOW + timedelta(minutes=1)


async def test_a_text_of_unknown_fate_keeps_the_phone(house: House) -> None:
    house.given(
        due("i1", purpose="reply", asks=None, priority=1),
        due("i2", purpose="reply", asks=None, priority=2),
    )
    house.carrier.moods.append(LOSE)
    await house.send_all()
    assert (await house.one(Intent, "i1")).status == "unknown"
    waiting = await house.one(Intent, "i2")
    assert waiting.status == "pending"
    assert waiting.due_at > NOW


@pytest.mark.parametrize(
    ("mood", "status", "asked_again"),
    [
        pytest.param(NOT_REACHED, "pending", True, id="nothing was written: tried again"),
        pytest.param(LOSE, "unknown", False, id="no answer: never tried again by itself"),
        pytest.param(ACCEPT_THEN_LOSE, "unknown", False, id="taken, and the answer lost: nor this"),
        pytest.param(20429, "pending", True, id="too many requests: tried again"),
        pytest.param(30001, "pending", True, id="a full queue: tried again"),
    ],
)
async def test_what_may_be_tried_again(
    house: House, mood: str | int, status: str, asked_again: bool
) -> None:
    house.given(due())
    house.carrier.moods.append(mood)
    await house.send_all()
    assert (await house.one(Intent, "i1")).status == status
    house.time.pass_by(timedelta(minutes=3))
    await house.send_all()
    assert (len(house.carrier.asked) > 1) is asked_again


@pytest.mark.parametrize(
    ("code", "status", "reason"),
    [
        pytest.param(21610, "failed", "consent_gone", id="the carrier holds a stop"),
        pytest.param(30006, "failed", "bad_number", id="a landline"),
        pytest.param(21211, "failed", "bad_number", id="no such number"),
        pytest.param(30003, "failed", "maybe_later", id="a handset switched off, said at once"),
        pytest.param(30034, "pending", "blocked", id="our registration: members do not fail by it"),
        pytest.param(30022, "pending", "capacity", id="our rate"),
        pytest.param(29999, "failed", "unknown", id="a code nobody knows"),
    ],
)
async def test_what_a_refusal_does_to_the_text(
    house: House, code: int, status: str, reason: str
) -> None:
    house.given(due())
    house.carrier.moods.append(code)
    await house.send_all()
    intent = await house.one(Intent, "i1")
    assert (intent.status, intent.reason, intent.error_code) == (status, reason, code)
    assert intent.sid is None
    nudged = (await house.one(Enrollment, "e1")).nudged_at is not None
    assert nudged is (status == "failed")


async def test_a_refused_consent_is_written_into_the_ledger(house: House) -> None:
    house.given(due(), due("i2", due_at=NOW + HOUR))
    house.carrier.moods.append(21610)
    await house.send_all()
    newest = (await house.all(Consent))[-1]
    assert (newest.given, newest.actor, newest.evidence) == (False, "carrier", "i1")
    waiting = await house.one(Intent, "i2")
    assert (waiting.status, waiting.reason) == ("cancelled", "revoked")
    opted_out = await house.only(Outcome, kind="opted_out")
    assert (opted_out.actor, opted_out.rule) == ("carrier", "carrier")


@pytest.mark.parametrize(
    ("code", "status"),
    [
        pytest.param(30006, "landline", id="a landline"),
        pytest.param(30005, "unreachable", id="a dead handset"),
    ],
)
async def test_a_dead_number_is_dead_for_everybody(house: House, code: int, status: str) -> None:
    house.given(*household(), due(), due("i2", "e2", due_at=NOW + HOUR))
    house.carrier.moods.append(code)
    await house.send_all()
    assert {point.status for point in await house.all(ContactPoint)} == {status}
    house.time.pass_by(HOUR)
    await house.send_all()
    assert (await house.one(Intent, "i2")).status == "withheld"
    assert len(house.carrier.asked) == 1


async def test_an_unknown_refusal_is_a_persons_task(house: House) -> None:
    house.given(due())
    house.carrier.moods.append(29999)
    await house.send_all()
    task = await house.only(Task)
    assert (task.kind, task.detail) == ("text_refused", {"code": "29999"})
    assert len(await house.all(Intent)) == 1


async def test_a_stop_between_the_decision_and_the_door_withholds_the_text(house: House) -> None:
    house.given(due())
    await house.text_in("STOP")
    house.given(due("slipped", step="late", phone=PHONE))
    await house.send_all()
    assert (await house.one(Intent, "i1")).status == "cancelled"
    slipped = await house.one(Intent, "slipped")
    assert (slipped.status, slipped.reason) == ("withheld", "opted_out")
    assert [text.body for text in house.carrier.asked if "opt" not in text.body.lower()] == []


@pytest.mark.parametrize("kind", ["hold", "take_over", "stop"])
async def test_what_staff_asked_closes_the_gate_before_the_journey_obeys(
    house: House, kind: str
) -> None:
    house.given(due(), action(kind))
    await house.send_all()
    intent = await house.one(Intent, "i1")
    assert (intent.status, intent.reason) == ("pending", "held")
    assert house.carrier.asked == []


async def test_the_same_delay_is_written_down_once(house: House) -> None:
    house.given(due(), action("hold"))
    for _ in range(3):
        await house.send_all()
        house.time.pass_by(HOUR)
    assert await decisions(house) == [("later", "held")]


async def test_a_lease_that_has_run_out_puts_the_text_back(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.given(due())
    sender = house.sender()
    take = sender._take

    async def paused() -> object:
        taken = await take()
        house.time.watch += LEASE
        return taken

    monkeypatch.setattr(sender, "_take", paused)
    assert await sender.send_one()
    assert house.carrier.asked == []
    intent = await house.one(Intent, "i1")
    assert (intent.status, intent.lease_until) == ("pending", None)
    await house.send_all()
    assert len(house.carrier.taken) == 1


async def test_a_text_whose_window_closed_meanwhile_is_put_back(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.given(due())
    sender = house.sender()
    take = sender._take

    async def paused() -> object:
        taken = await take()
        house.time.business += 12 * HOUR
        return taken

    monkeypatch.setattr(sender, "_take", paused)
    await sender.send_one()
    await house.send_all()
    assert house.carrier.asked == []
    intent = await house.one(Intent, "i1")
    assert (intent.status, intent.reason) == ("pending", "quiet_hours")


async def test_a_receipt_before_the_carriers_answer_settles_it(house: House) -> None:
    house.given(due())
    house.carrier.moods.append(HANG)
    sending = asyncio.create_task(house.sending.send_one())
    await house.carrier.writing.wait()
    async with house.transaction() as session:
        await take_receipt(session, "i1", f"SM{0:032d}", "delivered", None, NOW)
    house.carrier.go_on.set()
    await sending
    intent = await house.one(Intent, "i1")
    assert (intent.status, intent.carrier_status) == ("accepted", "delivered")
    assert intent.sid == house.carrier.taken[0].sid


async def test_what_nobody_may_say_is_withheld_and_a_person_looks(house: House) -> None:
    house.given(due(template="welcome", facts={"first_name": "about your insulin"}))
    await house.send_all()
    intent = await house.one(Intent, "i1")
    assert (intent.status, intent.reason) == ("withheld", "bad_content")
    assert (await house.only(Task)).kind == "text_withheld"


async def test_without_wording_in_the_members_language_a_person_speaks(house: House) -> None:
    house.given(due(language="vi"))
    await house.send_all()
    assert (await house.one(Intent, "i1")).reason == "no_template"
    task = await house.only(Task)
    assert task.detail == {"reason": "no_template", "language": "vi"}


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param({"template": "never_approved"}, id="a template nobody approved"),
        pytest.param({"template": "screening_question"}, id="a template whose facts are missing"),
    ],
)
async def test_one_broken_text_never_keeps_others_from_leaving(
    house: House, broken: dict[str, str]
) -> None:
    house.given(*household(), due("bad", priority=0, asks=None, **broken), due("good", "e2"))
    await house.send_all()
    assert (await house.one(Intent, "good")).status == "accepted"
    bad = await house.one(Intent, "bad")
    assert (bad.status, bad.reason) == ("withheld", "bad_content")
    assert (await house.only(Task)).kind == "text_withheld"


async def test_while_sending_is_switched_off_what_is_due_stays_due(house: House) -> None:
    house.given(due())
    off = SendingActivities(house.transaction, house.gate, None, STATUS_URL, house.time)
    assert not await off.send_one()
    assert (await house.one(Intent, "i1")).status == "pending"


async def test_the_members_first_number_that_consents_is_used(house: House) -> None:
    second = "+16145550199"
    house.given(
        make.phone(second), make.contact_point("m1", second, rank=2), consent(second),
        consent(given=False, how="text", actor="member"), due(),
    )  # fmt: skip
    await house.send_all()
    assert [text.to for text in house.carrier.asked] == [second]


async def test_a_lane_that_fails_ends_soon_so_that_it_is_begun_anew(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken(FakeCarrier):
        async def send(self, text: object) -> object:  # type: ignore[override]
            raise RuntimeError("a fault nobody foresaw")

    house.given(due())
    lane = SendingActivities(house.transaction, house.gate, Broken(), STATUS_URL, house.time)
    monkeypatch.setattr("activities.sending.activity.heartbeat", lambda: None)
    with pytest.raises(RuntimeError, match="foresaw"):
        await asyncio.wait_for(lane.send_due(None), 20)  # type: ignore[arg-type]
    assert (await house.one(Intent, "i1")).status == "sending", (
        "its lease runs out, then it settles"
    )
