"""Proportion of days covered, as the PQA counts it, against two other ways of counting."""

import json
import os
import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from make_adherence import (
    FOREVER,
    NDC,
    Person,
    by_numpy,
    day_by_day,
    measure,
    rules,
    targets,
    year_of,
)
from make_claims import PROGRAMS

from claims.adherence_rules import AdherenceRules
from claims.errors import BadInput

CASES_FILE = Path(__file__).parents[2] / "shared" / "domain" / "pdc_cases.json"
YEAR_END = date(2025, 12, 31)
BATCHES = int(os.environ.get("PYTEST_ADHERENCE_BATCHES", "4"))
"""Of 200 members each, about 300 member-classes; 80 by hand are more than 20,000."""


def on(month: int, day: int) -> date:
    return date(2025, month, day)


def twice(drug: str, days: int = 90) -> list[tuple[date, str, int]]:
    return [(on(1, 1), drug, days), (on(4, 1), drug, days)]


@pytest.mark.skipif(not CASES_FILE.exists(), reason="the PQA's worked examples are not here")
@pytest.mark.parametrize("nth", range(5), ids=lambda nth: f"example {nth + 1}")
def test_the_examples_of_the_pqa(nth: int) -> None:
    case = json.loads(CASES_FILE.read_text())[nth]
    drugs = {"A": "lisinopril", "B": "losartan"}
    fills = [(date.fromisoformat(day), drugs[drug], days) for day, drug, days in case["fills"]]
    row = measure({"p": Person(fills)}, date(2018, 12, 31))["p", "rasa"]
    assert row["days_in_period"] == case["treatment_days"]
    assert row["days_covered"] == case.get("covered", row["days_covered"])
    assert row["eligible"] is case["eligible"]
    if case["eligible"]:
        assert row["pdc"] == case["pdc"]
    else:
        assert row["reason"] in ("fewer than two fill dates", "treatment period under 91 days")


def test_the_first_example_of_the_pqa_without_its_file() -> None:
    fills = [(on(1, 1), "lisinopril", 90), (on(4, 1), "losartan", 90)]
    row = measure({"p": Person(fills)}, YEAR_END)["p", "rasa"]
    assert (row["days_covered"], row["days_in_period"], row["pdc"]) == (180, 365, 0.4932)
    assert (row["eligible"], row["adherent"], row["reason"]) == (True, False, None)
    assert (row["index_date"], row["period_end"]) == (on(1, 1), YEAR_END)


@pytest.mark.parametrize(
    ("fills", "covered"),
    [
        pytest.param([("lisinopril", 1, 30), ("lisinopril", 11, 30)], 60,
            id="an early refill of one ingredient is kept"),
        pytest.param([("lisinopril", 1, 30), ("lisinopril/hydrochlorothiazide", 11, 30)], 60,
            id="also when it comes in a combination"),
        pytest.param([("lisinopril", 1, 30), ("losartan", 11, 30)], 40,
            id="two ingredients overlap"),
        pytest.param([("lisinopril/hydrochlorothiazide", 1, 30),
            ("losartan/hydrochlorothiazide", 11, 30)], 40,
            id="a diuretic common to both does not lay them end to end"),
        pytest.param([("lisinopril", 1, 30), ("brandnew", 11, 30)], 40,
            id="a drug that no list names stands for itself"),
        pytest.param([("lisinopril", 1, 30), ("lisinopril", 1, 30), ("lisinopril", 61, 30)], 90,
            id="two fills of one day add up"),
    ],
)  # fmt: skip
def test_supplies_laid_end_to_end(fills: list[tuple[str, int, int]], covered: int) -> None:
    told = [(on(1, 1) + timedelta(nth - 1), drug, days) for drug, nth, days in fills]
    assert measure({"p": Person(told)}, YEAR_END)["p", "rasa"]["days_covered"] == covered


def test_a_combination_counts_for_each_ingredient_and_each_class() -> None:
    fills = [(on(1, 1), "glipizide/metformin", 30), (on(1, 11), "metformin", 30),
             (on(1, 21), "glipizide", 10)]  # fmt: skip
    both = twice("sitagliptin / simvastatin", 45)
    rows = measure({"p": Person(fills), "q": Person(both)}, YEAR_END)
    assert rows["p", "diabetes"]["days_covered"] == 60
    assert rows["q", "diabetes"]["days_covered"] == rows["q", "statin"]["days_covered"] == 90


