"""The carrier's codes: each in the class that says what is done about it."""

import pytest

from domain.carrier_codes import Trouble, trouble


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
        pytest.param(39999, Trouble.UNKNOWN, id="a code of next year"),
        pytest.param(None, Trouble.UNKNOWN, id="no code at all"),
        pytest.param(0, Trouble.UNKNOWN, id="zero"),
    ],
)
def test_what_a_code_asks_of_us(code: int | None, expected: Trouble) -> None:
    assert trouble(code) is expected
