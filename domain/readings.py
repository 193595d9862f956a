"""Blood pressure and glucose: what a member's text says the meter showed."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from domain.spoken_numbers import digits

Kind = Literal["bp", "glucose"]


@dataclass(frozen=True, slots=True)
class BloodPressure:
    """mm Hg."""

    systolic: int
    diastolic: int

    kind: Kind = "bp"


@dataclass(frozen=True, slots=True)
class Glucose:
    """`off_scale`: the meter showed LO or HI; `mg_dl` is then its limit, not a measured value."""

    mg_dl: int
    off_scale: Literal["low", "high"] | None = None

    kind: Kind = "glucose"


@dataclass(frozen=True, slots=True)
class Implausible:
    """Meant as a reading but no meter shows it: ask again and let a person look."""

    kind: Kind
    said: tuple[int, ...]


Measured = BloodPressure | Glucose
Said = Measured | Implausible


@dataclass(frozen=True, slots=True)
class Bounds:
    lowest: int
    highest: int

    def hold(self, number: int) -> bool:
        return self.lowest <= number <= self.highest


_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_PAIRED = r"\d{1,3}(?:\s*(?:/|over|sobre)\s*\d{1,3})?"
# Cut before reading: dates, times, phone numbers, money, doses, weights, spans of time, pulses,
# goals, food. Each would pass for a reading.
_OTHER_NUMBERS = re.compile(
    rf"""
      \b\d{{4}}-\d{{1,2}}-\d{{1,2}}\b | \b{_DAY}[/-]{_DAY}[/-](?:20)?\d\d\b
    | (?:\+?1[\s.-]*)?\(?\b\d{{3}}\)?[\s.-]*\d{{3}}[\s.-]*\d{{4}}\b
    | \b\d{{3}}[\s.-]\d{{4}}\b | \d{{5,}}
    | \b\d{{1,2}}:\d{{2}}\b(?:\s*[ap]\.?m\b\.?)? | \b\d{{1,2}}\s*[ap]\.?m\b\.?
    | \$\s*\d+ | \b\d+\s*%
    | \b(?:pulse?|pulso|heart\s*rate|weight|peso|oxygen|oxigeno|spo2|temp\w*|age|edad)\D{{0,9}}\d+
    | \b(?:hr|pul|fc)\b[\s:=]*(?:(?:is|was|of|at|de|en)\s+)?\d{{2,3}}\b(?!\s*[/\\])
    | \b(?:a1c|hba1c)\D{{0,12}}\d+(?:[.,]\d+)?
    | \b(?:goal|target|meta|objetivo)\b\D{{0,12}}{_PAIRED}
    | \b(?:should|supposed|debe\w*)\s(?:[a-z]+\s){{0,3}}?(?:be|ser|estar)\b\D{{0,12}}{_PAIRED}
    | \b\d+(?:\.\d+)?\s*(?:mg|mcg|ml|cc)\b(?!\s*(?:/|per|por)?\s*d)
    | \b\d+\s*(?:units?|unidades|u|strips?|tiras|refills?)\b
    | \b\d+\s*(?:lbs?|pounds?|libras|kgs?|kilos?|pills?|pastillas|tablets?|times|veces|steps)\b
    | \b\d+\s*(?:carbs?|carbohidratos|grams?|gramos|g|calor\w*|pasos|miles?|ounces?|oz)\b
    | \b\d+\s*(?:days?|dias|weeks?|semanas?|minutes?|mins?|minutos)\b
    | (?<![\d/-])[1-7]?\d\s*(?:hours?|hrs?|horas?)\b(?!\s*\d{{2,3}}\b(?!\s*[/\\]))
    | \b\d+\s*(?:years?|yrs?|anos?|bpm)\b
    """,
    re.VERBOSE,
)
_MMOL = re.compile(r"\b(\d{1,2}(?:[.,]\d)?)\s*mmols?(?:\s*/\s*l)?\b")
_MG_DL_IN_A_MMOL = 18.016
"""The molar mass of glucose, 180.16 g, in a decilitre."""
_STRONG = r"/+|\\|\bover\b|\bovr?\b|\bsobre\b"
_WEAK = (
    r"-|\bcon\b|\bon\b|\band\b|\by\b|\bto\b|\bby\b|\bx\b|\bentre\b|\bpor\b|\ba\b"
    r"|,|\.|(?<=\d)\s(?=\s*\d)"
)
_PAIR = re.compile(
    rf"(?<![\d/.])(?P<top>\d{{1,4}})\s*(?:(?P<strong>{_STRONG})|{_WEAK})\s*(?P<bottom>\d{{1,3}})"
    r"(?!\d)(?(strong)|(?!\s*[/\\]))"
)
_NAMED_PAIR = re.compile(
    r"\b(?:sys[a-z]*|sist[a-z]*|top|upper|alta|maxima)\D{0,12}(?P<strong>)(?P<top>\d{2,3})\D{1,25}"
    r"(?:dia[a-z]*|bottom|lower|baja|minima)\D{0,12}(?P<bottom>\d{2,3})(?!\d)"
)
_SAYS_BP = re.compile(r"\b(?:b\.?p|blood\s*pressure|pressure|presion|tension)\b")
_SAYS_GLUCOSE = re.compile(r"\b(?:sugars?|glucose|glucosa|azucar|asucar|bs|bg|fasting|ayunas)\b")
_NUMBER = re.compile(r"(?<![\d.])\d{1,4}(?!\d)")
_BESIDE = re.compile(
    rf"(?:{_SAYS_GLUCOSE.pattern})\D{{0,30}}\d|\d\D{{0,12}}(?:{_SAYS_GLUCOSE.pattern})"
)
_NEXT_TO_GLUCOSE = re.compile(rf"(?:{_SAYS_GLUCOSE.pattern})\D{{0,15}}$")
_METER = frozenset(
    {"meter", "monitor", "machine", "says", "said", "reads", "shows", "showed"}
    | {"medidor", "aparato", "dice", "marca"}
)
_METER_WORDS = _METER | frozenset(
    {"it", "its", "my", "the", "say", "read", "reading", "is", "was", "just", "sugar", "glucose"}
    | {"blood", "el", "la", "mi", "azucar", "glucosa", "sale", "salio", "esta", "estaba", "me"}
    | {"lectura", "too", "very", "muy", "level", "nivel", "today", "hoy"}
)
_LOW = frozenset({"lo", "low", "bajo", "baja"})
_HIGH = frozenset({"hi", "high", "alto", "alta"})


def parse(body: str, expects: Kind | None, bounds: Mapping[str, Bounds]) -> tuple[Said, ...]:
    """Every reading a text states, pressures first, each kind in the order of the text.

    `expects` is what was asked last: with it a bare number is a glucose value and "150 95" a
    pressure; without it a number needs its sign ("150/95") or its word ("sugar 148").
    """
    text = _OTHER_NUMBERS.sub(" ; ", _MMOL.sub(_in_mg_dl, digits(_plain(body))))
    says_bp = _SAYS_BP.search(text) is not None
    says_glucose = _SAYS_GLUCOSE.search(text) is not None
    about_glucose = not says_bp and (says_glucose or expects == "glucose")
    weak = says_bp or (expects == "bp" and not about_glucose)
    pressures, left = _pressures(text, weak, bounds, said=says_bp or expects == "bp")
    if not about_glucose and not says_glucose:
        return pressures
    return (*pressures, *_glucoses(body, left, expects, bounds))


def _in_mg_dl(found: re.Match[str]) -> str:
    return f"{float(found[1].replace(',', '.')) * _MG_DL_IN_A_MMOL:.0f} mg/dl"


def _pressures(
    text: str, weak: bool, bounds: Mapping[str, Bounds], *, said: bool
) -> tuple[tuple[Said, ...], str]:
    """Also what is left of the text without them."""
    plausible: list[Said] = []
    odd: list[Said] = []
    left = text
    for pair in [*_PAIR.finditer(text), *_NAMED_PAIR.finditer(text)]:
        top, bottom = int(pair["top"]), int(pair["bottom"])
        strong = pair["strong"] is not None
        if strong and not said and _NEXT_TO_GLUCOSE.search(text[: pair.start()]):
            continue
        if top > bottom and bounds["systolic"].hold(top) and bounds["diastolic"].hold(bottom):
            if strong or weak:
                plausible.append(BloodPressure(top, bottom))
                left = left.replace(pair[0], " ; ", 1)
        elif strong and said and not _a_day(text, top, bottom):
            odd.append(Implausible("bp", (top, bottom)))
    return tuple(plausible or odd[-1:]), left


def _a_day(text: str, top: int, bottom: int) -> bool:
    """ "I can come 10/25" is a day of the month; a bare "14/9" is a pressure written in cm."""
    return top <= 31 and bottom <= 31 and len(text.split()) > 3


def _glucoses(
    body: str, text: str, expects: Kind | None, bounds: Mapping[str, Bounds]
) -> tuple[Said, ...]:
    held = bounds["glucose"]
    beside = _BESIDE.search(text) is not None
    alone = _PAIR.sub(lambda pair: " ; " if pair["strong"] else pair[0], text)
    numbers = [int(each) for each in _NUMBER.findall(alone)]
    if numbers and (beside or expects == "glucose"):
        if likely := [number for number in numbers if held.hold(number)]:
            return tuple(Glucose(number) for number in likely)
        short = len(text.split()) <= 3
        return (Implausible("glucose", (numbers[-1],)),) if beside or short else ()
    if numbers:
        return ()
    match _off_scale(body, text):
        case "low":
            return (Glucose(held.lowest, "low"),)
        case "high":
            return (Glucose(held.highest, "high"),)
    return ()


def _off_scale(body: str, text: str) -> Literal["low", "high"] | None:
    """Meters show LO and HI instead of a number; "Hi" alone is a greeting, "HI" is not."""
    words = re.findall(r"[a-z]+", text)
    left = [word for word in words if word not in _METER_WORDS]
    if len(left) != 1:
        return None
    if left[0] in _LOW:
        return "low"
    on_meter = not _METER.isdisjoint(words) or body.strip(" .!") == "HI"
    return "high" if left[0] in _HIGH and (on_meter or "HI" in body.split()) else None


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text)
    return "".join(char for char in folded if not unicodedata.combining(char)).casefold()
