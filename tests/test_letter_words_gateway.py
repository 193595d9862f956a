"""The words of letters: complete, plain, discreet, and never in the wrong language."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from printed import LETTERS, TEMPLATES, data, languages, letters
from readability import fernandez_huerta_ease, flesch_kincaid_grade

from gateways.letter_words import LetterWords, MissingData, MissingTranslation, isolate
from gateways.typesetting import Typesetter


@pytest.fixture(scope="module")
def typesetter() -> Typesetter:
    return Typesetter(TEMPLATES)


@letters
@pytest.mark.parametrize("language", ["fr", "ar", ""])
def test_a_language_without_words_is_never_replaced_by_another(
    typesetter: Typesetter, name: str, language: str
) -> None:
    with pytest.raises(MissingTranslation, match=rf"{name}\.{language}\.yaml"):
        typesetter.letter(name, language, data(), large_print=False)


@pytest.mark.parametrize(
    ("lacking", "named"),
    [
        ({"pharmacy": {"name": "P", "address": []}}, "phone"),
        ({"member": {}}, "name"),
        ({"sender": {"name": "S", "address": []}}, "phone"),
        ({"recipient": {"name": "R"}}, "address"),
    ],
)
def test_a_letter_with_a_gap_is_refused(
    typesetter: Typesetter, lacking: dict[str, Any], named: str
) -> None:
    with pytest.raises(MissingData, match=named):
        typesetter.letter("introduction", "en", data(**lacking), large_print=False)


def test_a_version_names_the_words_it_was_set_from(tmp_path: Path) -> None:
    for path in LETTERS.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    before = LetterWords(tmp_path).version("introduction", "en")
    words = tmp_path / "introduction.en.yaml"
    words.write_text(words.read_text().replace("We hope to hear from you", "Call us"))
    after = LetterWords(tmp_path).version("introduction", "en")
    assert re.fullmatch(r"1-[0-9a-f]{8}", before)
    assert before != after


def words_of(name: str, language: str) -> str:
    """What a letter says, without names, numbers and addresses, one part a line."""
    catalogue = yaml.safe_load((LETTERS / f"{name}.{language}.yaml").read_text("utf-8"))
    lines = [catalogue["subject"], catalogue["closing"]]
    for part in catalogue["parts"]:
        lines += [part.get("heading", ""), *part.get("paragraphs", []), *part.get("steps", [])]
    return re.sub(r"\{\{.*?\}\}", "", "\n".join(" ".join(line.split()) for line in lines))


@letters
def test_english_letters_read_at_sixth_grade_or_below(name: str) -> None:
    assert flesch_kincaid_grade(words_of(name, "en")) <= 6


@letters
def test_spanish_letters_read_easily(name: str) -> None:
    assert fernandez_huerta_ease(words_of(name, "es")) >= 75


def test_the_measures_of_reading_tell_hard_from_easy() -> None:
    hard = "Pharmacotherapeutic interventions necessitate interdisciplinary collaboration."
    duro = "Las intervenciones farmacoterapéuticas requieren colaboración interdisciplinaria."
    assert flesch_kincaid_grade(hard) > 12
    assert flesch_kincaid_grade("The dog ran to the big red barn. It was hot.") < 3
    assert fernandez_huerta_ease(duro) < 20
    assert fernandez_huerta_ease("El perro come pan. La niña lo ve.") > 90


@letters
def test_the_languages_of_a_letter_say_the_same_things(name: str) -> None:
    def shape(language: str) -> Any:
        catalogue = yaml.safe_load((LETTERS / f"{name}.{language}.yaml").read_text("utf-8"))
        parts = [{key: type(part[key]) for key in part} for part in catalogue["parts"]]
        holes = sorted(set(re.findall(r"\{\{ *([\w.]+)", str(catalogue))))
        steps = [len(part.get("steps", [])) for part in catalogue["parts"]]
        return catalogue["version"], parts, steps, holes

    assert shape("en") == shape("es")


TELLING = re.compile(
    r"hypertens|blood pressure|presión|diabet|insulin|glucos|sugar|azúcar|asthma|asma|copd|epoc"
    r"|mental|depress|opioid|addict|adicc|substance|sustancia|recovery|cardio|high.risk|medicaid"
    r"|medicare",
    re.IGNORECASE,
)


@letters
@languages
def test_no_letter_tells_a_condition_a_drug_or_a_program(name: str, language: str) -> None:
    assert TELLING.findall(words_of(name, language)) == []
    assert TELLING.findall("for your diabetes") != []


def test_numbers_are_isolated_only_where_the_text_runs_from_right_to_left() -> None:
    assert isolate("555-0134", rtl=True) == "\u2066555-0134\u2069"
    assert isolate("555-0134", rtl=False) == "555-0134"


def test_an_arabic_catalogue_would_isolate_its_numbers(tmp_path: Path) -> None:
    for name in ("words", "goodbye"):
        for language in ("en", "es"):
            source = LETTERS / f"{name}.{language}.yaml"
            (tmp_path / source.name).write_bytes(source.read_bytes())
        (tmp_path / f"{name}.ar.yaml").write_bytes((LETTERS / f"{name}.en.yaml").read_bytes())
    page = LetterWords(tmp_path).fill("goodbye", "ar", data())
    assert page["rtl"] is True
    assert "\u2066(740) 555-0134\u2069" in page["parts"][1]["steps"][0]
    assert "\u2066" not in str(page["taglines"])
