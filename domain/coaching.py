"""Coaching by curricula: readings and check-ins asked for, judged, and handed to a pharmacist."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from domain import coaching_readings
from domain.answers import number
from domain.check_ins import CheckIn
from domain.coaching_readings import AT_ONCE
from domain.curricula import CALL, READINGS, Curriculum, Step, chosen, merged, progress
from domain.due import due
from domain.effects import Effect, OpenTask, Record, SendText
from domain.outbox import Purpose
from domain.reading_rules import ReadingRules
from domain.readings import Implausible, Said, parse
from domain.stages import Do, Done, Facts, Heard, Wait

_LAST_WAIT = timedelta(days=7)
"""How long the last answer is waited for."""
_APART = timedelta(days=1)
_MET = {True: "yes", False: "no", None: "too few readings"}


@dataclass(frozen=True, slots=True)
class CoachingPlan:
    first_after: timedelta
    wait_for_screening: bool
    curricula: Sequence[Curriculum]
    """In the program's order of preference."""
    at_most: int
    """Curricula with texts that one member follows at a time."""
    check_ins: Mapping[str, CheckIn]
    rules: ReadingRules
    task_within: timedelta
    """For a call, and for a reading or an answer nobody could read."""


@dataclass(frozen=True, slots=True)
class Coaching:
    week: int = 0
    """How many steps were taken; the name is that of the days when there was one a week."""
    asked_at: datetime | None = None
    misread: int = 0
    readings: int = 0
    """Texts that brought one or more."""
    follows: tuple[str, ...] = ()
    """Curricula, as chosen at the first step: a new condition does not reshuffle them."""
    last: str = ""
    """Key of the step taken last."""
    closed: bool = False


def next_step(state: Coaching, plan: CoachingPlan, facts: Facts, now: datetime) -> Do | Wait | Done:
    if plan.wait_for_screening and "screening" not in facts.done:
        return Wait(None, "coaching_after_screening")
    step = _coming(state, plan, facts)
    if step is None:
        return _close(state, plan, facts, now)
    due_at = _due(state, step, plan, facts, now)
    if now < due_at:
        return Wait(due_at, "coaching_next_week")
    taken = replace(
        state,
        week=state.week + 1,
        asked_at=now,
        misread=0,
        follows=_follows(state, plan, facts),
        last=step.key,
    )
    return Do(taken, (_act(step, taken, plan),))


def heard(state: Coaching, body: str, plan: CoachingPlan, facts: Facts, now: datetime) -> Heard:
    kind = kind_asked(state, plan, facts)
    if kind in plan.check_ins:
        return _check_in(state, body, plan.check_ins[kind], now)
    said = parse(body, "glucose" if kind == "glucose" else "bp", plan.rules.bounds)
    if any(not isinstance(each, Implausible) for each in said):
        return _note(state, said, body, plan, facts, now)
    return _again(state, plan, "implausible" if said else "unreadable")


def heard_unasked(
    state: Coaching, body: str, plan: CoachingPlan, facts: Facts, now: datetime
) -> Heard | None:
    """A reading sent without being asked for counts; anything else is for somebody else."""
    said = parse(body, None, plan.rules.bounds)
    if any(not isinstance(each, Implausible) for each in said):
        return _note(state, said, body, plan, facts, now)
    return None


def step_name(week: int) -> str:
    return f"coaching-{week}"


def kind_asked(state: Coaching, plan: CoachingPlan, facts: Facts) -> str:
    """What the last text asked for: bp, glucose, or the name of a check-in."""
    asked = [s for s in _steps(state, plan, facts)[: _place(state, plan, facts)] if s.ask != CALL]
    return asked[-1].ask if asked else READINGS[0]


def _follows(state: Coaching, plan: CoachingPlan, facts: Facts) -> tuple[str, ...]:
    return state.follows or chosen(plan.curricula, facts.conditions, plan.at_most)


def _steps(state: Coaching, plan: CoachingPlan, facts: Facts) -> tuple[Step, ...]:
    return merged(plan.curricula, _follows(state, plan, facts))


