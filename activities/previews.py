"""Texts as members would read them: every template in every language, with a made-up member."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from activities.letters import plain_phone
from activities.texts import MissingTranslation, Texts
from domain.instrument_words import prompt
from domain.instruments import SMS
from domain.program import Program
from domain.screening_plan import ScreeningPlan
from domain.templates_lint import SmsTemplate

FIRST_NAME, PHARMACY = "Maria Guadalupe", "Saint Bartholomew Pharmacy"
"""Longer than most: what fits them fits nearly everybody."""


@dataclass(frozen=True, slots=True)
class Preview:
    """One language's text; `body` is None where it is missing."""

    language: str
    body: str | None
    segments: int = 0
    problems: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class PreviewedText:
    kind: SmsTemplate
    previews: Sequence[Preview]


def previews(
    texts: Texts, program: Program | None, languages: Sequence[str]
) -> Sequence[PreviewedText]:
    """All texts of the house by name, in the voice of a program; its longest question is asked."""
    return [
        PreviewedText(kind, [_preview(texts, kind, program, each) for each in languages])
        for _, kind in sorted(texts.kinds.items())
    ]


def _preview(texts: Texts, kind: SmsTemplate, program: Program | None, language: str) -> Preview:
    try:
        body = texts.render(kind.name, language, _facts(program, language))
    except MissingTranslation:
        return Preview(language, None)
    problems = texts.problems(body, kind.name, language, PHARMACY)
    return Preview(language, body, texts.count(body), problems)


def _facts(program: Program | None, language: str) -> Mapping[str, str]:
    plan = program.plans.get("screening") if program else None
    return {
        "first_name": FIRST_NAME,
        "pharmacy": PHARMACY,
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
