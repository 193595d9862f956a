from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from reading_corpus import READINGS

from domain.reading_rules import ReadingRules
from domain.readings import BloodPressure, Glucose, Implausible, Kind, Said, parse

PROGRAMS = Path(__file__).parents[1] / "programs"
DATA: dict[str, Any] = yaml.safe_load((PROGRAMS / "readings.yaml").read_text("utf-8"))
RULES = ReadingRules.from_data(DATA)
BP = BloodPressure
LOW, HIGH = Glucose(20, "low"), Glucose(600, "high")


@pytest.mark.parametrize(
    ("body", "expects", "expected"),
    [
        ("150/95", "bp", BP(150, 95)),
        ("150/95", None, BP(150, 95)),
        ("150 / 95", None, BP(150, 95)),
        ("150 over 95", "bp", BP(150, 95)),
        ("150 over 95", None, BP(150, 95)),
        ("150 sobre 95", None, BP(150, 95)),
        ("150\\95", "bp", BP(150, 95)),
        ("BP 150-95", None, BP(150, 95)),
        ("150-95", "bp", BP(150, 95)),
        ("150 95", "bp", BP(150, 95)),
        ("150 and 95", "bp", BP(150, 95)),
        ("150, 95", "bp", BP(150, 95)),
        ("150.95", "bp", BP(150, 95)),
        ("my bp was 150 / 95 this morning", None, BP(150, 95)),
        ("It is 150/95.", "bp", BP(150, 95)),
        ("150/95 mmHg", "bp", BP(150, 95)),
        ("150/95 pulse 72", "bp", BP(150, 95)),
        ("98/60/72", "bp", BP(98, 60)),
        ("presión 142/90", "bp", BP(142, 90)),
        ("Mi presión es 142 con 90", None, BP(142, 90)),
        ("presion 150 y 95", None, BP(150, 95)),
        ("systolic 150 diastolic 95", "bp", BP(150, 95)),
        ("sys 150 dia 95", None, BP(150, 95)),
        ("top 150 bottom 95", "bp", BP(150, 95)),
        ("120/80 then 135/85", "bp", (BP(120, 80), BP(135, 85))),
        ("7:30 am 132/84", "bp", BP(132, 84)),
        ("on 3/4/2026 it was 132/84", "bp", BP(132, 84)),
        ("blood pressure 180/110 headache", "bp", BP(180, 110)),
        ("148/95", "glucose", BP(148, 95)),
        ("sugar was 148 and bp 150/95", "bp", (BP(150, 95), Glucose(148))),
        ("sugar was 148 and bp 150/95", "glucose", (BP(150, 95), Glucose(148))),
        ("azucar 148", None, Glucose(148)),
        ("Azúcar: 148", None, Glucose(148)),
        ("mi azúcar está en 148", None, Glucose(148)),
        ("glucosa 99 en ayunas", None, Glucose(99)),
        ("sugar 48", None, Glucose(48)),
        ("my sugar is 48 mg/dl", None, Glucose(48)),
        ("148", "glucose", Glucose(148)),
        ("It was 148 today", "glucose", Glucose(148)),
        ("148 mg/dL", "glucose", Glucose(148)),
        ("120 before, 180 after", "glucose", (Glucose(120), Glucose(180))),
        ("took 20 units, 148", "glucose", Glucose(148)),
        ("148 at 8 am", "glucose", Glucose(148)),
        ("fasting 110", None, Glucose(110)),
        ("110 fasting", None, Glucose(110)),
        ("Low", "glucose", LOW),
        ("LO", "glucose", LOW),
        ("bajo", "glucose", LOW),
        ("baja", "glucose", LOW),
        ("meter says low", "glucose", LOW),
        ("my sugar is low", None, LOW),
        ("azúcar bajo", None, LOW),
        ("HI", "glucose", HIGH),
        ("meter says HI", "glucose", HIGH),
        ("El medidor dice HI", "glucose", HIGH),
        ("300/200", "bp", Implausible("bp", (300, 200))),
        ("95/150", "bp", Implausible("bp", (95, 150))),
        ("50/30", "bp", Implausible("bp", (50, 30))),
        ("14/9", "bp", Implausible("bp", (14, 9))),
        ("bp 400/90", None, Implausible("bp", (400, 90))),
        ("7", "glucose", Implausible("glucose", (7,))),
        ("sugar 1000", None, Implausible("glucose", (1000,))),
        ("azucar 5", None, Implausible("glucose", (5,))),
        ("148", None, None),
        ("148", "bp", None),
        ("150 95", None, None),
        ("150-95", None, None),
        ("1", "bp", None),
        ("Hi", "glucose", None),
        ("hi there", "glucose", None),
        ("Low", "bp", None),
        ("not low", "glucose", None),
        ("my sugar is high", None, None),
        ("I can come 10/25 or so", "bp", None),
        ("my birthday is 5/12/1960", "bp", None),
        ("2026-03-04", "bp", None),
        ("call me 614-555-0134", "bp", None),
        ("call (614) 555-0134", "glucose", None),
        ("+16145550134", "glucose", None),
        ("555-0134", "bp", None),
        ("metformin 500 mg", "glucose", None),
        ("I weigh 180 lbs", "glucose", None),
        ("it costs $120", "glucose", None),
        ("pulse 72", "glucose", None),
        ("in 30 days", "glucose", None),
        ("thank you", "bp", None),
        ("", "bp", None),
    ],
)
def test_parse(body: str, expects: Kind | None, expected: Said | tuple[Said, ...] | None) -> None:
    said = expected if isinstance(expected, tuple) else (expected,) if expected else ()
    assert parse(body, expects, RULES.bounds) == said


def shown(said: Said) -> str:
    if isinstance(said, Implausible):
        return "odd"
    if isinstance(said, BloodPressure):
        return f"{said.systolic}/{said.diastolic}"
    return said.off_scale or str(said.mg_dl)


@pytest.mark.parametrize(("body", "expects", "expected"), READINGS)
def test_what_people_write(body: str, expects: Kind | None, expected: str) -> None:
    said = parse(body, expects, RULES.bounds)
    assert ("; ".join(shown(each) for each in said) or "none") == expected


@given(st.integers(60, 260), st.integers(30, 160), st.sampled_from(["/", " / ", " over ", "-"]))
def test_every_plausible_pressure_is_read_as_it_is(top: int, bottom: int, between: str) -> None:
    found = parse(f"BP {top}{between}{bottom}", "bp", RULES.bounds)
    plausible = BP(top, bottom) if top > bottom else Implausible("bp", (top, bottom))
    assert found == (plausible,) or (between == "-" and found == ())


@given(st.text(max_size=200), st.sampled_from(["bp", "glucose", None]))
def test_any_text_is_read_to_a_plausible_value_or_none(body: str, expects: Kind | None) -> None:
    for found in parse(body, expects, RULES.bounds):
        if isinstance(found, BloodPressure):
            assert 60 <= found.systolic <= 260
            assert found.diastolic < found.systolic
        if isinstance(found, Glucose):
            assert 20 <= found.mg_dl <= 600
