"""Who could not be reached rests, and is invited again by another ladder; who said no is not."""

from dataclasses import replace
from datetime import timedelta

import pytest
from make_journeys import DAY, MEDICAID, MEDICARE, NOW, accepted, days, facts, program

from domain import cool_off, journey
from domain.cool_off import CoolOff, Resting
from domain.effects import CloseTask, OpenTask, Record, SendText
from domain.journey import State
from domain.outreach import Outreach, heard, next_step
from domain.outreach_plan import OutreachPlan
from domain.outreach_rungs import Channel, Rung
from domain.stages import Do, Done, Facts, Wait
from domain.state import dump, load, shift

AGAIN = CoolOff(
    rest=days(90), at_least=days(30),
    sooner=frozenset({"new_number", "fill", "left_hospital"}),
    rungs=(Rung(Channel.CALL, "", days(0)), Rung(Channel.SMS, "invited_again", days(3))),
    times=1,
)  # fmt: skip
PLAN = OutreachPlan(
    rungs=(Rung(Channel.SMS, "welcome", days(0)), Rung(Channel.CALL, "", days(2))),
    patience=days(14), call_within=days(3), again=AGAIN,
)  # fmt: skip
RESTING = Outreach(rung=2, used_at=NOW - days(14), told=2, resting=Resting(NOW, 1))
AGAIN_CALLED = Outreach(rung=3, used_at=NOW, told=2)
LAST = Outreach(rung=4, used_at=NOW, told=3)
FILLED = facts(filled_on=(NOW + days(20)).date())


@pytest.mark.parametrize(
    ("known", "after", "expected"),
    [
        pytest.param(
            facts(), 1, Wait(NOW + days(90), "outreach_rest"), id="nothing new: ninety days",
        ),
        pytest.param(
            FILLED, 21, Wait(NOW + days(30), "outreach_short_rest"),
            id="a fill ends it sooner, but never before thirty days",
        ),
        pytest.param(
            facts(filled_on=NOW.date()), 21, Wait(NOW + days(90), "outreach_rest"),
            id="a fill known when the rest began is nothing new",
        ),
        pytest.param(
            facts(numbers=2), 5, Wait(NOW + days(30), "outreach_short_rest"),
            id="one more number ends it sooner",
        ),
        pytest.param(
            facts(other_number=True), 5, Wait(NOW + days(30), "outreach_short_rest"),
            id="so does a number that took another's place",
        ),
        pytest.param(
            facts(events={"left_hospital": NOW + DAY}), 5,
            Wait(NOW + days(30), "outreach_short_rest"), id="so does a stay in hospital",
        ),
        pytest.param(
            facts(events={"left_hospital": NOW - DAY}), 5, Wait(NOW + days(90), "outreach_rest"),
            id="one before the rest does not",
        ),
        pytest.param(
            facts(events={"lost_work": NOW + DAY}), 5, Wait(NOW + days(90), "outreach_rest"),
            id="an event the program does not name changes nothing",
        ),
    ],
)  # fmt: skip
def test_how_long_a_member_rests(known: Facts, after: int, expected: Wait) -> None:
    assert next_step(RESTING, PLAN, known, NOW + days(after)) == expected


@pytest.mark.parametrize(
    ("known", "after"),
    [
        pytest.param(facts(), 90, id="by time alone"),
        pytest.param(FILLED, 30, id="by a fill"),
        pytest.param(FILLED, 45, id="by a fill seen late in the claims"),
    ],
)
def test_after_it_comes_another_invitation(known: Facts, after: int) -> None:
    decided = next_step(RESTING, PLAN, known, NOW + days(after))
    assert isinstance(decided, Do)
    assert (decided.state.rung, decided.state.resting) == (3, None)
    assert OpenTask("outreach-call-3", "outreach_call", "coordinator", days(3)) in decided.effects


def test_the_second_ladder_sends_a_text_of_its_own() -> None:
    decided = next_step(AGAIN_CALLED, PLAN, facts(tasks={"outreach-call-3": None}), NOW + days(3))
    assert isinstance(decided, Do)
    assert SendText("outreach-4", "invited_again") in decided.effects


