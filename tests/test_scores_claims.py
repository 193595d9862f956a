"""Points, tiers and supplies: what the claims say about need, each point in words."""

import json
import random
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from make_claims import (
    AS_OF,
    BUPRENORPHINE,
    GLIPIZIDE,
    LISINOPRIL,
    LISINOPRIL_20,
    LOSARTAN,
    METFORMIN,
    ClaimsFolder,
    medicaid,
    medicare,
    rows,
    run,
    scoring,
)

from claims.criteria import PointRule

CASES_FILE = Path(__file__).parents[2] / "shared" / "domain" / "pdc_cases.json"
STAY = {"claim_type": "institutional", "bill_type_code": "111"}
ED = {"claim_type": "institutional", "bill_type_code": "131", "revenue_center_code": "0450"}


def day(ago: int) -> str:
    return (AS_OF - timedelta(days=ago)).isoformat()


class Scored:
    """Members with diabetes (Medicare) or opioid use disorder (Medicaid), and their reasons."""

    def __init__(self, path: Path) -> None:
        self.folder = ClaimsFolder(path / "claims")
        self.folder.drugs()
        self.out = path / "out"

    def member(self, person: str, *codes: str, **other: str) -> None:
        self.folder.member(person, **other)
        for ago in (400, 500):
            self.folder.diagnosed(person, day(ago), *(codes or ("E119",)))

    def reasons(self) -> dict[str, list[str]]:
        run(self.folder.write(), self.out, medicare(), medicaid())
        return {row["person_id"]: row["reasons"] for row in rows(self.out, "members")}


@pytest.fixture
def scored(tmp_path: Path) -> Scored:
    return Scored(tmp_path)


def test_stays_and_visits(scored: Scored) -> None:
    for person, claims in {
        "a stay that ended 30 days ago": [(40, {**STAY, "discharge_date": day(30)})],
        "a stay that ended 31 days ago": [(40, {**STAY, "discharge_date": day(31)})],
        "a stay longer ago than a year": [(380, STAY)],
        "two stays": [(200, STAY), (10, STAY)],
        "one visit": [(20, ED)],
        "two lines of one visit": [(20, ED), (20, {**ED, "hcpcs_code": "99284"})],
        "three visits": [(20, ED), (30, ED), (40, {"place_of_service_code": "23"})],
        "four visits": [(20, ED), (30, ED), (40, ED), (50, {"hcpcs_code": "99285"})],
        "a visit longer ago than a year": [(366, ED)],
    }.items():
        scored.member(person)
        for ago, other in claims:
            scored.folder.diagnosed(person, day(ago), "Z0000", **other)
    assert scored.reasons() == {
        "a stay that ended 30 days ago": ["25|IP_30|in hospital in the last 30 days"],
        "a stay that ended 31 days ago": ["12|IP_365|in hospital in the last 12 months"],
        "a stay longer ago than a year": [],
        "two stays": ["25|IP_30|in hospital in the last 30 days"],
        "one visit": ["5|ED_1|one emergency department visit in 12 months"],
        "two lines of one visit": ["5|ED_1|one emergency department visit in 12 months"],
        "three visits": ["10|ED_2|3 emergency department visits in 12 months"],
        "four visits": ["18|ED_4|4 emergency department visits in 12 months"],
        "a visit longer ago than a year": [],
    }


def test_numbers_of_drugs_prescribers_pharmacies_and_conditions(scored: Scored) -> None:
    scored.member("many", "E119", "I10", birth_date="1951-06-30")
    for n in range(8):
        scored.folder.filled(
            "many", day(10), f"8888800010{n}",
            prescribing_provider_npi=f"100000000{n % 5}",
            dispensing_provider_npi=f"200000000{n % 3}",
        )  # fmt: skip
    scored.member("few")
    scored.folder.filled("few", day(10), "88888000101")
    assert scored.reasons() == {
        "few": [],
        "many": [
            "6|DRUGS_8|8 different medicines in 12 months",
            "5|COND_2|2 of the program's conditions",
            "4|PHARMACIES_3|3 pharmacies in 12 months",
            "4|PRESCRIBERS_5|5 prescribers in 12 months",
        ],
    }


def test_overlapping_conditions_of_one_group_are_one_condition(scored: Scored) -> None:
    scored.member("mood", "F333", "F323", payer_type="medicaid")
    scored.member("lungs too", "F333", "J449", payer_type="medicaid")
    assert scored.reasons() == {
        "mood": [],
        "lungs too": ["5|COND_2|2 of the program's conditions"],
    }


