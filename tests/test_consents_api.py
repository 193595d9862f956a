"""The ledger of consent on a member's page, and what a member told a person about texts."""

import uuid
from collections.abc import AsyncIterator, Sequence
from typing import Any

import make
import pytest
import pytest_asyncio
from desk import Desk, Visitor, open_desk, plain
from sqlalchemy import Connection, text

from store.models import Consent

PHONE, OTHER = "+16145550134", "+16145550178"


@pytest_asyncio.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    """Ana with two numbers and two programs; Ben shares her first number."""
    make.save(
        database_url, make.pharmacy(), make.member(), make.phone(), make.phone(OTHER),
        make.contact_point(), make.contact_point(number=OTHER, rank=2),
        make.enrollment(), make.enrollment("e2", program="medicaid-high-risk"),
        make.member("m2", first_name="Ben"), make.contact_point("m2"),
        make.enrollment("e3", "m2"),
        line(how="contact file", actor="payer"),
        line(OTHER, how="contact file", actor="payer"),
    )  # fmt: skip
    async with open_desk(database_url) as opened:
        yield opened


def line(phone: str = PHONE, **given: Any) -> Consent:
    row = {"given": True, "at": make.NOW - 20 * make.DAY, "how": "text", "actor": "member"}
    return Consent(phone=phone, **{**row, **given})


async def tell(visitor: Visitor, enrollment: str = "e1", **form: str) -> Any:
    said = {"wish": "revoked", "how": "voice", "reason": "Please stop it", "number": PHONE}
    said |= {"form_id": str(uuid.uuid4()), **form}
    return await visitor.post(f"/console/enrollments/{enrollment}/consents", said)


def lines(connection: Connection) -> Sequence[Any]:
    """What was added after the plan's two lines."""
    query = text("select * from consents where how <> 'contact file' order by id")
    return connection.execute(query).all()


def waiting(*ids: tuple[str, str | None], **given: Any) -> Sequence[Any]:
    row = {"status": "pending", "accepted_at": None, "due_at": make.NOW, "phone": None}
    return [make.intent(name, enrollment, **{**row, **given}) for name, enrollment in ids]


def statuses(connection: Connection) -> dict[str, str]:
    rows = connection.execute(text("select id, status from intents order by id"))
    return {row.id: row.status for row in rows}


async def test_a_revocation_by_voice_is_a_line_of_the_ledger_with_its_words(
    desk: Desk, database_url: str, connection: Connection
) -> None:
    async with desk.signed_in() as coordinator:
        page = await tell(coordinator)
    (added,) = lines(connection)
    assert (added.phone, added.given, added.how, added.program) == (PHONE, False, "voice", None)
    assert added.at == make.NOW
    assert added.actor.startswith("staff:s_")
    said = plain(page.text)
    assert "End of consent to texts recorded. It is in the ledger" in said
    assert "Revoked (614) 555-0134 every program By voice Coordinator “Please stop it”" in said
    assert "Consent (614) 555-0178 every program Number given to the plan the health plan" in said


async def test_a_revocation_calls_off_what_waits_for_the_number_as_a_stop_does(
    desk: Desk, database_url: str, connection: Connection
) -> None:
    make.save(
        database_url,
        *waiting(("ana", "e1"), ("ben", "e3")),
        *waiting(("stranger", None), phone=PHONE),
        *waiting(("help", "e1"), purpose="safety"),
        *waiting(("elsewhere", None), phone=OTHER),
    )
    connection.execute(text("update phones set open_prompt = 'ana', open_until = now()"))
    connection.commit()
    async with desk.signed_in() as coordinator:
        await tell(coordinator)
    assert statuses(connection) == {
        "ana": "cancelled", "ben": "cancelled", "elsewhere": "pending", "help": "pending",
        "stranger": "cancelled",
    }  # fmt: skip
    prompts = connection.execute(text("select phone, open_prompt from phones order by phone"))
    assert prompts.all() == [(PHONE, None), (OTHER, "ana")]


