"""What the carrier's error codes ask of us (classes of Twilio's codes; an unknown one is safe)."""

from enum import StrEnum


class Trouble(StrEnum):
    CONSENT_GONE = "consent_gone"
    BAD_NUMBER = "bad_number"
    MAYBE_LATER = "maybe_later"
    BLOCKED = "blocked"
    CAPACITY = "capacity"
    UNKNOWN = "unknown"
    """No retry, and a person looks."""


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