@pytest.mark.parametrize(
    ("person", "kind", "reason"),
    [
        pytest.param(Person(twice("lisinopril")), "rasa", None, id="nothing against it"),
        pytest.param(Person([(on(1, 1), "lisinopril", 90)]), "rasa", "fewer than two fill dates",
            id="one fill"),
        pytest.param(Person([(on(10, 2), "lisinopril", 30), (on(11, 2), "lisinopril", 30)]),
            "rasa", None, id="a period of 91 days"),
        pytest.param(Person([(on(10, 3), "lisinopril", 30), (on(11, 2), "lisinopril", 30)]),
            "rasa", "treatment period under 91 days", id="a period of 90 days"),
        pytest.param(Person(twice("lisinopril"), hospice=True), "rasa", "hospice", id="hospice"),
        pytest.param(Person(twice("lisinopril"), birth=date(2007, 1, 2)), "rasa",
            "under 18 years", id="17 on New Year's Day"),
        pytest.param(Person(twice("lisinopril"), birth=date(2007, 1, 1)), "rasa", None,
            id="18 on New Year's Day"),
        pytest.param(Person([*twice("lisinopril"), (on(6, 1), "sacubitril/valsartan", 30)]),
            "rasa", "takes sacubitril", id="sacubitril"),
        pytest.param(Person([*twice("metformin"), (on(6, 1), "insulin glargine", 30)]),
            "diabetes", "takes insulin", id="insulin"),
        pytest.param(Person([*twice("metformin"), (date(2024, 12, 31), "insulin glargine", 30)]),
            "diabetes", None, id="insulin of the year before"),
        pytest.param(Person(twice("simvastatin"), conditions=("esrd",)), "statin", "has esrd",
            id="kidneys failed"),
        pytest.param(Person(twice("risperidone")), "antipsychotic",
            "no diagnosis of schizophrenia", id="an antipsychotic for something else"),
        pytest.param(Person(twice("risperidone"), conditions=("schizophrenia",)),
            "antipsychotic", None, id="an antipsychotic for schizophrenia"),
        pytest.param(Person(twice("tiotropium"), conditions=("asthma",)), "copd_long_acting",
            "no diagnosis of copd", id="a long-acting inhaler without COPD"),
        pytest.param(Person(twice("lisinopril"), spans=[(on(2, 1), FOREVER)]), "rasa",
            "not covered on the day of the first fill", id="filled before coverage"),
        pytest.param(Person(twice("lisinopril"),
            spans=[(on(1, 1), on(3, 31)), (on(4, 2), FOREVER)]), "rasa",
            "fewer than two fill dates", id="the second fill after coverage ended"),
    ],
)  # fmt: skip
def test_who_is_counted(person: Person, kind: str, reason: str | None) -> None:
    row = measure({"p": person}, YEAR_END)["p", kind]
    assert (row["reason"], row["eligible"]) == (reason, reason is None)


@pytest.mark.parametrize(
    ("person", "as_of", "ends", "days", "covered"),
    [
        pytest.param(Person([*twice("lisinopril", 120)]), YEAR_END, YEAR_END, 365, 240,
            id="at the year's end"),
        pytest.param(Person([(on(7, 1), "lisinopril", 120), (on(12, 1), "lisinopril", 90)]),
            YEAR_END, YEAR_END, 184, 151, id="supply past the year's end does not count"),
        pytest.param(Person([(date(2024, 12, 1), "lisinopril", 90), *twice("lisinopril", 30)]),
            YEAR_END, YEAR_END, 365, 60, id="supply of the year before does not count"),
        pytest.param(Person(twice("lisinopril"), spans=[(on(1, 1), on(5, 10))]), YEAR_END,
            on(5, 10), 130, 130, id="at disenrolment"),
        pytest.param(Person(twice("lisinopril"), spans=[(on(1, 1), on(3, 1)), (on(3, 2), FOREVER)]),
            YEAR_END, YEAR_END, 365, 180, id="not where one coverage follows on another"),
        pytest.param(Person(twice("lisinopril"), death=on(4, 20)), YEAR_END, on(4, 20), 110, 110,
            id="at death"),
        pytest.param(Person(twice("lisinopril", 30)), on(6, 30), on(6, 30), 181, 60,
            id="at the as-of date"),
        pytest.param(Person(twice("lisinopril", 30)), date(2026, 3, 31), YEAR_END, 365, 60,
            id="at the end of last year while this one is young"),
    ],
)  # fmt: skip
def test_where_a_period_ends(
    person: Person, as_of: date, ends: date, days: int, covered: int
) -> None:
    row = measure({"p": person}, as_of)["p", "rasa"]
    assert (row["period_end"], row["days_in_period"], row["days_covered"]) == (ends, days, covered)


