"""Which words are there: what a cohort's languages lack in texts and letters."""

from collections.abc import Callable, Iterable
from pathlib import Path

from domain.outreach_plan import OutreachPlan
from domain.outreach_rungs import TEXTS, Channel
from domain.preflight import Translations


def missing_translations(
    templates: Path, texts: Iterable[str], plan: OutreachPlan
) -> Callable[[str], Translations]:
    """`texts`: the names of all texts that may be sent."""
    invitation = [rung.template for rung in plan.rungs if rung.channel in TEXTS]
    letters = [rung.template for rung in plan.rungs if rung.channel is Channel.LETTER]
    others = sorted(set(texts) - set(invitation))

    def lacking(folder: str, names: Iterable[str], language: str, suffix: str) -> tuple[str, ...]:
        files = ((name, templates / folder / f"{name}.{language}.{suffix}") for name in names)
        return tuple(name for name, file in files if not file.is_file())

    def missing(language: str) -> Translations:
        # A language is a word of the payer's file, and no path.
        if not language.isalpha():
            return Translations(tuple(invitation), tuple(letters), tuple(others))
        return Translations(
            lacking("sms", invitation, language, "txt"),
            lacking("letters", letters, language, "yaml"),
            lacking("sms", others, language, "txt"),
        )

    return missing
