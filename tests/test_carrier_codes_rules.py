"""The carrier's codes: each in the class that says what is done about it."""

from datetime import timedelta
from random import Random

import pytest

from domain.carrier_codes import AGAIN, Trouble, next_try, trouble


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        pytest.param(21610, Trouble.CONSENT_GONE, id="the recipient said stop to the carrier"),
        pytest.param(21211, Trouble.BAD_NUMBER, id="no such number"),
        pytest.param(21614, Trouble.BAD_NUMBER, id="not a mobile"),
        pytest.param(30005, Trouble.BAD_NUMBER, id="unknown handset"),
        pytest.param(401, Trouble.BLOCKED, id="a 401 without a code of its own"),
        pytest.param(30006, Trouble.BAD_NUMBER, id="a landline"),
        pytest.param(30003, Trouble.MAYBE_LATER, id="handset switched off"),
        pytest.param(30008, Trouble.MAYBE_LATER, id="unknown error"),
        pytest.param(30007, Trouble.BLOCKED, id="filtered as spam"),
        pytest.param(30034, Trouble.BLOCKED, id="sender not registered"),
        pytest.param(20003, Trouble.BLOCKED, id="our own credentials"),
        pytest.param(20429, Trouble.CAPACITY, id="too many requests"),
        pytest.param(429, Trouble.CAPACITY, id="too many requests, without a code"),
        pytest.param(30001, Trouble.CAPACITY, id="queue overflow"),
        pytest.param(63038, Trouble.CAPACITY, id="the day's limit"),
        pytest.param(30036, Trouble.CAPACITY, id="its time ran out"),
        pytest.param(30022, Trouble.CAPACITY, id="more a minute than the campaign may"),
        pytest.param(21611, Trouble.CAPACITY, id="the number's queue is full"),
        pytest.param(21408, Trouble.BAD_NUMBER, id="a country we may not text"),
        pytest.param(21612, Trouble.BAD_NUMBER, id="no way from our number to it"),
        pytest.param(30004, Trouble.BAD_NUMBER, id="it blocks texts"),
        pytest.param(30032, Trouble.BLOCKED, id="a toll-free number not verified"),
        pytest.param(21606, Trouble.BLOCKED, id="our number cannot send texts"),
        pytest.param(403, Trouble.BLOCKED, id="a 403 without a code of its own"),
        pytest.param(39999, Trouble.UNKNOWN, id="a code of next year"),
        pytest.param(None, Trouble.UNKNOWN, id="no code at all"),
        pytest.param(0, Trouble.UNKNOWN, id="zero"),
    ],
)
def test_what_a_code_asks_of_us(code: int | None, expected: Trouble) -> None:
    assert trouble(code) is expected


LISTED = {
    21610, 21211, 21614, 21408, 21612, 30004, 30005, 30006, 30003, 30008, 30007, 30034, 30032,
    21606, 20003, 401, 403, 20429, 429, 21611, 30001, 30022, 63038, 30036,
}  # fmt: skip


def test_fifty_codes_on_no_list_are_in_the_safe_class() -> None:
    draw = Random(50)
    strange = [code for code in draw.sample(range(10_000, 70_000), 60) if code not in LISTED][:50]
    assert {trouble(code) for code in strange} == {Trouble.UNKNOWN}


@pytest.mark.parametrize(
    ("kind", "tries", "after"),
    [
        pytest.param(
            Trouble.MAYBE_LATER, 2, timedelta(hours=1), id="an absent handset: twice, hours apart"
        ),
        pytest.param(Trouble.BLOCKED, 5, timedelta(hours=1), id="words or sender blocked"),
        pytest.param(Trouble.CAPACITY, 5, timedelta(minutes=10), id="more than is taken from us"),
        pytest.param(Trouble.CONSENT_GONE, 0, None, id="a stop: never"),
        pytest.param(Trouble.BAD_NUMBER, 0, None, id="a dead number: never"),
        pytest.param(Trouble.UNKNOWN, 0, None, id="who knows what: never"),
    ],
)
def test_how_often_a_text_that_did_not_arrive_goes_anew(
    kind: Trouble, tries: int, after: timedelta | None
) -> None:
    assert [next_try(kind, again) for again in range(tries)] == [after] * tries
    assert next_try(kind, tries) is None
    assert (kind in AGAIN) is bool(tries)
