"""What codes are called on a page: one sentence or phrase each, and a readable rest."""

from api.crisis_words import CRISIS_WORDS
from api.delivery_words import DELIVERY_WORDS
from api.identification_words import IDENTIFICATION_WORDS
from api.message_words import MESSAGE_WORDS
from api.needs_words import NEEDS_WORDS
from api.part2_words import PART2_WORDS
from api.screening_words import SCREENING_WORDS
from api.wordlists import WORDS

KNOWN = {
    **WORDS, **CRISIS_WORDS, **DELIVERY_WORDS, **IDENTIFICATION_WORDS, **MESSAGE_WORDS,
    **NEEDS_WORDS, **PART2_WORDS, **SCREENING_WORDS,
}  # fmt: skip


def say(code: str | None, kind: str = "") -> str:
    """The phrase for a code; an unknown code is shown readably rather than hidden."""
    if not code:
        return "not known"
    known = KNOWN.get(kind, {}).get(code)
    if known:
        return known
    plain = code.replace("_", " ").replace("-", " ").strip()
    return plain[:1].upper() + plain[1:]


def phone(number: str | None) -> str:
    """ "(614) 555-0134" for a North American number, else as it is."""
    if number and len(number) == 12 and number.startswith("+1"):
        return f"({number[2:5]}) {number[5:8]}-{number[8:]}"
    return number or "no phone"
