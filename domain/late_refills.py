"""Refills that are late, by class of medicine: whom to ask once more, whom a pharmacist calls."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from domain.due import due
from domain.program_reader import Reader
from domain.stages import MedicationFact

TEXT, CALL = "text", "call"


@dataclass(frozen=True, slots=True)
class LateStep:
    after: timedelta
    """Since the day the supply ended."""
    by_text: bool = False
    minutes: int | None = None
    business_days: int | None = None
    urgent: bool = False

    def within(self, now: datetime) -> timedelta:
        until = due(now, self.minutes, self.business_days)
        return until - now if until else timedelta(0)


@dataclass(frozen=True, slots=True)
class LateRule:
    """For the medicines of these classes or with one of these ingredients; of all, when neither."""

    steps: tuple[LateStep, ...]
    classes: frozenset[str] = frozenset()
    ingredients: frozenset[str] = frozenset()
    at_once: bool = False
    """Called about even while the member is being asked or an order is under way."""

    def fits(self, medication: MedicationFact) -> bool:
        if not self.classes and not self.ingredients:
            return True
        named = set((medication.ingredient or "").lower().split("/"))
        return medication.drug_class in self.classes or bool(named & self.ingredients)


@dataclass(frozen=True, slots=True)
class Late:
    """A medicine with the step that is due for it now, or at `at`."""

    medication: MedicationFact
    rule: LateRule
    step: LateStep

    @property
    def key(self) -> str:
        return f"{self.medication.refill}/{self.step.after.days}"

    @property
    def at(self) -> date:
        return self.medication.runs_out_on + self.step.after

    @property
    def by_text(self) -> bool:
        """Never of a protected medicine: a text would tell whoever holds the phone."""
        return self.step.by_text and not self.medication.part2


def late_of(
    rules: Sequence[LateRule], medications: Sequence[MedicationFact], done: Sequence[str]
) -> list[Late]:
    """What each medicine's rule still asks for, soonest first."""
    found = [
        Late(medication, rule, step)
        for medication in medications
        if (rule := next((r for r in rules if r.fits(medication)), None)) is not None
        for step in rule.steps
    ]
    open_ = [late for late in found if late.key not in done]
    return sorted(open_, key=lambda late: (late.at, late.key))


def newest_step(lates: Sequence[Late], today: date) -> tuple[list[Late], list[str]]:
    """Of the steps due today the last of each medicine, and the keys of all that are due."""
    due_now = [late for late in lates if late.at <= today]
    last = {late.medication.refill: late for late in due_now}
    return list(last.values()), [late.key for late in due_now]


def late_rules(listed: Any) -> tuple[LateRule, ...]:
    """ValueError (one sentence) for a rule that cannot be carried out."""
    rules = []
    for number, row in enumerate(listed, 1):
        read = Reader(row, f"medication.yaml, late rule {number}")
        steps = tuple(_step(Reader(step, f"{read.where}, a step")) for step in read.value("steps"))
        classes, ingredients = (
            frozenset(read.texts(name)) if name in row else frozenset()
            for name in ("classes", "ingredients")
        )
        rules.append(LateRule(steps, classes, ingredients, bool(row.get("at_once", False))))
    if any(not rule.classes and not rule.ingredients for rule in rules[:-1]):
        raise ValueError("medication.yaml: only the last late rule may be for every medicine.")
    return tuple(rules)


def _step(read: Reader) -> LateStep:
    how = read.text("do")
    if how not in (TEXT, CALL):
        read.refuse("do", f"{TEXT} or {CALL}")
    read.text("source")
    minutes, days = (
        read.number(name) if name in read.data else None for name in ("minutes", "business_days")
    )
    if how == CALL and (minutes is None) == (days is None):
        read.refuse("do", "a call with a deadline: either `minutes` or `business_days`")
    urgent = bool(read.data.get("urgent", False))
    return LateStep(read.days("after_days"), how == TEXT, minutes, days, urgent)