async def test_every_journey_of_the_number_hears_of_it_and_keeps_who_said_so(
    desk: Desk, connection: Connection
) -> None:
    async with desk.signed_in() as coordinator:
        await tell(coordinator)
    nudged = connection.execute(text("select id from enrollments where nudged_at is not null"))
    assert sorted(nudged.scalars()) == ["e1", "e2", "e3"]
    rows = connection.execute(text("select enrollment_id, kind, rule, actor from outcomes"))
    assert sorted(row[:3] for row in rows) == [
        (name, "opted_out", "voice") for name in ("e1", "e2", "e3")
    ]


async def test_no_number_named_means_every_number_of_the_member(
    desk: Desk, connection: Connection
) -> None:
    async with desk.signed_in() as coordinator:
        await tell(coordinator, number="", how="letter")
    assert [(each.phone, each.given) for each in lines(connection)] == [
        (PHONE, False), (OTHER, False),
    ]  # fmt: skip


async def test_a_revocation_of_one_program_leaves_the_other_its_texts(
    desk: Desk, database_url: str, connection: Connection
) -> None:
    make.save(database_url, *waiting(("one", "e1"), ("two", "e2"), ("ben", "e3")))
    async with desk.signed_in() as coordinator:
        await tell(coordinator, "e2", programs="this")
    (added,) = lines(connection)
    assert added.program == "medicaid-high-risk"
    assert statuses(connection) == {"ben": "pending", "one": "pending", "two": "cancelled"}
    nudged = connection.execute(text("select id from enrollments where nudged_at is not null"))
    assert nudged.scalars().all() == ["e2"]


async def test_consent_told_at_the_counter_counts_after_a_stop(
    desk: Desk, database_url: str, connection: Connection
) -> None:
    make.save(database_url, line(given=False), *waiting(("ana", "e1")))
    async with desk.signed_in() as coordinator:
        page = await tell(coordinator, wish="given", how="counter")
    assert [each.given for each in lines(connection)] == [False, True]
    assert statuses(connection) == {"ana": "pending"}
    kinds = connection.execute(text("select distinct kind from outcomes")).scalars().all()
    assert kinds == ["opted_in"]
    assert "Consent to texts recorded" in plain(page.text)


async def test_a_form_sent_twice_is_one_line(desk: Desk, connection: Connection) -> None:
    form_id = str(uuid.uuid4())
    async with desk.signed_in() as coordinator:
        first = await tell(coordinator, form_id=form_id)
        second = await tell(coordinator, form_id=form_id)
    assert first.url == second.url
    assert len(lines(connection)) == 1


@pytest.mark.parametrize(
    ("form", "status"),
    [
        pytest.param({"reason": " "}, 422, id="without words"),
        pytest.param({"wish": "maybe"}, 422, id="with a wish nobody knows"),
        pytest.param({"how": "text"}, 422, id="by text, which comes by itself"),
        pytest.param({"form_id": "1"}, 422, id="without a form's id"),
        pytest.param({"number": "+16145550199"}, 404, id="of a number that is not theirs"),
    ],
)
async def test_a_form_that_does_not_hold_adds_no_line(
    desk: Desk, connection: Connection, form: dict[str, str], status: int
) -> None:
    async with desk.signed_in() as coordinator:
        assert (await tell(coordinator, **form)).status_code == status
    assert lines(connection) == []


async def test_a_pharmacist_reads_the_ledger_and_has_no_form(
    desk: Desk, connection: Connection
) -> None:
    async with desk.signed_in("pharmacist", make.NPI) as pharmacist:
        page = plain((await pharmacist.get("/console/enrollments/e1")).text)
        refused = await tell(pharmacist)
    assert "The ledger (2)" in page
    assert "The member told somebody" not in page
    assert refused.status_code == 403
    assert lines(connection) == []


