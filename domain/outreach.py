"""When, and on which rung of the ladder, a member is next invited."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from domain.answers import NO, YES, choice
from domain.effects import Effect, OpenTask, PrintLetter, Record, SendText
from domain.stages import Do, Done, Facts, Heard, Wait


class Channel(StrEnum):
    SMS = "sms"
    LETTER = "letter"
    CALL = "call"


@dataclass(frozen=True, slots=True)
class Rung:
    channel: Channel
    template: str
    after: timedelta
    """Counted from when the rung before reached the carrier, not from when it was decided."""


@dataclass(frozen=True, slots=True)
class OutreachPlan:
    rungs: Sequence[Rung]
    patience: timedelta
    """How long after the last rung an answer is awaited."""
    call_within: timedelta


@dataclass(frozen=True, slots=True)
class Outreach:
    """`rung` counts the rungs used; `used_at` is when the last one was decided."""

    rung: int = 0
    used_at: datetime | None = None
    answer: str | None = None
    unclear: int = 0


def next_step(state: Outreach, plan: OutreachPlan, facts: Facts, now: datetime) -> Do | Wait | Done:
    answer = state.answer or _from_call(facts.tasks)
    if answer:
        return Done(answer)
    last = _last_contact(state, plan, facts, now)
    if state.rung == len(plan.rungs):
        until = (last or state.used_at or now) + plan.patience
        return Done("unable_to_contact") if now >= until else Wait(until, "outreach_patience")
    rung = plan.rungs[state.rung]
    due = now if last is None else last + rung.after
    if now < due:
        return Wait(due, "outreach_next_rung")
    return _climb(state, plan, facts, now)


def heard(state: Outreach, body: str, _plan: OutreachPlan, _facts: Facts, _now: datetime) -> Heard:
    match choice(body):
        case answer if answer == YES:
            return Heard(replace(state, answer="reached"))
        case answer if answer == NO:
            return Heard(replace(state, answer="declined"))
    return Heard(replace(state, unclear=state.unclear + 1), understood=False)


def step_name(rung: int) -> str:
    return f"outreach-{rung}"


def _from_call(tasks: Mapping[str, str | None]) -> str | None:
    """A coordinator who reached the member on the telephone says so by closing the call's task."""
    said = tasks.get("outreach-call")
    return said if said in ("reached", "declined") else None


def _last_contact(
    state: Outreach, plan: OutreachPlan, facts: Facts, now: datetime
) -> datetime | None:
    """When the last rung took effect; None when none has, or when the last was lost at once."""
    if not state.rung or state.used_at is None:
        return None
    if plan.rungs[state.rung - 1].channel is not Channel.SMS:
        return state.used_at
    text = facts.text(step_name(state.rung))
    if text is None or text.lost:
        return None
    return text.counts_from(now, state.used_at)


def _climb(state: Outreach, plan: OutreachPlan, facts: Facts, now: datetime) -> Do:
    rung = plan.rungs[state.rung]
    ordinal = state.rung + 1
    after = replace(state, rung=ordinal, used_at=now)
    effects: tuple[Effect, ...]
    match rung.channel:
        case Channel.SMS if not facts.has_number:
            return Do(after, (Record("rung_skipped", "no number", {"rung": ordinal}),))
        case Channel.SMS:
            effects = (SendText(step_name(ordinal), rung.template),)
        case Channel.LETTER:
            effects = (PrintLetter(step_name(ordinal), rung.template),)
        case Channel.CALL:
            effects = (OpenTask("outreach-call", "outreach_call", "coordinator", plan.call_within),)
    return Do(after, (*effects, Record("outreach_attempt", "cadence", {"rung": ordinal})))
