"""The crisis path: who must act on a cry for help until when, and who is asked next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from domain.danger import DangerKind, Urgency

ESCALATION = "crisis_escalation"
ROLES = ("coordinator", "pharmacist", "manager")
CRY = "danger_"
"""Begins the kind of every task about a cry for help."""
UNDER_WAY = timedelta(hours=1)
"""A talk may have begun before the answer that raised the cry was given in it."""


def is_cry(kind: str) -> bool:
    """Whether a task of this kind ends only with a call that was written down."""
    return kind.startswith(CRY) or kind == ESCALATION


class CallOutcome(StrEnum):
    """How a call back ended."""

    SAFE = "safe"
    HANDED_OVER = "handed_over"
    SENT_HELP = "sent_help"
    MISREAD = "misread"
    NOT_REACHED = "not_reached"

    @property
    def closes(self) -> bool:
        """Somebody who was not reached is still in danger: the task stays, and is passed on."""
        return self is not CallOutcome.NOT_REACHED


@dataclass(frozen=True, slots=True)
class CallBack:
    outcome: CallOutcome
    who: str
    """Who spoke, or tried to: a name and a role, as the person writes it."""
    at: datetime
    words: str

    def problem(self, raised_at: datetime, now: datetime) -> str | None:
        """What is wrong with it, as whoever wrote it reads it."""
        if self.at > now + timedelta(minutes=1):
            return "The call cannot have been later than now. Look at its day and time."
        if self.at < raised_at - UNDER_WAY:
            return "The call was before the cry for help: write down the one that answered it."
        return None


@dataclass(frozen=True, slots=True)
class Escalation:
    at_percent: int
    role: str


@dataclass(frozen=True, slots=True)
class CrisisRules:
    role: str
    """Who is asked first."""
    within: Mapping[str, timedelta]
    """By level: until when a person must have acted."""
    texts: Mapping[DangerKind, str]
    levels: Mapping[DangerKind, Urgency]
    """Both for a dangerous answer of a screening."""
    steps: tuple[Escalation, ...]

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "CrisisRules":
        """`data` is programs/deadlines.yaml; ValueError says in one sentence what is wrong."""
        minutes, crisis = data["minutes"], data.get("crisis")
        if not isinstance(crisis, Mapping):
            raise ValueError("deadlines: `crisis` is missing.")
        steps = tuple(
            Escalation(int(step["at_percent"]), str(step["role"])) for step in crisis["escalation"]
        )
        for role in (crisis["role"], *(step.role for step in steps)):
            if role not in ROLES:
                raise ValueError(f"deadlines, crisis: {role!r} is not one of {', '.join(ROLES)}.")
        levels = {DangerKind(kind): Urgency(level) for kind, level in crisis["levels"].items()}
        for level in levels.values():
            if level not in minutes:
                raise ValueError(f"deadlines, crisis: no minutes for {level}.")
        return cls(
            str(crisis["role"]),
            {name: timedelta(minutes=value) for name, value in minutes.items()},
            {DangerKind(kind): str(text) for kind, text in crisis["texts"].items()},
            levels,
            tuple(sorted(steps, key=lambda step: step.at_percent)),
        )

    def due(
        self, raised_at: datetime, due_at: datetime, reached: int, now: datetime
    ) -> tuple[Escalation, ...]:
        """The steps whose moment has come; `reached` is the percentage already escalated to."""
        whole = due_at - raised_at
        return tuple(
            step
            for step in self.steps
            if step.at_percent > reached and now >= raised_at + whole * step.at_percent / 100
        )
