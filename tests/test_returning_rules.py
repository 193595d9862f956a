"""When a member who left a program may begin a second journey in it."""

from datetime import date, timedelta
from typing import Any

import pytest

from domain.identification import Misfit
from domain.journey import State
from domain.returning import Past, ReturnRules, comes_again
from runtime import programs

DATA: dict[str, Any] = programs.read("identification.yaml")["again"]
RULES = ReturnRules.from_data(DATA)
END = date(2026, 3, 31)
BEGAN = date(2026, 1, 5)


@pytest.mark.parametrize(
    ("state", "days", "again"),
    [
        pytest.param(State.DISENROLLED, 1, True, id="coverage is back the next day"),
        pytest.param(State.DISENROLLED, 0, False, id="claims are of the day of the end"),
        pytest.param(State.DISENROLLED, -20, False, id="claims are older than the end"),
        pytest.param(State.UNABLE_TO_CONTACT, 365, True, id="a year after the last invitation"),
        pytest.param(State.UNABLE_TO_CONTACT, 364, False, id="a day before the year is over"),
        pytest.param(State.DECLINED, 3000, False, id="they said no"),
        pytest.param(State.OPTED_OUT, 3000, False, id="they opted out, for good"),
        pytest.param(State.STOPPED, 3000, False, id="a person stopped it"),
        pytest.param(State.DECEASED, 3000, False, id="they have died"),
    ],
)
def test_they_come_again_when(state: State, days: int, again: bool) -> None:
    past = Past(state, END, None, [BEGAN])
    assert comes_again(past, RULES, END + timedelta(days)) is again


@pytest.mark.parametrize("misfit", [Misfit.DO_NOT_CONTACT, Misfit.DECEASED])
def test_who_asked_not_to_be_contacted_stays_away(misfit: Misfit) -> None:
    past = Past(State.NO_LONGER_FITS, END, misfit, [BEGAN])
    assert not comes_again(past, RULES, END + timedelta(900))


def test_a_year_has_two_journeys_at_most() -> None:
    past = Past(State.DISENROLLED, END, None, [BEGAN, BEGAN - timedelta(30)])
    assert not comes_again(past, RULES, END + timedelta(1))
    assert comes_again(past, RULES, BEGAN + timedelta(365))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param({"declined": None}, "whole number of days, or `never`", id="no number"),
        pytest.param({"gone": 3}, "gone is missing, or is no end", id="an end nobody knows"),
    ],
)
def test_rules_that_cannot_be_used_are_refused(change: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        ReturnRules.from_data({**DATA, "after_days": {**DATA["after_days"], **change}})