def test_the_rest_begins_when_patience_ends_and_nobody_is_asked_to_call_any_more() -> None:
    waits = Outreach(rung=2, used_at=NOW, told=1)
    known = facts(accepted("outreach-1"), tasks={"outreach-call": None}, numbers=2)
    assert next_step(waits, PLAN, known, NOW + days(13)) == Wait(
        NOW + days(14), "outreach_patience"
    )
    decided = next_step(waits, PLAN, known, NOW + days(14))
    assert isinstance(decided, Do)
    assert decided.state.resting == Resting(NOW + days(14), 2)
    assert CloseTask("outreach-call", "overtaken") in decided.effects
    assert Record("outreach_rests", "cool_off", {}) in decided.effects


def test_after_the_last_invitation_the_journey_ends() -> None:
    known = facts(accepted("outreach-4"))
    told = next_step(LAST, PLAN, known, NOW + days(14))
    assert isinstance(told, Do)
    assert next_step(told.state, PLAN, known, NOW + days(14)) == Done("unable_to_contact")


def test_as_often_as_the_program_says() -> None:
    twice = replace(PLAN, again=replace(AGAIN, times=2))
    assert list(twice.ends("")) == [2, 4, 6]
    known = facts(accepted("outreach-4"))
    told = next_step(LAST, twice, known, NOW + days(14))
    assert isinstance(told, Do)
    assert told.state.resting == Resting(NOW + days(14), 1)


@pytest.mark.parametrize(
    ("words", "how"),
    [
        pytest.param("1", "reached", id="a late yes is a yes"),
        pytest.param("2", "declined", id="a late no is a no, and nobody asks again"),
    ],
)
def test_an_answer_while_resting(words: str, how: str) -> None:
    said = heard(RESTING, words, PLAN, facts(), NOW)
    assert next_step(said.state, PLAN, facts(), NOW + days(1)) == Done(how)


def test_a_word_on_a_call_that_was_under_way_counts() -> None:
    known = facts(tasks={"outreach-call": "reached"})
    assert next_step(RESTING, PLAN, known, NOW + days(1)) == Done("reached")


def test_stop_ends_a_rest_for_good() -> None:
    assert journey.over(facts(opted_out=True)) is State.OPTED_OUT


def test_a_resting_member_is_told_apart_from_one_being_invited() -> None:
    at = program(MEDICARE)
    assert journey.state_of(at, facts(), NOW, RESTING) is State.RESTING
    assert journey.state_of(at, facts(), NOW, AGAIN_CALLED) is State.OUTREACH
    assert State.RESTING not in journey.ENDED


def test_a_hold_makes_the_rest_longer() -> None:
    held = shift(RESTING, days(10))
    assert next_step(held, PLAN, facts(), NOW + days(1)) == Wait(NOW + days(100), "outreach_rest")


def test_a_rest_is_kept_as_json() -> None:
    assert load(Outreach, dump(RESTING)) == RESTING


def test_a_state_written_before_there_was_a_rest_goes_on_to_one() -> None:
    old = load(
        Outreach,
        {"rung": 2, "used_at": NOW.isoformat(), "answer": None, "unclear": 1, "told": 1},
    )
    assert old.resting is None
    decided = next_step(old, PLAN, facts(), NOW + days(14))
    assert isinstance(decided, Do)
    assert decided.state.resting


@pytest.mark.parametrize("name", [MEDICARE, MEDICAID])
def test_both_programs_rest_ninety_days_and_invite_once_more(name: str) -> None:
    plan = program(name).plans["outreach"]
    assert (plan.again.rest, plan.again.times) == (days(90), 1)
    assert {rung.template for rung in plan.again.rungs} - {""} == {"invited_again"}
    assert plan.ends("2026-11") == (5,), "a journey keeps the ladder it began with"


def test_two_invitations_a_year_at_most() -> None:
    for name in (MEDICARE, MEDICAID):
        plan = program(name).plans["outreach"]
        ladder = sum((rung.after for rung in plan.rungs), timedelta())
        assert plan.again.times == 1 or ladder + plan.again.rest >= days(182)


def test_what_happened_is_named() -> None:
    known = replace(FILLED, numbers=3, events={"moved": NOW + DAY})
    assert cool_off.happened(Resting(NOW, 1), known) == {"fill", "new_number", "moved"}
