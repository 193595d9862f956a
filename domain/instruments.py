"""Screening instruments: from a FHIR Questionnaire to texts, read answers and needs."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain.danger import fold
from domain.replies import normalise
from domain.segments import to_gsm7

_OURS = "https://doorway.example/fhir/StructureDefinition/"
_TRANSLATION = "http://hl7.org/fhir/StructureDefinition/translation"
_EXCLUSIVE = "http://hl7.org/fhir/StructureDefinition/questionnaire-optionExclusive"
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


@dataclass(frozen=True, slots=True)
class Option:
    code: str
    display: Mapping[str, str]
    positive: bool
    words: frozenset[str] = frozenset()
    """Folded words that mean this answer, in any language."""
    exclusive: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    code: str
    text: Mapping[str, str]
    options: tuple[Option, ...]
    repeats: bool
    domain: str


@dataclass(frozen=True, slots=True)
class Need:
    """Unconfirmed until a pharmacist signs it off. One a domain: its first positive item."""

    domain: str
    item: str
    answers: tuple[str, ...]
    z_code: str | None


@dataclass(frozen=True, slots=True)
class Instrument:
    code: str
    """LOINC code of the panel."""
    version: str
    items: tuple[Item, ...]

    @classmethod
    def from_questionnaire(cls, data: Mapping[str, Any]) -> "Instrument":
        """`data` is a FHIR R4 Questionnaire of choice items; ValueError names what is wrong."""
        if data.get("resourceType") != "Questionnaire" or not data.get("item"):
            raise ValueError("instrument: not a FHIR Questionnaire with items")
        items = tuple(_item(each, data.get("language", "en")) for each in data["item"])
        try:
            return cls(data["code"][0]["code"], data["version"], items)
        except (KeyError, IndexError) as wrong:
            raise ValueError(f"instrument: {wrong} is missing") from None

    def item(self, code: str) -> Item:
        """KeyError when the instrument has no such item."""
        for item in self.items:
            if item.code == code:
                return item
        raise KeyError(code)


@dataclass(frozen=True, slots=True)
class ZCodes:
    rows: tuple[tuple[str, frozenset[str], str], ...]

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "ZCodes":
        """`data` is programs/instruments/z_codes.yaml."""
        try:
            return cls(
                tuple(
                    (row["item"], frozenset(row["any_of"]), row["z_code"]) for row in data["rows"]
                )
            )
        except (KeyError, TypeError) as wrong:
            raise ValueError(f"Z codes: a row lacks {wrong}") from None

    def of(self, item: str, answers: Sequence[str]) -> str | None:
        for row_item, any_of, z_code in self.rows:
            if row_item == item and not any_of.isdisjoint(answers):
                return z_code
        return None


def needs(
    instrument: Instrument, answers: Mapping[str, Sequence[str]], z_codes: ZCodes
) -> tuple[Need, ...]:
    """Needs by domain, in the instrument's order; `answers` maps item codes to answer codes."""
    found: dict[str, Need] = {}
    for item in instrument.items:
        positive = {option.code for option in item.options if option.positive}
        given = tuple(code for code in answers.get(item.code, ()) if code in positive)
        if given and item.domain not in found:
            z_code = z_codes.of(item.code, given)
            found[item.domain] = Need(item.domain, item.code, given, z_code)
    return tuple(found.values())


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


def _item(data: Mapping[str, Any], language: str) -> Item:
    where = f"instrument item {data.get('linkId')}"
    if data.get("type") != "choice" or not data.get("answerOption"):
        raise ValueError(f"{where}: only choice items with answer options can be asked by text")
    try:
        return Item(
            code=data["code"][0]["code"],
            text=_wordings(data, "text", language),
            options=tuple(_option(each, language) for each in data["answerOption"]),
            repeats=bool(data.get("repeats")),
            domain=_extensions(data, _OURS + "need-domain")[0]["valueCode"],
        )
    except (KeyError, IndexError) as wrong:
        raise ValueError(f"{where}: {wrong} is missing") from None


def _option(data: Mapping[str, Any], language: str) -> Option:
    coding = data["valueCoding"]
    return Option(
        code=coding["code"],
        display=_wordings(coding, "display", language),
        positive=_extensions(data, _OURS + "positive-answer")[0]["valueBoolean"],
        words=frozenset(fold(e["valueString"]) for e in _extensions(data, _OURS + "reply-word")),
        exclusive=any(e["valueBoolean"] for e in _extensions(data, _EXCLUSIVE)),
    )


def _extensions(data: Mapping[str, Any], url: str) -> list[Mapping[str, Any]]:
    return [each for each in data.get("extension", ()) if each["url"] == url]


def _wordings(data: Mapping[str, Any], name: str, language: str) -> Mapping[str, str]:
    found = {language: data[name]}
    for translation in _extensions(data.get(f"_{name}", {}), _TRANSLATION):
        parts = {part["url"]: part for part in translation["extension"]}
        found[parts["lang"]["valueCode"]] = parts["content"]["valueString"]
    return found