def test_a_sulfonylurea_at_75_is_a_reason_and_at_74_none(scored: Scored) -> None:
    for person, born, drug in (
        ("75 today", "1951-06-30", GLIPIZIDE),
        ("75 tomorrow", "1951-07-01", GLIPIZIDE),
        ("75 with metformin", "1951-06-30", METFORMIN),
    ):
        scored.member(person, birth_date=born)
        scored.folder.filled(person, day(10), drug)
    assert scored.reasons() == {
        "75 today": ["5|INSULIN_75|insulin or a sulfonylurea at age 75"],
        "75 tomorrow": [],
        "75 with metformin": [],
    }


def test_a_social_need_on_a_claim_of_the_year(scored: Scored) -> None:
    for person, ago in (("lately", 20), ("long ago", 380)):
        scored.member(person)
        scored.folder.diagnosed(person, day(ago), "Z59.41")
    assert scored.reasons() == {
        "lately": ["6|SOCIAL|a social need written on a claim"],
        "long ago": [],
    }


def test_treatment_of_opioid_use_disorder_that_stopped_or_never_began(scored: Scored) -> None:
    for person in ("treated", "stopped", "a week late", "untreated", "at a program"):
        scored.member(person, "F1120", payer_type="medicaid")
    scored.folder.filled("treated", day(5), BUPRENORPHINE)
    scored.folder.filled("stopped", day(38), BUPRENORPHINE)
    scored.folder.filled("a week late", day(37), BUPRENORPHINE)
    scored.folder.diagnosed("at a program", day(100), "F1120", hcpcs_code="H0020")
    scored.member("for diabetes", "F1120", "E119")
    assert scored.reasons() == {
        "treated": [],
        "stopped": ["20|MOUD_GAP|treatment medicine ran out 8 days ago"],
        "a week late": [],
        "untreated": ["15|MOUD_NONE|no treatment medicine in 12 months"],
        "at a program": [],
        "for diabetes": [],
    }
    part2 = {row["person_id"]: row["part2"] for row in rows(scored.out, "medications")}
    assert part2 == {"treated": True, "stopped": True, "a week late": True}


def test_points_make_the_tier(scored: Scored) -> None:
    for person, stay, visits in (("low", 0, 3), ("rising", 1, 0), ("high", 1, 4)):
        scored.member(person)
        for n in range(stay):
            scored.folder.diagnosed(person, day(10 + n), "Z0000", **STAY)
        for n in range(visits):
            scored.folder.diagnosed(person, day(40 + n), "Z0000", **ED)
    scored.reasons()
    told = {row["person_id"]: (row["points"], row["tier"]) for row in rows(scored.out, "members")}
    assert told == {"low": (10, "low"), "rising": (25, "rising"), "high": (43, "high")}


@pytest.mark.skipif(not CASES_FILE.exists(), reason="the PQA's worked examples are not here")
@pytest.mark.parametrize("nth", range(5), ids=lambda nth: f"example {nth + 1}")
def test_covered_days_as_the_pqa_counts_them(tmp_path: Path, nth: int) -> None:
    case = json.loads(CASES_FILE.read_text())[nth]
    folder = ClaimsFolder(tmp_path / "claims")
    folder.member("p1", enrollment_start_date="2017-01-01")
    folder.diagnosed("p1", "2018-11-05", "E119")
    folder.diagnosed("p1", "2018-12-05", "E119")
    folder.drugs()
    drugs = {"A": LISINOPRIL, "B": LOSARTAN}
    for filled_on, drug, supply in case["fills"]:
        folder.filled("p1", filled_on, drugs[drug], days_supply=str(supply))
    every = PointRule("PDC", "pdc", 1, "{percent}", "pdc", classes=("rasa",))
    told = medicare(scoring=replace(scoring(), points=(every,)))
    run(folder.write(), tmp_path / "out", told, as_of=date(2018, 12, 31))
    (member,) = rows(tmp_path / "out", "members")
    eligible = case["eligible"]
    assert member["reasons"] == ([f"1|PDC|{int(case['pdc'] * 100)}"] if eligible else [])


def day_by_day(fills: list[tuple[int, str, int]]) -> int | None:
    """Percent of days covered, by a set of days: slow, plain, and nothing like the SQL."""
    if len({ago for ago, _, _ in fills}) < 2 or max(ago for ago, _, _ in fills) < 90:
        return None
    covered: set[int] = set()
    for drug in {drug for _, drug, _ in fills}:
        free = -1000
        for ago, _, supply in sorted((f for f in fills if f[1] == drug), key=lambda f: -f[0]):
            first = max(-ago, free)
            free = first + supply
            covered.update(range(first, min(free, 1)))
    return 100 * len(covered) // (max(ago for ago, _, _ in fills) + 1)


