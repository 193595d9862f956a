"""Asking again: when each instrument is due, what brings it earlier, and what a round is about."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from make_journeys import NOW, PLANS, days, facts

from domain import rescreening
from domain.effects import SendText
from domain.screening_asking import Screening
from domain.screening_plan import later
from domain.stages import Do, ScreeningFact, Wait

PLAN = PLANS["rescreening"]
DONE = {"outreach": "reached", "screening": "completed"}


def asked(
    name: str = "ahc-hrsn", at: datetime | None = NOW, number: int = 1, *, positive: bool = False
) -> ScreeningFact:
    return ScreeningFact(name, number, at, {}, positive)


def step(now: datetime, *screenings: ScreeningFact, **given: Any) -> Do | Wait:
    known = facts(screenings=screenings, **{"done": DONE, **given})
    found = rescreening.next_step(rescreening.BEGINS, PLAN, known, now)
    assert isinstance(found, (Do, Wait))
    return found


@pytest.mark.parametrize(
    ("screenings", "events", "due"),
    [
        pytest.param([asked()], {}, datetime(2027, 3, 4, 15, tzinfo=NOW.tzinfo),
                     id="twelve months after nothing was found"),
        pytest.param([asked(positive=True)], {}, datetime(2026, 6, 4, 15, tzinfo=NOW.tzinfo),
                     id="three months after a need was found"),
        pytest.param([asked()], {"moved": NOW + days(9)}, NOW + days(9), id="at once after a move"),
        pytest.param([asked()], {"moved": NOW - days(9)},
                     datetime(2027, 3, 4, 15, tzinfo=NOW.tzinfo), id="a move before it counts not"),
        pytest.param([asked(), asked(at=NOW + days(30), number=2)], {},
                     datetime(2027, 4, 3, 15, tzinfo=NOW.tzinfo), id="from the last asking"),
        pytest.param([asked(at=None)], {}, None, id="one that is still open is not asked again"),
        pytest.param([asked("phq-9")], {}, None, id="one that no rule names"),
        pytest.param([], {}, None, id="nothing was asked"),
    ],
)  # fmt: skip
def test_when_it_is_asked_again(
    screenings: list[ScreeningFact], events: dict[str, datetime], due: datetime | None
) -> None:
    now = NOW + days(1) if not events else NOW + days(8)
    found = step(now, *screenings, events=events)
    assert isinstance(found, Wait)
    assert found.until == due


def test_nothing_is_asked_again_while_the_first_screening_runs() -> None:
    found = step(NOW + days(800), asked(), done={"outreach": "reached"})
    assert found == Wait(None, "rescreening_nothing_due")


def test_a_round_has_a_number_nobody_used_and_asks_what_is_due_alone() -> None:
    found = step(NOW + days(366), asked(), asked("phq-2", number=4))
    assert isinstance(found, Do)
    assert (found.state.round, found.state.only) == (5, ("ahc-hrsn",))
    (text,) = [each for each in found.effects if isinstance(each, SendText)]
    assert (text.step, text.template) == ("screening-intro-5", "screening_intro")


def test_after_a_round_it_waits_for_the_next() -> None:
    ended = Screening(phase="over", how="completed", round=2)
    known = facts(screenings=(asked(),), done=DONE)
    found = rescreening.next_step(ended, PLAN, known, NOW + days(366))
    assert found == Do(Screening(round=3))


@pytest.mark.parametrize(
    ("moment", "months", "on"),
    [
        pytest.param("2026-01-31", 1, "2026-02-28", id="a shorter month has its last day"),
        pytest.param("2027-11-30", 3, "2028-02-29", id="over the year's end, in a leap year"),
        pytest.param("2026-03-04", 12, "2027-03-04", id="a year"),
    ],
)
def test_months_are_those_of_the_calendar(moment: str, months: int, on: str) -> None:
    assert later(datetime.fromisoformat(moment), months) == datetime.fromisoformat(on)
    assert later(NOW, 0) - NOW == timedelta()
