"""The words of letters: one catalogue per letter and language, filled strictly."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, StrictUndefined, UndefinedError, pass_context
from jinja2.runtime import Context

RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur", "yi"})
TAGLINES = "taglines.yaml"
SHOWN = ("subject", "greeting", "parts", "closing")


class MissingTranslation(Exception):
    """There are no such words in this language; another language is never sent in its stead."""


class UnapprovedWording(Exception):
    """The words in this language are a draft: somebody who speaks it must approve them first."""


class MissingData(Exception):
    """The letter needs something it was not given."""


class LetterWords:
    """Catalogues below one folder: `<letter>.<language>.yaml` and `words.<language>.yaml`.

    `drafts`: fill unapproved words too, to look at them; never for what is sent.
    """

    def __init__(self, folder: Path, *, drafts: bool = False) -> None:
        self._folder = folder
        self._drafts = drafts
        self._catalogue = lru_cache(maxsize=None)(self._read)
        self._notice = lru_cache(maxsize=None)(lambda: _yaml(folder / TAGLINES))

    def fill(self, name: str, language: str, data: Mapping[str, Any]) -> dict[str, Any]:
        """All that the layout shows, with the data in their places."""
        words, shared = self._catalogue(name, language), self._catalogue("words", language)
        if not self._drafts and not (approved(words) and approved(shared)):
            raise UnapprovedWording(f"{name}.{language}.yaml is a draft: fill its approved_on.")
        say = _filler(language, data)
        try:
            return {
                "language": language,
                "rtl": language in RIGHT_TO_LEFT,
                "sender": {key: data["sender"][key] for key in ("name", "address")},
                "recipient": {key: data["recipient"][key] for key in ("name", "address")},
                "date": long_date(data["date"], shared),
                "reference": say(shared["reference"]),
                "taglines": list(self._taglines(data)),
                **{part: _each(words[part], say) for part in SHOWN},
            }
        except (UndefinedError, KeyError) as missing:
            raise MissingData(f"The letter {name}.{language} lacks a value: {missing}.") from None

    def version(self, name: str, language: str) -> str:
        """`<declared>-<hash>`: the hash covers the words, what letters share, and the layout."""
        declared = self._catalogue(name, language)["version"]
        digest = hashlib.sha256()
        for part in (f"{name}.{language}.yaml", f"words.{language}.yaml", TAGLINES, "letter.typ"):
            digest.update((self._folder / part).read_bytes())
        return f"{declared}-{digest.hexdigest()[:8]}"

    def names(self) -> list[str]:
        """Every letter there is, in whatever language."""
        found = {path.name.split(".")[0] for path in self._folder.glob("*.*.yaml")}
        return sorted(found - {"words"})

    def languages(self) -> list[str]:
        """In which letters are written, drafts too."""
        return sorted(path.name.split(".")[1] for path in self._folder.glob("words.*.yaml"))

    def is_draft(self, name: str, language: str) -> bool:
        """Raises MissingTranslation."""
        needed = (self._catalogue(name, language), self._catalogue("words", language))
        return not all(map(approved, needed))

    def taglines(self) -> list[Mapping[str, Any]]:
        """Those that are printed: drafts only where drafts are looked at."""
        every = self._notice()["taglines"]
        return [line for line in every if self._drafts or approved(line)]

    def _taglines(self, data: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        for line in self.taglines():
            language = line["language"]
            yield {
                "language": language,
                "rtl": language in RIGHT_TO_LEFT,
                "text": _filler(language, data)(line["text"]),
            }

    def _read(self, name: str, language: str) -> dict[str, Any]:
        path = self._folder / f"{name}.{language}.yaml"
        if not path.is_file():
            raise MissingTranslation(
                f"There is no {name} in the language {language}: add {path.name} to the letters."
            )
        return _yaml(path)


def _yaml(path: Path) -> dict[str, Any]:
    catalogue: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return catalogue


def approved(words: Mapping[str, Any]) -> bool:
    """A draft counts as approved from the day that is written beside the very version it has."""
    if not words.get("draft"):
        return True
    return bool(words.get("approved_on")) and words.get("approved_version") == words.get("version")


def long_date(day: date, shared: Mapping[str, Any]) -> str:
    """The date as the language writes it, by its months and its order of words."""
    month = shared["months"][day.month - 1]
    return str(shared["date"].format(day=day.day, month=month, year=day.year))


def isolate(text: str, *, rtl: bool) -> str:
    """Right-to-left text turns numbers and addresses round unless a Unicode isolate holds them."""
    return f"\u2066{text}\u2069" if rtl else text


def isolate_name(text: str, *, rtl: bool) -> str:
    """A name runs as its own first letter does: Latin to the right, Arabic to the left."""
    return f"\u2068{text}\u2069" if rtl else text


@pass_context
def _isolate(context: Context, text: str) -> str:
    return isolate(text, rtl=context["rtl"])


@pass_context
def _isolate_name(context: Context, text: str) -> str:
    return isolate_name(text, rtl=context["rtl"])


# Plain text for a page, not HTML: nothing is escaped here; typst takes data as text only.
_ENVIRONMENT = Environment(undefined=StrictUndefined, autoescape=False)
_ENVIRONMENT.filters |= {"isolate": _isolate, "isolate_name": _isolate_name}
_template = lru_cache(maxsize=512)(_ENVIRONMENT.from_string)


def _filler(language: str, data: Mapping[str, Any]) -> Callable[[str], str]:
    known = {**data, "rtl": language in RIGHT_TO_LEFT}
    return lambda text: _template(text).render(known)


def _each(words: Any, say: Callable[[str], str]) -> Any:
    match words:
        case str():
            return say(words)
        case list():
            return [_each(word, say) for word in words]
        case dict():
            return {key: _each(word, say) for key, word in words.items()}
    return words
