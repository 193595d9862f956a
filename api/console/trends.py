"""Readings as a drawing beside their table: lines, the goal, and whether it is met."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.curricula import Curriculum, Goal, Progress, progress
from domain.program import Program
from domain.stages import ReadingFact
from store.models import Reading

WIDTH, HEIGHT, EDGE = 480, 160, 12
_LINES = {"bp": ("systolic", "diastolic"), "glucose": ("mg_dl",)}


@dataclass(frozen=True, slots=True)
class Trend:
    kind: str
    rows: Sequence[Reading]
    """Newest first, for the table."""
    lines: Mapping[str, Sequence[tuple[float, float]]]
    """By number: points of the drawing, oldest first."""
    goal_lines: Sequence[float]
    lowest: int
    highest: int
    goal: Goal | None
    progress: Progress | None

    @property
    def width(self) -> int:
        return WIDTH

    @property
    def height(self) -> int:
        return HEIGHT


def trends(program: Program | None, readings: Sequence[Reading], now: datetime) -> list[Trend]:
    """One for each kind the member has sent; `readings` oldest first."""
    plan = program.plans.get("coaching") if program else None
    curricula: Sequence[Curriculum] = plan.curricula if plan else ()
    goals = {each.goal.signal: each.goal for each in curricula if each.goal}
    found = []
    for kind in _LINES:
        rows = [row for row in readings if row.kind == kind]
        if rows:
            found.append(_trend(kind, rows, goals.get(kind), now))
    return found


def _trend(kind: str, rows: Sequence[Reading], goal: Goal | None, now: datetime) -> Trend:
    names = _LINES[kind]
    limits = list(goal.below.values()) if goal else []
    values = [getattr(row, name) for row in rows for name in names] + limits
    lowest, highest = min(values) - 5, max(values) + 5
    first, last = rows[0].at, rows[-1].at

    def across(at: datetime) -> float:
        span = (last - first).total_seconds()
        part = (at - first).total_seconds() / span if span else 0.5
        return float(round(EDGE + part * (WIDTH - 2 * EDGE), 1))

    def up(value: int) -> float:
        part = (value - lowest) / (highest - lowest)
        return float(round(HEIGHT - EDGE - part * (HEIGHT - 2 * EDGE), 1))

    facts = [ReadingFact(row.at, row.systolic, row.diastolic, row.mg_dl) for row in rows]
    return Trend(
        kind,
        rows[::-1],
        {name: [(across(row.at), up(getattr(row, name))) for row in rows] for name in names},
        [up(limit) for limit in limits],
        lowest,
        highest,
        goal,
        progress(goal, facts, now) if goal else None,
    )
