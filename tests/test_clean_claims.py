"""Lines that cannot be used are left out and counted by reason; the rest is used."""

from datetime import date
from pathlib import Path

import pytest
from make_claims import LISINOPRIL, METFORMIN, ClaimsFolder, rows, run

from claims.run import RunReport


@pytest.fixture
def folder(tmp_path: Path) -> ClaimsFolder:
    """A folder with one identified member, p1."""
    made = ClaimsFolder(tmp_path / "claims")
    made.member("p1")
    made.diagnosed("p1", "2026-01-05", "E119")
    made.diagnosed("p1", "2026-02-05", "E119")
    made.drugs()
    return made


LEFT_OUT = {
    "no days supply": ({"days_supply": "0"}, "days supply is zero or blank"),
    "a blank days supply": ({"days_supply": ""}, "days supply is zero or blank"),
    "a short NDC": ({"ndc_code": "123"}, "NDC is not 11 digits"),
    "10 plain digits of NDC": ({"ndc_code": "9999900010"}, "NDC is not 11 digits"),
    "no NDC": ({"ndc_code": ""}, "NDC is not 11 digits"),
    "no such day": ({"dispensing_date": "2026-02-30"}, "date cannot be read"),
    "a word for a date": ({"dispensing_date": "soon"}, "date cannot be read"),
    "a blank date": ({"dispensing_date": ""}, "date is blank"),
    "the day after": ({"dispensing_date": "2026-07-01"}, "date is after the as-of date"),
    "nobody's fill": ({"person_id": ""}, "claim_id or person_id is blank"),
}
READ = {
    "an NDC of 11 digits": {},
    "an NDC of 5-4-2": {"ndc_code": "99999-0001-01"},
    "an NDC with spaces around": {"ndc_code": " 99999000101 "},
    "an NDC of 5-3-2, a zero before the product": {"ndc_code": "99999-001-01"},
    "an NDC of 5-4-1, a zero before the package": {"ndc_code": "99999-0001-1"},
    "a date without hyphens": {"dispensing_date": "20260501"},
    "a date as Americans write it": {"dispensing_date": "05/01/2026"},
    "a date as Americans write it in short": {"dispensing_date": "5/1/2026"},
    "a date with a time": {"dispensing_date": "2026-05-01 00:00:00"},
}


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> tuple[RunReport, set[str]]:
    """The report of a run in which every case is a fill, and the members whose fill was read."""
    made = ClaimsFolder(tmp_path_factory.mktemp("cases") / "claims")
    made.drugs()
    for name in (*LEFT_OUT, *READ):
        made.member(name)
        made.diagnosed(name, "2026-01-05", "E119")
        made.diagnosed(name, "2026-02-05", "E119")
        other = LEFT_OUT[name][0] if name in LEFT_OUT else READ[name]
        made.filled(name, **{"claim_id": name, "day": "2026-05-01", "ndc": METFORMIN, **other})
    out = made.path.parent / "out"
    report = run(made.write(), out)
    read = {
        row["person_id"]
        for row in rows(out, "medications")
        if (row["ndc11"], row["last_fill_date"]) == (METFORMIN, date(2026, 5, 1))
    }
    return report, read


@pytest.mark.parametrize("name", LEFT_OUT)
def test_a_fill_left_out(name: str, cases: tuple[RunReport, set[str]]) -> None:
    report, read = cases
    reason = f"pharmacy_claim: {LEFT_OUT[name][1]}"
    assert name in report.examples[reason]
    assert report.dropped[reason] == len(report.examples[reason])
    assert name not in read


@pytest.mark.parametrize("name", READ)
def test_a_fill_read(name: str, cases: tuple[RunReport, set[str]]) -> None:
    report, read = cases
    assert name in read
    assert name not in {claim for claims in report.examples.values() for claim in claims}


def test_an_ndc_of_4_4_2_gets_its_zero_in_front(folder: ClaimsFolder) -> None:
    folder.filled("p1", "2026-05-01", "9999-0001-01")
    run(folder.write(), folder.path.parent / "out")
    (medication,) = rows(folder.path.parent / "out", "medications")
    assert (medication["ndc11"], medication["ingredient"]) == ("09999000101", None)


@pytest.mark.parametrize(
    ("back", "what"),
    [
        pytest.param({"quantity": "-60", "paid_amount": "-9.50"}, "all of it", id="all negative"),
        pytest.param({"quantity": "60", "paid_amount": "-9.50"}, "money", id="money only"),
    ],
)
def test_a_reversal_takes_back_its_fill_and_no_other(
    folder: ClaimsFolder, back: dict[str, str], what: str
) -> None:
    folder.filled("p1", "2026-04-01", METFORMIN, claim_id="kept")
    folder.filled("p1", "2026-05-01", METFORMIN, claim_id="undone")
    folder.filled("p1", "2026-05-01", METFORMIN, claim_id="undone", **back)
    report = run(folder.write(), folder.path.parent / "out")
    assert report.dropped == {"pharmacy_claim: reversal": 1, "pharmacy_claim: reversed": 1}
    assert report.examples["pharmacy_claim: reversed"] == ["undone"]
    (medication,) = rows(folder.path.parent / "out", "medications")
    assert medication["last_fill_date"] == date(2026, 4, 1)


