"""When, and on which rung of the ladder, a member is next invited."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from domain import cool_off
from domain.answers import NO, YES, choice
from domain.cool_off import Resting
from domain.effects import CloseTask, Effect, OpenTask, PrintLetter, Record, SendText
from domain.outbox import Status
from domain.outreach_plan import OutreachPlan
from domain.outreach_rungs import (
    BY_PEOPLE,
    DECLINED,
    REACHED,
    TEXTS,
    Channel,
    Ending,
    Rung,
    ending,
    step_name,
    task_key,
)
from domain.stages import Do, Done, Facts, Heard, Wait


@dataclass(frozen=True, slots=True)
class Outreach:
    """`rung` counts the rungs used; `used_at` is when the last one was decided."""

    rung: int = 0
    used_at: datetime | None = None
    answer: str | None = None
    unclear: int = 0
    told: int = 0
    """Up to which rung it is recorded what came of it."""
    resting: Resting | None = None
    """Between two invitations."""


class Skip(StrEnum):
    """Why a rung was passed over."""

    NO_NUMBER = "no number"
    NOT_DELIVERED = "not delivered"
    """The text before it did not arrive: the same number is not tried at once again."""
    NO_OTHER_NUMBER = "no other number"
    NO_PHARMACY = "no pharmacy"


def next_step(state: Outreach, plan: OutreachPlan, facts: Facts, now: datetime) -> Do | Wait | Done:
    rungs = plan.ladder(facts.program_version)
    answer = state.answer or _from_people(rungs, facts)[0]
    if answer:
        return _told_all(state, rungs, facts) or Done(answer)
    last = _last_contact(state, rungs, facts, now)
    if state.resting and plan.again and state.rung < len(rungs):
        until, why = cool_off.until(state.resting, plan.again, facts)
        if now < until:
            return Wait(until, why)
        return _climb(state, plan, rungs, facts, now)
    if state.rung in plan.ends(facts.program_version) or state.rung >= len(rungs):
        until = (last or state.used_at or now) + plan.patience
        if now < until:
            return Wait(until, "outreach_patience")
        return _over(state, rungs, facts, now)
    due = now if last is None else last + rungs[state.rung].after
    if now < due:
        return Wait(due, "outreach_next_rung")
    return _climb(state, plan, rungs, facts, now)


def _over(state: Outreach, rungs: Sequence[Rung], facts: Facts, now: datetime) -> Do | Done:
    """Nobody answered this invitation: the member rests before the next, if there is one."""
    told = _told_all(state, rungs, facts)
    if state.rung >= len(rungs):
        return told or Done("unable_to_contact")
    rests = replace(state, told=state.rung, resting=cool_off.begin(facts, now))
    return Do(rests, (*(told.effects if told else ()), Record("outreach_rests", "cool_off", {})))


def heard(state: Outreach, body: str, _plan: OutreachPlan, _facts: Facts, _now: datetime) -> Heard:
    match choice(body):
        case answer if answer == YES:
            return Heard(replace(state, answer=REACHED))
        case answer if answer == NO:
            return Heard(replace(state, answer=DECLINED))
    return Heard(replace(state, unclear=state.unclear + 1), understood=False)


def _from_people(rungs: Sequence[Rung], facts: Facts) -> tuple[str | None, int]:
    """What the member said on a call or at the counter, and on which rung: its task says so."""
    for ordinal, rung in enumerate(rungs, 1):
        said = facts.tasks.get(task_key(rungs, ordinal)) if rung.channel in BY_PEOPLE else None
        if said in (REACHED, DECLINED):
            return said, ordinal
    return None, 0


def _last_contact(
    state: Outreach, rungs: Sequence[Rung], facts: Facts, now: datetime
) -> datetime | None:
    """When the last rung took effect; None when none has, or when the last was lost at once."""
    used = min(state.rung, len(rungs))
    if not used or state.used_at is None:
        return None
    rung, step = rungs[used - 1], step_name(used)
    if rung.channel in TEXTS:
        text = facts.text(step)
        return None if text is None or text.lost else text.counts_from(now, state.used_at)
    if rung.channel is Channel.LETTER and (letter := facts.letters.get(step)):
        # A hold moves `used_at` on, and the printing with it.
        return None if letter.lost else max(letter.spooled_at or state.used_at, state.used_at)
    if rung.channel in BY_PEOPLE and facts.tasks and task_key(rungs, used) not in facts.tasks:
        return None
    return state.used_at


def _climb(
    state: Outreach, plan: OutreachPlan, rungs: Sequence[Rung], facts: Facts, now: datetime
) -> Do:
    ordinal = state.rung + 1
    rung = rungs[state.rung]
    told = tuple(_endings(state, rungs, facts))
    after = replace(state, rung=ordinal, used_at=now, told=state.rung, resting=None)
    detail: Mapping[str, str | int] = {"rung": ordinal, "channel": rung.channel}
    if skip := _skip(state, rungs, facts):
        return Do(after, (Record("rung_skipped", skip, detail), *told))
    attempt = Record("outreach_attempt", "cadence", {**detail, "template": rung.template})
    return Do(after, (_effect(plan, rungs, ordinal, facts, now), attempt, *told))


def _skip(state: Outreach, rungs: Sequence[Rung], facts: Facts) -> Skip | None:
    match rungs[state.rung].channel:
        case Channel.SMS if not facts.has_number:
            return Skip.NO_NUMBER
        case Channel.SMS if _undelivered(state, rungs, facts) and not _on_other(
            state, rungs, facts
        ):
            return Skip.NOT_DELIVERED
        case Channel.SECOND_NUMBER if not facts.other_number:
            return Skip.NO_OTHER_NUMBER
        case Channel.COUNTER if not facts.has_pharmacy:
            return Skip.NO_PHARMACY
    return None


def _undelivered(state: Outreach, rungs: Sequence[Rung], facts: Facts) -> bool:
    """Whether the last attempt was a text that did not arrive; rungs passed over do not count."""
    for ordinal in range(min(state.rung, len(rungs)), 0, -1):
        if rungs[ordinal - 1].channel not in TEXTS:
            return False
        if text := facts.text(step_name(ordinal)):
            return text.status is Status.FAILED
    return False


def _on_other(state: Outreach, rungs: Sequence[Rung], facts: Facts) -> bool:
    """Another number takes over at once, unless the ladder has a rung of its own for it."""
    ahead = (rung.channel for rung in rungs[state.rung :])
    return facts.other_number and Channel.SECOND_NUMBER not in ahead


def _effect(
    plan: OutreachPlan, rungs: Sequence[Rung], ordinal: int, facts: Facts, now: datetime
) -> Effect:
    rung, step = rungs[ordinal - 1], step_name(ordinal)
    match rung.channel:
        case Channel.SMS:
            before = Outreach(rung=ordinal - 1)
            return SendText(step, rung.template, other_number=_undelivered(before, rungs, facts))
        case Channel.SECOND_NUMBER:
            return SendText(step, rung.template, other_number=True)
        case Channel.LETTER:
            return PrintLetter(step, rung.template)
        case Channel.CALL:
            key = task_key(rungs, ordinal)
            return OpenTask(key, "outreach_call", "coordinator", plan.call_within)
    return OpenTask(
        task_key(rungs, ordinal),
        "outreach_counter",
        "pharmacist",
        plan.counter_within,
        detail=_next_refill(facts, now),
    )


def _next_refill(facts: Facts, now: datetime) -> Mapping[str, str]:
    """When the member is likely at the counter; a protected medicine gives no hint."""
    ends = [m.runs_out_on for m in facts.medications if not m.part2 and m.runs_out_on >= now.date()]
    return {"next_refill": min(ends).isoformat()} if ends else {}


def _endings(state: Outreach, rungs: Sequence[Rung], facts: Facts) -> Sequence[Record]:
    """What came of each rung that is not told yet."""
    used = range(state.told + 1, min(state.rung, len(rungs)) + 1)
    return [
        _ended(rungs, ordinal, how) for ordinal in used if (how := ending(rungs, ordinal, facts))
    ]


def _told_all(state: Outreach, rungs: Sequence[Rung], facts: Facts) -> Do | None:
    """Before the ladder ends: what came of its rungs, and nobody is asked to call any more."""
    if state.told >= state.rung:
        return None
    records = {record.detail["rung"]: record for record in _endings(state, rungs, facts)}
    answer, answered = _answered(state, rungs, facts)
    if answer:
        if state.rung in records:
            records[state.rung] = _ended(rungs, state.rung, Ending.OVERTAKEN)
        records[answered] = _ended(rungs, answered, Ending(answer))
    keys = [task_key(rungs, n) for n, r in enumerate(rungs, 1) if r.channel in BY_PEOPLE]
    unneeded = [CloseTask(key, Ending.OVERTAKEN) for key in keys if _open(facts, key)]
    return Do(replace(state, told=state.rung), (*records.values(), *unneeded))


def _answered(state: Outreach, rungs: Sequence[Rung], facts: Facts) -> tuple[str | None, int]:
    """The answer, and the rung that brought it: a text answers the last that can have arrived."""
    if state.answer is None:
        return _from_people(rungs, facts)
    for ordinal in range(min(state.rung, len(rungs)), 0, -1):
        text = facts.text(step_name(ordinal))
        if text and not text.lost:
            return state.answer, ordinal
    return state.answer, max(1, min(state.rung, len(rungs)))


def _ended(rungs: Sequence[Rung], ordinal: int, how: Ending) -> Record:
    return Record("rung_ended", how, {"rung": ordinal, "channel": rungs[ordinal - 1].channel})


def _open(facts: Facts, key: str) -> bool:
    return key in facts.tasks and facts.tasks[key] is None
