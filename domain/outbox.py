"""The life of an intent, from decided on to settled."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Purpose(StrEnum):
    """Why a text goes out; it says which rules of the gate it must pass."""

    CARE = "care"
    """Begun by us: every rule."""
    REPLY = "reply"
    """Answers a text of the member: every rule but the caps."""
    SAFETY = "safety"
    """Answers a cry for help: only the rules that protect the number itself."""
    STOP = "stop"
    """The one confirmation of an opt-out."""


LIFETIMES: Mapping[Purpose, timedelta] = {
    Purpose.CARE: timedelta(days=14),
    # Longer than any question of another stage stays open on the phone.
    Purpose.REPLY: timedelta(days=4),
    Purpose.SAFETY: timedelta(hours=12),
    # 47 CFR 64.1200(a)(12): one confirmation, presumed in time within five minutes of the request.
    Purpose.STOP: timedelta(minutes=5),
}


def lifetime(purpose: Purpose, rate: float) -> timedelta:
    """How long an intent may wait to leave; a fast clock leaves the machine its time."""
    return max(LIFETIMES[purpose], timedelta(seconds=20 * rate))


class Status(StrEnum):
    PENDING = "pending"
    SENDING = "sending"
    """The gate has let it through; a lease says until when it may be written."""
    UNKNOWN = "unknown"
    """Written, and no answer came: evidence decides, never another try."""
    ACCEPTED = "accepted"
    WITHHELD = "withheld"
    """The gate said never."""
    FAILED = "failed"
    """The carrier refused it, or reported that it did not arrive."""
    CANCELLED = "cancelled"
    """Its journey moved on before it left."""


SETTLED = frozenset({Status.ACCEPTED, Status.WITHHELD, Status.FAILED, Status.CANCELLED})

# Twilio promises no order of callbacks: a status never falls below one already known.
_RANK = {
    status: rank
    for rank, statuses in enumerate(
        [("accepted", "scheduled"), ("queued",), ("sending",), ("sent",), ("canceled",),
         ("undelivered", "failed"), ("delivered", "partially_delivered"), ("read",)]
    )
    for status in statuses
}  # fmt: skip


def newer(known: str | None, reported: str) -> bool:
    """Whether a reported carrier status outranks the one on file."""
    return known is None or _RANK.get(reported, -1) > _RANK.get(known, -1)


@dataclass(frozen=True, slots=True)
class SentText:
    """What the rules of a stage see of an intent."""

    step: str
    attempt: int
    status: Status
    due_at: datetime
    accepted_at: datetime | None
    reason: str | None = None

    @property
    def lost(self) -> bool:
        """It will never reach the member."""
        return self.status in (Status.WITHHELD, Status.FAILED, Status.CANCELLED)

    def counts_from(self, now: datetime, asked_at: datetime | None = None) -> datetime:
        """From when an answer is waited for: a text that has not left yet has not begun to.

        `asked_at` is when its stage decided on it: a hold moves that on, and this with it.
        """
        if self.accepted_at is None:
            return max(self.due_at, now)
        return max(self.accepted_at, asked_at or self.accepted_at)
