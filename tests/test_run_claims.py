"""A whole identification: who is in, who is left out and why, and that it comes out the same."""

import hashlib
import random
from datetime import date
from pathlib import Path

import pytest
from make_claims import METFORMIN, ClaimsFolder, medicaid, medicare, rows, run, value_sets

from claims.people import export_persons
from claims.run import identify


def ill(folder: ClaimsFolder, person: str, **other: str) -> None:
    """A member with diabetes and asthma."""
    folder.member(person, **other)
    for day in ("2026-01-05", "2026-02-05"):
        folder.diagnosed(person, day, "E119", "J45909")


def a_crowd(path: Path, order: int) -> Path:
    """The same 60 members, their rows in an order of its own."""
    folder = ClaimsFolder(path)
    for n in range(60):
        person = f"p{n:02}"
        ill(folder, person, payer_type=("medicare", "medicaid")[n % 2], zip_code=f"432{n % 7 + 10}")
        for supply in ("10", "30", "90"):
            folder.filled(person, f"2026-05-{n % 28 + 1:02}", METFORMIN, days_supply=supply)
            folder.filled(person, "2026-02-01", METFORMIN, days_supply=supply)
        folder.phone(person, f"+1614555{n:04}")
    folder.drugs()
    for n in range(5):
        folder.pharmacy(f"111111111{n}", weekly_capacity="9", latitude=f"39.9{n}")
    for kind in folder.rows:
        random.Random(order).shuffle(folder.rows[kind])
    return folder.write("parquet")


def test_the_same_input_gives_the_same_bytes_whatever_the_order_of_its_rows(
    tmp_path: Path,
) -> None:
    digests = []
    for attempt, order in enumerate((1, 1, 2)):
        out = tmp_path / f"out-{attempt}"
        run(a_crowd(tmp_path / f"claims-{attempt}", order), out, medicare(), medicaid())
        files = sorted(out.glob("*.parquet"))
        digests.append({f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in files})
    assert len(digests[0]) == 10
    assert digests[0] == digests[1] == digests[2]


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        pytest.param({"enrollment_end_date": "2026-06-29"}, "not covered on the as-of date",
            id="coverage ended yesterday"),
        pytest.param({"enrollment_start_date": "2026-07-01"}, "not covered on the as-of date",
            id="coverage begins tomorrow"),
        pytest.param({"death_date": "2026-06-30"}, "deceased", id="died"),
        pytest.param({"death_flag": "1"}, "deceased", id="died, no date"),
        pytest.param({"hospice_flag": "1"}, "hospice", id="in hospice"),
        pytest.param({"long_term_institutional_flag": "Y"}, "ltc", id="in a nursing home"),
        pytest.param({"payer_type": "commercial"}, None, id="of another payer, not even asked"),
        pytest.param({"payer_type": "Medicare"}, "", id="none: payer types in any case"),
        pytest.param({"enrollment_end_date": "2026-06-30"}, "", id="none: last day of coverage"),
    ],
)  # fmt: skip
def test_left_out(tmp_path: Path, other: dict[str, str], reason: str | None) -> None:
    folder = ClaimsFolder(tmp_path / "claims")
    ill(folder, "p1", **other)
    report = run(folder.write(), tmp_path / "out", medicare(exclusions=("hospice", "ltc")))
    assert report.identified == {"cardio": 1 if reason == "" else 0}
    assert report.excluded == {"cardio": {reason: 1} if reason else {}}


@pytest.mark.parametrize(
    ("flag", "reason"),
    [("deceased", "deceased"), ("do_not_contact", "do_not_contact"), ("hospice", "hospice")],
)
def test_left_out_by_a_flag(tmp_path: Path, flag: str, reason: str) -> None:
    folder = ClaimsFolder(tmp_path / "claims")
    ill(folder, "p1")
    folder.add("member_flags", person_id="p1", **{flag: "true"})
    told = medicare(exclusions=("hospice", "do_not_contact"))
    report = run(folder.write(), tmp_path / "out", told)
    assert report.excluded == {"cardio": {reason: 1}}


def test_a_program_excludes_only_whom_it_says(tmp_path: Path) -> None:
    folder = ClaimsFolder(tmp_path / "claims")
    ill(folder, "p1", hospice_flag="1")
    ill(folder, "p2", hospice_flag="1", payer_type="medicaid")
    criteria = (medicare(exclusions=("hospice",)), medicaid())
    report = run(folder.write(), tmp_path / "out", *criteria)
    assert report.identified == {"cardio": 0, "risk": 1}