async def test_words_of_another_holder_of_the_number_are_not_shown(
    desk: Desk, database_url: str
) -> None:
    make.save(
        database_url,
        make.inbound("SMa", body="stop please"), line(given=False, evidence="SMa"),
        make.inbound("SMb", "e3", body="start my own"), line(evidence="SMb"),
    )  # fmt: skip
    async with desk.signed_in() as coordinator:
        page = plain((await coordinator.get("/console/enrollments/e1")).text)
    ledger = page[page.index("The ledger (4)") :]
    assert "“stop please”" in ledger
    assert "start my own" not in ledger
    assert "a text from this number" in ledger


LATER = {"due_at": make.NOW + 18 * make.HOUR}


@pytest.mark.parametrize(
    ("texts", "told"),
    [
        pytest.param((), "No text has been decided on yet.", id="none decided on"),
        pytest.param(
            waiting(("i1", "e1"), reason="quiet_hours", **LATER),
            "The next text (Bp prompt) is put off: it is outside the hours in which members may "
            "be texted. It may go tomorrow, 4:00 AM",
            id="put off with its time",
        ),
        pytest.param(
            waiting(("i1", "e1"), reason="held"),
            "is put off: the journey is on hold. The gate looks at it again now.",
            id="put off until somebody acts",
        ),
        pytest.param(
            waiting(("i1", "e1"), **LATER),
            "is not due yet. It may go tomorrow, 4:00 AM",
            id="not due yet",
        ),
        pytest.param(
            waiting(("i1", "e1")), "is due; the gate is asked next.", id="due and not judged"
        ),
        pytest.param(
            (make.intent(), *waiting(("i2", "e1"), template="refill_due", **LATER)),
            "The next text (Refill due) is not due yet.",
            id="what comes next before what was sent",
        ),
        pytest.param(
            (make.intent(status="withheld", reason="opted_out", accepted_at=None),),
            "The last text (Bp prompt) was withheld: the member opted out. today, 7:00 AM",
            id="withheld and why",
        ),
        pytest.param(
            (make.intent(status="failed", reason="bad_number"),),
            "did not arrive: the number cannot receive texts.",
            id="failed and why",
        ),
        pytest.param(
            (make.intent(status="unknown", accepted_at=None),),
            "may have left: the carrier did not answer, and evidence is being looked for.",
            id="of unknown fate",
        ),
        pytest.param(
            (make.intent(), make.gate_decision(verdict="send", reason="clear")),
            "was sent; every rule of the gate allowed it. today, 7:00 AM",
            id="sent, by the gate's word",
        ),
        pytest.param(
            (make.intent(delivered_at=make.NOW - make.HOUR),),
            "The last text (Bp prompt) arrived. today, 9:00 AM",
            id="arrived",
        ),
    ],
)
async def test_one_line_says_why_the_member_was_or_was_not_contacted(
    desk: Desk, database_url: str, texts: Sequence[Any], told: str
) -> None:
    make.save(database_url, *fresh(texts))
    async with desk.signed_in() as coordinator:
        for address in ("/console/enrollments/e1", "/console/enrollments/e1/live"):
            page = plain((await coordinator.get(address)).text)
            assert told in page


def fresh(rows: Sequence[Any]) -> Sequence[Any]:
    """Copies that no earlier test has saved."""
    return [
        type(row)(**{key: value for key, value in vars(row).items() if not key.startswith("_")})
        for row in rows
    ]


async def test_while_sending_is_off_the_line_says_so(database_url: str) -> None:
    make.save(
        database_url, make.pharmacy(), make.member(), make.enrollment(), *waiting(("i1", "e1"))
    )
    async with open_desk(database_url, sending_on=False) as desk, desk.signed_in() as coordinator:
        page = plain((await coordinator.get("/console/enrollments/e1")).text)
    assert "The next text (Bp prompt) waits: sending is switched off." in page
