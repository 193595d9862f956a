"""How a member may safely be reached, and what of their safety at home is told outside."""

import json
from dataclasses import replace
from typing import Any

import pytest
from make import NOW
from make_fhir import ANA, told

from domain.export import documents
from domain.fhir_facts import Record, ScreeningFacts
from domain.safe_contact import ANY_WAY, SafeContact
from runtime import programs

HITS = programs.instruments()["ahc-hrsn-safety"]
HURT = {item.code: (item.options[-1].code,) for item in HITS.items}
GUARDED = SafeContact(by_services=False)


def asked(safe: SafeContact = ANY_WAY) -> Record:
    screening = ScreeningFacts(9, "ahc-hrsn-safety", NOW, NOW, True, "form", HURT)
    return replace(ANA, screenings=(*ANA.screenings, screening), safe=safe)


def everything(record: Record, **how: Any) -> str:
    said = told(record, **how)
    whole = [document.content for document in documents(record, said, NOW)]
    pages = [repr(document.page) for document in documents(record, said, NOW)]
    return json.dumps([entry.resource for entry in said.entries] + whole) + " ".join(pages)


def traces(text: str) -> set[str]:
    marks = [*HURT, HITS.items[0].text["en"], "95614-4", "screening-9", "ahc-hrsn-safety"]
    return {mark for mark in marks if mark in text}


@pytest.mark.parametrize("inside", [False, True], ids=["to others", "to staff"])
def test_answers_about_safety_at_home_are_told_by_no_interface(inside: bool) -> None:
    assert traces(everything(asked(), inside=inside)) == set()
    said = told(asked(), inside=inside)
    assert ("answers about safety at home", "the member has not agreed that they are told") in (
        said.withheld
    )


def test_a_member_may_agree_that_they_are_told() -> None:
    assert set(HURT) <= traces(everything(asked(SafeContact(tell_safety=True))))


def test_agreeing_that_needs_are_told_does_not_tell_of_safety() -> None:
    assert ANA.shares_needs
    assert traces(everything(asked(SafeContact(by_services=True)))) == set()


def test_a_referral_says_that_the_member_must_not_be_contacted() -> None:
    (request, *_) = told(ANA, safe=GUARDED).of("ServiceRequest")
    assert [each["coding"][0]["code"] for each in request["orderDetail"]] == [
        "contacting-subject-prohibited"
    ]
    assert all("orderDetail" not in each for each in told().of("ServiceRequest"))


def test_what_is_told_of_such_a_member_has_no_phone_and_no_address() -> None:
    said = everything(replace(ANA, safe=GUARDED))
    assert "+16145550134" not in said
    assert "12 Oak Ave" not in said


def test_only_a_person_in_private_asks_about_safety() -> None:
    assert set(HITS.asked_by) <= {"phone", "form"}


@pytest.mark.parametrize(
    ("safe", "ok"),
    [
        pytest.param(SafeContact(opens=9, closes=17), True, id="hours of a day"),
        pytest.param(SafeContact(opens=9), False, id="a beginning without an end"),
        pytest.param(SafeContact(opens=17, closes=9), False, id="over midnight"),
        pytest.param(SafeContact(opens=9, closes=9), False, id="no time at all"),
    ],
)
def test_which_hours_can_be_kept(safe: SafeContact, ok: bool) -> None:
    assert (safe.mistake() is None) is ok
