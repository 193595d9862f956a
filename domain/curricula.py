"""What a member is asked and told day by day, by condition (programs/curricula/)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import fmean
from typing import Any

from domain.stages import ReadingFact

CALL = "call"
READINGS = ("bp", "glucose")
_NUMBERS = {"bp": ("systolic", "diastolic"), "glucose": ("mg_dl",)}


@dataclass(frozen=True, slots=True)
class Step:
    key: str
    """Of the curriculum and the step: "hypertension/first"; kept in the stage's state."""
    day: int
    ask: str
    """bp, glucose, the name of a check-in, or call."""
    template: str
    """Empty for a call."""
    topic: str
    """What a call is about, for the pharmacist."""
    part2: bool


@dataclass(frozen=True, slots=True)
class Goal:
    signal: str
    below: Mapping[str, int]
    enough: int
    """Readings it takes to say anything."""
    within: timedelta
    words: str
    source: str


@dataclass(frozen=True, slots=True)
class Progress:
    """`met` is None while there are too few readings to say."""

    met: bool | None
    readings: int
    means: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Curriculum:
    id: str
    title: str
    conditions: tuple[str, ...]
    part2: bool
    steps: tuple[Step, ...]
    goal: Goal | None
    source: str

    @classmethod
    def from_data(
        cls, id: str, data: Mapping[str, Any], check_ins: Collection[str]
    ) -> "Curriculum":
        """ValueError says in one sentence what is wrong with `programs/curricula/<id>.yaml`."""
        where = f"curricula/{id}"
        try:
            part2 = bool(data.get("part2", False))
            steps = tuple(_step(id, each, part2) for each in data["steps"])
            goal = _goal(data["goal"]) if "goal" in data else None
            made = cls(
                id,
                data["title"],
                tuple(data["conditions"]),
                part2,
                steps,
                goal,
                data["source"],
            )
        except (KeyError, TypeError, ValueError) as wrong:
            raise ValueError(f"{where}: {wrong} is missing or cannot be used") from None
        known = {*READINGS, CALL, *check_ins}
        for step in steps:
            if step.ask not in known:
                raise ValueError(f"{where}: `ask` must be one of {', '.join(sorted(known))}")
            if (step.ask == CALL) != (not step.template):
                raise ValueError(f"{where}: a step is a text with its template, or a call")
            if part2 and step.ask != CALL:
                raise ValueError(f"{where}: part2 allows calls only, never a text")
        if [s.day for s in steps] != sorted(s.day for s in steps) or not steps:
            raise ValueError(f"{where}: `steps` must lie in the order of their days")
        return made


def chosen(
    curricula: Sequence[Curriculum], conditions: Collection[str], at_most: int
) -> tuple[str, ...]:
    """Ids of the curricula a member follows, in the program's order.

    One without conditions is for whom no other with texts is meant; calls alone ask nothing of
    the member and come on top.
    """
    fitting = [each for each in curricula if set(each.conditions) & set(conditions)]
    texts = [each for each in fitting if not each.part2][:at_most]
    if not texts:
        texts = [each for each in curricula if not each.conditions][:1]
    wanted = {each.id for each in (*texts, *(each for each in fitting if each.part2))}
    return tuple(each.id for each in curricula if each.id in wanted)


def merged(curricula: Sequence[Curriculum], ids: Collection[str]) -> tuple[Step, ...]:
    """All steps of these curricula in the order of their days."""
    steps = [step for each in curricula if each.id in ids for step in each.steps]
    return tuple(sorted(steps, key=lambda step: step.day))


def progress(goal: Goal, readings: Sequence[ReadingFact], now: datetime) -> Progress:
    """The mean of the goal's window beside the goal; means are rounded to whole numbers."""
    names = _NUMBERS[goal.signal]
    recent = [
        [getattr(fact, name) for name in names]
        for fact in readings
        if now - goal.within <= fact.at <= now
    ]
    full = [numbers for numbers in recent if None not in numbers]
    if len(full) < goal.enough:
        return Progress(None, len(full), {})
    exact = {name: fmean(each[at] for each in full) for at, name in enumerate(names)}
    met = all(exact[name] < limit for name, limit in goal.below.items())
    return Progress(met, len(full), {name: round(mean) for name, mean in exact.items()})


def _step(curriculum: str, data: Mapping[str, Any], part2: bool) -> Step:
    return Step(
        f"{curriculum}/{data['id']}",
        int(data["day"]),
        str(data["ask"]),
        str(data.get("template", "")),
        str(data.get("topic", "")),
        part2,
    )


def _goal(data: Mapping[str, Any]) -> Goal:
    below = {name: int(data["below"][name]) for name in _NUMBERS[data["signal"]]}
    within = timedelta(days=int(data["within_days"]))
    return Goal(data["signal"], below, int(data["enough"]), within, data["words"], data["source"])