def _place(state: Coaching, plan: CoachingPlan, facts: Facts) -> int:
    """How many steps lie behind: up to the last one taken, or as many as were counted."""
    keys = [step.key for step in _steps(state, plan, facts)]
    return keys.index(state.last) + 1 if state.last in keys else state.week


def _coming(state: Coaching, plan: CoachingPlan, facts: Facts) -> Step | None:
    steps = _steps(state, plan, facts)
    place = _place(state, plan, facts)
    return steps[place] if place < len(steps) else None


def _due(state: Coaching, step: Step, plan: CoachingPlan, facts: Facts, now: datetime) -> datetime:
    if state.asked_at is None:
        return (facts.reached_at or now) + plan.first_after
    text = facts.text(step_name(state.week))
    sent = text.counts_from(now, state.asked_at) if text and not text.lost else state.asked_at
    place = _place(state, plan, facts)
    before = _steps(state, plan, facts)[place - 1] if place else step
    return sent + max(_APART, timedelta(days=step.day - before.day))


def _act(step: Step, state: Coaching, plan: CoachingPlan) -> Effect:
    name = step_name(state.week)
    if step.ask != CALL:
        return SendText(name, step.template)
    # A topic of a substance-use curriculum is looked up by those who may see it, never copied.
    detail = {"part2": "yes", "curriculum": step.key} if step.part2 else {"topic": step.topic}
    return OpenTask(name, "coaching_call", "pharmacist", plan.task_within, detail=detail)


def _close(state: Coaching, plan: CoachingPlan, facts: Facts, now: datetime) -> Do | Wait | Done:
    if state.closed:
        return Done("completed")
    until = (state.asked_at or now) + _LAST_WAIT
    if now < until:
        return Wait(until, "coaching_last_week")
    ids = _follows(state, plan, facts)
    records = tuple(
        Record("goal", each.id, {"met": _MET[progress(each.goal, facts.readings, now).met]})
        for each in plan.curricula
        if each.id in ids and each.goal
    )
    return Do(replace(state, closed=True), records)


def _note(
    state: Coaching,
    said: Sequence[Said],
    body: str,
    plan: CoachingPlan,
    facts: Facts,
    now: datetime,
) -> Heard:
    ordinal = state.readings + 1
    acts = coaching_readings.effects(
        f"reading-{ordinal}", said, body, plan.rules, facts.readings, now,
        look_within=plan.task_within,
    )  # fmt: skip
    return Heard(replace(state, readings=ordinal, misread=0), acts)


def _again(state: Coaching, plan: CoachingPlan, why: str) -> Heard:
    """Ask once more and let a person look too: a wrong number may be a true one, badly typed."""
    step = step_name(max(state.week, 1))
    task = OpenTask(
        f"{step}-{why}", "unclear_reading", "pharmacist", plan.task_within, detail={"why": why}
    )
    if state.misread:
        return Heard(state, (task,), understood=False)
    kind_text = SendText(f"{step}-again", "reading_reprompt", Purpose.REPLY)
    effects: tuple[Effect, ...] = (kind_text,)
    if why == "implausible":
        effects = (kind_text, task)
    return Heard(replace(state, misread=1), effects, understood=why == "implausible")


def _check_in(state: Coaching, body: str, asked: CheckIn, now: datetime) -> Heard:
    digit = number(body, "".join(asked.answers))
    if digit is None:
        return Heard(state, understood=False)
    answer = asked.answers[digit]
    step = step_name(state.week)
    at_once = answer.urgency in AT_ONCE
    effects: tuple[Effect, ...] = (
        Record("check_in", asked.name, {"said": answer.said}),
        SendText(f"{step}-thanks", answer.template, Purpose.SAFETY if at_once else Purpose.REPLY),
    )
    deadline = due(now, answer.minutes, answer.business_days)
    if deadline and answer.urgency:
        task = OpenTask(
            f"{step}-help",
            "check_in",
            "pharmacist",
            deadline - now,
            urgent=at_once,
            detail={"said": answer.said, "level": answer.urgency},
        )
        escalation = Record("escalation", f"{asked.name}-{answer.said}", {"level": answer.urgency})
        effects = (*effects, task, escalation)
    return Heard(state, effects)