def test_covered_days_equal_a_count_day_by_day(tmp_path: Path) -> None:
    """300 members with refills early, late, doubled and of two drugs."""
    chance = random.Random(20260630)
    scored = Scored(tmp_path)
    expected = {}
    for n in range(300):
        person = f"p{n:03}"
        scored.member(person)
        fills = [
            (chance.randrange(365), chance.choice((METFORMIN, GLIPIZIDE)), supply)
            for supply in chance.choices((10, 20, 30, 90, 400), k=chance.randrange(1, 9))
        ]
        for ago, drug, supply in fills:
            scored.folder.filled(person, day(ago), drug, days_supply=str(supply))
        percent = day_by_day(fills)
        expected[person] = [] if percent is None else [f"1|PDC|{percent}"]
    every = PointRule("PDC", "pdc", 1, "{percent}", "pdc", classes=("diabetes",))
    told = medicare(scoring=replace(scoring(), points=(every,)))
    run(scored.folder.write(), scored.out, told)
    assert {row["person_id"]: row["reasons"] for row in rows(scored.out, "members")} == expected


@pytest.mark.parametrize(
    ("fills", "percent"),
    [
        pytest.param([(99, LISINOPRIL), (50, LISINOPRIL)], 60, id="two fills of a hundred days"),
        pytest.param([(99, LISINOPRIL), (89, LISINOPRIL)], 60, id="an early refill is not lost"),
        pytest.param(
            [(99, LISINOPRIL), (89, LISINOPRIL_20)], 60, id="nor when the strength changes"
        ),
        pytest.param([(99, LISINOPRIL), (89, LOSARTAN)], 40, id="two drugs at once overlap"),
        pytest.param([(99, LISINOPRIL), (9, LISINOPRIL)], 40, id="supply after today is not used"),
        pytest.param([(89, LISINOPRIL), (50, LISINOPRIL)], None, id="90 days are too short"),
        pytest.param([(99, LISINOPRIL)], None, id="one fill says nothing"),
        pytest.param([(99, LISINOPRIL), (99, LOSARTAN)], None, id="nor do two of one day"),
    ],
)
def test_covered_days(scored: Scored, fills: list[tuple[int, str]], percent: int | None) -> None:
    scored.member("p1")
    for ago, drug in fills:
        scored.folder.filled("p1", day(ago), drug)
    told = [reason.split("cover ")[1] for reason in scored.reasons()["p1"]]
    assert told == ([] if percent is None else [f"{percent}% of days"])


@pytest.mark.parametrize(
    ("fills", "left"),
    [
        pytest.param([(10, METFORMIN, 30)], 20, id="one fill lasts its days"),
        pytest.param([(40, METFORMIN, 30), (20, METFORMIN, 30)], 20, id="ten early days are kept"),
        pytest.param([(90, METFORMIN, 30), (20, METFORMIN, 30)], 10, id="a gap is not"),
        pytest.param([(20, METFORMIN, 90), (10, METFORMIN, 90)], 110, id="30 days kept at most"),
        pytest.param([(40, LISINOPRIL, 30), (20, LISINOPRIL_20, 30)], 20, id="two NDCs, one drug"),
        pytest.param([(50, METFORMIN, 30)], -20, id="run out"),
    ],
)
def test_when_a_supply_runs_out(
    scored: Scored, fills: list[tuple[int, str, int]], left: int
) -> None:
    scored.member("p1")
    for ago, drug, supply in fills:
        scored.folder.filled("p1", day(ago), drug, days_supply=str(supply))
    scored.reasons()
    (medication,) = rows(scored.out, "medications")
    assert (medication["runs_out_on"] - AS_OF).days == left
    assert medication["ndc11"] == fills[-1][1]


def test_without_a_drug_file_a_drug_is_known_by_its_ndc(tmp_path: Path) -> None:
    folder = ClaimsFolder(tmp_path / "claims")
    folder.member("p1")
    folder.diagnosed("p1", day(10), "E119")
    folder.diagnosed("p1", day(20), "E119")
    folder.filled("p1", day(10), METFORMIN)
    report = run(folder.write(), tmp_path / "out")
    (medication,) = rows(tmp_path / "out", "medications")
    assert "drug" in report.missing
    assert (medication["ndc11"], medication["ingredient"]) == (METFORMIN, None)
