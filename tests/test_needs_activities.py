"""A yes by text is a word on telling needs outside only when the text asked for that."""

import make
import pytest
from fakes import ana, open_house
from make_journeys import DAY, NOW, done

from activities.needs import note_agreement
from store.models import Agreement, Enrollment, InboundText, Intent, Outcome, Referral, Task


@pytest.mark.parametrize(
    ("template", "version", "words"),
    [
        pytest.param("referral_offer", "2", 1, id="the offer that says who is told"),
        pytest.param("referral_offer", "1", 0, id="the old offer, which did not"),
        pytest.param("screening_intro", "2", 0, id="another question"),
        pytest.param(None, "2", 0, id="words that answer nothing"),
    ],
)
async def test_which_yes_lets_needs_be_told(
    database_url: str, template: str | None, version: str, words: int
) -> None:
    async with open_house(database_url) as house:
        house.given(*ana())
        if template:
            house.given(make.intent(template=template, template_version=version))
        house.given(make.inbound("SM1", answers="i1" if template else None))
        for _ in ("once", "and again"):
            async with house.transaction() as session:
                enrollment = await session.get_one(Enrollment, "e1")
                heard = await session.get_one(InboundText, "SM1")
                await note_agreement(session, enrollment, heard, house.time.now())
        kept = await house.all(Agreement)
        assert [(row.given, row.how, row.evidence) for row in kept] == [
            (True, "text", "SM1")
        ] * words


@pytest.mark.parametrize(
    ("said", "status", "tasks"),
    [
        pytest.param("1", "completed", [], id="help came"),
        pytest.param("2", "requested", ["referral_answer"], id="not yet"),
        pytest.param("3", "cancelled", [], id="no longer needed"),
    ],
)
async def test_two_weeks_on_the_member_is_asked_and_their_word_counts(
    database_url: str, said: str, status: str, tasks: list[str]
) -> None:
    async with open_house(database_url) as house:
        house.given(*ana(reached_at=NOW), *done(screening="completed", coaching="completed"))
        house.given(make.need(), make.referral(1, requested_at=NOW - 14 * DAY))
        await house.advance()
        await house.send_all()
        (text,) = await house.all(Intent, template="needs_check")
        assert (text.status, "food" in str(text.body).lower()) == ("accepted", False)
        await house.text_in(said)
        await house.advance()
        referral = await house.only(Referral)
        assert referral.status == status
        opened = [t.kind for t in await house.all(Task) if t.kind != "referral_nudge"]
        assert [kind for kind in opened if kind.startswith("referral")] == tasks
        ends = [o for o in await house.all(Outcome) if o.kind == f"referral_{status}"]
        assert {o.actor for o in ends} <= {"member"}
        assert (referral.closed_at is None) is (status == "requested")


async def test_a_referral_nobody_speaks_of_fails_for_that_reason(database_url: str) -> None:
    async with open_house(database_url) as house:
        house.given(*ana(reached_at=NOW), *done(screening="completed", coaching="completed"))
        house.given(make.need(), make.referral(1, requested_at=NOW - 60 * DAY))
        await house.advance()
        referral = await house.only(Referral)
        assert (referral.status, referral.reason) == ("failed", "no_outcome")
