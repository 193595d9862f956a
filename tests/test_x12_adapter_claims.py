"""X12 claims and rolls become canonical rows; hccinfhir's parser is asked whether it agrees."""

import importlib
import shutil
import warnings
from pathlib import Path
from typing import Any

import duckdb
import pytest
from golden_claims import as_text, canonical, golden, opened, samples

from claims.adapters.x12 import segments
from claims.adapters.x12_claims import read_claims
from claims.errors import BadInput

CLAIM_FILES = sorted(samples().glob("sample_837_*.txt"), key=lambda path: path.name)


def interchange(*body: str, version: str = "005010X223A2", day: str = "20260301") -> str:
    head = (
        "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *260301*1200*^*00501*"
        "000000001*0*P*:~"
    )
    kind = "834" if "X220" in version else "837"
    return head + "~".join([
        f"GS*HC*SENDER*RECEIVER*{day}*1200*1*X*{version}", f"ST*{kind}*0001*{version}", *body,
        "SE*9*0001", "GE*1*1", "IEA*1*000000001~",
    ])  # fmt: skip


def stay(number: str, frequency: str = "1") -> list[str]:
    """A hospital stay with an emergency line and a line of its own date."""
    return [
        f"CLM*{number}*900***11:A:{frequency}*Y*A*Y*Y", "DTP*434*RD8*20260201-20260204",
        "DTP*435*DT*202602010815", "HI*ABK:I110:::::::Y", "HI*ABJ:R079", "HI*ABF:E119*ABF:J449",
        "HI*BBR:0JH60DZ:D8:20260202", "NM1*71*1*DOC*ANN****XX*1234567893",
        "SBR*S*18*******CI", "NM1*IL*1*OTHER*PAYER****MI*NOTME",
        "LX*1", "SV2*0450*HC:99284*500*UN*1", "LX*2", "SV2*120**400*DA*3", "DTP*472*D8*20260202",
    ]  # fmt: skip


CLAIMS = interchange(
    "HL*1**20*1", "NM1*85*2*HOSPITAL*****XX*1111111112",
    "HL*2*1*22*0", "NM1*IL*1*DOE*JANE****MI*M1",
    *stay("kept"), *stay("voided"), *stay("corrected"), *stay("voided", "8"),
    *stay("corrected", "7"), "CLM*bare*10***13:A:1", "DTP*434*D8*20260305", "HI*BK:4019*BF:25000",
    "HL*3*2*22*1", "NM1*IL*1*DOE*JOHN****MI*M2",
    "HL*4*3*23*0", "NM1*QC*1*DOE*KID", *stay("child"),
)  # fmt: skip

ROLL = interchange(
    "N1*IN*Juniper Health",
    "INS*Y*18*021*20*A***FT", "REF*0F*M1", "REF*1D*MCD1", "REF*6P*MBI1",
    "NM1*IL*1*DOE*JANE****MI*X1", "PER*IP**HP*6145550100*CP*(614) 555-0101", "N3*1 ELM ST",
    "N4*COLUMBUS*OH*432151234", "DMG*D8*19500305*F", "LUI*LD*SPA",
    "NM1*31*1", "N3*PO BOX 7", "N4*DAYTON*OH*45402",
    "HD*021**HLT*GOLD PLAN", "DTP*348*D8*20250101",
    "INS*N*19*021*20*A", "REF*0F*M1", "NM1*IL*1*DOE*KID", "HD*021**HLT*MEDICAID",
    "DTP*348*D8*20250101",
    "INS*Y*18*021*20*A", "REF*0F*M2", "NM1*IL*1*ROE*RAY", "DMG*D8*19510230*M",
    "HD*021**HLT*COMMERCIAL", "DTP*348*D8*20250101",
    "INS*Y*18*021*20*A", "REF*0F*M3", "NM1*IL*1*POE*PAT", "HD*021**HLT*MEDICARE PART D",
    "DTP*348*D8*20250101", "HD*021**HLT*MEDICARE PART D", "DTP*348*D8*20260101",
    version="005010X220A1",
)  # fmt: skip
LATER = interchange(
    "INS*Y*18*024*20*A******D8*20260330", "REF*0F*M1", "REF*1D*MCD1", "NM1*IL*1*DOE*JANE",
    "HD*024**HLT*GOLD PLAN", "DTP*349*D8*20260331",
    "INS*Y*18*001*20*A", "REF*0F*M3", "NM1*IL*1*POE*PAT", "HD*001**HLT*MEDICARE PART D",
    "DTP*348*D8*20260101", "DTP*349*D8*20261231",
    version="005010X220A1", day="20260401",
)  # fmt: skip


