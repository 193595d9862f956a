"""Referrals under way: who is reminded when, what the member is asked, and how each ends."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from make_journeys import PLANS, accepted, facts, lost

from domain import needs_timers
from domain.effects import CloseTask, MoveReferral, OpenTask, SendText
from domain.needs_timers import Needs, NeedsPlan
from domain.stages import Do, Facts, ReferralFact, Wait

PLAN: NeedsPlan = PLANS["needs"]
ASKED = datetime.fromisoformat("2026-03-02T15:00:00+00:00")
"""A Monday."""
DAY = timedelta(days=1)


def referral(id_: int = 1, status: str = "requested", at: datetime = ASKED) -> ReferralFact:
    return ReferralFact(id_, "food", status, at)


def step(day: float, state: Needs | None = None, *found: ReferralFact, **given: Any) -> Do | Wait:
    known = facts(referrals=found or (referral(),), **given)
    result = needs_timers.next_step(state or Needs(), PLAN, known, ASKED + day * DAY)
    assert isinstance(result, (Do, Wait))
    return result


DONE_5 = {"referral-nudge-1-5": "called"}
DONE_10 = {**DONE_5, "referral-nudge-1-10": "called"}


@pytest.mark.parametrize(
    ("day", "tasks", "reminded"),
    [
        pytest.param(4.9, {}, None, id="before the fifth day nobody"),
        pytest.param(5, {}, None, id="the fifth day is a Saturday, when offices are closed"),
        pytest.param(7, {}, "referral-nudge-1-5", id="on Monday a coordinator"),
        pytest.param(8, DONE_5, None, id="once"),
        pytest.param(10, DONE_5, "referral-nudge-1-10", id="again on the tenth"),
        pytest.param(12, {}, "referral-nudge-1-10", id="after a hold only about the newest"),
        pytest.param(20, DONE_10, None, id="the twentieth is a Sunday too"),
    ],
)
def test_when_a_person_is_reminded(day: float, tasks: dict[str, str], reminded: str | None) -> None:
    found = step(day, Needs(asked=(1,)), tasks=tasks)
    effects = found.effects if isinstance(found, Do) else ()
    keys = [each.key for each in effects if isinstance(each, OpenTask)]
    assert keys == ([reminded] if reminded else [])


def test_a_reminder_on_a_federal_holiday_comes_the_day_after() -> None:
    # Thanksgiving is the fourth Thursday of November.
    asked = datetime.fromisoformat("2026-11-21T15:00:00+00:00")
    known = facts(referrals=(referral(at=asked),))
    found = needs_timers.next_step(Needs(), PLAN, known, asked + 5 * DAY)
    assert isinstance(found, Wait)
    assert found.until == asked + 6 * DAY


def test_a_new_reminder_takes_the_place_of_one_nobody_has_closed() -> None:
    found = step(10, Needs(asked=(1,)), tasks={"referral-nudge-1-5": None})
    assert isinstance(found, Do)
    assert [type(each) for each in found.effects] == [CloseTask, OpenTask]


@pytest.mark.parametrize(
    ("found", "covers"),
    [
        pytest.param([referral()], (1,), id="one that waits two weeks"),
        pytest.param([referral(), referral(2)], (1, 2), id="two are asked about at once"),
        pytest.param([referral(), referral(2, at=ASKED + DAY)], (1,), id="a younger one is not"),
        pytest.param([referral(), referral(2, "completed")], (1,), id="nor one that has ended"),
    ],
)
def test_on_day_14_the_member_is_asked(found: list[ReferralFact], covers: tuple[int, ...]) -> None:
    tasks = {f"referral-nudge-{n}-{d}": "called" for n in (1, 2) for d in (5, 10)}
    asked = step(14, None, *found, tasks=tasks)
    assert isinstance(asked, Do)
    assert asked.state.covers == covers
    (text,) = asked.effects
    assert isinstance(text, SendText)
    assert (text.template, dict(text.facts)) == ("needs_check", {}), "it names no need"


OPEN = Needs(1, "needs-check-1", ASKED + 14 * DAY, (1,), (1,))
BOTH = Needs(1, "needs-check-1", ASKED + 14 * DAY, (1, 2), (1, 2))


@pytest.mark.parametrize(
    ("state", "said", "effects"),
    [
        pytest.param(OPEN, "1", [MoveReferral(1, "completed")], id="help came"),
        pytest.param(OPEN, "yes", [MoveReferral(1, "completed")], id="in a word"),
        pytest.param(OPEN, "3", [MoveReferral(1, "cancelled", "member_declined")],
                     id="it is not needed any more"),
        pytest.param(OPEN, "2", ["referral_answer"], id="not yet: a person calls"),
        pytest.param(BOTH, "1", ["referral_answer"], id="about two: a person asks which came"),
        pytest.param(OPEN, "maybe", None, id="words nobody understands"),
        pytest.param(Needs(), "1", None, id="nothing was asked"),
    ],
)  # fmt: skip
def test_what_the_members_answer_does(state: Needs, said: str, effects: list[Any] | None) -> None:
    known = facts(referrals=(referral(), referral(2)))
    found = needs_timers.heard(state, said, PLAN, known, ASKED + 15 * DAY)
    assert found.understood is (effects is not None)
    rest = [e.kind if isinstance(e, OpenTask) else e for e in found.effects[1:]]
    assert rest == (effects or [])


@pytest.mark.parametrize(
    ("text", "day", "open_"),
    [
        pytest.param(accepted("needs-check-1"), 15, True, id="while an answer may come"),
        pytest.param(accepted("needs-check-1"), 19, False, id="five days later no more"),
        pytest.param(lost("needs-check-1"), 15, False, id="nor when it did not arrive"),
    ],
)
def test_how_long_the_question_is_open(text: Any, day: float, open_: bool) -> None:
    known = facts(text, referrals=(referral(),), tasks=DONE_10)
    found = needs_timers.next_step(OPEN, PLAN, known, ASKED + day * DAY)
    state = found.state if isinstance(found, Do) else OPEN
    assert (state.step is not None) is open_


def test_after_sixty_days_without_a_word_it_has_failed() -> None:
    found = step(60, Needs(asked=(1,)))
    assert isinstance(found, Do)
    assert found.effects[-1] == MoveReferral(1, "failed", "no_outcome")


@settings(max_examples=50)
@given(st.lists(st.integers(0, 40), max_size=4))
def test_with_silence_every_referral_ends_within_its_days(begins: list[int]) -> None:
    """A clerk who closes nothing and a member who says nothing: no referral outlives its plan."""
    status = dict.fromkeys(range(len(begins)), "requested")
    state, tasks = Needs(), {}
    now = ASKED
    for _ in range(400):
        found = tuple(
            referral(n, status[n], ASKED + day * DAY)
            for n, day in enumerate(begins) if ASKED + day * DAY <= now
        )  # fmt: skip
        known = Facts(referrals=found, tasks=tasks)
        result = needs_timers.next_step(state, PLAN, known, now)
        if isinstance(result, Do):
            state = result.state
            for effect in result.effects:
                if isinstance(effect, OpenTask):
                    assert effect.key not in tasks, "nobody is asked twice"
                    tasks[effect.key] = None
                if isinstance(effect, MoveReferral):
                    status[effect.referral_id] = effect.to
            continue
        later = [ASKED + day * DAY for day in begins if ASKED + day * DAY > now]
        assert isinstance(result, Wait)
        moments = [each for each in (result.until, *later) if each]
        if not moments:
            break
        now = min(moments)
    assert set(status.values()) <= {"failed"}
    assert now <= ASKED + (max(begins, default=0) + 60) * DAY
