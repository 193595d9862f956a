"""Which pharmacy a member is matched to, and the reason in words."""

from pathlib import Path

import pytest
from make_claims import ClaimsFolder, medicaid, medicare, rows, run

from runtime import programs

NEAR, MIDDLE, FAR = "1111111112", "2222222228", "3333333334"
PLACES = {NEAR: "39.97", MIDDLE: "40.10", FAR: "40.60"}


@pytest.fixture
def folder(tmp_path: Path) -> ClaimsFolder:
    """A member with diabetes in Columbus, Ohio, and three pharmacies to the north."""
    made = ClaimsFolder(tmp_path / "claims")
    made.member("p1")
    made.diagnosed("p1", "2026-01-05", "E119")
    made.diagnosed("p1", "2026-02-05", "E119")
    return made


def pharmacies(folder: ClaimsFolder, **nearest: str) -> None:
    for npi, latitude in PLACES.items():
        told = nearest if npi == NEAR else {}
        folder.pharmacy(**{"npi": npi, "latitude": latitude, **told})


def matched(folder: ClaimsFolder, **criteria: object) -> tuple[str | None, str | None, str | None]:
    out = folder.path.parent / "out"
    run(folder.write(), out, medicare(**criteria))
    (row,) = rows(out, "attribution")
    return row["npi"], row["reason"], row["unserved_reason"]


def test_the_nearest_is_taken_and_says_so(folder: ClaimsFolder) -> None:
    pharmacies(folder)
    npi, reason, unserved = matched(folder)
    assert (npi, unserved) == (NEAR, None)
    assert reason == "nearest of 3 in OH in both networks, 1.2 km"


@pytest.mark.parametrize(
    "lacks",
    [
        pytest.param({"cpesn_to": "2026-06-29"}, id="its CPESN membership has ended"),
        pytest.param({"cpesn_from": "2026-07-01"}, id="its CPESN membership begins tomorrow"),
        pytest.param({"cpesn_from": ""}, id="it never was in CPESN"),
        pytest.param({"networks": "carelonrx"}, id="it is not in the PBM's network"),
        pytest.param({"networks": ""}, id="it is in no network"),
        pytest.param({"services": "delivery"}, id="it lacks a service"),
        pytest.param({"state": "IN"}, id="it lies in another state"),
        pytest.param({"npi": "12345"}, id="its NPI is none"),
        pytest.param({"weekly_capacity": "0"}, id="it has no room"),
    ],
)
def test_the_nearest_is_passed_over_when(folder: ClaimsFolder, lacks: dict[str, str]) -> None:
    pharmacies(folder, **lacks)
    npi, _, unserved = matched(folder, services=("delivery", "screening"))
    assert (npi, unserved) == (MIDDLE, None)


@pytest.mark.parametrize(
    "still",
    [
        pytest.param({"cpesn_to": "2026-06-30"}, id="its last day in CPESN is the as-of date"),
        pytest.param({"cpesn_from": "2026-06-30"}, id="its first day in CPESN is the as-of date"),
        pytest.param({"networks": "Express-Scripts ; other"}, id="names differ in case and space"),
        pytest.param({"weekly_capacity": ""}, id="its capacity is not told"),
        pytest.param({"latitude": "", "longitude": ""}, id="only its ZIP code says where it is"),
        pytest.param({"state": "Ohio"}, id="its state is spelled out"),
        pytest.param({"state": ""}, id="only its ZIP code says the state"),
    ],
)
def test_the_nearest_is_taken_though(folder: ClaimsFolder, still: dict[str, str]) -> None:
    pharmacies(folder, **still)
    assert matched(folder)[0] == NEAR


def test_without_cpesn_the_network_alone_decides(folder: ClaimsFolder) -> None:
    pharmacies(folder, cpesn_from="")
    npi, reason, _ = matched(folder, cpesn=False)
    assert (npi, reason) == (
        NEAR,
        "nearest of 3 in OH in the network express-scripts, 1.2 km",
    )


@pytest.mark.parametrize(
    ("member", "pharmacy", "says"),
    [
        pytest.param({"state": "WY", "zip_code": "82001"}, {},
            "no pharmacy in WY is in both networks with delivery on 2026-06-30", id="none there"),
        pytest.param({"state": "", "zip_code": ""}, {}, "the member's state is unknown",
            id="no state"),
        pytest.param({"zip_code": ""}, {}, "the place of the member's ZIP code is unknown",
            id="no ZIP code"),
        pytest.param({}, {"weekly_capacity": "0"},
            "the only pharmacy in OH in both networks has no room", id="no room in one"),
        pytest.param({}, None, "there is no pharmacy file", id="no pharmacies"),
    ],
)  # fmt: skip
def test_a_member_without_a_pharmacy_has_a_reason(
    tmp_path: Path, member: dict[str, str], pharmacy: dict[str, str] | None, says: str
) -> None:
    folder = ClaimsFolder(tmp_path / "claims")
    folder.member("p1", **member)
    folder.diagnosed("p1", "2026-01-05", "E119")
    folder.diagnosed("p1", "2026-02-05", "E119")
    if pharmacy is not None:
        folder.pharmacy(NEAR, **pharmacy)
    assert matched(folder, services=("delivery",)) == (None, None, says)


