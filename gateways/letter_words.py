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
TAGLINE_LANGUAGES = ("es", "en")
"""Whoever cannot read the letter looks for his own language: each tagline is written in it."""


SHOWN = ("subject", "greeting", "parts", "closing")


class MissingTranslation(Exception):
    """There are no such words in this language; another language is never sent in its stead."""


class MissingData(Exception):
    """The letter needs something it was not given."""


class LetterWords:
    """Catalogues below one folder: `<letter>.<language>.yaml` and `words.<language>.yaml`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._catalogue = lru_cache(maxsize=None)(self._read)

    def fill(self, name: str, language: str, data: Mapping[str, Any]) -> dict[str, Any]:
        """All that the layout shows, with the data in their places."""
        words, shared = self._catalogue(name, language), self._catalogue("words", language)
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
        """`<declared>-<hash>`: the hash covers the words, the shared words and the layout."""
        declared = self._catalogue(name, language)["version"]
        digest = hashlib.sha256()
        for part in (f"{name}.{language}.yaml", f"words.{language}.yaml", "letter.typ"):
            digest.update((self._folder / part).read_bytes())
        return f"{declared}-{digest.hexdigest()[:8]}"

    def _taglines(self, data: Mapping[str, Any]) -> Iterator[dict[str, str]]:
        for language in TAGLINE_LANGUAGES:
            say = _filler(language, data)
            yield {
                "language": language,
                "text": say(self._catalogue("words", language)["tagline"]),
            }

    def _read(self, name: str, language: str) -> dict[str, Any]:
        path = self._folder / f"{name}.{language}.yaml"
        if not path.is_file():
            raise MissingTranslation(
                f"There is no {name} in the language {language}: add {path.name} to the letters."
            )
        catalogue: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
        return catalogue


def long_date(day: date, shared: Mapping[str, Any]) -> str:
    """The date as the language writes it, by its months and its order of words."""
    month = shared["months"][day.month - 1]
    return str(shared["date"].format(day=day.day, month=month, year=day.year))


def isolate(text: str, *, rtl: bool) -> str:
    """Right-to-left text turns numbers and addresses round unless a Unicode isolate holds them."""
    return f"\u2066{text}\u2069" if rtl else text


@pass_context
def _isolate(context: Context, text: str) -> str:
    return isolate(text, rtl=context["rtl"])


# Plain text for a page, not HTML: nothing is escaped here; typst takes data as text only.
_ENVIRONMENT = Environment(undefined=StrictUndefined, autoescape=False)
_ENVIRONMENT.filters["isolate"] = _isolate
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
