import copy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from domain.danger import Urgency
from domain.reading_rules import ReadingRules, level, symptoms_in
from domain.readings import BloodPressure, Glucose, Measured

PROGRAMS = Path(__file__).parents[1] / "programs"
DATA: dict[str, Any] = yaml.safe_load((PROGRAMS / "readings.yaml").read_text("utf-8"))
SMS: dict[str, Any] = yaml.safe_load((PROGRAMS / "sms.yaml").read_text("utf-8"))
RULES = ReadingRules.from_data(DATA)
NOW = datetime(2026, 3, 4, 15, tzinfo=UTC)
BP = BloodPressure
STROKE, CONFUSED = "heart_or_stroke", "low_sugar"
LOW, HIGH = Glucose(20, "low"), Glucose(600, "high")


def ago(reading: Measured, *, hours: float) -> tuple[datetime, Measured]:
    return NOW - timedelta(hours=hours), reading


HIGH_DAY_BEFORE = [ago(BP(165, 90), hours=24)]


@pytest.mark.parametrize(
    ("reading", "history", "symptoms", "rule"),
    [
        pytest.param(BP(120, 80), [], "", None, id="a usual pressure asks for nothing"),
        pytest.param(BP(181, 80), [], STROKE, "bp-very-high-with-symptoms", id="with symptoms"),
        pytest.param(BP(150, 121), [], STROKE, "bp-very-high-with-symptoms", id="diastolic alone"),
        pytest.param(BP(181, 80), [], "low_sugar", "bp-very-high", id="other symptoms"),
        pytest.param(BP(181, 80), [], "", "bp-very-high", id="once: measure again"),
        pytest.param(BP(180, 120), [], "", None, id="180/120 is not above it"),
        pytest.param(
            BP(182, 99), [ago(BP(185, 99), hours=0.2)], "", "bp-very-high-confirmed",
            id="confirmed by a second",
        ),
        pytest.param(
            BP(182, 99), [ago(BP(185, 99), hours=30)], "", "bp-very-high",
            id="yesterday's does not confirm",
        ),
        pytest.param(BP(89, 60), [], "", "bp-low", id="below 90"),
        pytest.param(BP(90, 60), [], "", None, id="90 is not below it"),
        pytest.param(BP(95, 60), [], "faint", "bp-low-with-symptoms", id="below 100 and dizzy"),
        pytest.param(BP(160, 80), HIGH_DAY_BEFORE, "", "bp-high-twice", id="twice in a week"),
        pytest.param(BP(150, 100), HIGH_DAY_BEFORE, "", "bp-high-twice", id="either number"),
        pytest.param(BP(160, 80), [], "", None, id="once is not twice"),
        pytest.param(
            BP(160, 80), [ago(BP(165, 90), hours=24 * 8)], "", None, id="not over eight days"
        ),
        pytest.param(
            BP(135, 80), [ago(BP(145, 80), hours=48), ago(BP(142, 80), hours=24)], "",
            "bp-average-high", id="average of three at 140 or more",
        ),
        pytest.param(
            BP(130, 80), [ago(BP(145, 80), hours=48), ago(BP(142, 80), hours=24)], "",
            None, id="average below 140",
        ),
        pytest.param(
            BP(135, 80), [ago(BP(145, 80), hours=48), ago(BP(142, 80), hours=-1)], "", None,
            id="no average with the future",
        ),
        pytest.param(
            BP(145, 85), [ago(BP(145, 80), hours=24)], "", None, id="two make no average"
        ),
        pytest.param(Glucose(120), [], "", None, id="a usual glucose asks for nothing"),
        pytest.param(Glucose(53), [], "", "glucose-very-low", id="below 54"),
        pytest.param(LOW, [], "", "glucose-very-low", id="the meter says LO"),
        pytest.param(Glucose(54), [], "", "glucose-low", id="below 70 once"),
        pytest.param(Glucose(65), [], CONFUSED, "glucose-low-with-symptoms", id="low and confused"),
        pytest.param(
            Glucose(65), [ago(Glucose(68), hours=100)], "", "glucose-low-twice",
            id="below 70 again in the week",
        ),
        pytest.param(Glucose(70), [], "", None, id="70 is not below it"),
        pytest.param(Glucose(251), [], "", None, id="above 250 once"),
        pytest.param(
            Glucose(251), [ago(Glucose(260), hours=5)], "", "glucose-high-twice",
            id="above 250 twice in a day",
        ),
        pytest.param(
            Glucose(310), [ago(Glucose(320), hours=40)], "", "glucose-high-two-days",
            id="above 300 over two days",
        ),
        pytest.param(
            Glucose(290), [ago(Glucose(320), hours=40)], "", None, id="fallen below 300"
        ),
        pytest.param(HIGH, [], "", "glucose-off-the-scale", id="the meter says HI"),
        pytest.param(
            Glucose(60), [ago(BP(160, 100), hours=2)], "", "glucose-low",
            id="pressures do not count for glucose",
        ),
        pytest.param(
            BP(160, 80), [ago(BP(165, 90), hours=-1)], "", None, id="nor does the future"
        ),
    ],
)  # fmt: skip
def test_level(
    reading: Measured,
    history: list[tuple[datetime, Measured]],
    symptoms: str,
    rule: str | None,
) -> None:
    found = level(reading, history, RULES, NOW, symptoms={symptoms})
    assert (found.rule if found else None) == rule


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param("182/99 and my vision is blurry", {"heart_or_stroke"}, id="eyes"),
        pytest.param("185/100 mano adormecida", {"heart_or_stroke"}, id="numb, in Spanish"),
        pytest.param("95/60 feeling dizzy", {"faint"}, id="dizzy"),
        pytest.param("95/60 con mareos", {"faint"}, id="dizzy, in Spanish"),
        pytest.param("65 and confused", {"heart_or_stroke", "low_sugar"}, id="confused is both"),
        pytest.param("150/95 this morning", set(), id="nothing"),
    ],
)
def test_symptoms_in(body: str, expected: set[str]) -> None:
    assert symptoms_in(body, RULES) == expected


