"""What the gate is told about a text: its phone, its zones, its cover, and what others sent."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime, timedelta

import make
import pytest
import pytest_asyncio
from fakes import PHONE, STATUS_URL, House, ana, open_house
from make_journeys import DAY, HOUR, MEDICAID, NOW, consent, due, unknown

from activities.sending import SendingActivities
from domain.clock import Clock
from domain.gate import Later, Never, Reason, Send, Verdict
from store.gate import phones_of
from store.models import ContactPoint, Intent, Member, Phone

HONOLULU = "+18085550134"


@pytest_asyncio.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    async with open_house(database_url) as opened:
        opened.given(*ana())
        yield opened


async def verdict(house: House, id: str = "i1", at: datetime = NOW) -> Verdict:
    async with house.transaction() as session:
        intent = await session.get_one(Intent, id)
        number = (await phones_of(session, [intent])).get(id)
        phone = await session.get(Phone, number) if number else None
        stands = await house.gate.look(session, [(intent, phone)], at)
        found, _ = await house.gate.ask(session, intent, phone, stands[id], at)
        assert found is not None
        return found


async def reason(house: House, id: str = "i1", at: datetime = NOW) -> Reason:
    return (await verdict(house, id, at)).reason


async def test_caps_are_the_phones_over_every_journey(house: House) -> None:
    house.given(
        make.member("m2"), make.contact_point("m2"), make.enrollment("e2", "m2", program=MEDICAID),
        make.intent("other", "e2", phone=PHONE, accepted_at=NOW - HOUR), due(),
    )  # fmt: skip
    assert await reason(house) is Reason.DAY_CAP


async def test_answers_do_not_count_towards_the_caps(house: House) -> None:
    house.given(make.intent("x", phone=PHONE, purpose="reply", accepted_at=NOW - HOUR), due())
    assert await reason(house) is Reason.CLEAR


@pytest.mark.parametrize(
    ("asked_by", "expected"),
    [
        pytest.param({"enrollment_id": "e1", "stage": "coaching"}, Reason.CLEAR, id="one's own"),
        pytest.param(
            {"enrollment_id": "e1", "stage": "delivery"}, Reason.OPEN_PROMPT, id="another stage's"
        ),
        pytest.param(
            {"enrollment_id": "e2", "stage": "coaching"}, Reason.OPEN_PROMPT,
            id="another member's of the household",
        ),
    ],
)  # fmt: skip
async def test_whose_open_question_is_waited_for(
    house: House, asked_by: dict[str, str], expected: Reason
) -> None:
    house.given(
        make.member("m2"), make.contact_point("m2"), make.enrollment("e2", "m2"),
        make.intent("q", phone=PHONE, accepted_at=NOW - 2 * DAY, **asked_by), due(),
    )  # fmt: skip
    await house.change(Phone, PHONE, open_prompt="q", open_until=NOW + DAY)
    assert await reason(house) is expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param([{"texts": False}], Reason.UNSAFE, id="no texts"),
        pytest.param([{"phone": HONOLULU}], Reason.UNSAFE, id="another number is the safe one"),
        pytest.param([{"phone": PHONE}], Reason.CLEAR, id="this number is the safe one"),
        pytest.param([{"opens": 17, "closes": 20}], Reason.SAFE_HOURS, id="only in the evening"),
        pytest.param([{"texts": False}, {}], Reason.CLEAR, id="the newest word counts"),
    ],
)
async def test_how_the_member_may_safely_be_reached_holds_at_the_gate(
    house: House, said: list[dict[str, object]], expected: Reason
) -> None:
    house.given(*(make.safe_contact(**each) for each in said), due(phone=PHONE))
    assert await reason(house) is expected


async def test_the_safe_number_is_chosen_before_the_first(house: House) -> None:
    house.given(
        make.phone(HONOLULU), make.contact_point("m1", HONOLULU, rank=9), consent(HONOLULU),
        make.safe_contact(phone=HONOLULU), due(),
    )  # fmt: skip
    async with house.transaction() as session:
        intent = await session.get_one(Intent, "i1")
        assert await phones_of(session, [intent]) == {"i1": HONOLULU}


async def test_the_numbers_zone_counts_beside_the_addresss(house: House) -> None:
    house.given(make.phone(HONOLULU), make.contact_point("m1", HONOLULU, rank=0),
                consent(HONOLULU), due())  # fmt: skip
    late = await verdict(house)
    assert isinstance(late, Later)
    assert late.reason is Reason.QUIET_HOURS
    assert late.at == NOW.replace(hour=19), "nine in the morning in Honolulu"


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        pytest.param(None, Reason.CLEAR, id="no end is known"),
        pytest.param(date(2026, 2, 2), Reason.CLEAR, id="within the thirty days of grace"),
        pytest.param(date(2026, 2, 1), Reason.NOT_COVERED, id="the day after"),
    ],
)
async def test_how_long_coverage_is_waited_for(
    house: House, ends: date | None, expected: Reason
) -> None:
    house.given(due())
    await house.change(Member, "m1", coverage_end=ends)
    assert await reason(house) is expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param({"program": MEDICAID}, Reason.CLEAR, id="a stop to another program"),
        pytest.param({"program": "medicare-cardiometabolic"}, Reason.OPTED_OUT, id="to this one"),
        pytest.param({}, Reason.OPTED_OUT, id="to everything"),
    ],
)
async def test_the_newest_line_of_the_ledger_that_covers_the_program_counts(
    house: House, line: dict[str, str], expected: Reason
) -> None:
    house.given(consent(given=False, **line), due(phone=PHONE))
    assert await reason(house) is expected


@pytest.mark.parametrize(
    ("status", "of", "expected"),
    [
        pytest.param("landline", "m2", Reason.BAD_NUMBER, id="a landline is one for everybody"),
        pytest.param("unreachable", "m2", Reason.BAD_NUMBER, id="so is a dead number"),
        pytest.param("wrong_number", "m2", Reason.CLEAR, id="a wrong number for its member alone"),
        pytest.param("wrong_number", "m1", Reason.BAD_NUMBER, id="and for that one it is"),
    ],
)
async def test_for_whom_a_number_is_no_good(
    house: House, status: str, of: str, expected: Reason
) -> None:
    house.given(make.member("m2"), make.contact_point("m2"), due(phone=PHONE))
    (point,) = await house.all(ContactPoint, member_id=of)
    await house.change(ContactPoint, point.id, status=status)
    assert await reason(house) is expected


async def test_a_stranger_is_answered_once_though_no_ledger_knows_them(house: House) -> None:
    house.given(
        make.phone(HONOLULU),
        due("answer", None, phone=HONOLULU, purpose="reply", template="help", asks=None),
        due("campaign", None, phone=HONOLULU, template="help", asks=None),
    )
    noon = NOW + 5 * HOUR
    assert await reason(house, "answer", noon) is Reason.CLEAR
    assert await verdict(house, "campaign", noon) == Never(Reason.NO_CONSENT)


async def test_while_another_text_is_on_its_way_there_is_no_verdict(house: House) -> None:
    house.given(unknown("other", purpose="reply"), due(phone=PHONE))
    async with house.transaction() as session:
        intent, phone = await session.get_one(Intent, "i1"), await session.get(Phone, PHONE)
        found = (await house.gate.look(session, [(intent, phone)], NOW))["i1"]
        assert await house.gate.ask(session, intent, phone, found, NOW) == (None, None)


async def test_margins_grow_with_a_rehearsals_clock(house: House) -> None:
    house.given(due())
    closes = NOW.replace(hour=0, minute=55) + DAY
    at = closes - timedelta(minutes=30)
    assert isinstance(await verdict(house, at=at), Send)
    house.time.clock = Clock(rate=21_600)
    assert await reason(house, at=at) is Reason.QUIET_HOURS
    rules = house.gate.rules_now()
    assert rules.margin > timedelta(minutes=30)
    assert rules.look_again > timedelta(hours=1)


@pytest.mark.parametrize(
    ("answer", "status", "reason"),
    [
        pytest.param(True, "withheld", "reassigned", id="it has: nothing leaves"),
        pytest.param(None, "pending", "unchecked", id="nobody can say: it waits"),
        pytest.param(False, "accepted", None, id="it has not"),
    ],
)
async def test_whether_the_number_changed_hands_is_asked_with_the_day_of_the_consent(
    house: House, answer: bool | None, status: str, reason: str | None
) -> None:
    asked: list[tuple[str, date]] = []

    class Registry:
        async def since(self, phone: str, consented_on: date) -> bool | None:
            asked.append((phone, consented_on))
            return answer

    house.given(due())
    gate = replace(house.gate, reassigned=Registry())
    await SendingActivities(
        house.transaction, gate, house.carrier, STATUS_URL, house.time
    ).send_one()
    intent = await house.one(Intent, "i1")
    assert (intent.status, intent.reason) == (status, reason)
    assert asked == [(PHONE, (NOW - 30 * DAY).date())]
