"""What a program's YAML says of its coaching: which curricula, and how many at a time."""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.check_ins import CheckIn
from domain.coaching import CoachingPlan
from domain.curricula import Curriculum
from domain.program_reader import Reader
from domain.reading_rules import ReadingRules


@dataclass(frozen=True, slots=True)
class CoachingShelf:
    """What all programs may choose from."""

    rules: ReadingRules
    curricula: Mapping[str, Curriculum]
    """By id."""
    check_ins: Mapping[str, CheckIn]


def coaching_plan(read: Reader, shelf: CoachingShelf, after_screening: bool) -> CoachingPlan:
    names = read.texts("curricula")
    for name in names:
        if name not in shelf.curricula:
            read.refuse("curricula", f"one of {', '.join(sorted(shelf.curricula))}, not {name!r}")
    if not names:
        read.refuse("curricula", "a list of at least one curriculum")
    at_most = read.number("at_most")
    if at_most < 1:
        read.refuse("at_most", "1 or more")
    return CoachingPlan(
        first_after=read.days("first_after_days"),
        wait_for_screening=after_screening,
        curricula=tuple(shelf.curricula[name] for name in names),
        at_most=at_most,
        check_ins=shelf.check_ins,
        rules=shelf.rules,
        task_within=read.hours("task_within_hours"),
    )
