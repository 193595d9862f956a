import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined, meta

from domain import questionnaires
from domain.instrument_words import prompt
from domain.instruments import SMS
from domain.readability import fernandez_huerta_ease, flesch_kincaid_grade
from domain.segments import segments
from domain.templates_lint import SmsCatalogue, problems

ROOT = Path(__file__).parents[1]
DATA: dict[str, Any] = yaml.safe_load((ROOT / "programs/sms.yaml").read_text("utf-8"))
CATALOGUE = SmsCatalogue.from_data(DATA)
BY_TEXT = [
    found
    for path in sorted((ROOT / "programs/instruments").glob("*.json"))
    if SMS in (found := questionnaires.instrument(json.loads(path.read_text("utf-8")))).asked_by
]
ITEMS = [item for each in BY_TEXT for item in each.items]
TEXTS = Environment(loader=FileSystemLoader(ROOT / "templates/sms"), undefined=StrictUndefined)
TEXTS.autoescape = False
LONGEST = {
    "pharmacy": "Saint Bartholomew Care Pharmacy",
    "first_name": "Maria Guadalupe",
    "sender": "Express Scripts Care Team",
    "phone": "(614) 555-0134",
}
LANGUAGES = ("en", "es")
EVERY_TEXT = [(name, lang) for name in CATALOGUE.templates for lang in LANGUAGES]


def rendered(name: str, language: str, values: dict[str, str]) -> str:
    wanted = CATALOGUE.templates[name].variables
    every = {key: value for key, value in values.items() if key in wanted}
    return TEXTS.get_template(f"{name}.{language}.txt").render(every)


def questions(language: str) -> list[str]:
    return [
        prompt(item, language, place, len(instrument.items))
        for instrument in BY_TEXT
        for place, item in enumerate(instrument.items, 1)
    ]


def test_every_text_is_in_the_catalogue_and_every_row_has_a_text_in_each_language() -> None:
    written = {path.name for path in (ROOT / "templates/sms").glob("*.txt")}
    assert written == {f"{name}.{language}.txt" for name, language in EVERY_TEXT}
    assert set(CATALOGUE.languages) == set(LANGUAGES)


@pytest.mark.parametrize(("name", "language"), EVERY_TEXT)
def test_text_asks_for_exactly_the_variables_of_its_row(name: str, language: str) -> None:
    source = (ROOT / f"templates/sms/{name}.{language}.txt").read_text("utf-8")
    assert meta.find_undeclared_variables(TEXTS.parse(source)) == (
        CATALOGUE.templates[name].variables
    )


@pytest.mark.parametrize(("name", "language"), EVERY_TEXT)
def test_longest_rendering_may_be_sent(name: str, language: str) -> None:
    for question in (
        questions(language) if "question" in CATALOGUE.templates[name].variables else [""]
    ):
        text = rendered(name, language, {**LONGEST, "question": question})
        assert (
            problems(text, CATALOGUE.templates[name], language, LONGEST["pharmacy"], CATALOGUE)
            == ()
        )


@pytest.mark.parametrize(
    ("name", "language"), [each for each in EVERY_TEXT if not each[0].startswith("screening_q")]
)
def test_text_is_easy_to_read(name: str, language: str) -> None:
    short = {"pharmacy": "Ann", "first_name": "Ann", "sender": "Bob", "phone": "us", "question": ""}
    text = rendered(name, language, short)
    if language == "en":
        assert flesch_kincaid_grade(text) <= CATALOGUE.reading.grade
    else:
        assert fernandez_huerta_ease(text) >= CATALOGUE.reading.ease[language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_languages_name_the_same_digits(language: str) -> None:
    for name, template in CATALOGUE.templates.items():
        text = rendered(name, language, {**LONGEST, "question": ""})
        assert all(f"{digit} " in text for digit in template.digits), name


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.code)
def test_screening_question_with_its_frame_is_at_most_three_segments(
    item: Any, language: str
) -> None:
    question = prompt(item, language, 6, 6)
    text = rendered("screening_question", language, {**LONGEST, "question": question})
    assert (segments(text).encoding, segments(text).count <= 3) == ("gsm7", True)


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        pytest.param("Oak Rx: hi {{ first_name }}", "residue", id="an unfilled variable"),
        pytest.param("Oak Rx: hi None", "residue", id="a None of ours"),
        pytest.param("Oak Rx: due on nan", "residue", id="a missing number"),
        pytest.param("Oak Rx: 5 &lt; 6", "html_entity", id="an escaped sign"),
        pytest.param("Oak Rx: hola María", "not_gsm7", id="an accent that flips the encoding"),
        pytest.param("Oak Rx: " + "x" * 300, "too_long", id="more than two segments"),
        pytest.param("Your refill is due", "pharmacy_not_named", id="nobody signs it"),
        pytest.param("Oak Rx: about your diabetes", "banned_term", id="a condition"),
        pytest.param("Oak Rx: your Metformin is here", "banned_term", id="a drug"),
        pytest.param("Oak Rx: naloxone is here", "banned_term", id="a drug another text may name"),
    ],
)
def test_text_is_withheld_for(body: str, problem: str) -> None:
    found = problems(body, CATALOGUE.templates["delivery_sent"], "en", "Oak Rx", CATALOGUE)
    assert found == (problem,)


def test_invitation_without_the_way_out_is_withheld() -> None:
    body = "Oak Rx: Reply 1 to start, 2 for not now."
    found = problems(body, CATALOGUE.templates["welcome"], "en", "Oak Rx", CATALOGUE)
    assert found == ("no_opt_out",)


def test_pharmacys_own_name_is_not_read_as_a_condition() -> None:
    name = "Diabetes Care Pharmacy"
    body = f"{name}: Your order is on the way."
    found = problems(body, CATALOGUE.templates["delivery_sent"], "en", name, CATALOGUE)
    assert found == ()


def test_pharmacys_accent_may_have_been_folded_away() -> None:
    body = "Farmacia Martinez: Your order is on the way."
    template = CATALOGUE.templates["delivery_sent"]
    assert problems(body, template, "en", "Farmacia Martínez", CATALOGUE) == ()


def test_none_of_the_above_is_an_answer_not_a_trace_of_a_bug() -> None:
    body = "Oak Rx: 8 None of the above"
    found = problems(body, CATALOGUE.templates["screening_question"], "en", "Oak Rx", CATALOGUE)
    assert found == ()


def test_language_without_texts_is_withheld() -> None:
    found = problems("Oak Rx", CATALOGUE.templates["welcome"], "fr", "Oak Rx", CATALOGUE)
    assert found == ("language_unknown",)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        pytest.param({"purpose": "marketing"}, "purpose or asks", id="an unknown purpose"),
        pytest.param({"asks": "yes_no", "digits": ""}, "digits", id="a choice without digits"),
        pytest.param({"version": None}, "wrong kind", id="no version"),
    ],
)
def test_wrong_row_is_refused_in_a_sentence(change: dict[str, Any], sentence: str) -> None:
    row = {**DATA["templates"]["goodbye"], **change}
    with pytest.raises(ValueError, match=sentence):
        SmsCatalogue.from_data({**DATA, "templates": {"goodbye": row}})
