"""Weekly coaching: one prompt a week, readings judged, high and low ones handed to a pharmacist."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from domain.answers import NO, OTHER, YES, choice
from domain.danger import Urgency
from domain.effects import Effect, OpenTask, Record, SaveReading, SendText
from domain.outbox import Purpose
from domain.reading_rules import Level, ReadingRules, level, symptoms_in
from domain.readings import BloodPressure, Glucose, Implausible, parse
from domain.stages import Do, Done, Facts, Heard, ReadingFact, Wait

CHECK_IN = "check_in"
PROMPTS: Mapping[str, str] = {
    "bp": "bp_prompt",
    "glucose": "glucose_prompt",
    CHECK_IN: "checkin_prompt",
}
_AT_ONCE = (Urgency.EMERGENCY, Urgency.SAME_HOUR)


@dataclass(frozen=True, slots=True)
class CoachingPlan:
    weeks: int
    every: timedelta
    first_after: timedelta
    wait_for_screening: bool
    asks: Sequence[tuple[str, str]]
    """Condition and what is asked of a member who has it, in order of preference."""
    rules: ReadingRules
    task_within: timedelta
    """For a reading or an answer nobody could read."""


@dataclass(frozen=True, slots=True)
class Coaching:
    week: int = 0
    asked_at: datetime | None = None
    misread: int = 0
    readings: int = 0


def next_step(state: Coaching, plan: CoachingPlan, facts: Facts, now: datetime) -> Do | Wait | Done:
    if plan.wait_for_screening and "screening" not in facts.done:
        return Wait(None, "coaching_after_screening")
    if state.week == plan.weeks:
        until = (state.asked_at or now) + plan.every
        return Done("completed") if now >= until else Wait(until, "coaching_last_week")
    due = _due(state, plan, facts, now)
    if now < due:
        return Wait(due, "coaching_next_week")
    week = state.week + 1
    kind = kind_asked(plan, facts.conditions)
    text = SendText(step_name(week), PROMPTS[kind])
    return Do(replace(state, week=week, asked_at=now, misread=0), (text,))


def heard(state: Coaching, body: str, plan: CoachingPlan, facts: Facts, now: datetime) -> Heard:
    kind = kind_asked(plan, facts.conditions)
    if kind == CHECK_IN:
        return _check_in(state, body, plan)
    reading = parse(body, "glucose" if kind == "glucose" else "bp", plan.rules.bounds)
    match reading:
        case BloodPressure() | Glucose():
            return _note(state, reading, body, plan, facts, now)
        case Implausible():
            return _again(state, plan, "implausible")
    return _again(state, plan, "unreadable")


def heard_unasked(
    state: Coaching, body: str, plan: CoachingPlan, facts: Facts, now: datetime
) -> Heard | None:
    """A reading sent without being asked for counts; anything else is for somebody else."""
    reading = parse(body, None, plan.rules.bounds)
    if isinstance(reading, BloodPressure | Glucose):
        return _note(state, reading, body, plan, facts, now)
    return None


def step_name(week: int) -> str:
    return f"coaching-{week}"


def kind_asked(plan: CoachingPlan, conditions: Sequence[str]) -> str:
    return next((kind for condition, kind in plan.asks if condition in conditions), CHECK_IN)


def _due(state: Coaching, plan: CoachingPlan, facts: Facts, now: datetime) -> datetime:
    if state.asked_at is None:
        return (facts.reached_at or now) + plan.first_after
    text = facts.text(step_name(state.week))
    sent = text.counts_from(now, state.asked_at) if text and not text.lost else state.asked_at
    return sent + plan.every


def _note(
    state: Coaching,
    reading: BloodPressure | Glucose,
    body: str,
    plan: CoachingPlan,
    facts: Facts,
    now: datetime,
) -> Heard:
    earlier = [(fact.at, _reading(fact)) for fact in facts.readings]
    symptoms = symptoms_in(body, plan.rules)
    found = level(reading, earlier, plan.rules, now, symptoms=symptoms)
    ordinal = state.readings + 1
    saved = _saved(reading, found)
    step = f"reading-{ordinal}"
    after = replace(state, readings=ordinal, misread=0)
    if found is None:
        return Heard(after, (saved, SendText(step, "reading_thanks", Purpose.REPLY)))
    purpose = Purpose.SAFETY if found.urgency in _AT_ONCE else Purpose.REPLY
    effects: tuple[Effect, ...] = (
        saved,
        SendText(step, found.template, purpose),
        Record("reading_level", found.rule, {"level": found.urgency}),
    )
    if found.deadline:
        task = OpenTask(
            f"{step}-{found.rule}",
            "reading",
            "pharmacist",
            found.deadline - now,
            urgent=found.urgency in _AT_ONCE,
            detail={"rule": found.rule, "level": found.urgency},
        )
        effects = (*effects, task, Record("escalation", found.rule, {"level": found.urgency}))
    return Heard(after, effects)


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


def _check_in(state: Coaching, body: str, plan: CoachingPlan) -> Heard:
    answer = choice(body, "123")
    if answer is None:
        return Heard(state, understood=False)
    said = {YES: "good", NO: "so_so", OTHER: "needs_help"}[answer]
    step = step_name(state.week)
    effects: tuple[Effect, ...] = (
        Record("check_in", "member's answer", {"said": said}),
        SendText(f"{step}-thanks", "reading_thanks", Purpose.REPLY),
    )
    if answer == OTHER:
        task = OpenTask(f"{step}-help", "check_in", "pharmacist", plan.task_within)
        effects = (*effects, task)
    return Heard(state, effects)


def _saved(reading: BloodPressure | Glucose, found: Level | None) -> SaveReading:
    name, rule = (str(found.urgency), found.rule) if found else (None, None)
    if isinstance(reading, BloodPressure):
        return SaveReading("bp", reading.systolic, reading.diastolic, level=name, rule=rule)
    return SaveReading("glucose", mg_dl=reading.mg_dl, level=name, rule=rule)


def _reading(fact: ReadingFact) -> BloodPressure | Glucose:
    if fact.mg_dl is not None:
        return Glucose(fact.mg_dl)
    return BloodPressure(fact.systolic or 0, fact.diastolic or 0)
