"""The CCW rules: which claims, how many and how far apart, show a condition."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from make_claims import (
    BUPRENORPHINE,
    METFORMIN,
    NALTREXONE,
    ClaimsFolder,
    medicaid,
    medicare,
    rows,
    run,
)

INPATIENT = {"claim_type": "institutional", "bill_type_code": "111"}
SNF = {"claim_type": "institutional", "bill_type_code": "0211"}
HOME_HEALTH = {"claim_type": "institutional", "bill_type_code": "329"}
OUTPATIENT = {"claim_type": "institutional", "bill_type_code": "131"}
ICD9 = {"diagnosis_code_type": "icd-9-cm"}

Claim = Callable[[ClaimsFolder, str], object]


def dx(day: str, *codes: str, **other: str) -> Claim:
    return lambda folder, person: folder.diagnosed(person, day, *codes, **other)


def fill(day: str, ndc: str) -> Claim:
    return lambda folder, person: folder.filled(person, day, ndc)


@dataclass(frozen=True)
class Case:
    sentence: str
    claims: Sequence[Claim]
    shows: set[str] = field(default_factory=set)


ALL = ("asthma", "copd", "mental_health", "oud", "diabetes", "hypertension")
CASES = [
    Case("no claim shows nothing", [dx("2026-01-05", "Z0000")]),
    Case("one professional claim is not enough", [dx("2026-01-05", "E119")]),
    Case("two claims of one day are not enough",
         [dx("2026-01-05", "E119"), dx("2026-01-05", "E119", **OUTPATIENT)]),
    Case("two claims a day apart are enough",
         [dx("2026-01-05", "E119"), dx("2026-01-06", "E1165")], {"diabetes"}),
    Case("an outpatient and a professional claim make two",
         [dx("2026-01-05", "E119"), dx("2026-02-06", "E119", **OUTPATIENT)], {"diabetes"}),
    Case("one claim over two lines and days is one claim",
         [dx("2026-01-05", "E119"), dx("2025-01-05", "I10")]),
    Case("one inpatient claim is enough", [dx("2026-01-05", "E119", **INPATIENT)], {"diabetes"}),
    Case("one nursing facility claim is enough", [dx("2026-01-05", "I10", **SNF)],
         {"hypertension"}),
    Case("one home-health claim is enough", [dx("2026-01-05", "I10", **HOME_HEALTH)],
         {"hypertension"}),
    Case("an inpatient claim known by its admission alone is enough",
         [dx("2026-01-05", "I10", claim_type="institutional", admission_date="2026-01-05")],
         {"hypertension"}),
    Case("any diagnosis position counts",
         [dx("2026-01-05", "Z0000", "I10"), dx("2026-03-05", "Z0000", "I10")], {"hypertension"}),
    Case("dots and case do not matter",
         [dx("2026-01-05", "e11.9"), dx("2026-03-05", "E11.65")], {"diabetes"}),
    Case("a claim older than 24 months does not count",
         [dx("2024-06-30", "E119"), dx("2026-01-05", "E119")]),
    Case("a claim of the first day of the 24 months counts",
         [dx("2024-07-01", "E119"), dx("2026-01-05", "E119")], {"diabetes"}),
    Case("an old inpatient claim does not count", [dx("2023-01-05", "E119", **INPATIENT)]),
    Case("every J45 code is asthma",
         [dx("2026-01-05", "J45.909"), dx("2026-03-05", "J4521")], {"asthma"}),
    Case("codes newer than the list fall under their prefix",
         [dx("2026-01-05", "J4489"), dx("2026-03-05", "J4481")], {"copd"}),
    Case("hypertension takes retinopathy, encephalopathy and the 2023 code",
         [dx("2026-01-05", "H35033"), dx("2026-02-05", "I1A0")], {"hypertension"}),
    Case("gestational diabetes is not diabetes",
         [dx("2026-01-05", "O24410"), dx("2026-03-05", "O24410")]),
    Case("prediabetes is not diabetes", [dx("2026-01-05", "R7303"), dx("2026-03-05", "R7303")]),
    Case("250.00 in ICD-9 is diabetes",
         [dx("2026-01-05", "250.00", **ICD9), dx("2026-03-05", "25002", **ICD9)], {"diabetes"}),
    Case("an ICD-9 code on an ICD-10 claim is no diagnosis",
         [dx("2026-01-05", "4019"), dx("2026-03-05", "4019")]),
    Case("without a code type the date says ICD-10",
         [dx("2026-01-05", "I10", diagnosis_code_type=""),
          dx("2026-03-05", "I10", diagnosis_code_type="")], {"hypertension"}),
    Case("a laboratory's rule-out diagnosis does not count",
         [dx("2026-01-05", "E119", place_of_service_code="81"), dx("2026-03-05", "E119")]),
    Case("two home-health claims show depression, being any two claims",
         [dx("2026-01-05", "F329", **HOME_HEALTH), dx("2026-03-05", "F329", **HOME_HEALTH)],
         {"depression"}),
    Case("one home-health claim does not show depression",
         [dx("2026-01-05", "F329", **HOME_HEALTH)]),
    Case("an emergency visit and an office visit for schizophrenia",
         [dx("2026-01-05", "F209", **OUTPATIENT, revenue_center_code="0450"),
          dx("2026-03-05", "F250")], {"schizophrenia", "psychotic"}),
    Case("opioid dependence twice is opioid use disorder",
         [dx("2026-01-05", "F1120"), dx("2026-03-05", "F1120")], {"oud"}),
    Case("opioid dependence in remission is not",
         [dx("2026-01-05", "F1121", **INPATIENT), dx("2026-03-05", "F1111")]),
    Case("one overdose seen in the emergency department is",
         [dx("2026-01-05", "T401X1A", **OUTPATIENT, revenue_center_code="0450")], {"oud"}),
    Case("one overdose told in an office is not", [dx("2026-01-05", "T401X1A")]),
    Case("an adverse effect of an opioid rightly given is not an overdose",
         [dx("2026-01-05", "T402X5A", **INPATIENT)]),
    Case("one week at an opioid treatment program is opioid use disorder",
         [dx("2026-01-05", "Z0000", hcpcs_code="G2067")], {"oud"}),
    Case("a detoxification procedure is opioid use disorder",
         [dx("2026-01-05", "Z0000", procedure_code_1="HZ81ZZZ", **INPATIENT)], {"oud"}),
    Case("one fill of buprenorphine is opioid use disorder", [fill("2026-01-05", BUPRENORPHINE)],
         {"oud"}),
    Case("a fill of metformin alone shows nothing", [fill("2026-01-05", METFORMIN)]),
    Case("naltrexone with no other use disorder is opioid use disorder",
         [fill("2026-01-05", NALTREXONE)], {"oud"}),
    Case("naltrexone beside alcohol use disorder says nothing about opioids",
         [fill("2026-01-05", NALTREXONE), dx("2026-01-05", "F1020"), dx("2026-02-05", "F1020")]),
    Case("naltrexone injected beside alcohol use disorder says nothing either",
         [dx("2026-01-05", "F1020", hcpcs_code="J2315"), dx("2026-02-05", "F1020")]),
    Case("buprenorphine beside alcohol use disorder still counts",
         [fill("2026-01-05", BUPRENORPHINE), fill("2026-02-05", NALTREXONE),
          dx("2026-01-05", "F1020"), dx("2026-02-05", "F1020")], {"oud"}),
    Case("a fill beyond the 24 months does not count", [fill("2024-01-05", BUPRENORPHINE)]),
]  # fmt: skip


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """Every case is a member of one run."""
    folder = ClaimsFolder(tmp_path_factory.mktemp("cases") / "claims")
    folder.drugs()
    for case in CASES:
        folder.member(case.sentence, payer_type="medicaid")
        for claim in case.claims:
            claim(folder, case.sentence)
    out = folder.path.parent / "out"
    run(folder.write(), out, medicaid(any_of_conditions=ALL))
    members = rows(out, "members")
    return {row["person_id"]: set(row["conditions"]) for row in members}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.sentence)
def test_condition(case: Case, found: dict[str, set[str]]) -> None:
    assert found.get(case.sentence, set()) == case.shows


def test_the_claims_that_say_so_are_kept(tmp_path: Path) -> None:
    folder = ClaimsFolder(tmp_path / "claims")
    folder.member("p1")
    first = folder.diagnosed("p1", "2026-01-05", "E119")
    second = folder.diagnosed("p1", "2026-03-05", "E119")
    folder.diagnosed("p1", "2026-02-05", "J45909")
    stay = folder.diagnosed("p1", "2026-04-05", "I10", **INPATIENT)
    folder.diagnosed("p1", "2026-05-05", "I10")
    run(folder.write(), tmp_path / "out")
    kept = {row["condition"]: row for row in rows(tmp_path / "out", "evidence")}
    assert kept["diabetes"]["claim_ids"] == [second, first]
    assert [str(day) for day in kept["diabetes"]["dates"]] == ["2026-03-05", "2026-01-05"]
    assert kept["diabetes"]["rule"].startswith("diagnosis: two outpatient hospital or professional")
    assert kept["hypertension"]["claim_ids"] == [stay]
    assert kept["hypertension"]["rule"] == "diagnosis: one inpatient or snf or hha claim"


def test_a_program_learns_only_of_its_own_conditions_and_part_2_is_labelled(
    tmp_path: Path,
) -> None:
    folder = ClaimsFolder(tmp_path / "claims")
    for person, payer in (("p1", "medicare"), ("p2", "medicaid")):
        folder.member(person, payer_type=payer)
        for day in ("2026-01-05", "2026-03-05"):
            folder.diagnosed(person, day, "F1120", "E119")
    run(folder.write(), tmp_path / "out", medicare(), medicaid())
    told: list[Any] = [
        (row["person_id"], row["condition"], row["label"])
        for row in rows(tmp_path / "out", "conditions")
    ]
    assert told == [("p1", "diabetes", None), ("p2", "oud", "part2")]
    assert {row["condition"] for row in rows(tmp_path / "out", "evidence")} == {"diabetes", "oud"}
