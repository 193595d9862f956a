"""The words of letters: complete, plain, discreet, and never in the wrong language."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from printed import LETTERS, TEMPLATES, data, languages, letters

from domain.readability import fernandez_huerta_ease, flesch_kincaid_grade
from gateways.letter_words import (
    LetterWords,
    MissingData,
    MissingTranslation,
    UnapprovedWording,
    approved,
    isolate,
    isolate_name,
)
from gateways.typesetting import Typesetter


@pytest.fixture(scope="module")
def typesetter() -> Typesetter:
    return Typesetter(TEMPLATES)


@letters
@pytest.mark.parametrize("language", ["fr", "zh", ""])
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

    assert shape("en") == shape("es") == shape("ar")


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


def test_a_name_runs_as_its_own_letters_do() -> None:
    assert isolate_name("Maria", rtl=True) == "\u2068Maria\u2069"
    assert isolate_name("Maria", rtl=False) == "Maria"


@letters
def test_arabic_words_isolate_numbers_addresses_and_names(name: str) -> None:
    page = LetterWords(LETTERS, drafts=True).fill(name, "ar", data())
    steps = " ".join(step for part in page["parts"] for step in part.get("steps", []))
    assert page["rtl"] is True
    assert "\u2066(740) 555-0134\u2069" in steps
    assert "\u206612 Putnam Ave, Zanesville, OH 43701\u2069" in steps
    assert "\u2068Muskingum Family Pharmacy\u2069" in steps
    assert "\u2068Maria\u2069" in page["greeting"]
    said = json.dumps([list(part.values()) for part in page["parts"]], ensure_ascii=False)
    assert re.findall(r"[A-Za-z0-9]+", re.sub("[\u2066\u2068].*?\u2069", "", said)) == []


@letters
def test_a_draft_is_never_printed(typesetter: Typesetter, name: str) -> None:
    with pytest.raises(UnapprovedWording, match=rf"{name}\.ar\.yaml"):
        typesetter.letter(name, "ar", data(), large_print=False)


@pytest.mark.parametrize(
    ("words", "may"),
    [
        pytest.param({"version": 1}, True, id="words that are no draft"),
        pytest.param({"version": 1, "draft": True}, False, id="a draft nobody approved"),
        pytest.param(
            {"version": 1, "draft": True, "approved_on": "2026-12-01"}, False,
            id="an approval that does not say of what",
        ),
        pytest.param(
            {"version": 1, "draft": True, "approved_on": "2026-12-01", "approved_version": 1}, True,
            id="the version that was approved",
        ),
        pytest.param(
            {"version": 2, "draft": True, "approved_on": "2026-12-01", "approved_version": 1},
            False, id="a version after the approved one",
        ),
    ],
)  # fmt: skip
def test_an_approval_holds_for_one_version(words: dict[str, Any], may: bool) -> None:
    assert approved(words) is may


def test_an_approved_draft_is_printed_but_not_with_unapproved_shared_words(tmp_path: Path) -> None:
    for path in LETTERS.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())

    def approve(file: str) -> None:
        words = (tmp_path / file).read_text("utf-8")
        dated = words.replace("approved_on:", "approved_on: 2026-12-01")
        (tmp_path / file).write_text(dated.replace("approved_version:", "approved_version: 1"))

    approve("goodbye.ar.yaml")
    assert LetterWords(tmp_path).is_draft("goodbye", "ar")
    with pytest.raises(UnapprovedWording):
        LetterWords(tmp_path).fill("goodbye", "ar", data())
    approve("words.ar.yaml")
    assert LetterWords(tmp_path).fill("goodbye", "ar", data())["language"] == "ar"
    assert LetterWords(tmp_path).is_draft("introduction", "ar")


def test_a_tagline_nobody_approved_is_not_printed() -> None:
    printed = LetterWords(LETTERS).fill("goodbye", "en", data())["taglines"]
    drafts = LetterWords(LETTERS, drafts=True).fill("goodbye", "en", data())["taglines"]
    assert [line["language"] for line in printed] == ["en", "es"]
    assert [line["language"] for line in drafts] == ["en", "es", "ar"]
    assert "\u2066(614) 555-0135\u2069" in drafts[2]["text"]
    assert "\u2066" not in str(drafts[:2])
