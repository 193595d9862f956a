"""The note to the prescriber: when it goes out, and what its answer asks of us."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from domain.effects import Effect, OpenTask, Record, SendNote
from domain.notes import RequestRule
from domain.stages import Do, Done, Facts, NoteFact, Wait


@dataclass(frozen=True, slots=True)
class CoordinationPlan:
    after_intake: timedelta
    latest_after: timedelta
    """Counted from the day the member was reached, when the screening never ends."""
    reply_within: timedelta
    task_within: timedelta
    requests: tuple[RequestRule, ...]
    enough_readings: int
    reading_window: timedelta


@dataclass(frozen=True, slots=True)
class Coordination:
    intake_at: datetime | None = None
    sent: bool = False
    how: str | None = None


def next_step(
    state: Coordination, plan: CoordinationPlan, facts: Facts, now: datetime
) -> Do | Wait | Done:
    if state.how:
        return Done(state.how)
    if not state.sent:
        return _send_when_due(state, plan, facts, now)
    note = facts.note
    if note and note.sent_at is None and now >= note.reply_by:
        # Its problem is a person's task already: nobody has left it unanswered.
        return Do(replace(state, how="not_sent"), (Record("note_expired", "never sent"),))
    if note is None or note.answered_at is None:
        until = note.reply_by if note else now + plan.reply_within
        if now < until:
            return Wait(until, "note_answer")
        task = OpenTask("note-unanswered", "note_unanswered", "coordinator", plan.task_within)
        return Do(replace(state, how="no_answer"), (task, Record("note_expired", "reply by")))
    return Do(replace(state, how="answered"), _act_on(note, plan))


def _send_when_due(
    state: Coordination, plan: CoordinationPlan, facts: Facts, now: datetime
) -> Do | Wait:
    if state.intake_at is None and "screening" in facts.done:
        return Do(replace(state, intake_at=now))
    latest = (facts.reached_at or now) + plan.latest_after
    due = (
        min(latest, _working_day(state.intake_at + plan.after_intake))
        if state.intake_at
        else latest
    )
    if now < due:
        return Wait(due, "note_due")
    return Do(replace(state, sent=True), (SendNote(plan.reply_within),))


def _working_day(moment: datetime) -> datetime:
    """A practice reads its fax on working days."""
    return moment + timedelta(days={5: 2, 6: 1}.get(moment.weekday(), 0))


def _act_on(note: NoteFact, plan: CoordinationPlan) -> tuple[Effect, ...]:
    """An accepted request is the pharmacist's to carry out, a changed one to read first."""
    record = Record("note_acted_on", "provider's answer", dict(note.answers))
    changed = [request for request, answer in note.answers.items() if answer != "decline"]
    if not changed:
        return (record,)
    task = OpenTask(
        "note-answer", "note_answer", "pharmacist", plan.task_within, detail=dict(note.answers)
    )
    return (record, task)