@pytest.mark.parametrize(
    ("stays", "told", "days", "covered"),
    [
        pytest.param([(on(1, 11), on(1, 21))], {}, 365, 60, id="not taken out by the PQA"),
        pytest.param(
            [(on(1, 11), on(1, 21))],
            {"inpatient": True},
            355,
            60,
            id="ten nights taken out; the supply at hand lasts longer",
        ),
        pytest.param(
            [(on(1, 11), on(1, 21))],
            {"inpatient": True, "discharge_day": True},
            354,
            60,
            id="the day of discharge too",
        ),
        pytest.param(
            [(on(1, 11), on(1, 21)), (on(1, 15), on(1, 31))],
            {"inpatient": True},
            345,
            60,
            id="stays that overlap are one",
        ),
        pytest.param(
            [(on(3, 25), on(4, 10))],
            {"inpatient": True},
            349,
            60,
            id="a fill during a stay is used after it",
        ),
        pytest.param(
            [(on(12, 22), on(12, 31))], {"inpatient": True}, 356, 60, id="a stay at the end"
        ),
        pytest.param(
            [(on(1, 11), on(1, 21))],
            {"snf": True},
            365,
            60,
            id="a hospital stay is no nursing home's",
        ),
    ],
)
def test_days_of_stays(
    stays: list[tuple[date, date]], told: dict[str, bool], days: int, covered: int
) -> None:
    person = Person(twice("lisinopril", 30), stays=stays)
    row = measure({"p": person}, YEAR_END, rules(**told))["p", "rasa"]
    assert (row["days_in_period"], row["days_covered"]) == (days, covered)


def test_who_is_about_to_fail() -> None:
    person = Person([(on(1, 1), "lisinopril", 90), (on(5, 1), "lisinopril", 90)])
    row = measure({"p": person}, on(6, 30))["p", "rasa"]
    # 73 of 365 days may be missed, 30 were; 29 days are at hand, then on as so far.
    assert (row["days_in_period"], row["days_covered"]) == (181, 151)
    assert row["allowable_days_left"] == 43
    assert row["projected_pdc"] == round((151 + 29 + 155 * 151 / 181) / 365, 4)
    ended = measure({"p": person}, YEAR_END)["p", "rasa"]
    assert (ended["allowable_days_left"], ended["projected_pdc"]) == (None, None)


def test_days_left_are_known_while_all_days_so_far_were_in_hospital() -> None:
    person = Person([(on(3, 29), "lisinopril", 10)], stays=[(on(3, 24), on(4, 11))])
    row = measure({"p": person}, on(4, 1), rules(inpatient=True))["p", "rasa"]
    # From discharge on 11 April 265 days are left of the year; a fifth of them may be missed.
    assert (row["days_in_period"], row["pdc"], row["allowable_days_left"]) == (0, None, 53)


@pytest.mark.parametrize(
    ("late", "adherent"), [pytest.param(7, True, id="7 days"), pytest.param(8, False, id="8 days")]
)
def test_treatment_of_opioid_use_disorder_goes_on_unless_a_gap_is_too_long(
    late: int, adherent: bool
) -> None:
    day, fills = on(1, 1), []
    while day < YEAR_END:
        fills.append((day, "buprenorphine/naloxone", 30))
        day += timedelta(30 + (late if len(fills) == 3 else 0))
    row = measure({"p": Person(fills, conditions=("oud",))}, YEAR_END)["p", "moud"]
    assert (row["longest_gap_days"], row["adherent"], row["label"]) == (late, adherent, "part2")
    short = measure({"p": Person(fills, conditions=("oud",))}, on(6, 28))["p", "moud"]
    assert short["reason"] == "treatment period under 180 days"


