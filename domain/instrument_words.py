"""A question as a text, and the answers members write to it: digits, words, several at once."""

import re
from collections.abc import Sequence

from domain.danger import fold
from domain.instruments import Item
from domain.replies import normalise
from domain.segments import to_gsm7

_DIGIT_WORDS = {
    word: str(number)
    for number, words in enumerate(
        (("one", "uno", "una"), ("two", "dos"), ("three", "tres"), ("four", "cuatro"),
         ("five", "cinco"), ("six", "seis"), ("seven", "siete"), ("eight", "ocho")), start=1)
    for word in words
}  # fmt: skip
_FILLERS = frozenset(
    {"and", "y", "e", "option", "opcion", "number", "numero", "the", "la", "el", "answer", "i"}
    | {"choose", "my", "is", "its", "it", "mi", "respuesta", "es", "please", "por", "favor", "s"}
    | {"think", "creo", "true", "verdad", "thanks", "gracias", "have", "tengo", "also", "tambien"}
    | {"in", "home", "a", "some", "with", "con", "problems", "problemas", "both", "ok", "or", "o"}
)
_DECLINES = frozenset(
    {"skip", "pass", "prefer not", "prefer not to answer", "prefer not to say", "no answer"}
    | {"rather not say", "i prefer not to answer", "next", "saltar", "paso", "pasar"}
    | {"prefiero no", "prefiero no responder", "prefiero no decir", "siguiente"}
)  # fmt: skip
_SEND_ALL = {"en": "Send all that fit, like 1,3", "es": "Envíe todos los que apliquen, como 1,3"}


def prompt(item: Item, language: str, position: int, total: int) -> str:
    """The question as a text in GSM-7; ValueError when it has no wording in the language."""
    if language not in item.text or any(language not in each.display for each in item.options):
        raise ValueError(f"instrument item {item.code} has no wording in {language!r}")
    lines = [f"{position}/{total} {item.text[language]}"]
    lines += [f"{n} {option.display[language]}" for n, option in enumerate(item.options, 1)]
    if item.repeats:
        lines.append(_SEND_ALL[language])
    return to_gsm7("\n".join(lines))


def read_answer(item: Item, text: str) -> tuple[str, ...] | None:
    """Answer codes in the item's order; () when the member declines; None when unclear."""
    said = normalise(text)
    if fold(text) in _DECLINES:
        return ()
    tokens = [_DIGIT_WORDS.get(token, token) for token in re.findall(r"[a-z]+|\d+", said)]
    digits = [token for token in tokens if token.isdigit()]
    rest = " ".join(token for token in tokens if not token.isdigit())
    worded = _worded(item, rest)
    if not digits:
        return _chosen(item, worded) if worded is not None else None
    numbered = _numbered(item, digits)
    unread = worded is None and any(word not in _FILLERS for word in rest.split())
    if numbered is None or unread or (worded and worded != numbered):
        return None
    return _chosen(item, numbered)


def _numbered(item: Item, digits: Sequence[str]) -> set[int] | None:
    """Places of the options; "13" is 1 and 3 where several may be chosen and 13 is none."""
    spread = "".join(digits) if item.repeats and len(item.options) < 10 else None
    numbers = [int(digit) for digit in (spread or digits)]
    if any(not 1 <= number <= len(item.options) for number in numbers):
        return None
    if len(set(numbers)) < len(numbers) and spread and len(digits) == 1:
        return None
    return {number - 1 for number in numbers}


def _worded(item: Item, said: str) -> set[int] | None:
    """Places of the options whose words were said; None when other words were said too."""
    found: set[int] = set()
    left = f" {said} "
    for place, option in enumerate(item.options):
        displays = {" ".join(re.findall(r"[a-z]+", fold(each))) for each in option.display.values()}
        if said and said in displays:
            return {place}
        for word in sorted(option.words, key=len, reverse=True):
            if f" {word} " in left:
                found.add(place)
                left = left.replace(f" {word} ", "  ")
    unread = [word for word in left.split() if word not in _FILLERS]
    return found if found and not unread else None


def _chosen(item: Item, places: set[int]) -> tuple[str, ...] | None:
    exclusive = any(item.options[place].exclusive for place in places)
    if len(places) > 1 and (exclusive or not item.repeats):
        return None
    return tuple(item.options[place].code for place in sorted(places))
