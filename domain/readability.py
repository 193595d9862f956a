"""How hard a text is to read: school grade for English, ease for Spanish."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

WORD = re.compile(r"[A-Za-zÁÉÍÓÚÜÑáéíóúüñ']+")
SENTENCE_END = re.compile(r"[.!?:](?:\s|$)|\n")
SILENT_E = re.compile(r"(?:[^laeiouy]es|[^td]ed|[^lrt]e)$")


def sentences(text: str) -> list[list[str]]:
    found = [WORD.findall(part) for part in SENTENCE_END.split(text)]
    return [words for words in found if words]


def english_syllables(word: str) -> int:
    word = word.lower().replace("'", "")
    word = SILENT_E.sub(lambda end: end[0][0], word) if len(word) > 3 else word
    return max(1, len(re.findall(r"[aeiouy]+", word)))


def spanish_syllables(word: str) -> int:
    """A weak vowel beside a strong one makes no syllable of its own, unless it bears the accent."""
    word = re.sub(r"qu(?=[eéií])|gu(?=[eéií])", "g", word.lower())
    count, before = 0, ""
    for letter in word:
        if letter in "aeoáéó":
            count += before not in "iuü" or not before
        elif letter in "íú":
            count += 1
        elif letter in "iuü":
            count += before not in "aeoáéóiuü" or not before
        before = letter if letter in "aeoáéóiuü" else ""
    return max(1, count)


def flesch_kincaid_grade(text: str) -> float:
    """Kincaid et al. 1975: years of school an English reader needs."""
    spoken = sentences(text)
    words = [word for sentence in spoken for word in sentence]
    syllables = sum(english_syllables(word) for word in words)
    return 0.39 * len(words) / len(spoken) + 11.8 * syllables / len(words) - 15.59


def fernandez_huerta_ease(text: str) -> float:
    """Fernández Huerta 1959, as corrected by Law: 70 and more is easy for a Spanish reader."""
    spoken = sentences(text)
    words = [word for sentence in spoken for word in sentence]
    syllables = sum(spanish_syllables(word) for word in words)
    return 206.84 - 60 * syllables / len(words) - 1.02 * len(words) / len(spoken)


@dataclass(frozen=True, slots=True)
class Limits:
    """`grade`: the highest school grade for English; `ease`: by language, the lowest ease."""

    grade: float
    ease: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Reading:
    """How hard words are to read. `measure`: grade (the lower the easier) or ease (the higher)."""

    measure: Literal["grade", "ease"]
    value: float
    hard: bool


def read(text: str, language: str, limits: Limits) -> Reading | None:
    """None for a language that no measure here is made for, and for a text without words."""
    if not sentences(text):
        return None
    if language == "en":
        grade = flesch_kincaid_grade(text)
        return Reading("grade", grade, grade > limits.grade)
    if language == "es":
        ease = fernandez_huerta_ease(text)
        return Reading("ease", ease, ease < limits.ease.get(language, 0))
    return None
