"""CMS research files and Part D events become canonical rows; what was undone does not count."""

from pathlib import Path

import pytest
from golden_claims import as_text, canonical, golden, opened

from claims.errors import BadInput

FILES = {
    "inpatient.csv": """\
BENE_ID|CLM_ID|CLM_LINE_NUM|NCH_CLM_TYPE_CD|FINAL_ACTION|FI_CLM_ACTN_CD|CLM_FROM_DT|CLM_THRU_DT|CLM_ADMSN_DT|NCH_BENE_DSCHRG_DT|CLM_FAC_TYPE_CD|CLM_SRVC_CLSFCTN_TYPE_CD|CLM_FREQ_CD|PRNCPAL_DGNS_CD|ICD_DGNS_CD1|ICD_DGNS_CD2|ICD_DGNS_VRSN_CD1|ICD_PRCDR_CD1|REV_CNTR|HCPCS_CD|AT_PHYSN_NPI|ORG_NPI_NUM
-1|i1|1|60|F|1|03-Feb-2024|07-Feb-2024|03-Feb-2024|07-Feb-2024|1|1|1|I110|I110|E119|0|0JH60DZ|450|99284|1234567893|1111111112
-1|i2|1|60|F|4|03-Feb-2024|07-Feb-2024|03-Feb-2024|07-Feb-2024|1|1|8|I110|I110||0||120|||
-1|i3|1|60|N|1|03-Feb-2024|07-Feb-2024|03-Feb-2024|07-Feb-2024|1|1|1|I110|I110||0||120|||
""",
    "carrier.txt": """\
BENE_ID|CLM_ID|LINE_NUM|CLM_FROM_DT|CLM_THRU_DT|CARR_CLM_PMT_DNL_CD|PRNCPAL_DGNS_CD|ICD_DGNS_CD1|ICD_DGNS_VRSN_CD1|LINE_ICD_DGNS_CD|LINE_PLACE_OF_SRVC_CD|HCPCS_CD|PRF_PHYSN_NPI
-1|c1|1|20240310|20240310|1|E119|E119|0|I10|11|99213|1234567893
-1|c2|1|20240311|20240311|0|E119|E119|0|I10|11|99213|1234567893
-2|c3|1|sometime|20240311|1|4019|4019|9|4019|11|99213|1234567893
""",
    "pde.csv": """\
PDE_ID|BENE_ID|SRVC_DT|PD_DT|SRVC_PRVDR_ID|PRSCRBR_ID|RX_SRVC_RFRNC_NUM|FILL_NUM|PROD_SRVC_ID|QTY_DSPNSD_NUM|DAYS_SUPLY_NUM|ADJSTMT_DLTN_CD
p1|-1|20240105|20240110|1111111112|1234567893|77|0|99999000101|60.000|30|
p2|-1|20240205|20240210|1111111112|1234567893|77|1|99999000101|60.000|30|
p3|-1|20240205|20240301|1111111112|1234567893|77|1|99999000101|60.000|30|D
p4|-1|20240305|20240310|1111111112|1234567893|77|2|99999000101|60.000|3|
p5|-1|20240305|20240401|1111111112|1234567893|77|2|99999000101|60.000|30|A
p6|-1|20240405|20240410|1111111112|A99|77|3|99999000101|60.000|30|
p7|-1|20240405|20240411|1111111112|A99|77|3|99999000101|60.000|30|D
p8|-1|20240405|20240412|1111111112|A99|77|3|99999000101|60.000|30|
p9|-2|20240405|20240410|1111111112|1234567893|77|3|99999000101|60.000|30|X
""",
    "beneficiary.csv": """\
BENE_ID|BENE_ENROLLMT_REF_YR|STATE_CODE|ZIP_CD|SEX_IDENT_CD|BENE_BIRTH_DT|BENE_DEATH_DT|BENE_HI_CVRAGE_TOT_MONS|BENE_SMI_CVRAGE_TOT_MONS|BENE_HMO_CVRAGE_TOT_MONS
-1|2023|36|432151234|2|05-Mar-1950||12|12|0
-1|2024|36|432151234|2|05-Mar-1950||12|12|0
-2|2024|05|94103|1|05-Mar-1951||0|0|0
""",
}  # fmt: skip


def folder(path: Path, **changed: str) -> Path:
    path.mkdir()
    for name, text in FILES.items():
        (path / name).write_text(changed.get(name.split(".")[0], text))
    return path


def test_research_files_are_the_canonical_rows_on_file(tmp_path: Path) -> None:
    told = canonical(opened(tmp_path / "scan", folder(tmp_path / "claims")))
    assert as_text(told) == golden("cms-rif")


@pytest.mark.parametrize(
    ("rows", "left"),
    [
        pytest.param(["1|", "2|D"], [], id="a deletion takes back its fill"),
        pytest.param(["1|", "2|A"], ["2"], id="an adjustment stands for the fill it corrects"),
        pytest.param(["1|", "2|A", "3|D"], [], id="a deletion takes back the adjustment too"),
        pytest.param(["1|", "2|D", "3|"], ["3"], id="what is billed again after it counts"),
        pytest.param(["2|D", "1|"], [], id="the order is that of payment, not of the file"),
        pytest.param(["1|", "2|"], ["1", "2"], id="two events without a code are both kept"),
        pytest.param(["1|?"], [], id="a code nobody knows is not counted"),
    ],
)
def test_part_d_events_are_netted(tmp_path: Path, rows: list[str], left: list[str]) -> None:
    head, _, _ = FILES["pde.csv"].partition("\n")
    lines = [
        f"{r[0]}|-1|20240105|2024011{r[0]}|1111111112|1234567893|77|0|99999000101|60|30|{r[2:]}"
        for r in rows
    ]
    path = folder(tmp_path / "claims", pde="\n".join([head, *lines]) + "\n")
    con = opened(tmp_path / "scan", path).con
    found = con.execute("select claim_id from in_pharmacy_claim order by 1").fetchall()
    assert [claim for (claim,) in found] == left


def test_files_of_neither_release_are_not_guessed_at(tmp_path: Path) -> None:
    path = folder(tmp_path / "claims", pde="PDE_ID|PERSON|SRVC_DT\n1|2|3\n")
    with pytest.raises(BadInput, match=r"pde\.csv has neither a column DESYNPUF_ID .* nor BENE_ID"):
        opened(tmp_path / "scan", path)
