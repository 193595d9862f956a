"""An address confirmed by its ZIP code or house number alone: nobody has to say more of it."""

import re
from enum import StrEnum

MOST_TRIES = 3
"""Ours: after so many wrong answers no other is taken; a person must look."""

_NUMBER = re.compile(r"\d+[a-z]?")


class Check(StrEnum):
    ZIP = "zip"
    HOUSE_NUMBER = "house_number"
    MISMATCH = "mismatch"


def check(said: str, address: str | None, zip_code: str | None) -> Check:
    """What a member says, against what is on file; a blank on file confirms nothing."""
    words = re.sub(r"[^0-9a-z]", "", said.lower())
    on_file = re.sub(r"\D", "", zip_code or "")[:5]
    if len(on_file) == 5 and words.isdigit() and words[:5] == on_file:
        return Check.ZIP
    house = _NUMBER.match((address or "").strip().lower())
    if house is not None and house[0] == words:
        return Check.HOUSE_NUMBER
    return Check.MISMATCH