DRUGS = [name for name in NDC if name not in ("sacubitril/valsartan", "insulin glargine")]


def made(chance: random.Random) -> Person:
    """Fills early, late, doubled; coverage with holes; stays; now and then a death."""
    some = chance.sample(DRUGS, 2)
    fills = [
        (date(2024, 12, 1) + timedelta(chance.randrange(430)), chance.choice(some),
         chance.choice((1, 10, 30, 30, 30, 90, 400)))
        for _ in range(chance.randrange(1, 12))
    ]  # fmt: skip
    cut = date(2025, 1, 1) + timedelta(chance.randrange(365))
    spans = chance.choice([
        [(date(2020, 1, 1), FOREVER)], [(date(2020, 1, 1), cut)],
        [(date(2020, 1, 1), cut), (cut + timedelta(chance.randrange(1, 40)), FOREVER)],
    ])  # fmt: skip
    stays = []
    for _ in range(chance.choice((0, 0, 1, 3))):
        first = date(2024, 12, 15) + timedelta(chance.randrange(380))
        stays.append((first, first + timedelta(chance.randrange(20))))
    death = date(2025, 6, 1) + timedelta(chance.randrange(300))
    return Person(fills, spans, stays, death=death if chance.random() < 0.1 else None)


@settings(max_examples=BATCHES, deadline=None, derandomize=True, database=None,
          suppress_health_check=list(HealthCheck))  # fmt: skip
@given(
    seed=st.integers(0, 2**32),
    as_of=st.dates(date(2025, 4, 1), date(2026, 3, 31)),
    stays=st.fixed_dictionaries({"inpatient": st.booleans(), "discharge_day": st.booleans()}),
)
def test_equal_to_a_count_day_by_day(seed: int, as_of: date, stays: dict[str, bool]) -> None:
    chance, told = random.Random(seed), rules(**stays)
    people = {f"p{n}": made(chance) for n in range(200)}
    expected = {
        (name, kind): row
        for name, person in people.items()
        for kind, row in day_by_day(person, as_of, told).items()
    }
    found = measure(people, as_of, told)
    assert set(found) == set(expected)
    for key, wanted in expected.items():
        row, dates = found[key], wanted.pop("dates")
        ahead = wanted.pop("ahead")
        assert {name: row[name] for name in wanted} == wanted, (key, people[key[0]])
        assert dates > 1 or not row["eligible"]
        if row["projected_pdc"] is not None and wanted["days_in_period"]:
            assert row["projected_pdc"] >= (wanted["days_covered"] + ahead) / 366 - 0.001


def test_equal_to_a_second_implementation() -> None:
    chance = random.Random(7)
    people = {f"p{n}": Person(made(chance).fills) for n in range(400)}
    first, _, _ = year_of(YEAR_END)
    rows: list[tuple[int, int, int, int]] = []
    number: dict[Any, int] = {}
    for name, person in people.items():
        for day, drug, days in person.fills:
            for kind, ingredient in targets(drug):
                if first <= day <= YEAR_END:
                    course = number.setdefault((name, kind), len(number))
                    series = number.setdefault((name, kind, ingredient), len(number))
                    rows.append((series, (day - first).days, days, course))
    series, start, days, course = np.array(rows).T
    counted = by_numpy(series, start, days, course, 365)
    found = measure(people, YEAR_END)
    assert len(found) > 400
    assert {key: row["days_covered"] for key, row in found.items()} == {
        key: counted[number[key]] for key in found
    }


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"period": None}, "adherence rules lack or misspell"),
        ({"classes": {"x": {"words": "x", "ingredient": ["y"]}}}, "ingredient"),
        ({"stays": {"impatient": True}}, "impatient"),
    ],
)
def test_rules_that_are_off_are_told(change: dict[str, Any], words: str) -> None:
    data = yaml.safe_load((PROGRAMS / "valuesets" / "adherence.yaml").read_text())
    with pytest.raises(BadInput, match=words):
        AdherenceRules.from_data({**data, **change})
