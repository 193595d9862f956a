"""A note's way to the practice: by which channel, tried how often, and when somebody must call."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Channel(StrEnum):
    SPOOL = "spool"
    """Files in a folder that the deployer's own machine sends; what is used when all else fails."""
    FAX = "fax"
    SECURE_MAIL = "secure_mail"
    """The page and the care plan attached; TLS is required."""
    SECURE_PAGE = "secure_page"
    """A mail that holds the link only; the practice knows the second factor."""
    FHIR = "fhir"


class Passage(StrEnum):
    PENDING = "pending"
    SENDING = "sending"
    """Handed to the channel; until its answer is recorded nobody knows whether it has left."""
    SENT = "sent"


@dataclass(frozen=True, slots=True)
class PassagePlan:
    """A program's numbers for one copy of a note."""

    tries: int = 3
    retry_after: timedelta = timedelta(minutes=15)
    settle_after: timedelta = timedelta(minutes=10)
    """Before evidence of a lost answer is looked for, and between two looks."""
    looks: int = 6
    """How often it is looked for before a person is asked to find out."""
    result_within: timedelta = timedelta(minutes=60)
    """By when the channel says whether the practice's machine has it."""


@dataclass(frozen=True, slots=True)
class Again:
    at: datetime


@dataclass(frozen=True, slots=True)
class GiveUp:
    reason: str


def after_refusal(
    tries: int, plan: PassagePlan, now: datetime, *, reason: str, lasting: bool, over: bool
) -> Again | GiveUp:
    """`lasting`: trying again changes nothing. `over`: the journey has ended and wakes no more."""
    if lasting or over or tries >= plan.tries:
        return GiveUp(reason)
    return Again(now + plan.retry_after * 2 ** (tries - 1))


def after_look(looks: int, plan: PassagePlan, now: datetime, *, over: bool) -> Again | GiveUp:
    """Nobody can say whether it has left: it is not sent again, a person finds out."""
    if over or looks >= plan.looks:
        return GiveUp("unclear")
    return Again(now + plan.settle_after)


def after_silence(sent_at: datetime, plan: PassagePlan, now: datetime) -> Again | GiveUp:
    """No result yet: asked again until it is overdue, then a person finds out."""
    if now >= sent_at + plan.result_within:
        return GiveUp("no_result")
    return Again(min(sent_at + plan.result_within, now + plan.retry_after))


def transmission(note_id: str, copy: int) -> str:
    """What a channel knows one copy by; the same copy always has the same name."""
    return note_id if copy == 0 else f"{note_id}-{copy}"