def test_a_reversal_under_its_own_claim_id_takes_back_the_same_fill(folder: ClaimsFolder) -> None:
    folder.filled("p1", "2026-05-01", METFORMIN, claim_id="undone")
    folder.filled("p1", "2026-05-01", LISINOPRIL, claim_id="another drug")
    folder.filled("p1", "2026-05-01", METFORMIN, quantity="-60", claim_id="reversal")
    report = run(folder.write(), folder.path.parent / "out")
    assert report.examples["pharmacy_claim: reversed"] == ["undone"]
    (medication,) = rows(folder.path.parent / "out", "medications")
    assert medication["ingredient"] == "lisinopril"


def test_a_fill_that_comes_twice_counts_once(folder: ClaimsFolder) -> None:
    for _ in range(3):
        folder.filled("p1", "2026-05-01", METFORMIN, claim_id="same")
    folder.filled("p1", "2026-05-01", METFORMIN, claim_id="same", claim_line_number="2")
    report = run(folder.write(), folder.path.parent / "out")
    assert report.dropped == {"pharmacy_claim: duplicate": 2}
    (medication,) = rows(folder.path.parent / "out", "medications")
    assert medication["runs_out_on"] == date(2026, 6, 30)


def test_a_reversed_diagnosis_is_none(folder: ClaimsFolder) -> None:
    folder.diagnosed("p1", "2026-03-05", "I10", claim_id="x")
    folder.diagnosed("p1", "2026-03-05", "I10", claim_id="x", paid_amount="-100")
    folder.diagnosed("p1", "2026-04-05", "I10")
    report = run(folder.write(), folder.path.parent / "out")
    assert report.dropped == {"medical_claim: reversal": 1, "medical_claim: reversed": 1}
    (member,) = rows(folder.path.parent / "out", "members")
    assert member["conditions"] == ["diabetes"]


def test_a_medical_line_that_comes_twice_is_told(folder: ClaimsFolder) -> None:
    for _ in range(2):
        folder.diagnosed("p1", "2026-03-05", "I10", claim_id="x")
    report = run(folder.write(), folder.path.parent / "out")
    assert report.dropped == {"medical_claim: duplicate": 1}
    assert report.examples == {"medical_claim: duplicate": ["x"]}


def test_no_more_than_twenty_examples_are_kept(folder: ClaimsFolder) -> None:
    claims = sorted(folder.filled("p1", "2026-05-01", "?") for _ in range(30))
    report = run(folder.write(), folder.path.parent / "out")
    assert report.dropped == {"pharmacy_claim: NDC is not 11 digits": 30}
    assert report.examples["pharmacy_claim: NDC is not 11 digits"] == claims[:20]


def test_coverage_that_cannot_be_is_left_out(folder: ClaimsFolder) -> None:
    folder.member("p2", enrollment_end_date="2019-01-01")
    folder.member("p3", enrollment_start_date="yesterday")
    folder.member("", enrollment_start_date="2020-01-01")
    report = run(folder.write(), folder.path.parent / "out")
    assert report.dropped == {
        "eligibility: coverage ends before it starts": 1,
        "eligibility: date cannot be read": 1,
        "eligibility: person_id or payer_type is blank": 1,
    }


def test_the_as_of_date_is_the_last_day_of_service(folder: ClaimsFolder) -> None:
    folder.filled("p1", "2026-02-17", METFORMIN)
    assert run(folder.write(), folder.path.parent / "out", as_of=None).as_of == date(2026, 2, 17)


def test_a_stray_date_far_ahead_is_not_the_end_of_the_data(folder: ClaimsFolder) -> None:
    for _ in range(300):
        folder.filled("p1", "2026-05-01", METFORMIN)
    folder.filled("p1", "2062-05-01", METFORMIN)
    assert run(folder.write(), folder.path.parent / "out", as_of=None).as_of == date(2026, 5, 1)


def test_stray_dates_on_many_days_are_not_the_end_of_the_data(folder: ClaimsFolder) -> None:
    for day in range(1, 11):
        for _ in range(200):
            folder.filled("p1", f"2026-05-{day:02}", METFORMIN)
    for day in range(11, 18):
        folder.filled("p1", f"2026-05-{day}", METFORMIN)
    assert run(folder.write(), folder.path.parent / "out", as_of=None).as_of == date(2026, 5, 10)
