"""Short answers: the digit a text asked for, or the plain word people send instead."""

import re
import unicodedata

YES, NO, OTHER = "1", "2", "3"

_WORDS = {
    YES: {"yes", "y", "yeah", "yep", "sure", "ok", "okay", "si", "sip", "claro", "start", "one"},
    NO: {"no", "n", "nope", "not now", "ahora no", "no gracias", "no thanks", "dos", "two"},
    OTHER: {"three", "tres"},
}  # fmt: skip
_BY_WORD = {word: digit for digit, words in _WORDS.items() for word in words}


def fold(text: str) -> str:
    """Lower case, no accents, no punctuation, single spaces."""
    plain = unicodedata.normalize("NFKD", text)
    kept = "".join(c for c in plain if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", " ", kept.casefold()).strip()


_NUMBERS = {"one": "1", "uno": "1", "two": "2", "dos": "2", "three": "3", "tres": "3"}


def number(body: str, digits: str) -> str | None:
    """The digit itself or its word; "yes" and "no" answer no question that has three answers."""
    said = fold(body)
    found = _NUMBERS.get(said, said)
    return found if len(found) == 1 and found in digits else None


def choice(body: str, digits: str = "12") -> str | None:
    """The digit meant, or None when the words say neither of those asked for."""
    said = fold(body)
    found = said if len(said) == 1 and said.isdigit() else _BY_WORD.get(said)
    return found if found and found in digits else None
