"""From each layout to a member found, with nothing else in the folder but coverage."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import test_fhir_adapter_claims as fhir
import test_x12_adapter_claims as x12
from make_claims import METFORMIN, ClaimsFolder, rows, run

RIF_CARRIER = "BENE_ID|CLM_ID|CLM_FROM_DT|ICD_DGNS_CD1|ICD_DGNS_VRSN_CD1\n"
RIF_BENEFICIARY = (
    "BENE_ID|BENE_ENROLLMT_REF_YR|STATE_CODE|BENE_HI_CVRAGE_TOT_MONS|BENE_SMI_CVRAGE_TOT_MONS|"
    "BENE_HMO_CVRAGE_TOT_MONS\n"
)
MAP = """
files:
  - file: dx.csv
    gives: medical_claim
    columns:
      claim_id: id
      person_id: who
      claim_type: {constant: professional}
      claim_start_date: {from: day, date: MM/DD/YYYY}
      diagnosis_code_1: dx
"""


def covered(path: Path) -> None:
    folder = ClaimsFolder(path)
    folder.member("M1")
    folder.write()


def mapped(path: Path) -> None:
    covered(path)
    (path / "mapping.yaml").write_text(MAP)
    (path / "dx.csv").write_text("id,who,day,dx\n1,M1,01/05/2026,E11.9\n2,M1,02/05/2026,E119\n")


def research_files(path: Path) -> None:
    path.mkdir()
    (path / "beneficiary.csv").write_text(RIF_BENEFICIARY + "M1|2026|36|12|12|0\n")
    (path / "carrier.csv").write_text(
        RIF_CARRIER + "M1|1|05-Jan-2026|E119|0\nM1|2|05-Feb-2026|E119|0\n"
    )
    (path / "pde.csv").write_text(
        f"BENE_ID|PDE_ID|SRVC_DT|PROD_SRVC_ID|DAYS_SUPLY_NUM\nM1|3|05-May-2026|{METFORMIN}|30\n"
    )


def resources(path: Path) -> None:
    covered(path)
    eobs = [fhir.stay("one"), fhir.fill("two")]
    (path / "eob.ndjson").write_text("\n".join(json.dumps(eob) for eob in eobs))


def interchanges(path: Path) -> None:
    path.mkdir()
    (path / "claims.837").write_text(x12.CLAIMS)
    roll = x12.ROLL.replace("GOLD PLAN", "MEDICARE ADVANTAGE")
    (path / "roll.834").write_text(roll)


@pytest.mark.parametrize(
    ("lay_out", "layout"),
    [
        pytest.param(mapped, "mapped + canonical", id="a column map"),
        pytest.param(research_files, "cms-rif + cms-pde", id="research files"),
        pytest.param(resources, "canonical + fhir-eob", id="FHIR resources"),
        pytest.param(interchanges, "x12-837 + x12-834", id="X12 interchanges"),
    ],
)
def test_a_member_with_diabetes_is_found(
    tmp_path: Path, lay_out: Callable[[Path], None], layout: str
) -> None:
    lay_out(tmp_path / "claims")
    report = run(tmp_path / "claims", tmp_path / "out")
    assert report.layout == layout
    (member,) = rows(tmp_path / "out", "members")
    assert (member["person_id"], "diabetes" in member["conditions"]) == ("M1", True)


def test_the_same_folder_gives_the_same_bytes(tmp_path: Path) -> None:
    interchanges(tmp_path / "claims")
    for out in ("a", "b"):
        run(tmp_path / "claims", tmp_path / out)
    files = sorted(path.name for path in (tmp_path / "a").glob("*.parquet"))
    assert files
    for name in files:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes(), name