def test_room_goes_by_tier_and_points_then_spills_to_the_next(tmp_path: Path) -> None:
    folder = ClaimsFolder(tmp_path / "claims")
    for person in ("a", "b", "c", "d"):
        folder.member(person)
        folder.diagnosed(person, "2026-01-05", "E119")
        folder.diagnosed(person, "2026-02-05", "E119")
    folder.diagnosed("d", "2026-06-15", "E119", claim_type="institutional", bill_type_code="111")
    folder.diagnosed("c", "2026-06-15", "E119", place_of_service_code="23")
    folder.pharmacy(NEAR, weekly_capacity="2")
    folder.pharmacy(FAR, weekly_capacity="1", latitude=PLACES[FAR])
    report = run(folder.write(), tmp_path / "out")
    told = {row["person_id"]: row for row in rows(tmp_path / "out", "attribution")}
    assert {person: row["npi"] for person, row in told.items()} == {
        "d": NEAR, "c": NEAR, "a": FAR, "b": None,
    }  # fmt: skip
    assert told["a"]["reason"] == (
        "number 2 by distance of 2 in OH in both networks, 70.4 km; nearer ones have no room"
    )
    assert told["b"]["unserved_reason"] == "none of the 2 nearest in OH in both networks has room"
    assert (report.attributed, report.unattributed) == (3, 1)


def test_programs_share_a_pharmacys_room(tmp_path: Path) -> None:
    folder = ClaimsFolder(tmp_path / "claims")
    for person, payer in (("a", "medicaid"), ("b", "medicare")):
        folder.member(person, payer_type=payer)
        for day in ("2026-01-05", "2026-02-05"):
            folder.diagnosed(person, day, "E119", "J45909")
    folder.pharmacy(NEAR, weekly_capacity="1")
    run(folder.write(), tmp_path / "out", medicare(), medicaid())
    told = [row["npi"] for row in rows(tmp_path / "out", "attribution")]
    assert sorted(told, key=str) == [NEAR, None]


def test_a_run_moves_nobody_and_counts_who_is_elsewhere(folder: ClaimsFolder) -> None:
    folder.member("p2")
    folder.diagnosed("p2", "2026-01-05", "E119")
    folder.diagnosed("p2", "2026-02-05", "E119")
    pharmacies(folder, weekly_capacity="1")
    kept = folder.path.parent / "kept.csv"
    name = medicare().program
    kept.write_text(f"person_id,program,npi\np1,{name},{FAR}\nsomebody,another,{NEAR}\n")
    out = folder.path.parent / "out"
    rules = programs.attribution_rules()
    run(folder.write(), out, medicare(capacity_weeks=1, attribution=rules), kept=kept)
    told = {row["person_id"]: row for row in rows(out, "attribution")}
    assert (told["p1"]["npi"], told["p1"]["code"]) == (FAR, "current")
    assert told["p2"]["npi"] == MIDDLE, "the nearest is full of members of another program"


def test_weeks_widen_the_room(folder: ClaimsFolder) -> None:
    folder.member("p2")
    folder.diagnosed("p2", "2026-01-05", "E119")
    folder.diagnosed("p2", "2026-02-05", "E119")
    folder.pharmacy(NEAR, weekly_capacity="1")
    run(folder.write(), folder.path.parent / "out", medicare(capacity_weeks=2))
    told = rows(folder.path.parent / "out", "attribution")
    assert [row["npi"] for row in told] == [NEAR, NEAR]


def test_of_two_at_one_place_the_lower_npi_is_first(folder: ClaimsFolder) -> None:
    folder.pharmacy(MIDDLE)
    folder.pharmacy(NEAR)
    assert matched(folder)[0] == NEAR


def test_the_cleaned_pharmacies_are_written(folder: ClaimsFolder) -> None:
    pharmacies(folder, networks="Express-Scripts; CarelonRx", latitude="", longitude="")
    folder.pharmacy(NEAR)
    folder.pharmacy("12345")
    run(folder.write(), folder.path.parent / "out")
    told = rows(folder.path.parent / "out", "pharmacies")
    assert [row["npi"] for row in told] == [NEAR, MIDDLE, FAR]
    assert told[1]["services"] == ["delivery", "coaching", "screening"]
    assert {row["time_zone"] for row in told} == {"America/New_York"}