def test_a_member_of_both_payers_may_be_in_both_programs(tmp_path: Path) -> None:
    folder = ClaimsFolder(tmp_path / "claims")
    ill(folder, "p1")
    folder.member("p1", payer_type="medicaid", enrollment_end_date="2026-12-31")
    run(folder.write(), tmp_path / "out", medicare(), medicaid())
    told = [(row["program"], row["conditions"]) for row in rows(tmp_path / "out", "members")]
    assert told == [("cardio", ["diabetes"]), ("risk", ["asthma"])]
    (person,) = rows(tmp_path / "out", "people")
    assert (person["payer_type"], person["coverage_end"]) == ("medicare", None)


def test_spans_that_touch_are_one_coverage(tmp_path: Path) -> None:
    folder = ClaimsFolder(tmp_path / "claims")
    ill(folder, "p1", enrollment_start_date="2024-01-01", enrollment_end_date="2024-12-31")
    for first, last in (("2025-01-01", "2025-12-31"), ("2026-01-01", "2026-12-31")):
        folder.member("p1", enrollment_start_date=first, enrollment_end_date=last)
    folder.member("p1", enrollment_start_date="2020-01-01", enrollment_end_date="2020-12-31")
    run(folder.write(), tmp_path / "out")
    (person,) = rows(tmp_path / "out", "people")
    assert person["coverage_start"] == date(2024, 1, 1)
    assert person["coverage_end"] == date(2026, 12, 31)


def test_a_person_lives_where_the_zip_code_says(tmp_path: Path) -> None:
    folder = ClaimsFolder(tmp_path / "claims")
    homes = {
        "ZIP+4": ("43215-1234", "OH", "America/New_York"),
        "a lost zero": ("2139", "MA", "America/New_York"),
        "a state in words": ("97201", "Oregon", "America/Los_Angeles"),
        "no state": ("60601", "", "America/Chicago"),
        "no ZIP": ("", "OH", None),
    }
    for person, (zip_code, state, _) in homes.items():
        ill(folder, person, zip_code=zip_code, state=state)
    run(folder.write(), tmp_path / "out")
    told = {
        row["person_id"]: (row["zip_code"], row["state"], row["time_zone"])
        for row in rows(tmp_path / "out", "people")
    }
    assert told == {
        "ZIP+4": ("43215", "OH", "America/New_York"),
        "a lost zero": ("02139", "MA", "America/New_York"),
        "a state in words": ("97201", "OR", "America/Los_Angeles"),
        "no state": ("60601", "IL", "America/Chicago"),
        "no ZIP": (None, "OH", None),
    }


def test_phones_are_ranked_and_bad_ones_left_out(tmp_path: Path) -> None:
    folder = ClaimsFolder(tmp_path / "claims")
    ill(folder, "p1")
    for number, kind in (
        ("+16145550104", "landline"), ("+16145550103", "pigeon"), ("(614) 555-0102", "VoIP"),
        ("+16145550101", "mobile"), ("+16145550101", "mobile"), ("555-0100", "mobile"),
    ):  # fmt: skip
        folder.phone("p1", number, type=kind)
    report = run(folder.write(), tmp_path / "out")
    told = [(r["rank"], r["phone_e164"], r["type"]) for r in rows(tmp_path / "out", "contacts")]
    assert told == [
        (1, "+16145550101", "mobile"),
        (2, "+16145550102", "voip"),
        (3, "+16145550103", "unknown"),
        (4, "+16145550104", "landline"),
    ]
    assert report.dropped == {"member_contact: phone is not a number with its country code": 1}


@pytest.mark.parametrize(
    ("written", "read"),
    [("es", "es"), ("Spanish", "es"), ("", "en"), ("ENG", "en"), ("vi", "vi")],
)
def test_the_preferred_language(tmp_path: Path, written: str, read: str) -> None:
    folder = ClaimsFolder(tmp_path / "claims")
    ill(folder, "p1")
    folder.phone("p1", "+16145550101", preferred_language=written, alt_format="large_print")
    run(folder.write(), tmp_path / "out")
    (person,) = rows(tmp_path / "out", "people")
    assert (person["preferred_language"], person["alt_format"]) == (read, "large_print")


