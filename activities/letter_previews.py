"""Letters as members would read them, drafts too, in every language, with what is wrong."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from activities.letters import plain_phone
from activities.previews import SAMPLES, TOO_HARD, SampleMember, previews
from activities.texts import Texts
from domain.program import Program
from domain.readability import Reading
from domain.templates_lint import SmsCatalogue
from gateways.letter_words import LetterWords, MissingTranslation
from gateways.typesetting import Typesetter

# Names and numbers say nothing of how hard a letter reads.
_HOLE = "Ann"
PHONE = "614-555-0100"


@dataclass(frozen=True, slots=True)
class LetterPreview:
    """One language's letter; no `paragraphs` where it is missing."""

    language: str
    paragraphs: Sequence[str] = ()
    version: str = ""
    draft: bool = False
    reading: Reading | None = None
    problems: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class PreviewedLetter:
    name: str
    previews: Sequence[LetterPreview]


class LetterPreviews:
    def __init__(self, templates: Path, texts: Texts) -> None:
        self._words = LetterWords(templates / "letters", drafts=True)
        self._approved = LetterWords(templates / "letters")
        self._typesetter = Typesetter(templates, drafts=True)
        self._texts = texts

    @property
    def languages(self) -> Sequence[str]:
        return self._words.languages()

    @property
    def names(self) -> Sequence[str]:
        return self._words.names()

    def all(
        self, program: Program, languages: Sequence[str], member: SampleMember, on: date
    ) -> Sequence[PreviewedLetter]:
        return [
            PreviewedLetter(
                name, [self._preview(name, each, program, member, on) for each in languages]
            )
            for name in self._words.names()
        ]

    def pdf(
        self,
        name: str,
        language: str,
        program: Program,
        member: SampleMember,
        on: date,
        *,
        large_print: bool,
    ) -> bytes:
        """The letter as it would be printed; MissingTranslation where there is none."""
        if name not in self._words.names():
            raise MissingTranslation(name)
        data = _data(program, member, on)
        return self._typesetter.letter(name, language, data, large_print=large_print)

    def _preview(
        self, name: str, language: str, program: Program, member: SampleMember, on: date
    ) -> LetterPreview:
        data = _data(program, member, on)
        try:
            filled = self._words.fill(name, language, data)
            plain = self._words.fill(name, language, _plain(data))
        except MissingTranslation:
            return LetterPreview(language)
        paragraphs = list(_paragraphs(filled))
        reading = self._texts.read("\n".join(_paragraphs(plain)), language)
        names = (member.pharmacy, *member.address, f"{member.first_name} {member.last_name}")
        problems = self._texts.letter_problems("\n".join(paragraphs), language, names)
        draft = self._approved.is_draft(name, language)
        # Nobody has words to check a draft's language by: whoever approves it reads it.
        problems = () if draft and problems == ("language_unknown",) else problems
        hard = (TOO_HARD,) if reading and reading.hard else ()
        return LetterPreview(
            language,
            paragraphs,
            self._words.version(name, language),
            draft,
            reading,
            (*problems, *hard),
        )


def _paragraphs(page: Mapping[str, Any]) -> Sequence[str]:
    """The words of a letter from its subject to its closing; marks of direction left out."""
    parts = [
        line
        for part in page["parts"]
        for line in (part.get("heading", ""), *part.get("paragraphs", ()), *part.get("steps", ()))
    ]
    lines = (page["subject"], page["greeting"], *parts, page["closing"])
    return [re.sub("[\u2066-\u2069]", "", line) for line in lines if line]


def _data(program: Program, member: SampleMember, on: date) -> Mapping[str, Any]:
    name = f"{member.first_name} {member.last_name}"
    return {
        "letter_id": "a sample",
        "date": on,
        "sender": {
            "name": program.sender,
            "address": list(program.address),
            "phone": plain_phone(program.phone),
        },
        "recipient": {"name": name, "address": list(member.address)},
        "member": {"name": name},
        "pharmacy": {
            "name": member.pharmacy, "phone": PHONE, "address": ["12 Putnam Ave", "Lima, OH 45801"],
        },
    }  # fmt: skip


def _plain(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The same with a short word in every place of a name, an address or a number."""
    place = {"name": _HOLE, "address": [_HOLE], "phone": "us"}
    return {**data, "sender": place, "recipient": place, "member": place, "pharmacy": place}


@dataclass(frozen=True, slots=True)
class Survey:
    """All wording at a look; each name is `<text or letter>.<language>`."""

    texts: int
    letters: int
    languages: Sequence[str]
    """In which texts may leave."""
    wrong: Sequence[str]
    missing: Sequence[str]
    drafts: Sequence[str]


def survey(
    templates: Path, catalogue: SmsCatalogue, programs: Sequence[Program], on: date
) -> Survey:
    texts = Texts(templates, catalogue)
    pages = LetterPreviews(templates, texts)
    wrong: dict[str, None] = {}
    missing: dict[str, None] = {}
    drafts: dict[str, None] = {}
    for program in programs:
        for kind in previews(texts, program, texts.languages):
            for text in kind.previews:
                name = f"{kind.kind.name}.{text.language}"
                missing |= {name: None} if text.body is None else {}
                wrong |= {name: None} if text.problems else {}
        for letter in pages.all(program, pages.languages, SAMPLES[0], on):
            for page in letter.previews:
                name = f"letter {letter.name}.{page.language}"
                missing |= {} if page.paragraphs else {name: None}
                drafts |= {name: None} if page.draft else {}
                wrong |= {name: None} if page.problems else {}
    return Survey(
        len(texts.kinds), len(pages.names), texts.languages, [*wrong], [*missing], [*drafts]
    )
