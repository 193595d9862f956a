"""The note to the prescriber: when it leaves, and what becomes of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from make_journeys import DAY, HOUR, NOW, PLANS, days, facts

from domain.coordination import Coordination, CoordinationPlan, Ladder, next_step
from domain.coordination_program import coordination_plan
from domain.effects import OpenTask, Record, ResendNote, SendNote
from domain.program_reader import BadProgram, Reader
from domain.stages import Do, Done, Facts, NoteFact, Wait
from runtime import programs

PLAN: CoordinationPlan = PLANS["coordination"]
WEDNESDAY = NOW
SENT = Coordination(intake_at=NOW - days(3), sent=True)
REPLY_BY = NOW + days(7)
YAML = Path(__file__).parents[1] / "programs" / "medicare-cardiometabolic.yaml"
WRITTEN: dict[str, Any] = yaml.safe_load(YAML.read_text())["coordination"]
LADDER: dict[str, int] = WRITTEN["ladder"]


def note(*, sent: bool = True, answers: dict[str, str] | None = None) -> Facts:
    answered = NOW if answers is not None else None
    return facts(note=NoteFact(NOW if sent else None, REPLY_BY, answered, answers or {}))


def test_the_end_of_the_screening_is_the_intake() -> None:
    known = facts(reached_at=NOW - DAY, done={"screening": "partial"})
    assert next_step(Coordination(), PLAN, known, NOW) == Do(Coordination(intake_at=NOW))


@pytest.mark.parametrize(
    ("intake", "reached", "due"),
    [
        pytest.param(WEDNESDAY, NOW, WEDNESDAY + days(2), id="two days after the intake"),
        pytest.param(
            WEDNESDAY + days(1), NOW, WEDNESDAY + days(5), id="from a Thursday to the Monday",
        ),
        pytest.param(
            WEDNESDAY + days(2), NOW, WEDNESDAY + days(6), id="from a Friday to the Tuesday",
        ),
        pytest.param(
            WEDNESDAY + days(3), NOW, WEDNESDAY + days(6), id="from a Saturday to the Tuesday",
        ),
        pytest.param(None, NOW, NOW + days(21), id="at the latest when the screening never ends"),
        pytest.param(
            NOW, NOW - days(20), NOW + days(1), id="a late intake does not make it later still",
        ),
    ],
)  # fmt: skip
def test_when_the_note_is_due(intake: datetime | None, reached: datetime, due: datetime) -> None:
    state = Coordination(intake_at=intake)
    known = facts(reached_at=reached)
    assert next_step(state, PLAN, known, due - timedelta(seconds=1)) == Wait(due, "note_due")
    step = next_step(state, PLAN, known, due)
    assert step == Do(replace(state, sent=True), (SendNote(PLAN.reply_within),))


THANKSGIVING_EVE = datetime(2026, 11, 25, 15, tzinfo=UTC)


def test_a_federal_holiday_is_no_working_day_of_a_note() -> None:
    plan = programs.program("medicaid-high-risk").plans["coordination"]
    known = facts(reached_at=THANKSGIVING_EVE)
    due = THANKSGIVING_EVE + days(5)
    assert next_step(Coordination(intake_at=THANKSGIVING_EVE), plan, known, THANKSGIVING_EVE) == (
        Wait(due, "note_due")
    )
    left = replace(note(), note=NoteFact(THANKSGIVING_EVE, due + days(9), None, {}))
    second = THANKSGIVING_EVE + days(6)
    assert next_step(SENT, plan, left, THANKSGIVING_EVE) == Wait(second, "note_answer")


def test_an_answer_is_awaited() -> None:
    sent_at = note().note.sent_at
    expected = Wait(sent_at + days(5), "note_answer")
    assert next_step(SENT, PLAN, note(), sent_at + DAY) == expected


@pytest.mark.parametrize(
    ("answers", "carried_out"),
    [
        pytest.param({"bp": "accept", "list": "decline"}, True, id="an accepted request"),
        pytest.param({"bp": "modify"}, True, id="a changed request"),
        pytest.param({"bp": "decline"}, False, id="nothing accepted"),
    ],
)
def test_what_an_answer_asks_of_the_pharmacist(answers: dict[str, str], carried_out: bool) -> None:
    step = next_step(SENT, PLAN, note(answers=answers), NOW + HOUR)
    assert isinstance(step, Do)
    assert step.effects[0] == Record("note_acted_on", "provider's answer", answers)
    tasks = [each for each in step.effects if isinstance(each, OpenTask)]
    expected = OpenTask(
        "note-answer", "note_answer", "pharmacist", PLAN.task_within, False, answers
    )
    assert tasks == ([expected] if carried_out else [])
    assert next_step(step.state, PLAN, note(answers=answers), NOW + HOUR) == Done("answered")


def test_an_answer_after_the_deadline_still_counts_while_nobody_has_acted() -> None:
    step = next_step(SENT, PLAN, note(answers={"bp": "accept"}), REPLY_BY + DAY)
    assert isinstance(step, Do)
    assert step.state.how == "answered"


def test_a_note_nobody_answers_is_sent_again_then_called_about_then_given_up() -> None:
    sent_at, state = note().note.sent_at, SENT
    task = OpenTask("note-unanswered", "note_unanswered", "coordinator", PLAN.task_within)
    second = timedelta(seconds=1)
    ladder = (
        (days(5), ResendNote()),
        (days(7), task),
        (days(14), Record("note_expired", "expiry")),
    )
    for after, effect in ladder:
        due = sent_at + after
        assert next_step(state, PLAN, note(), due - second) == Wait(due, "note_answer")
        step = next_step(state, PLAN, note(), due)
        assert isinstance(step, Do)
        assert step.effects == (effect,)
        state = step.state
    assert next_step(state, PLAN, note(), sent_at + days(14)) == Done("no_answer")


def test_a_note_that_never_left_was_not_left_unanswered() -> None:
    step = next_step(SENT, PLAN, note(sent=False), REPLY_BY)
    assert isinstance(step, Do)
    assert not any(isinstance(each, OpenTask) for each in step.effects)
    assert step.state.how == "not_sent"


@pytest.mark.parametrize("resent", [False, True])
def test_an_answer_at_any_rung_ends_the_ladder(resent: bool) -> None:
    state = replace(SENT, resent=resent, phoned=resent)
    step = next_step(state, PLAN, note(answers={"bp": "accept"}), NOW + days(30))
    assert isinstance(step, Do)
    assert step.state.how == "answered"


def test_the_way_of_a_copy_is_looked_after_before_the_next_rung() -> None:
    soon = NOW + timedelta(minutes=15)
    known = facts(note=NoteFact(NOW, REPLY_BY, None, {}, soon))
    assert next_step(SENT, PLAN, known, NOW) == Wait(soon, "note_answer")


def test_both_programs_send_two_working_days_after_intake_and_climb_the_same_ladder() -> None:
    for program in programs.all_programs().values():
        plan: CoordinationPlan = program.plans["coordination"]
        assert (plan.after_intake, plan.ladder) == (2, Ladder(3, 5, 10)), program.id


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param({"ladder": {**LADDER, "phone_after_business_days": 3}}, "ladder", id="a call "
                     "no later than the second copy"),
        pytest.param({"ladder": {**LADDER, "expire_after_business_days": 4}}, "ladder", id="an end "
                     "before the call"),
        pytest.param({"ladder": {"resend_after_business_days": 3}}, "phone_after", id="a rung left "
                     "out"),
        pytest.param({"requests": [{"id": "late", "text": "?", "part2": True}]}, "protected_1",
                     id="the id of a labelled request that tells"),
        pytest.param(
            {"requests": [{"id": "late", "text": "?",
                           "when_any": [{"signal": "days_late_part2", "at_least": 7}]}]},
            "days_late_part2", id="a request on a labelled signal without the label",
        ),
    ],
)  # fmt: skip
def test_a_plan_that_does_not_hold_is_refused_in_one_sentence(
    change: dict[str, Any], said: str
) -> None:
    with pytest.raises(BadProgram, match=said):
        coordination_plan(Reader({**WRITTEN, **change}, "a program, coordination"))


def test_a_labelled_request_has_an_id_that_tells_nothing() -> None:
    asked = {"id": "protected_1", "text": "?", "part2": True,
             "when_any": [{"signal": "days_late_part2", "at_least": 7}]}  # fmt: skip
    plan = coordination_plan(Reader({**WRITTEN, "requests": [asked]}, "a program"))
    assert plan.requests[0].part2
