"""A referral's life: which step may follow which, and which ends need a reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """Of FHIR's TaskStatus, those this product uses."""

    REQUESTED = "requested"
    ACCEPTED = "accepted"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


STEPS: Mapping[Status, frozenset[Status]] = {
    Status.REQUESTED: frozenset(Status) - {Status.REQUESTED},
    Status.ACCEPTED: frozenset({Status.COMPLETED, Status.FAILED, Status.CANCELLED}),
    Status.COMPLETED: frozenset(),
    Status.FAILED: frozenset(),
    Status.CANCELLED: frozenset(),
}
OPEN = frozenset({Status.REQUESTED, Status.ACCEPTED})
NEEDS_REASON = frozenset({Status.FAILED, Status.CANCELLED})


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a step cannot be taken, as the person who asked for it reads it."""

    says: str


def step(at: str, to: Status, reason: str, reasons: Mapping[str, str]) -> Refusal | None:
    """None when it may be taken."""
    if to not in STEPS[Status(at)]:
        return Refusal(f"A referral that is {at} cannot become {to}.")
    if to in NEEDS_REASON and reason not in reasons:
        return Refusal("Say why it ended without help: choose one of the reasons.")
    return None
