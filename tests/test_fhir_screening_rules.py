"""Scores of finished screenings as Observations; what enableWhen leaves out is not told."""

from dataclasses import replace
from typing import Any

import pytest
from make_fhir import ANA, told

from domain.fhir_facts import ScreeningFacts
from runtime import programs

AUDIT = programs.instruments()["audit-c"].items


def resources(*screenings: ScreeningFacts) -> dict[str, Any]:
    return {each.key: each.resource for each in told(replace(ANA, screenings=screenings)).entries}


ALL = resources(*ANA.screenings)


@pytest.mark.parametrize(
    ("key", "code", "value", "positive"),
    [
        pytest.param("screening-2-score", "44261-6", 18, True, id="a PHQ-9 of nine twos"),
        pytest.param("screening-3-score", "88124-3", "LA19952-3", True,
                     id="hunger is a coded answer: at risk"),
        pytest.param("screening-4-score", None, 0, False, id="a GAD-2 of 0, not positive"),
    ],
)  # fmt: skip
def test_the_score_of_a_finished_screening(
    key: str, code: str | None, value: int | str, positive: bool
) -> None:
    found = ALL[f"Observation/{key}"]
    assert [each["code"] for each in found["code"].get("coding", [])] == ([code] if code else [])
    if isinstance(value, int):
        assert found["valueQuantity"]["value"] == value
    else:
        assert found["valueCodeableConcept"]["coding"][0]["code"] == value
    assert ("interpretation" in found) is positive, "POS, or left out: never NEG"
    members = {each["reference"] for each in found["hasMember"]}
    assert members
    assert members <= set(ALL)


def test_what_has_no_score_or_no_end_has_none() -> None:
    assert "Observation/screening-1-score" not in ALL, "the AHC questions add up to nothing"
    phq = ANA.screenings[1]
    open_ = resources(replace(phq, ended_at=None))
    part = resources(replace(phq, answers=dict(list(phq.answers.items())[:5])))
    assert "Observation/screening-2-score" not in {*open_, *part}


def test_an_answer_that_another_leaves_out_is_not_told() -> None:
    never, often = AUDIT[0].options[0].code, AUDIT[1].options[4].code
    audit = ScreeningFacts(
        5, "audit-c", ANA.begun_at, ANA.begun_at, True, "form",
        {AUDIT[0].code: (never,), AUDIT[1].code: (often,)},
    )  # fmt: skip
    found = resources(audit)
    assert f"Observation/screening-5-{AUDIT[1].code}" not in found
    assert len(found["QuestionnaireResponse/screening-5"]["item"]) == 1
    assert found["Observation/screening-5-score"]["valueQuantity"]["value"] == 0
