"""Any file becomes canonical rows by the column map beside it; a wrong map is one sentence."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from golden_claims import as_text, canonical, golden, opened
from make_claims import PROGRAMS

from claims.adapters import mapped
from claims.errors import BadInput

FIXED = PROGRAMS / "mappings" / "pbm-fixed-width.yaml"
DELIMITED = PROGRAMS / "mappings" / "medical-delimited.yaml"


def fill(
    action: str = "B1", day: str = "20260105", number: str = "00", record: str = "DT", **other: str
) -> str:
    """A line of the example of fixed width: 60 units for 30 days, 12.34 paid."""
    told = {"quantity": "0000060000", "days": "030", "paid": "0000123D", **other}
    return (
        f"{record}{action}{'M1':<10}1111111112{'RX77':<12}{number}{day}99999000101"
        f"{told['quantity']}{told['days']}1234567893{told['paid']}"
    )


def folder(path: Path) -> Path:
    """Fills with trailer and reversal, medical claims in Latin-1, and coverage, by both maps."""
    path.mkdir()
    maps = [yaml.safe_load(file.read_text())["files"] for file in (FIXED, DELIMITED)]
    (path / "mapping.yaml").write_text(yaml.safe_dump({"files": maps[0] + maps[1]}))
    (path / "rx_2026.txt").write_text(
        "\n".join(
            [
                fill(record="HD"),
                fill(),
                fill(day="20260205", number="01", quantity="000000850{"),
                fill(day="20260205", number="01", action="B2", paid="0000123M", days=" x "),
                fill(day="20260305", number="02", days="003"),
                fill(day="20260305", number="02", action="B3"),
                fill(day="20260405", number="03", days="3O "),
                fill(day="20260532", number="04"),
            ]
        )
        + "\n"
    )
    (path / "med_1.dat").write_bytes(
        "CLM|LÍNEA|MBR|TYP|FROM|THRU|DX1|DX2|PROC|POS|TOB|REV|PAID\n"
        "c1|1|M1|P|01052026|01052026|E11.9|I10|99213|11|||000500{\n"
        "c1|2|M1|P|01052026|01052026|E11.9||99214|11|||000025J\n"
        "c2|1|Ñ2|I|02302026|01052026|E11.9||||131|0450|12.5\n".encode("latin-1")
    )
    (path / "elig.csv").write_text(
        "Member,Eff,Term,DOB,Sex,State,Zip\nM1,01/01/2025,,03/05/1950,2,OH,43215\n"
    )
    return path


def test_mapped_files_are_the_canonical_rows_on_file(tmp_path: Path) -> None:
    told = canonical(opened(tmp_path / "scan", folder(tmp_path / "claims")))
    assert as_text(told) == golden("mapped")


@pytest.mark.parametrize(
    ("written", "decimals", "value"),
    [
        ("0000123D", 2, 12.34), ("0000123{", 2, 12.30), ("0000123M", 2, -12.34),
        ("0000123}", 2, -12.30), ("0000123R", 2, -12.39), ("I", 0, 9.0), ("00060000", 3, 60.0),
        ("-5", 0, -5.0), ("12.34", 2, None), ("12S", 0, None), ("{12", 0, None), ("", 0, None),
    ],
)  # fmt: skip
def test_signed_overpunch(written: str, decimals: int, value: float | None) -> None:
    with duckdb.connect() as con:
        con.execute(mapped._ZONED)
        read = con.execute("select zoned($1, $2)", [written, decimals]).fetchall()[0][0]
    assert read == value


def changed(entry: int = 0, **settings: Any) -> Callable[[dict[str, Any]], object]:
    return lambda told: told["files"][entry].update(settings)


def column(name: str, spec: Any, entry: int = 2) -> Callable[[dict[str, Any]], object]:
    return lambda told: told["files"][entry]["columns"].update({name: spec})


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda told: told.clear(), "names no files"),
        (lambda told: told["files"][0].pop("file"), "entry 1 has no file"),
        (changed(file="nowhere_*.txt"), r"\(nowhere_\*\.txt\) is not in the folder"),
        (changed(file="../rx.txt"), "lies elsewhere"),
        (changed(gives="claims"), "gives is not one of medical_claim"),
        (changed(form="columns"), "form is not one of delimited, fixed"),
        (changed(fields={"103-A3": [0, 2]}), r"103-A3 is not \[start, width\]"),
        (changed(fields=None), "is of fixed width and has no fields"),
        (changed(fields={"302-C2": [1, 2]}), r"rx_2026\.txt has no field 103-A3"),
        (changed(separator="|"), "separator is no setting of a file"),
        (changed(entry=2, delimiter="||"), "delimiter is one character"),
        (changed(entry=2, encoding="ebcdic"), "encoding is not one of utf-8, latin-1, utf-16"),
        (changed(entry=2, ncpdp=True), "ncpdp is for pharmacy_claim files only"),
        (changed(net={"by": ["402-D2"]}), "net needs action"),
        (changed(entry=1, net={"by": ["CLM"]}), "net is for pharmacy_claim files only"),
        (
            changed(net={"action": {"from": "103-A3", "words": {"B1": "pay"}}, "by": ["402-D2"]}),
            "words of net action are bill, rebill and reverse",
        ),
        (column("birthday", "DOB"), "birthday is no column of eligibility"),
        (lambda told: told["files"][2]["columns"].pop("person_id"), "gives no person_id"),
        (column("state", {"from": "State", "constant": "OH"}), "exactly one of from, join and"),
        (column("birth_date", {"from": "DOB", "date": "MDY"}), "date is not one of YYYYMMDD"),
        (column("zip_code", {"from": "Zip", "number": "hex"}), "number is not one of plain"),
        (column("zip_code", {"from": "Zip", "number": "plain", "decimals": -1}), "from 0 to 9"),
        (column("zip_code", {"from": "Zip", "decimals": 2}), "decimals needs number"),
        (column("city", "Town"), r"elig\.csv has no field Town"),
        (column("city", 3.5), "neither a field's name nor a map"),
    ],
)
def test_a_wrong_map_is_one_sentence(
    tmp_path: Path, wrong: Callable[[dict[str, Any]], object], says: str
) -> None:
    path = folder(tmp_path / "claims")
    told = yaml.safe_load((path / "mapping.yaml").read_text())
    wrong(told)
    (path / "mapping.yaml").write_text(yaml.safe_dump(told))
    with pytest.raises(BadInput, match=says) as refused:
        opened(tmp_path / "scan", path)
    assert "\n" not in str(refused.value)


def test_a_map_that_is_not_yaml_is_one_sentence(tmp_path: Path) -> None:
    path = folder(tmp_path / "claims")
    (path / "mapping.yaml").write_text("files: [")
    with pytest.raises(BadInput, match=r"mapping\.yaml is not YAML"):
        opened(tmp_path / "scan", path)


def test_a_file_that_is_mapped_is_not_read_by_its_name_too(tmp_path: Path) -> None:
    path = folder(tmp_path / "claims")
    (path / "elig.csv").rename(path / "eligibility.csv")
    text = (path / "mapping.yaml").read_text()
    (path / "mapping.yaml").write_text(text.replace("elig.csv", "eligibility.csv"))
    told = canonical(opened(tmp_path / "scan", path))
    assert (told["layout"], len(told["eligibility"])) == ("mapped", 1)


def test_the_wrong_encoding_is_one_sentence(tmp_path: Path) -> None:
    path = folder(tmp_path / "claims")
    text = (path / "mapping.yaml").read_text()
    (path / "mapping.yaml").write_text(text.replace("latin-1", "utf-8"))
    with pytest.raises(BadInput, match=r"med_1\.dat .*UTF-8"):
        opened(tmp_path / "scan", path)
