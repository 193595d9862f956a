"""The note to the prescriber: when it leaves, and what becomes of it."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from make_journeys import DAY, HOUR, NOW, PLANS, days, facts

from domain.coordination import Coordination, CoordinationPlan, next_step
from domain.effects import OpenTask, Record, ResendNote, SendNote
from domain.stages import Do, Done, Facts, NoteFact, Wait

PLAN: CoordinationPlan = PLANS["coordination"]
WEDNESDAY = NOW
SENT = Coordination(intake_at=NOW - days(3), sent=True)
REPLY_BY = NOW + days(7)


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
            WEDNESDAY + days(1), NOW, WEDNESDAY + days(5), id="a Saturday becomes Monday",
        ),
        pytest.param(
            WEDNESDAY + days(2), NOW, WEDNESDAY + days(5), id="a Sunday becomes Monday",
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


def test_an_answer_is_awaited() -> None:
    sent_at = note().note.sent_at
    expected = Wait(sent_at + PLAN.resend_after, "note_answer")
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
    ladder = (
        (PLAN.resend_after, ResendNote()),
        (PLAN.phone_after, task),
        (PLAN.expire_after, Record("note_expired", "expiry")),
    )
    for after, effect in ladder:
        step = next_step(state, PLAN, note(), sent_at + after)
        assert isinstance(step, Do)
        assert step.effects == (effect,)
        state = step.state
    assert next_step(state, PLAN, note(), sent_at + PLAN.expire_after) == Done("no_answer")


def test_a_note_that_never_left_was_not_left_unanswered() -> None:
    step = next_step(SENT, PLAN, note(sent=False), REPLY_BY)
    assert isinstance(step, Do)
    assert not any(isinstance(each, OpenTask) for each in step.effects)
    assert step.state.how == "not_sent"
