"""What a text asks of the member, read as a member would: from its words alone."""

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum, auto


class Asks(Enum):
    NOTHING = auto()
    START = auto()
    CONSENT = auto()
    QUESTION = auto()
    PRESSURE = auto()
    GLUCOSE = auto()
    NUMBERS = auto()
    """Of a meter, whichever was spoken of last."""
    REFILL = auto()
    RECEIVED = auto()
    CHECK_IN = auto()
    IDENTITY = auto()


@dataclass(frozen=True, slots=True)
class Option:
    digit: str
    label: str


@dataclass(frozen=True, slots=True)
class Read:
    """`several`: more than one option may be chosen."""

    asks: Asks
    options: tuple[Option, ...] = ()
    several: bool = False


# What a text says about opting out is no question, though it says "reply" and "text".
SMALL_PRINT = re.compile(
    r"[^.\n]*\b(?:reply|text|send|responda|envie|escriba|mande)\s+"
    r"(?:with\s+|con\s+)?[\"']?(?:stop|start|help|alto|ayuda|inicio)\b[^.\n]*\.?"
)
DIGIT = re.compile(r"(?<![\w/+.,%-])([1-9])(?![\d/%-])\s*[=:).-]?\s*")

PATTERNS = (
    (
        Asks.IDENTITY,
        re.compile(r"year you were born|birth year|zip code|ano en que nacio|codigo postal"),
    ),
    (Asks.PRESSURE, re.compile(r"blood pressure|\bbp\b|presion")),
    (Asks.GLUCOSE, re.compile(r"blood sugar|\bsugar\b|glucose|azucar|glucosa")),
    (Asks.NUMBERS, re.compile(r"\bnumbers?\b|\bnumeros?\b")),
)
WITH_OPTIONS = (
    (
        Asks.CHECK_IN,
        re.compile(
            r"how are you doing|how did you breathe|how is your chest"
            r"|como le va|como se siente|como respiro|como esta su pecho"
        ),
    ),
    (
        Asks.RECEIVED,
        re.compile(r"did you get|did .{0,40}(?:arrive|come)|recibio|le llego|llegaron|ya la tiene"),
    ),
    (
        Asks.REFILL,
        re.compile(r"refill|surti[ro]|resurt|relleno|medicines? (?:is|are) due|deliver|entreg"),
    ),
    (Asks.START, re.compile(r"\b(?:to|para) (?:start|begin|comenzar|empezar|iniciar)|yes, start")),
    (
        Asks.CONSENT,
        re.compile(
            r"want help|like help|do you want us|may we tell|podemos decir"
            r"|(?:few|short|some) questions"
            r"|quiere ayuda|quiere que|le gustaria"
            r"|(?:unas|algunas) (?:cuantas )?preguntas|preguntas (?:cortas|breves)"
        ),
    ),
)
SEVERAL = re.compile(
    r"all that apply|choose all|more than one|todas las que|mas de una|1,\s?3|1 y 3"
)
EXPECTS = re.compile(r"\?|\breply\b|\bsend\b|\btext us\b|respond[ae]|envie|mande|conteste|escriba")


def read(body: str) -> Read:
    """What the text asks; NOTHING when it only tells something."""
    text = SMALL_PRINT.sub(" ", fold(body))
    options = offered(text)
    if options:
        for asks, pattern in WITH_OPTIONS:
            if pattern.search(text):
                return Read(asks, options)
        return Read(Asks.QUESTION, options, several=bool(SEVERAL.search(text)))
    if EXPECTS.search(text):
        for asks, pattern in PATTERNS:
            if pattern.search(text):
                return Read(asks)
    return Read(Asks.NOTHING)


def offered(text: str) -> tuple[Option, ...]:
    """The numbered answers in order ("1 yes 2 no"); at least two, counted from 1."""
    found: list[re.Match[str]] = []
    for match in DIGIT.finditer(text):
        if int(match[1]) == len(found) + 1:
            found.append(match)
        elif match[1] == "1" and len(found) == 1:
            found = [match]
    if len(found) < 2:
        return ()
    ends = [m.start() for m in found[1:]] + [len(text)]
    return tuple(
        Option(m[1], _label(text[m.end() : end])) for m, end in zip(found, ends, strict=True)
    )


def fold(text: str) -> str:
    """Lower case without accents."""
    bare = unicodedata.normalize("NFD", text.lower())
    return "".join(c for c in bare if not unicodedata.combining(c))


def _label(text: str) -> str:
    first = re.split(r"[\n;]|,\s*(?:or|o)?\s*$|\.\s", text.strip(), maxsplit=1)[0]
    return re.sub(r"^(?:for|to|if|para|si)\b(?!$)\s*", "", first).strip(" ,.;")
