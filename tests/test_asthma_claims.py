"""Rescue inhalers that are too many, and controllers that are too few, in words and points."""

from datetime import timedelta
from pathlib import Path

import pytest
from make_claims import AS_OF, ClaimsFolder, medicaid, rows, run

CONTROLLER, RESCUE = "99999000701", "99999000801"


def day(ago: int) -> str:
    return (AS_OF - timedelta(days=ago)).isoformat()


def fills(ndc: str, times: int, *, year: int = 0) -> list[tuple[str, int, str]]:
    return [(ndc, 365 * year + 20 + 30 * n, "30") for n in range(times)]


BEFORE = fills(RESCUE, 4, year=1)
CASES: dict[str, tuple[list[tuple[str, int, str]], dict[str, str], float | None, str | None]] = {
    "two rescue inhalers": (fills(RESCUE, 2), {}, None, None),
    "three": (fills(RESCUE, 3), {}, None, "too_many"),
    "six": (fills(RESCUE, 6), {}, None, "urgent"),
    "twelve": ([*fills(RESCUE, 11), (RESCUE, 5, "30")], {}, None, "same_week"),
    "one supply of 90 days is three": ([(RESCUE, 20, "90")], {}, None, "too_many"),
    "longer ago than a year": ([*fills(RESCUE, 2), *BEFORE], {}, None, None),
    "persistent in both years": (
        [*fills(CONTROLLER, 1), *fills(RESCUE, 3), *BEFORE], {}, 0.25, "too_many"),
    "persistent in one year": ([*fills(CONTROLLER, 1), *fills(RESCUE, 3)], {}, None, "too_many"),
    "controllers alone": ([*fills(CONTROLLER, 4), *BEFORE], {}, 1.0, None),
    "65 years old": (
        [*fills(CONTROLLER, 1), *fills(RESCUE, 3), *BEFORE], {"birth_date": "1961-06-30"}, None,
        "too_many"),
    "64 years old": (
        [*fills(CONTROLLER, 1), *fills(RESCUE, 3), *BEFORE], {"birth_date": "1961-07-01"}, 0.25,
        "too_many"),
}  # fmt: skip


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("asthma")
    folder = ClaimsFolder(path / "claims")
    for ndc, ingredient, kind in (
        (CONTROLLER, "fluticasone", "asthma_controller"), (RESCUE, "albuterol", "saba"),
    ):  # fmt: skip
        folder.add("drug", ndc11=ndc, ingredient=ingredient, drug_class=kind)
    for person, (taken, other, _, _) in CASES.items():
        folder.member(person, payer_type="medicaid", **{"birth_date": "1990-01-01", **other})
        for ago in (600, 700):
            folder.diagnosed(person, day(ago), "J45909")
        for ndc, ago, supply in taken:
            folder.filled(person, day(ago), ndc, days_supply=supply)
    run(folder.write(), path / "out", medicaid())
    return path / "out"


@pytest.mark.parametrize("name", CASES)
def test_the_ratio_and_what_is_too_much(out: Path, name: str) -> None:
    row = next(row for row in rows(out, "asthma") if row["person_id"] == name)
    assert (row["ratio"], row["rescue_overuse"]) == CASES[name][2:]


def test_a_low_ratio_is_a_reason(out: Path) -> None:
    words = "8|AMR_50|controllers are 25% of asthma medicines in 12 months"
    told = {row["person_id"] for row in rows(out, "members") if words in row["reasons"]}
    assert told == {"persistent in both years", "64 years old"}
