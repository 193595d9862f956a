"""Handing a task to somebody else: it stays with the first until the other has accepted it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.crisis import ROLES, is_cry

UNANSWERED = "handover_unanswered"
"""The kind of the task a manager gets about an offer nobody has answered."""
ACCEPTED, DECLINED, WITHDRAWN = "accepted", "declined", "withdrawn"
STAFF = "staff:"
"""Begins the id of one colleague, as outcomes name them; a role is named alone."""


@dataclass(frozen=True, slots=True)
class Given:
    """What is known of a task that is to be handed over."""

    kind: str
    role: str
    has_member: bool = True
    part2: bool = False
    """It rests on records under 42 CFR Part 2."""
    done: bool = False
    offered: bool = False
    """An offer of it waits for an answer already."""


@dataclass(frozen=True, slots=True)
class Who:
    actor: str
    role: str

    def may_give(self, role: str) -> bool:
        return role == self.role or self.role == "manager"

    def may_answer(self, to: str, offered_by: str) -> bool:
        """`to`: a role, or one colleague; nobody accepts what they offered themselves."""
        return self.actor != offered_by and to in (self.actor, self.role)


def refusal(task: Given, who: Who, to: str, to_role: str) -> str | None:
    """Why it cannot be offered to `to`, in words; None when it may. `to_role`: that of `to`."""
    if task.done:
        return "This task is closed. Nothing is left to hand over."
    if is_cry(task.kind) or task.kind == UNANSWERED:
        return "This is not handed over: whoever reads it first acts, and others are asked in time."
    if not who.may_give(task.role):
        return "This task is another role's; only they, or a manager, can hand it over."
    if to_role not in ROLES or to in (task.role, who.actor):
        return "Choose somebody else to hand this task to."
    if task.offered:
        return "It is offered to somebody already. Take that back first."
    if to_role == "pharmacist" and not task.has_member:
        return "It is about nobody in a program: no pharmacist could see it."
    if task.part2 and to_role != "pharmacist":
        return "It rests on protected records (42 CFR Part 2): only a pharmacist may do it."
    return None


def answer_by(now: datetime, within: timedelta, due_at: datetime) -> datetime:
    """Until when an answer is awaited: never beyond the task's own deadline while that is ahead."""
    return min(now + within, due_at) if due_at > now else now + within
