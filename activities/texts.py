"""The texts of the house: which template in which version and language, filled and counted."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateNotFound

from domain.readability import Reading, read
from domain.segments import segments, to_gsm7
from domain.templates_lint import SmsCatalogue, SmsTemplate, letter_problems, problems


class MissingTranslation(Exception):
    """No approved text in the member's language: a person must speak with the member."""


class Texts:
    def __init__(self, templates: Path, catalogue: SmsCatalogue) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(templates / "sms"),
            undefined=StrictUndefined,
            autoescape=False,
            keep_trailing_newline=False,
        )
        self._catalogue = catalogue

    @property
    def kinds(self) -> Mapping[str, SmsTemplate]:
        """Every text of the catalogue, by its name."""
        return self._catalogue.templates

    @property
    def languages(self) -> Sequence[str]:
        """In which a text can be checked, and so may leave."""
        return self._catalogue.languages

    def kind(self, template: str) -> SmsTemplate:
        """KeyError for a template nobody approved."""
        return self._catalogue.templates[template]

    def render(self, template: str, language: str, facts: Mapping[str, str]) -> str:
        """The text as it will be sent, in the GSM alphabet where its letters allow."""
        try:
            found = self._environment.get_template(f"{template}.{language}.txt")
        except TemplateNotFound as missing:
            raise MissingTranslation(template) from missing
        return to_gsm7(found.render(facts).strip())

    def problems(self, body: str, template: str, language: str, pharmacy: str) -> tuple[str, ...]:
        """Codes of what keeps a filled text from leaving; none when it may."""
        return problems(body, self.kind(template), language, pharmacy, self._catalogue)

    def read(self, body: str, language: str) -> Reading | None:
        """How hard a text is to read; fill it with short words for names first."""
        return read(body, language, self._catalogue.reading)

    def letter_problems(self, body: str, language: str, names: Sequence[str]) -> tuple[str, ...]:
        return letter_problems(body, language, names, self._catalogue)

    def count(self, body: str) -> int:
        return segments(body).count
