"""The roster: everybody the payer's files name, with coverage, flags and numbers."""

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest
from make_claims import AS_OF, ClaimsFolder

from claims.errors import BadInput
from claims.roster import NAME, write_roster


@pytest.fixture
def folder(tmp_path: Path) -> ClaimsFolder:
    """Two persons; only one of them has claims."""
    made = ClaimsFolder(tmp_path / "claims")
    made.member("P1")
    made.diagnosed("P1", "2026-03-01", "E119")
    made.member("P2", payer_type="medicaid", first_name="Bo", enrollment_end_date="2026-01-31")
    made.phone("P1", "+16145550134", preferred_language="")
    made.phone("P1", "+16145550135", preferred_language="", type="landline")
    made.phone("P2", "+16145550136", preferred_language="spanish")
    return made


def roster(folder: ClaimsFolder, tmp_path: Path) -> dict[str, dict[str, Any]]:
    out = tmp_path / NAME
    write_roster([folder.write()], out, AS_OF)
    with duckdb.connect() as con:
        told = con.execute("select * from read_parquet(?)", [str(out)])
        names = [column[0] for column in told.description]
        found = [dict(zip(names, row, strict=True)) for row in told.fetchall()]
    return {row["person_id"]: row for row in found}


def test_everybody_is_in_it_whatever_the_claims_say(folder: ClaimsFolder, tmp_path: Path) -> None:
    found = roster(folder, tmp_path)
    assert [row["first_name"] for row in found.values()] == ["Ada", "Bo"]
    assert json.loads(found["P2"]["coverage"]) == [
        {"payer_type": "medicaid", "payer": "Juniper", "first": "2020-01-01", "last": "2026-01-31"}
    ]
    assert json.loads(found["P1"]["coverage"])[0]["last"] is None, "coverage without end"


def test_numbers_are_in_the_order_in_which_they_are_tried(
    folder: ClaimsFolder, tmp_path: Path
) -> None:
    assert json.loads(roster(folder, tmp_path)["P1"]["phones"]) == [
        {"phone": "+16145550134", "kind": "mobile", "rank": 1},
        {"phone": "+16145550135", "kind": "landline", "rank": 2},
    ]


def test_a_language_nobody_told_is_not_taken_for_english(
    folder: ClaimsFolder, tmp_path: Path
) -> None:
    found = roster(folder, tmp_path)
    assert (found["P1"]["language"], found["P2"]["language"]) == (None, "es")


def test_flags_are_told_of_everybody(folder: ClaimsFolder, tmp_path: Path) -> None:
    folder.add("member_flags", person_id="P2", hospice="true", ltc="false", deceased="false",
               do_not_contact="true", address_confidential="false")  # fmt: skip
    found = roster(folder, tmp_path)
    assert (found["P2"]["hospice"], found["P2"]["do_not_contact"]) == (True, True)
    assert not found["P1"]["hospice"]
    assert not found["P1"]["deceased"]


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        write_roster([tmp_path / "nowhere"], tmp_path / NAME, AS_OF)
