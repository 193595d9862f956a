"""The journey as a whole: which stages run, what ends it, and when."""

from dataclasses import replace
from datetime import timedelta

import pytest
from make_journeys import DAY, NOW, accepted, days, facts, program

from domain import journey
from domain.coaching import Coaching
from domain.journey import ENDED, State
from domain.outreach import Outreach
from domain.stages import Facts

PROGRAM = program(slipping=None)
"""Who is slipping: test_journey_states_rules.py."""
ALL = ("screening", "rescreening", "coaching", "delivery", "needs", "coordination")
REACHED = {"outreach": "reached"}
STATES = {name: rules.begins for name, rules in journey.STAGES.items()}


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        pytest.param(facts(), None, id="nothing speaks against going on"),
        pytest.param(facts(dead=True), State.DECEASED, id="the member has died"),
        pytest.param(facts(stopped=True), State.STOPPED, id="a coordinator stopped it"),
        pytest.param(facts(opted_out=True), State.OPTED_OUT, id="the member said stop"),
        pytest.param(facts(covered=False), State.DISENROLLED, id="coverage ended"),
        pytest.param(
            facts(dead=True, opted_out=True, covered=False), State.DECEASED,
            id="a death outranks the rest",
        ),
        pytest.param(
            facts(opted_out=True, covered=False), State.OPTED_OUT,
            id="a stop outranks the end of coverage",
        ),
        pytest.param(facts(has_number=False), None, id="no number ends nothing: letters remain"),
    ],
)  # fmt: skip
def test_what_ends_a_journey_at_once(known: Facts, expected: State | None) -> None:
    assert journey.over(known) is expected


@pytest.mark.parametrize(
    ("done", "expected"),
    [
        pytest.param({}, ("outreach",), id="the invitation alone until the member is reached"),
        pytest.param(REACHED, ALL, id="then every stage of the program, side by side"),
        pytest.param(
            REACHED | {"screening": "completed"}, ALL[1:], id="an ended stage runs no more"
        ),
        pytest.param({"outreach": "declined"}, (), id="none after a no"),
    ],
)
def test_which_stages_run(done: dict[str, str], expected: tuple[str, ...]) -> None:
    assert journey.running(PROGRAM, facts(done=done)) == expected


def test_a_stage_the_program_does_not_have_never_runs() -> None:
    short = program(stages=("coaching",))
    assert journey.running(short, facts(done=REACHED)) == ("coaching",)


FINISHED = REACHED | dict.fromkeys(("screening", "coaching", "coordination"), "completed")


@pytest.mark.parametrize(
    ("done", "after", "expected"),
    [
        pytest.param({}, days(1), State.OUTREACH, id="being invited"),
        pytest.param(REACHED, days(1), State.ACTIVE, id="under way"),
        pytest.param({"outreach": "declined"}, days(1), State.DECLINED, id="declined"),
        pytest.param(
            {"outreach": "unable_to_contact"}, days(1), State.UNABLE_TO_CONTACT, id="never reached"
        ),
        pytest.param(FINISHED, days(89), State.ACTIVE, id="done early stays to the last day"),
        pytest.param(FINISHED, days(90), State.GRADUATED, id="graduates on the last day"),
        pytest.param(REACHED, days(90), State.ACTIVE, id="a stage that still runs is waited for"),
    ],
)
def test_where_a_journey_stands(done: dict[str, str], after: timedelta, expected: State) -> None:
    known = facts(done=done, reached_at=NOW)
    assert journey.state_of(PROGRAM, known, NOW + after) is expected


def test_refills_never_keep_a_journey_from_its_end() -> None:
    known = facts(done=FINISHED, reached_at=NOW)
    assert "delivery" in journey.running(PROGRAM, known)
    assert journey.graduates_at(PROGRAM, known, NOW) == NOW + days(90)
    open_ = replace(known, done=REACHED)
    assert journey.graduates_at(PROGRAM, open_, NOW + days(95)) == NOW + days(96)


def test_every_end_is_an_end_and_every_other_state_is_not() -> None:
    on = {State.IDENTIFIED, State.OUTREACH, State.RESTING, State.ACTIVE, State.SLIPPING}
    assert set(State) - on == ENDED


def test_words_go_to_the_rules_of_the_stage_that_asked() -> None:
    found = journey.heard(PROGRAM, "outreach", Outreach(rung=1), "1", facts(), NOW)
    assert found.state.answer == "reached"


def test_the_note_hears_nothing_from_the_member() -> None:
    found = journey.heard(PROGRAM, "coordination", STATES["coordination"], "1", facts(), NOW)
    assert not found.understood


@pytest.mark.parametrize(
    ("body", "done", "heard_by"),
    [
        pytest.param("120/80", REACHED, "coaching", id="a reading goes to coaching"),
        pytest.param("120/80", {}, None, id="not before the member was reached"),
        pytest.param(
            "120/80", REACHED | {"coaching": "completed"}, None, id="nor after coaching has ended"
        ),
        pytest.param("thanks", REACHED, None, id="other words go to nobody"),
    ],
)
def test_who_hears_what_was_not_asked_for(
    body: str, done: dict[str, str], heard_by: str | None
) -> None:
    known = facts(done=done, conditions=("hypertension",))
    found = journey.heard_unasked(PROGRAM, STATES, body, known, NOW)
    assert (found[0] if found else None) == heard_by


def test_the_same_question_moves_the_journey_and_fills_the_consoles_strip() -> None:
    known = facts(accepted("coaching-1"), done=REACHED | {"screening": "declined"}, reached_at=NOW)
    state = Coaching(week=1, asked_at=NOW)
    wait = journey.next_step(PROGRAM, "coaching", state, known, NOW + DAY)
    assert wait == journey.next_step(PROGRAM, "coaching", state, known, NOW + 2 * DAY)
