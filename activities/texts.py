"""The texts of the house: which template in which version and language, filled and counted."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateNotFound

from domain.segments import segments, to_gsm7


class MissingTranslation(Exception):
    """No approved text in the member's language: a person must speak with the member."""


@dataclass(frozen=True, slots=True)
class TextKind:
    """What programs/sms.yaml says of one template."""

    version: str
    priority: int


class Texts:
    def __init__(self, templates: Path, catalogue: Mapping[str, TextKind]) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(templates / "sms"),
            undefined=StrictUndefined,
            autoescape=False,  # noqa: S701 (a text message is not HTML)
            keep_trailing_newline=False,
        )
        self._catalogue = catalogue

    def kind(self, template: str) -> TextKind:
        """KeyError for a template nobody approved."""
        return self._catalogue[template]

    def render(self, template: str, language: str, facts: Mapping[str, str]) -> str:
        """The text as it will be sent, in the GSM alphabet where its letters allow."""
        try:
            found = self._environment.get_template(f"{template}.{language}.txt")
        except TemplateNotFound as missing:
            raise MissingTranslation(template) from missing
        return to_gsm7(found.render(facts).strip())

    def count(self, body: str) -> int:
        return segments(body).count