@pytest.mark.parametrize(
    ("reading", "history", "urgency", "deadline"),
    [
        pytest.param(Glucose(50), [], Urgency.SAME_HOUR, timedelta(minutes=15), id="a quarter"),
        pytest.param(
            BP(165, 90), HIGH_DAY_BEFORE, Urgency.BUSINESS_DAYS, timedelta(days=1), id="a workday"
        ),
        pytest.param(Glucose(65), [], Urgency.TEXT_ONLY, None, id="nobody is called"),
    ],
)
def test_deadline(
    reading: Measured,
    history: list[tuple[datetime, Measured]],
    urgency: Urgency,
    deadline: timedelta | None,
) -> None:
    found = level(reading, history, RULES, NOW)
    assert found is not None
    assert found.urgency is urgency
    assert found.deadline == (None if deadline is None else NOW + deadline)


def test_business_days_skip_the_weekend() -> None:
    friday = datetime(2026, 3, 6, 15, tzinfo=UTC)
    history = [(friday - timedelta(days=1), BP(165, 90))]
    found = level(BP(165, 90), history, RULES, friday)
    assert found is not None
    assert found.deadline == datetime(2026, 3, 9, 15, tzinfo=UTC)


def test_rule_holds_only_between_its_dates() -> None:
    data = copy.deepcopy(DATA)
    for rule in data["rules"]:
        rule["effective_to"] = "2026-03-04"
    assert level(BP(200, 110), [], ReadingRules.from_data(data), NOW) is None
    assert level(BP(200, 110), [], ReadingRules.from_data(data), NOW - timedelta(days=1))


def test_every_rule_answers_with_a_text_of_the_catalogue() -> None:
    assert {rule.template for rule in RULES.rules} <= set(SMS["templates"])


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        pytest.param({"level": "soon"}, "rule bp-low: 'soon'", id="an unknown level"),
        pytest.param({"source": None, "kind": "pulse"}, "do not agree", id="an unknown kind"),
        pytest.param({"below": {"mg_dl": 90}}, "do not agree", id="a limit of another kind"),
        pytest.param({"count": 2}, "needs 'within_days'", id="a count without a span"),
        pytest.param({"within_minutes": None}, "deadline", id="no deadline"),
        pytest.param({"symptoms": "hiccups"}, "no symptoms 'hiccups'", id="unknown symptoms"),
        pytest.param({"effective_from": "soon"}, "not a date", id="no date"),
    ],
)
def test_wrong_rule_is_refused_in_a_sentence(change: dict[str, Any], sentence: str) -> None:
    rule = next(each for each in DATA["rules"] if each["id"] == "bp-low")
    with pytest.raises(ValueError, match=sentence):
        ReadingRules.from_data({**DATA, "rules": [{**rule, **change}]})


def test_missing_bounds_are_refused_in_a_sentence() -> None:
    with pytest.raises(ValueError, match="'systolic' is missing"):
        ReadingRules.from_data({**DATA, "bounds": {}})
