"""Texts as members would read them: every template in every language, with made-up members."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from activities.letters import plain_phone
from activities.texts import MissingTranslation, Texts
from domain.instrument_words import prompt
from domain.instruments import SMS
from domain.program import Program
from domain.readability import Reading
from domain.screening_plan import ScreeningPlan
from domain.templates_lint import SmsTemplate

TOO_HARD = "too_hard"
"""Found in previews only: a text that reads hard is mended, not kept from a member."""


@dataclass(frozen=True, slots=True)
class SampleMember:
    name: str
    first_name: str
    last_name: str
    address: tuple[str, str]
    pharmacy: str


# What fits the first fits nearly everybody; the last has letters that may cost a second segment.
SAMPLES = (
    SampleMember(
        "long names", "Maria Guadalupe", "Hernandez-Villanueva",
        ("1450 Old Mill Road, Apartment 12B", "Zanesville, OH 43701"), "Saint Bartholomew Pharmacy",
    ),
    SampleMember("short names", "Jo", "Li", ("9 Elm St", "Lima, OH 45801"), "Oak Drugs"),
    SampleMember(
        "accents", "José", "Núñez Peña", ("12 Camino Ángel", "Española, NM 87532"), "Farmacia Peñón"
    ),
)  # fmt: skip
PLAIN = {"first_name": "Ann", "pharmacy": "Ann", "sender": "Bob", "phone": "us", "question": ""}
"""Short words for names and numbers, which say nothing of how hard a text reads."""


@dataclass(frozen=True, slots=True)
class Preview:
    """One language's text; `body` is None where it is missing."""

    language: str
    body: str | None
    segments: int = 0
    most: int = 0
    """Segments for the sample member who needs most."""
    reading: Reading | None = None
    problems: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class PreviewedText:
    kind: SmsTemplate
    previews: Sequence[Preview]


def sample(name: str) -> SampleMember:
    return next((each for each in SAMPLES if each.name == name), SAMPLES[0])


def previews(
    texts: Texts,
    program: Program | None,
    languages: Sequence[str],
    member: SampleMember = SAMPLES[0],
) -> Sequence[PreviewedText]:
    """All texts of the house by name, in the voice of a program; its longest question is asked."""
    return [
        PreviewedText(kind, [_preview(texts, kind, program, each, member) for each in languages])
        for _, kind in sorted(texts.kinds.items())
    ]


def _preview(
    texts: Texts,
    kind: SmsTemplate,
    program: Program | None,
    language: str,
    member: SampleMember,
) -> Preview:
    try:
        filled = {
            each: texts.render(kind.name, language, _facts(program, language, each))
            for each in dict.fromkeys((member, *SAMPLES))
        }
        reading = texts.read(texts.render(kind.name, language, PLAIN), language)
    except MissingTranslation:
        return Preview(language, None)
    # A problem of any sample is one: members are not asked how long their names are.
    found = [
        texts.problems(body, kind.name, language, each.pharmacy) for each, body in filled.items()
    ]
    found.append((TOO_HARD,) if reading and reading.hard else ())
    return Preview(
        language,
        filled[member],
        texts.count(filled[member]),
        max(map(texts.count, filled.values())),
        reading,
        list(dict.fromkeys(code for codes in found for code in codes)),
    )


def _facts(program: Program | None, language: str, member: SampleMember) -> Mapping[str, str]:
    plan = program.plans.get("screening") if program else None
    return {
        "first_name": member.first_name,
        "pharmacy": member.pharmacy,
        "sender": program.sender if program else "Your care team",
        "phone": plain_phone(program.phone) if program else "(614) 555-0100",
        "question": _longest(plan, language),
    }


def _longest(plan: ScreeningPlan | None, language: str) -> str:
    """The longest question a program asks by text."""
    asked = [
        prompt(item, language, place, len(ask.instrument.items))
        for ask in (plan.asks if plan else ())
        if SMS in ask.by and ask.instrument.speaks(language)
        for place, item in enumerate(ask.instrument.items, 1)
    ]
    return max(asked, key=len, default="1/1 ...")
