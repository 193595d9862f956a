"""All wording at a look: what is wrong, missing or a draft is named, in whatever folder it lies."""

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from fakes import TEMPLATES

from activities.letter_previews import survey
from activities.previews import SAMPLES
from domain.readability import Limits, read
from runtime import programs

DAY = date(2026, 11, 24)
PROGRAM = [programs.program("medicare-cardiometabolic")]
CATALOGUE = programs.rules().texts


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TEMPLATES, tmp_path / "templates"))


def test_what_is_shipped_has_nothing_wrong_and_its_drafts_are_named() -> None:
    found = survey(TEMPLATES, CATALOGUE, PROGRAM, DAY)
    assert (found.wrong, found.missing) == ([], [])
    assert found.drafts == ["letter goodbye.ar", "letter introduction.ar"]
    assert (found.texts, found.letters, found.languages) == (
        len(CATALOGUE.templates), 2, CATALOGUE.languages,
    )  # fmt: skip


def test_what_is_missing_is_named_and_never_replaced(folder: Path) -> None:
    (folder / "sms" / "welcome.es.txt").unlink()
    (folder / "letters" / "introduction.es.yaml").unlink()
    found = survey(folder, CATALOGUE, PROGRAM, DAY)
    assert found.missing == ["welcome.es", "letter introduction.es"]


def test_a_text_too_long_for_one_made_up_member_is_wrong(folder: Path) -> None:
    """Only the longest names reach the limit."""
    welcome = folder / "sms" / "goodbye.en.txt"
    short, long = (len(each.first_name + each.pharmacy) for each in (SAMPLES[1], SAMPLES[0]))
    filler = "a" * (306 - (short + long) // 2 - 4)
    welcome.write_text("{{ pharmacy }}: {{ first_name }} " + filler)
    assert survey(folder, CATALOGUE, PROGRAM, DAY).wrong == ["goodbye.en"]


def test_what_reads_harder_than_it_may_is_wrong() -> None:
    strict = replace(CATALOGUE, reading=Limits(grade=-5, ease={"es": 200}))
    wrong = survey(TEMPLATES, strict, PROGRAM, DAY).wrong
    assert {"welcome.en", "welcome.es", "letter introduction.en"} <= set(wrong)


@pytest.mark.parametrize(
    ("text", "language", "hard"),
    [
        pytest.param("The dog ran. It was hot.", "en", False, id="easy English"),
        pytest.param("Interdisciplinary coordination necessitates.", "en", True, id="hard English"),
        pytest.param("El perro come pan.", "es", False, id="easy Spanish"),
        pytest.param("Intervenciones farmacoterapéuticas.", "es", True, id="hard Spanish"),
        pytest.param("الصيدلية", "ar", None, id="a language without a measure"),
        pytest.param("1/1 ...", "en", None, id="no words at all"),
    ],
)
def test_how_hard_words_are_to_read(text: str, language: str, hard: bool | None) -> None:
    found = read(text, language, CATALOGUE.reading)
    assert (found.hard if found else None) is hard
