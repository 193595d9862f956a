"""Words that mean a person is in danger, and the small phrase language the word lists use."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Urgency(StrEnum):
    """How soon a person must act; the deadline itself is data beside each rule."""

    EMERGENCY = "emergency"
    SAME_HOUR = "same_hour"
    SAME_DAY = "same_day"
    BUSINESS_DAYS = "business_days"
    TEXT_ONLY = "text_only"
    """The member is told something; nobody is called to act."""


class DangerKind(StrEnum):
    SELF_HARM = "self_harm"
    OVERDOSE = "overdose"
    EMERGENCY = "emergency"
    VIOLENCE = "violence"


@dataclass(frozen=True, slots=True)
class Danger:
    """`template` is the one text that may answer; None where an answer could do harm
    (someone else may read the phone). `stop` is true when the same text also revokes consent."""

    kind: DangerKind
    level: Urgency
    template: str | None
    rule: str
    stop: bool = False


def fold(text: str) -> str:
    """Lower case, no accents, no punctuation, single spaces ("wrong #" is a wrong number)."""
    text = re.sub(r"#(?!\s*\d)", " number ", text.replace("\u2019", "'").replace("\u2018", "'"))
    plain = unicodedata.normalize("NFKD", text)
    plain = "".join(char for char in plain if not unicodedata.combining(char)).casefold()
    return " ".join(re.findall(r"[^\W_]+", plain.replace("'", "")))


_WORD = re.compile(r"[a-z0-9]+\*?")
_PIECE = re.compile(r"\(([^()]*)\)(\?)?|(\.\.\.)|(\S+)")


def phrases(listed: object, where: str) -> re.Pattern[str]:
    """One pattern for a list of phrases, to be searched in folded text.

    A phrase is words; `(a|b c)` is a choice, `(a|b)?` may be absent, `...` stands for up to three
    words, `die*` for any ending. Anything else is a ValueError that names `where`.
    """
    if not isinstance(listed, Sequence) or isinstance(listed, str) or not listed:
        raise ValueError(f"{where}: give a list of phrases")
    return re.compile("|".join(f"(?:{_phrase(each, where)})" for each in listed))


def _phrase(phrase: object, where: str) -> str:
    # Every piece eats the blank that follows it, so that an absent piece leaves none behind.
    if not isinstance(phrase, str) or not phrase.strip():
        raise ValueError(f"{where}: {phrase!r} is not a phrase; put it in quotes")
    pattern = ""
    for choice, absent, gap, word in _PIECE.findall(phrase.strip()):
        if gap:
            pattern += r"(?:[^\W_]+ ){0,3}"
        elif choice:
            words = "|".join(_words(each, phrase, where) for each in choice.split("|"))
            pattern += f"(?:{words})" + ("?" if absent else "")
        else:
            pattern += _words(word, phrase, where)
    return r"(?<!\S)" + pattern


def _words(words: str, phrase: str, where: str) -> str:
    parts = words.split()
    if not parts or not all(_WORD.fullmatch(part) for part in parts):
        raise ValueError(
            f"{where}: phrase {phrase!r} has something other than plain lower-case words, "
            "( | ), ... or a final *"
        )
    return "".join(
        re.escape(part.rstrip("*")) + (r"[^\W_]*" if part.endswith("*") else "") + " "
        for part in parts
    )


def matches(pattern: re.Pattern[str], folded: str) -> bool:
    return pattern.search(folded + " ") is not None


def cut(pattern: re.Pattern[str], folded: str) -> str:
    """The folded text with every match blanked to one mark that no phrase can match."""
    return pattern.sub("# ", folded + " ").strip()


@dataclass(frozen=True, slots=True)
class _DangerRule:
    id: str
    kind: DangerKind
    level: Urgency
    template: str | None
    phrases: re.Pattern[str]
    unless: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class DangerWords:
    """Rules in the order they are read: the first that matches decides."""

    rules: tuple[_DangerRule, ...]

    @classmethod
    def from_data(cls, data: Mapping[str, object]) -> "DangerWords":
        """`data` is programs/danger.yaml; ValueError says in one sentence what is wrong."""
        listed = data.get("rules")
        if not isinstance(listed, Sequence) or not listed:
            raise ValueError("danger words: 'rules' is missing or empty")
        return cls(tuple(_rule(each) for each in listed))


def _rule(data: object) -> _DangerRule:
    if not isinstance(data, Mapping) or not isinstance(data.get("id"), str):
        raise ValueError("danger words: a rule lacks its 'id'")
    where = f"danger words, rule {data['id']}"
    for name in ("source", "effective_from"):
        if not data.get(name):
            raise ValueError(f"{where}: '{name}' is missing")
    try:
        kind, level = DangerKind(str(data.get("kind"))), Urgency(str(data.get("level")))
    except ValueError as wrong:
        raise ValueError(f"{where}: {wrong}") from None
    template = data.get("template")
    unless = phrases(data["unless"], where) if data.get("unless") else None
    return _DangerRule(
        data["id"],
        kind,
        level,
        str(template) if template else None,
        phrases(data.get("phrases"), where),
        unless,
    )


def find_danger(body: str, words: DangerWords) -> Danger | None:
    """The most urgent danger a text speaks of; an idiom ("killing me") is cut before reading."""
    folded = fold(body)
    for rule in words.rules:
        read = cut(rule.unless, folded) if rule.unless else folded
        if matches(rule.phrases, read):
            return Danger(rule.kind, rule.level, rule.template, rule.id)
    return None
