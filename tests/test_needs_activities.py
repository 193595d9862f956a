"""A yes by text is a word on telling needs outside only when the text asked for that."""

import make
import pytest
from fakes import ana, open_house

from activities.needs import note_agreement
from store.models import Agreement, Enrollment, InboundText


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
