"""Builders for journeys: facts and texts as the rules see them; a test says what it is about."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from make import DAY, HOUR, NOW

from domain.outbox import SentText, Status
from domain.program import Program
from domain.stages import Facts
from runtime import programs

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
