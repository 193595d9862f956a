"""Builders for journeys: facts and texts as the rules see them; a test says what it is about."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import make
from make import DAY, HOUR, NOW

from domain.outbox import SentText, Status
from domain.program import Program
from domain.stages import Facts
from runtime import programs
from store.models import Consent, Intent, StaffAction, Stage

__all__ = ["DAY", "HOUR", "NOW"]

MEDICARE, MEDICAID = "medicare-cardiometabolic", "medicaid-high-risk"
PLANS = programs.program(MEDICARE).plans


def program(name: str = MEDICARE, **given: Any) -> Program:
    return replace(programs.program(name), **given)


def accepted(step: str, at: datetime = NOW, *, attempt: int = 1) -> SentText:
    """A text the carrier took at `at`, an hour after it was due."""
    return SentText(step, attempt, Status.ACCEPTED, at - HOUR, at)


def waiting(step: str, due: datetime = NOW, *, attempt: int = 1) -> SentText:
    return SentText(step, attempt, Status.PENDING, due, None)


def lost(step: str, status: Status = Status.FAILED, *, attempt: int = 1) -> SentText:
    """A text that was once accepted, perhaps, and will never reach the member."""
    return SentText(step, attempt, status, NOW - HOUR, NOW, "unreachable")


def facts(*texts: SentText, **given: Any) -> Facts:
    return Facts(texts={(text.step, text.attempt): text for text in texts}, **given)


def days(number: float) -> timedelta:
    return number * DAY


def consent(phone: str = "+16145550134", **given: Any) -> Consent:
    defaults = {
        "phone": phone,
        "given": True,
        "at": NOW - 30 * DAY,
        "how": "file",
        "actor": "payer",
    }
    return Consent(**{**defaults, **given})


def due(id: str = "i1", enrollment_id: str | None = "e1", **given: Any) -> Intent:
    """An intent that waits to leave, and may."""
    pending: dict[str, Any] = {
        "status": "pending", "phone": None, "body": None, "accepted_at": None,
        "due_at": NOW - timedelta(minutes=1), "expires_at": NOW + 14 * DAY, "asks": "bp",
    }  # fmt: skip
    return make.intent(id, enrollment_id, **{**pending, **given})


def unknown(id: str = "i1", **given: Any) -> Intent:
    """An intent that was written to the carrier, and no answer came."""
    written: dict[str, Any] = {
        "status": "unknown", "phone": "+16145550134", "body": "How are you?", "tries": 1,
    }  # fmt: skip
    return due(id, **{**written, **given})


def action(kind: str, enrollment_id: str = "e1", **given: Any) -> StaffAction:
    defaults = {
        "enrollment_id": enrollment_id, "form_id": f"form-{kind}", "kind": kind,
        "reason": "as asked", "actor": "staff:s1", "at": NOW,
    }  # fmt: skip
    return StaffAction(**{**defaults, **given})


def done(enrollment_id: str = "e1", **stages: str) -> list[Stage]:
    """Stages that have ended, beside the invitation that was answered."""
    ended = {"outreach": "reached", **stages}
    return [
        make.stage(enrollment_id, name, done=how, why=None, due_at=None)
        for name, how in ended.items()
    ]