def folder(path: Path) -> Path:
    """Our own, one file with other delimiters, and three of the samples."""
    path.mkdir()
    (path / "claims.837").write_text(CLAIMS)
    (path / "a_later.834").write_text(LATER)
    (path / "roll.834").write_text(
        ROLL.replace("*", "|").replace(":", ">").replace("~", "\n").replace("^", "!")
    )
    for name in ("sample_837_0.txt", "sample_834_01.txt", "sample_834_06.txt"):
        shutil.copy(samples() / name, path / name)
    return path


def test_interchanges_are_the_canonical_rows_on_file(tmp_path: Path) -> None:
    told = canonical(opened(tmp_path / "scan", folder(tmp_path / "claims")))
    assert as_text(told) == golden("x12")


def lines_of(file: Path) -> list[dict[str, Any]]:
    with duckdb.connect() as con:
        claims = list(read_claims(segments(con, file)))
    return [row for claim in claims for row in claim.rows()]


def codes(row: dict[str, Any]) -> list[str]:
    names = [f"diagnosis_code_{n}" for n in range(1, 26)]
    return [row[name] for name in names if name in row]


@pytest.mark.parametrize("sample", CLAIM_FILES, ids=lambda path: path.stem)
def test_the_lines_of_the_samples_are_those_another_parser_reads(
    sample: Path,
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        parser = importlib.import_module("hccinfhir.extractor_837")
    theirs = [
        (s.claim_id, s.patient_id, s.billing_provider_npi, s.performing_provider_npi,
         s.procedure_code, s.service_date, list(dict.fromkeys(s.claim_diagnosis_codes)))
        for s in parser.extract_sld_837(sample.read_text())
    ]  # fmt: skip
    ours = [
        (str(r["claim_id"]).rsplit("-", 1)[0], r["person_id"], r["billing_npi"],
         r["rendering_npi"] or None, r["hcpcs_code"], r["claim_start_date"],
         codes(r))
        for r in lines_of(sample)
    ]  # fmt: skip
    assert ours == theirs != []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("GS*HC~ST*837*1~", "does not begin with ISA", id="no interchange"),
        pytest.param("ISA*00*short~", "is X12 without a transaction", id="no transaction"),
        pytest.param(
            CLAIMS.replace("ST*837*", "ST*835*"), "is X12 835; only claims", id="payments"
        ),
        pytest.param("ISA*00~ST*837*1~", "has no whole ISA segment", id="half an ISA"),
        pytest.param(CLAIMS[:-70], "breaks off before its last transaction ends", id="cut off"),
        pytest.param(
            CLAIMS.replace("~HL*2", "~HL*2" + "x" * 70_000), "a segment of more than", id="endless"
        ),
        pytest.param(CLAIMS.replace("JANE", "J\udcc3NE"), "not UTF-8", id="another encoding"),
    ],
)
def test_a_broken_interchange_is_one_sentence(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "claims").mkdir()
    (tmp_path / "claims" / "a.837").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(BadInput, match=says) as refused:
        opened(tmp_path / "scan", tmp_path / "claims")
    assert "\n" not in str(refused.value)
    assert "JANE" not in str(refused.value)
