"""The rungs of the ladder of invitations: their channels, their names, and what came of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from domain.outbox import Status
from domain.stages import Facts

REACHED, DECLINED = "reached", "declined"


class Channel(StrEnum):
    SMS = "sms"
    SECOND_NUMBER = "second_number"
    """A text to another number of the member that no text of this invitation went to."""
    LETTER = "letter"
    CALL = "call"
    COUNTER = "counter"
    """The pharmacy is asked to invite the member when they next come to the counter."""


TEXTS = frozenset({Channel.SMS, Channel.SECOND_NUMBER})
BY_PEOPLE = frozenset({Channel.CALL, Channel.COUNTER})


@dataclass(frozen=True, slots=True)
class Rung:
    channel: Channel
    template: str
    after: timedelta
    """Counted from when the rung before reached the carrier, not from when it was decided."""


class Ending(StrEnum):
    """What came of a rung."""

    REACHED = REACHED
    DECLINED = DECLINED
    NO_ANSWER = "no_answer"
    NOT_DELIVERED = "not_delivered"
    WITHHELD = "withheld"
    NOT_PRINTED = "not_printed"
    RETURNED = "returned"
    NOT_REACHED = "not_reached"
    STILL_OPEN = "still_open"
    """The person asked has not done it yet."""
    OVERTAKEN = "overtaken"
    """The member answered on another rung."""


def step_name(ordinal: int) -> str:
    return f"outreach-{ordinal}"


def task_key(rungs: Sequence[Rung], ordinal: int) -> str:
    """The first call's is `outreach-call`, the next's has its rung's number behind it."""
    channel = rungs[ordinal - 1].channel
    first = all(rung.channel is not channel for rung in rungs[: ordinal - 1])
    return f"outreach-{channel}" if first else f"outreach-{channel}-{ordinal}"


def ending(rungs: Sequence[Rung], ordinal: int, facts: Facts) -> Ending | None:
    """What came of a used rung so far, short of an answer; None: it was passed over."""
    rung, step = rungs[ordinal - 1], step_name(ordinal)
    if rung.channel in TEXTS:
        text = facts.text(step)
        if text is None:
            return None
        if text.status is Status.FAILED:
            return Ending.NOT_DELIVERED
        return Ending.WITHHELD if text.lost else Ending.NO_ANSWER
    if rung.channel is Channel.LETTER:
        letter = facts.letters.get(step)
        if letter is None or not letter.lost:
            return Ending.NO_ANSWER
        return Ending.RETURNED if letter.returned else Ending.NOT_PRINTED
    key = task_key(rungs, ordinal)
    if key not in facts.tasks:
        return None
    said = facts.tasks[key]
    if said is None:
        return Ending.STILL_OPEN
    return Ending(said) if said in set(Ending) else Ending.NO_ANSWER
