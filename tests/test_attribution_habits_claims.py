"""Attribution by where members fill already, by language, licence and rural place; NPIs checked."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml
from make_claims import (
    LISINOPRIL,
    METFORMIN,
    PROGRAMS,
    ClaimsFolder,
    medicare,
    rows,
    run,
)

from claims.attribution_rules import AttributionRules

NEAR, FAR = "1111111112", "3333333334"
ELSEWHERE = "1234567893"
RULES = AttributionRules.from_data(
    yaml.safe_load((PROGRAMS / "attribution.yaml").read_text()),
    PROGRAMS / "geo" / "ruca2010_zip.csv",
)


@pytest.fixture
def folder(tmp_path: Path) -> ClaimsFolder:
    """A member with diabetes in Columbus; a pharmacy there, another 70 km away."""
    made = ClaimsFolder(tmp_path / "claims")
    made.drugs()
    made.member("p1")
    made.diagnosed("p1", "2026-01-05", "E119")
    made.diagnosed("p1", "2026-02-05", "E119")
    made.pharmacy(NEAR)
    return made


def matched(folder: ClaimsFolder, rules: AttributionRules = RULES) -> dict[str, object]:
    out = folder.path.parent / "out"
    run(folder.write(), out, medicare(attribution=rules))
    (row,) = rows(out, "attribution")
    return row


def fills(folder: ClaimsFolder, *told: tuple[str, str, str, str]) -> None:
    for day, ndc, npi, days in told:
        folder.filled("p1", day, ndc, dispensing_provider_npi=npi, days_supply=days)


@pytest.mark.parametrize(
    ("told", "npi", "reason"),
    [
        pytest.param(
            [("2026-01-05", METFORMIN, FAR, "90"), ("2026-06-01", METFORMIN, NEAR, "30")], FAR,
            "most of the member's supplies come from here, 70.4 km",
            id="75 % of the days come from the far one, though the last fill does not",
        ),
        pytest.param(
            [("2026-01-05", METFORMIN, FAR, "51"), ("2026-03-01", LISINOPRIL, NEAR, "49"),
             ("2026-06-01", "99999009999", NEAR, "90")], FAR,
            "most of the member's supplies come from here, 70.4 km",
            id="51 % is enough, and a drug of no class does not count",
        ),
        pytest.param(
            [("2026-06-01", METFORMIN, FAR, "50"), ("2026-01-01", LISINOPRIL, NEAR, "50")], FAR,
            "the member's last fill was here, 70.4 km",
            id="half is not: the last fill decides",
        ),
        pytest.param(
            [("2025-06-01", METFORMIN, FAR, "90")], NEAR,
            "nearest of 2 in OH in both networks, 1.2 km",
            id="supplies of more than a year ago are no habit",
        ),
        pytest.param(
            [("2026-06-01", METFORMIN, ELSEWHERE, "90")], NEAR,
            "nearest of 2 in OH in both networks, 1.2 km; most supplies come from a pharmacy that "
            "does not qualify: they stay there unless the member asks",
            id="a usual pharmacy outside the network is told of and left alone",
        ),
    ],
)  # fmt: skip
def test_where_a_member_fills_decides_when(
    folder: ClaimsFolder, told: list[tuple[str, str, str, str]], npi: str, reason: str
) -> None:
    folder.pharmacy(FAR, latitude="40.60")
    fills(folder, *told)
    row = matched(folder)
    assert (row["npi"], row["reason"]) == (npi, reason)


@pytest.mark.parametrize(
    ("nearest", "npi"),
    [
        pytest.param({"languages": "en"}, FAR, id="the nearest does not speak Spanish"),
        pytest.param({"languages": "en;ES"}, NEAR, id="the nearest does"),
        pytest.param({"licence_expires": "2026-06-29"}, FAR, id="its licence ended yesterday"),
        pytest.param({"licence_expires": "2026-06-30"}, NEAR, id="its licence ends today"),
        pytest.param({"licence_expires": "soon"}, FAR, id="its licence date cannot be read"),
        pytest.param({"cpesn_to": "soon"}, FAR, id="its last CPESN day cannot be read"),
        pytest.param({"networks": "express-scripts@..2026-06-29"}, FAR, id="its network ended"),
        pytest.param({"networks": "express-scripts@2026-07-01.."}, FAR, id="its network begins"),
        pytest.param(
            {"networks": "express-scripts@2026-06-30..2026-06-30"}, NEAR, id="that day alone counts"
        ),
        pytest.param({"networks": "express-scripts@soon"}, FAR, id="its dates are not dates"),
        pytest.param({"networks": "express-scripts@2026-02-30.."}, FAR, id="there is no such day"),
        pytest.param({"npi": "1111111113"}, FAR, id="the check digit of its NPI is wrong"),
    ],
)
def test_the_near_one_is_held_against_the_far_one_when(
    tmp_path: Path, nearest: dict[str, str], npi: str
) -> None:
    folder = ClaimsFolder(tmp_path / "claims")
    folder.member("p1")
    folder.diagnosed("p1", "2026-01-05", "E119")
    folder.diagnosed("p1", "2026-02-05", "E119")
    folder.phone("p1", "+16145550101", preferred_language="Spanish")
    folder.pharmacy(**{"npi": NEAR, "licence_expires": "", **nearest})
    folder.pharmacy(FAR, latitude="40.60")
    assert matched(folder)["npi"] == npi


SPEAKS_NONE = "none of the 1 pharmacies in OH that are in both networks is known to speak vi"
USUAL = "most of the member's supplies come from here, 1.2 km; nobody there is known to speak vi"
NEAREST = "nearest of 1 in OH in both networks, 1.2 km; nobody there is known to speak vi"
PREFERRED = replace(RULES, language_required=False)


@pytest.mark.parametrize(
    ("rules", "filled", "languages", "npi", "says"),
    [
        pytest.param(RULES, False, "en", None, SPEAKS_NONE, id="required: the member has none"),
        pytest.param(RULES, True, "en", NEAR, USUAL, id="required, but it is their usual one"),
        pytest.param(RULES, False, "", NEAR, NEAREST, id="a file without languages requires none"),
        pytest.param(PREFERRED, False, "en", NEAR, NEAREST, id="preferred: served and told"),
    ],
)
def test_when_nobody_speaks_the_language(
    folder: ClaimsFolder, rules: AttributionRules, filled: bool, languages: str, npi: str | None,
    says: str,
) -> None:  # fmt: skip
    folder.rows["pharmacy"] = []
    folder.pharmacy(NEAR, languages=languages)
    folder.phone("p1", "+16145550101", preferred_language="vi")
    if filled:
        fills(folder, ("2026-06-01", METFORMIN, NEAR, "90"))
    row = matched(folder, rules)
    assert (row["npi"], row["reason"] or row["unserved_reason"]) == (npi, says)


def test_what_was_wrong_with_the_file_is_counted(tmp_path: Path) -> None:
    folder = ClaimsFolder(tmp_path / "claims")
    folder.member("p1")
    folder.diagnosed("p1", "2026-01-05", "E119")
    folder.pharmacy(NEAR)
    folder.pharmacy(NEAR)
    folder.pharmacy("12345")
    folder.pharmacy("1111111113")
    folder.pharmacy(FAR, cpesn_to="soon", networks="express-scripts@soon")
    report = run(folder.write(), tmp_path / "out", medicare(attribution=RULES))
    assert {k: n for k, n in report.dropped.items() if k.startswith("pharmacy: ")} == {
        "pharmacy: NPI is not 10 digits": 1,
        "pharmacy: the check digit of the NPI is wrong": 1,
        "pharmacy: NPI comes twice": 1,
        "pharmacy: a date cannot be read (taken as past)": 1,
        "pharmacy: network dates are not name@from..to (taken as past)": 1,
    }


RURAL = {
    # A mile of latitude is 0.01447 degrees.
    NEAR: {"zip_code": "43215", "latitude": "39.9700"},
    FAR: {"zip_code": "43215", "latitude": "40.1140"},
    ELSEWHERE: {"zip_code": "43215", "latitude": "40.2600"},
}


def flags(tmp_path: Path, **pharmacies: dict[str, str]) -> dict[str, dict[str, object]]:
    folder = ClaimsFolder(tmp_path / "claims")
    folder.member("p1")
    folder.diagnosed("p1", "2026-01-05", "E119")
    for npi, told in pharmacies.items():
        folder.pharmacy(npi, **told)
    run(folder.write(), tmp_path / "out", medicare(attribution=RULES))
    return {str(row["npi"]): row for row in rows(tmp_path / "out", "pharmacies")}


def test_a_pharmacy_is_sole_when_no_other_lies_within_ten_miles(tmp_path: Path) -> None:
    told = flags(tmp_path, **RURAL)
    # 9.95 miles between the first two, 10.09 to the third.
    assert {npi: row["rural_sole"] for npi, row in told.items()} == {
        NEAR: False, FAR: False, ELSEWHERE: True,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("zip_code", "primary", "ruca", "forhp"),
    [
        pytest.param("43215", 1, False, False, id="downtown Columbus"),
        pytest.param("99762", 7, True, True, id="Nome"),
        pytest.param("00000", None, False, False, id="no ZIP code of the table"),
    ],
)
def test_rural_by_zip_code(
    tmp_path: Path, zip_code: str, primary: int | None, ruca: bool, forhp: bool
) -> None:
    row = flags(tmp_path, **{NEAR: {"zip_code": zip_code}})[NEAR]
    assert (row["ruca_primary"], row["rural_ruca"], row["rural_forhp_like"]) == (
        primary, ruca, forhp,
    )  # fmt: skip


def test_the_flags_are_dated_data_with_a_source() -> None:
    data = yaml.safe_load((PROGRAMS / "attribution.yaml").read_text())
    assert data["effective_from"] == date(2026, 1, 1)
    source = (PROGRAMS / "geo" / "README.md").read_text()
    assert "ruca2010_zip.csv" in source and "USDA" in source  # noqa: PT018


def test_the_answer_carries_its_rank_and_the_next_two(folder: ClaimsFolder) -> None:
    folder.pharmacy(FAR, latitude="40.60")
    folder.pharmacy(ELSEWHERE, latitude="40.10")
    row = matched(folder)
    assert (row["npi"], row["rank"]) == (NEAR, 1)
    assert row["alternatives"] == [
        {"npi": ELSEWHERE, "km": 14.8, "why": "farther"},
        {"npi": FAR, "km": 70.4, "why": "farther"},
    ]
