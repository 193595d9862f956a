"""What a text's readings set in motion: each kept and judged, the most urgent answered."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from domain.danger import Urgency
from domain.effects import Effect, OpenTask, Record, SaveReading, SendText
from domain.outbox import Purpose
from domain.reading_rules import Level, ReadingRules, level, symptoms_in
from domain.readings import BloodPressure, Glucose, Implausible, Measured, Said
from domain.stages import ReadingFact

AT_ONCE = (Urgency.EMERGENCY, Urgency.SAME_HOUR)
_MOST_URGENT_FIRST = tuple(Urgency)


def effects(
    step: str,
    said: Sequence[Said],
    body: str,
    rules: ReadingRules,
    history: Sequence[ReadingFact],
    now: datetime,
    *,
    look_within: timedelta,
) -> tuple[Effect, ...]:
    """Of at least one that a meter shows; `look_within` is for one beside it that none does."""
    judged = _judged(said, body, rules, history, now)
    saved = [_saved(*each, place) for place, each in enumerate(judged, 1)]
    levels = {found.rule: found for _, found in judged if found}
    acts = [act for found in levels.values() for act in _acts(step, found, now)]
    if len(judged) < len(said):
        why = {"why": "implausible"}
        acts.append(
            OpenTask(f"{step}-odd", "unclear_reading", "pharmacist", look_within, detail=why)
        )
    return (*saved, _answer(step, list(levels.values())), *acts)


def _answer(step: str, levels: Sequence[Level]) -> SendText:
    if not levels:
        return SendText(step, "reading_thanks", Purpose.REPLY)
    worst = min(levels, key=lambda found: _MOST_URGENT_FIRST.index(found.urgency))
    purpose = Purpose.SAFETY if worst.urgency in AT_ONCE else Purpose.REPLY
    return SendText(step, worst.template, purpose)


def _judged(
    said: Sequence[Said],
    body: str,
    rules: ReadingRules,
    history: Sequence[ReadingFact],
    now: datetime,
) -> list[tuple[Measured, Level | None]]:
    earlier = [(fact.at, _reading(fact)) for fact in history]
    symptoms = symptoms_in(body, rules)
    judged = []
    for reading in said:
        if not isinstance(reading, Implausible):
            judged.append((reading, level(reading, earlier, rules, now, symptoms=symptoms)))
            earlier.append((now, reading))
    return judged


def _acts(step: str, found: Level, now: datetime) -> list[Effect]:
    level_only = {"level": found.urgency}
    acts: list[Effect] = [Record("reading_level", found.rule, level_only)]
    if found.deadline:
        task = OpenTask(
            f"{step}-{found.rule}",
            "reading",
            "pharmacist",
            found.deadline - now,
            urgent=found.urgency in AT_ONCE,
            detail={"rule": found.rule, "level": found.urgency},
        )
        acts += [task, Record("escalation", found.rule, level_only)]
    return acts


def _saved(reading: Measured, found: Level | None, place: int) -> SaveReading:
    name, rule = (str(found.urgency), found.rule) if found else (None, None)
    if isinstance(reading, BloodPressure):
        pressure = reading.systolic, reading.diastolic
        return SaveReading("bp", *pressure, level=name, rule=rule, place=place)
    return SaveReading("glucose", mg_dl=reading.mg_dl, level=name, rule=rule, place=place)


def _reading(fact: ReadingFact) -> Measured:
    if fact.mg_dl is not None:
        return Glucose(fact.mg_dl)
    return BloodPressure(fact.systolic or 0, fact.diastolic or 0)
