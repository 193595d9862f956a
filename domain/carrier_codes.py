"""What the carrier's error codes ask of us (classes of Twilio's codes; an unknown one is safe)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Trouble(StrEnum):
    CONSENT_GONE = "consent_gone"
    """The number has said STOP to the carrier: written into the ledger, never tried again."""
    BAD_NUMBER = "bad_number"
    """The number takes no texts: it is dead for everybody, and a person looks for another way."""
    MAYBE_LATER = "maybe_later"
    """The handset was off or out of reach: a few more tries, then another way."""
    BLOCKED = "blocked"
    """Our side: words that are filtered, a sender that is not registered, our own credentials."""
    CAPACITY = "capacity"
    """Our side: more than the carrier takes from us, or its time ran out before it tried."""
    UNKNOWN = "unknown"
    """No retry, and a person looks."""


OURS = frozenset({Trouble.BLOCKED, Trouble.CAPACITY})
"""The member's number is as good as before: no text of theirs fails by it."""


@dataclass(frozen=True, slots=True)
class Again:
    """How often, and how soon, a text that is known not to have arrived is sent anew."""

    at_most: int
    after: timedelta


# The tries of a handset that was off are the field's: at most two more, an hour apart or longer.
# The others are a judgement of ours: our own fault is tried again for as long as a text makes
# sense, yet not without end where one network alone filters what others let through.
AGAIN: Mapping[Trouble, Again] = {
    Trouble.MAYBE_LATER: Again(2, timedelta(hours=1)),
    Trouble.BLOCKED: Again(5, timedelta(hours=1)),
    Trouble.CAPACITY: Again(5, timedelta(minutes=10)),
}

_CLASSES = {
    Trouble.CONSENT_GONE: {21610},
    Trouble.BAD_NUMBER: {21211, 21614, 21408, 21612, 30004, 30005, 30006},
    Trouble.MAYBE_LATER: {30003, 30008},
    Trouble.BLOCKED: {30007, 30034, 30032, 21606, 20003, 401, 403},
    Trouble.CAPACITY: {20429, 429, 21611, 30001, 30022, 63038, 30036},
}
_BY_CODE = {code: trouble for trouble, codes in _CLASSES.items() for code in codes}


def trouble(code: int | None) -> Trouble:
    return _BY_CODE.get(code or 0, Trouble.UNKNOWN)


def next_try(kind: Trouble, tried_again: int) -> timedelta | None:
    """How long until a text that did not arrive goes anew; None when it has failed for good."""
    again = AGAIN.get(kind)
    return again.after if again and tried_again < again.at_most else None
