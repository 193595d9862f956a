"""Instruments that belong to others: the deployer's text is read, ours has none of it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from domain.licensed_instruments import LicensedInstrument
from runtime import programs
from runtime.errors import Refusal

LOINC = "http://loinc.org"
WORDS: dict[str, Any] = {
    "resourceType": "Questionnaire", "version": "1", "title": "A licensed test", "status": "active",
    "copyright": "Words of their holder, used with a licence.",
    "code": [{"system": LOINC, "code": "82668-5"}],
    "item": [{
        "linkId": "/1", "type": "choice", "required": True, "text": "A licensed question?",
        "code": [{"system": LOINC, "code": "82669-3"}],
        "answerOption": [
            {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/ordinalValue",
                            "valueDecimal": value}],
             "valueCoding": {"system": LOINC, "code": f"LA{value}", "display": f"Answer {value}"}}
            for value in (1, 5)
        ],
    }],
}  # fmt: skip
SCORE = """
items: [82669-3]
highest: 5
positive_at: {otherwise: 5}
effective_from: 2026-01-01
source: the manual of its holder
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("DOORWAY_INSTRUMENTS", str(tmp_path))
    programs.instruments.cache_clear()
    yield tmp_path
    programs.instruments.cache_clear()


def test_the_deployers_text_is_read_and_scored(folder: Path) -> None:
    (folder / "act.json").write_text(json.dumps(WORDS))
    (folder / "act.scoring.yaml").write_text(SCORE)
    act = programs.instruments()["act"]
    assert act.items[0].text["en"] == "A licensed question?"
    score = act.score({"82669-3": ("LA5",)}, None)
    assert score
    assert (score.total, score.positive) == (5, True)


def test_without_a_folder_or_a_file_it_does_not_exist(folder: Path) -> None:
    assert not {"act", "cat", "prapare"} & set(programs.instruments())


@pytest.mark.parametrize(
    ("words", "says"),
    [
        pytest.param({**WORDS, "code": [{"system": LOINC, "code": "1-1"}]}, "must be 82668-5",
                     id="another instrument"),
        pytest.param({k: v for k, v in WORDS.items() if k != "copyright"}, "whose words",
                     id="no word of whose it is"),
        pytest.param([], "not a FHIR Questionnaire", id="no questionnaire"),
    ],
)  # fmt: skip
def test_what_is_not_the_instrument_is_refused(folder: Path, words: Any, says: str) -> None:
    (folder / "act.json").write_text(json.dumps(words))
    with pytest.raises(Refusal, match=says):
        programs.instruments()


def test_a_file_that_is_no_json_is_refused(folder: Path) -> None:
    (folder / "act.json").write_text("{")
    with pytest.raises(Refusal, match=r"act\.json is not JSON"):
        programs.instruments()


def test_none_of_their_words_are_in_the_repository() -> None:
    known = LicensedInstrument.all(yaml.safe_load(
        (Path(programs.PROGRAMS) / "instruments" / "licensed.yaml").read_text()
    ))  # fmt: skip
    assert {each.name for each in known} == {"prapare", "act", "cat"}
    assert all(each.holder for each in known)
    files = {path.stem for path in (Path(programs.PROGRAMS) / "instruments").glob("*.json")}
    assert files.isdisjoint({"prapare", "act", "cat"})
