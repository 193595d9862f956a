"""The note to the prescriber: when it goes out, and what its answer asks of us."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from domain.due import working_days
from domain.effects import Effect, OpenTask, Record, ResendNote, SendNote
from domain.note_requests import RequestRule
from domain.passage import PassagePlan
from domain.quiet_hours import Holiday
from domain.stages import Do, Done, Facts, NoteFact, Wait


@dataclass(frozen=True, slots=True)
class Ladder:
    """What follows when nobody answers, in working days from the moment the note left."""

    resend: int
    phone: int
    expire: int


@dataclass(frozen=True, slots=True)
class CoordinationPlan:
    after_intake: int
    """Working days."""
    latest_after: timedelta
    """Counted from the day the member was reached, when the screening never ends."""
    reply_within: timedelta
    task_within: timedelta
    requests: tuple[RequestRule, ...]
    enough_readings: int
    reading_window: timedelta
    medicine_window: timedelta
    """A medicine whose supply ended longer ago is taken for stopped."""
    ladder: Ladder = field(default_factory=lambda: Ladder(3, 5, 10))
    passage: PassagePlan = field(default_factory=PassagePlan)
    holidays: tuple[Holiday, ...] = ()
    """A practice is closed then: they are left out of every working day here."""

    def open_days(self, since: datetime, days: int) -> datetime:
        return working_days(since, days, self.holidays)


@dataclass(frozen=True, slots=True)
class Coordination:
    intake_at: datetime | None = None
    sent: bool = False
    how: str | None = None
    resent: bool = False
    phoned: bool = False


def next_step(
    state: Coordination, plan: CoordinationPlan, facts: Facts, now: datetime
) -> Do | Wait | Done:
    if state.how:
        return Done(state.how)
    if not state.sent:
        return _send_when_due(state, plan, facts, now)
    note = facts.note
    if note and note.answered_at is not None:
        return Do(replace(state, how="answered"), _act_on(note, plan))
    if note is None:
        return Wait(now + plan.reply_within, "note_answer")
    if note.sent_at is None:
        return _unsent(state, note, now)
    return _unanswered(state, plan, note, note.sent_at, now)


def _unsent(state: Coordination, note: NoteFact, now: datetime) -> Do | Wait:
    if now >= note.reply_by:
        # Its problem is a person's task already: nobody has left it unanswered.
        return Do(replace(state, how="not_sent"), (Record("note_expired", "never sent"),))
    return Wait(_soonest(note, note.reply_by, now), "note_answer")


def _unanswered(
    state: Coordination, plan: CoordinationPlan, note: NoteFact, sent_at: datetime, now: datetime
) -> Do | Wait:
    """A second copy, then a call, then the end; an answer that comes later is a person's still."""
    ladder = plan.ladder
    resend, phone, expire = (
        plan.open_days(sent_at, days) for days in (ladder.resend, ladder.phone, ladder.expire)
    )
    if not state.resent and now >= resend:
        return Do(replace(state, resent=True), (ResendNote(),))
    if not state.phoned and now >= phone:
        task = OpenTask("note-unanswered", "note_unanswered", "coordinator", plan.task_within)
        return Do(replace(state, phoned=True), (task,))
    if now >= expire:
        return Do(replace(state, how="no_answer"), (Record("note_expired", "expiry"),))
    past = {resend: state.resent, phone: state.phoned, expire: False}
    return Wait(_soonest(note, min(at for at in past if not past[at]), now), "note_answer")


def _soonest(note: NoteFact, due: datetime, now: datetime) -> datetime:
    """Also when the note's way is to be looked after."""
    later = note.next_try_at is not None and now < note.next_try_at
    return min(due, note.next_try_at) if later and note.next_try_at else due


def _send_when_due(
    state: Coordination, plan: CoordinationPlan, facts: Facts, now: datetime
) -> Do | Wait:
    if state.intake_at is None and "screening" in facts.done:
        return Do(replace(state, intake_at=now))
    latest = (facts.reached_at or now) + plan.latest_after
    due = (
        min(latest, plan.open_days(state.intake_at, plan.after_intake))
        if state.intake_at
        else latest
    )
    if now < due:
        return Wait(due, "note_due")
    return Do(replace(state, sent=True), (SendNote(plan.reply_within),))


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
