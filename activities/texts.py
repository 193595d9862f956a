"""The texts of the house: which template in which version and language, filled and counted."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateNotFound

from domain.segments import segments, to_gsm7


class MissingTranslation(Exception):
    """No approved text in the member's language: a person must speak with the member."""


@dataclass(frozen=True, slots=True)
class TextKind:
    """What programs/sms.yaml says of one template."""

    version: str
    priority: int
    """The lower goes first."""
    asks: str | None
    """The kind of answer it opens a prompt for; None: it asks nothing."""
    max_segments: int

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Mapping[str, "TextKind"]:
        """`data` is programs/sms.yaml; by template."""
        most = data["max_segments"]
        return {
            name: cls(
                str(row["version"]),
                row["priority"],
                row.get("asks"),
                row.get("max_segments", most),
            )
            for name, row in data["templates"].items()
        }


class Texts:
    def __init__(self, templates: Path, catalogue: Mapping[str, TextKind]) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(templates / "sms"),
            undefined=StrictUndefined,
            autoescape=False,
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