def test_only_members_of_a_program_leave_the_claims(tmp_path: Path) -> None:
    folder = ClaimsFolder(tmp_path / "claims")
    ill(folder, "in")
    folder.member("out")
    folder.diagnosed("out", "2026-01-05", "J45909")
    for person in ("in", "out"):
        folder.filled(person, "2026-05-01", METFORMIN)
        folder.phone(person, "+16145550101")
    run(folder.write(), tmp_path / "out")
    for name in ("members", "people", "contacts", "medications", "attribution", "conditions"):
        assert [row["person_id"] for row in rows(tmp_path / "out", name)] == ["in"], name


def test_persons_without_names_phones_or_zip_codes_are_told_apart(tmp_path: Path) -> None:
    folder = ClaimsFolder(tmp_path / "claims")
    folder.member("all", state="Ohio")
    folder.member("bare", last_name="", zip_code="")
    folder.phone("all", "+16145550101")
    export_persons([folder.write()], tmp_path / "made" / "persons.parquet")
    told = rows(tmp_path / "made", "persons")
    assert told == [
        {"person_id": "all", "state": "OH", "birth_date": date(1950, 5, 5), "gender": "female",
         "has_name": True, "has_zip": True, "has_phone": True},
        {"person_id": "bare", "state": "OH", "birth_date": date(1950, 5, 5), "gender": "female",
         "has_name": False, "has_zip": False, "has_phone": False},
    ]  # fmt: skip
    assert [path.name for path in (tmp_path / "made").iterdir()] == ["persons.parquet"]


def test_progress_names_every_step(tmp_path: Path) -> None:
    folder = ClaimsFolder(tmp_path / "claims")
    ill(folder, "p1")
    steps: list[str] = []
    report = identify(
        [medicare()], [folder.write()], tmp_path / "out", sets=value_sets(), progress=steps.append
    )
    assert steps[:-1] == list(report.timings)[: len(steps) - 1]
    assert steps[0] == "reading claims"


def test_a_short_history_is_told(tmp_path: Path) -> None:
    """24 months to June 2026: 80 % of them begin in November 2024."""
    folder = ClaimsFolder(tmp_path / "claims")
    ill(folder, "ill, long")
    ill(folder, "ill, short", enrollment_start_date="2025-01-01")
    for person, start in (("well, long", "2024-11-01"), ("well, short", "2025-01-01")):
        folder.member(person, enrollment_start_date=start)
    folder.member("gone", enrollment_start_date="2025-01-01", enrollment_end_date="2025-12-31")
    report = run(folder.write(), tmp_path / "out")
    assert report.insufficient_history == {"cardio": 1}
    told = {r["person_id"]: r["insufficient_history"] for r in rows(tmp_path / "out", "members")}
    assert told == {"ill, long": False, "ill, short": True}


@pytest.mark.parametrize(
    ("codes", "smi"),
    [
        pytest.param(("F209",), True, id="schizophrenia"),
        pytest.param(("F319",), True, id="bipolar disorder"),
        pytest.param(("F332",), True, id="severe depression"),
        pytest.param(("F331",), False, id="moderate depression"),
        pytest.param(("F411",), False, id="anxiety"),
    ],
)
def test_serious_mental_illness_is_a_flag(
    tmp_path: Path, codes: tuple[str, ...], smi: bool
) -> None:
    folder = ClaimsFolder(tmp_path / "claims")
    for person, payer in (("p", "medicaid"), ("q", "medicare")):
        folder.member(person, payer_type=payer)
        for day in ("2026-01-05", "2026-02-05"):
            folder.diagnosed(person, day, *codes, "E119")
    run(folder.write(), tmp_path / "out", medicare(), medicaid())
    told = {row["person_id"]: row["smi"] for row in rows(tmp_path / "out", "members")}
    assert told == {"p": smi, "q": False}, "a program that is not about it does not learn it"


@pytest.mark.parametrize(
    ("code", "strict"), [("J449", True), ("J42", True), ("J479", False), ("J40", False)]
)
def test_a_program_may_ask_for_copd_alone(tmp_path: Path, code: str, strict: bool) -> None:
    folder = ClaimsFolder(tmp_path / "claims")
    folder.member("p", payer_type="medicaid")
    for day in ("2026-01-05", "2026-02-05"):
        folder.diagnosed("p", day, code)
    wide, narrow = (
        medicaid(program=name, any_of_conditions=(name,)) for name in ("copd", "copd_strict")
    )
    report = run(folder.write(), tmp_path / "out", wide, narrow)
    assert report.identified == {"copd": 1, "copd_strict": int(strict)}
