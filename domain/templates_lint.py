"""What a text to a member must be before it may leave, and the catalogue of such texts."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from domain.danger import fold, matches, phrases
from domain.readability import Limits
from domain.segments import is_gsm7, segments, to_gsm7

Purpose = Literal["care", "reply", "safety"]
Asks = Literal["yes_no", "one_two_three", "question", "bp", "glucose", "reading"]
_PURPOSES = {"care", "reply", "safety"}
_ASKS = {"yes_no", "one_two_three", "question", "bp", "glucose", "reading"}

# "None of the above" is an answer of a screening instrument; None alone is a bug's trace.
_RESIDUE = re.compile(
    r"\{\{|\}\}|\{%|%\}|\{#|\bNone\b(?! of\b)|\bnull\b|\bundefined\b|\bnan\b|\bNaN\b"
)
_ENTITY = re.compile(r"&(?:[a-zA-Z]{2,8}|#\d{1,6}|#x[0-9a-fA-F]{1,6});")


@dataclass(frozen=True, slots=True)
class SmsTemplate:
    name: str
    version: int
    purpose: Purpose
    asks: Asks | None
    digits: str
    priority: int
    """The lower goes first."""
    variables: frozenset[str]
    max_segments: int
    opt_out: bool
    allows: frozenset[str]
    part2: bool = False
    """What it says rests on substance-use records: no text may say it yet."""


@dataclass(frozen=True, slots=True)
class SmsCatalogue:
    templates: Mapping[str, SmsTemplate]
    banned: Mapping[str, re.Pattern[str]]
    opt_out_words: Mapping[str, str]
    reading: Limits

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "SmsCatalogue":
        """`data` is programs/sms.yaml; ValueError says in one sentence what is wrong."""
        try:
            return cls(
                {name: _template(name, row, data) for name, row in data["templates"].items()},
                {
                    lang: phrases(words, f"sms, banned.{lang}")
                    for lang, words in data["banned"].items()
                },
                data["opt_out_words"],
                Limits(data["reading_grade"], data["reading_ease"]),
            )
        except (KeyError, TypeError) as wrong:
            raise ValueError(f"sms: {wrong} is missing or of the wrong kind") from None

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self.banned)


def problems(
    text: str, template: SmsTemplate, language: str, pharmacy: str, catalogue: SmsCatalogue
) -> tuple[str, ...]:
    """Codes of what keeps a rendered text from being sent; empty when nothing does.

    `pharmacy` is the name the text must show, accents or not. The codes never quote the text.
    """
    if language not in catalogue.banned:
        return ("language_unknown",)
    pharmacy = pharmacy if pharmacy in text else to_gsm7(pharmacy)
    found = {
        "residue": _RESIDUE.search(text),
        "html_entity": _ENTITY.search(text),
        "not_gsm7": not is_gsm7(text),
        "too_long": segments(text).count > template.max_segments,
        "pharmacy_not_named": not pharmacy or pharmacy not in text,
        "banned_term": _banned(text.replace(pharmacy, " "), template.allows, language, catalogue),
        "no_opt_out": template.opt_out and catalogue.opt_out_words[language] not in text,
    }
    return tuple(code for code, there in found.items() if there)


def letter_problems(
    text: str, language: str, names: Sequence[str], catalogue: SmsCatalogue
) -> tuple[str, ...]:
    """Codes of what is wrong with a filled letter; `names` are left out, whatever they say."""
    found = {"residue": bool(_RESIDUE.search(text)), "html_entity": bool(_ENTITY.search(text))}
    for name in names:
        text = text.replace(name, " ")
    if language in catalogue.banned:
        found["banned_term"] = _banned(text, frozenset(), language, catalogue)
    else:
        found["language_unknown"] = True
    return tuple(code for code, there in found.items() if there)


def _banned(text: str, allows: frozenset[str], language: str, catalogue: SmsCatalogue) -> bool:
    kept = " ".join(word for word in fold(text).split() if word not in allows)
    return matches(catalogue.banned[language], kept)


def _template(name: str, row: Mapping[str, Any], data: Mapping[str, Any]) -> SmsTemplate:
    purpose, asks = row["purpose"], row.get("asks")
    if purpose not in _PURPOSES or (asks is not None and asks not in _ASKS):
        raise ValueError(f"sms, template {name}: purpose or asks is not one of the known words")
    digits = row.get("digits", "")
    if (asks in ("yes_no", "one_two_three")) != bool(digits) or not isinstance(digits, str):
        raise ValueError(
            f"sms, template {name}: digits, in quotes, go with yes_no or one_two_three"
        )
    variables: Sequence[str] = row["variables"]
    return SmsTemplate(
        name=name,
        version=int(row["version"]),
        purpose=purpose,
        asks=asks,
        digits=digits,
        priority=int(row["priority"]),
        variables=frozenset(variables),
        max_segments=int(row.get("max_segments", data["max_segments"])),
        opt_out=bool(row.get("opt_out")),
        allows=frozenset(row.get("allows", ())),
        part2=bool(row.get("part2")),
    )
