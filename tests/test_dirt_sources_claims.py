"""Files that would flood, lie or mislead: one sentence, nothing changed, memory bounded."""

import gzip
import json
import resource
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from golden_claims import opened, samples
from make_claims import METFORMIN, ClaimsFolder, rows, run

from claims import sources_guard as guard
from claims.errors import BadInput

GIB = 1 << 30
MAY_GROW = 400 * 1024
"""KiB of memory that refusing a file may take; a file that is read whole shows."""


def small(path: Path) -> ClaimsFolder:
    folder = ClaimsFolder(path)
    folder.member("p1")
    folder.diagnosed("p1", "2026-01-05", "E119")
    folder.diagnosed("p1", "2026-02-05", "E119")
    folder.filled("p1", "2026-05-01", METFORMIN)
    folder.drugs()
    return folder


def endless(file: Path, start: bytes) -> None:
    """A gigabyte without a line's end; the disk keeps little of it."""
    with file.open("wb") as out:
        out.write(start + b"x" * (3 << 20))
        out.truncate(GIB)


def one_line_of_a_gigabyte(folder: Path) -> None:
    (folder / "medical_claim.csv").unlink()
    endless(folder / "medical_claim.csv", b"")


def a_row_of_a_gigabyte(folder: Path) -> None:
    file = folder / "medical_claim.csv"
    endless(file, file.read_bytes())


def zeros(folder: Path) -> None:
    with (folder / "medical_claim.csv").open("r+b") as out:
        out.truncate(GIB)


def a_resource_of_a_gigabyte(folder: Path) -> None:
    (folder / "medical_claim.csv").unlink()
    (folder / "pharmacy_claim.csv").unlink()
    with (folder / "eob.ndjson").open("wb") as out:
        out.write(b'{"resourceType": "ExplanationOfBenefit"')
        out.truncate(GIB)


def a_segment_of_a_gigabyte(folder: Path) -> None:
    (folder / "medical_claim.csv").unlink()
    with (folder / "claims.837").open("wb") as out:
        out.write((samples() / "sample_837_0.txt").read_bytes()[:300])
        out.truncate(GIB)


def bomb(select: str) -> Callable[[Path], None]:
    """A Parquet file of a few kilobytes that says it holds this selection."""

    def plant(folder: Path) -> None:
        (folder / "medical_claim.csv").unlink()
        with duckdb.connect() as con:
            con.execute(
                f"copy ({select}) to '{folder / 'medical_claim.parquet'}' (format parquet, "
                "compression zstd, row_group_size 50000000)"
            )

    return plant


ROWS = """
    select 'c' as claim_id, 'p' as person_id, 'professional' as claim_type,
        date '2026-01-01' as claim_start_date, 'E119' as diagnosis_code_1 from range(2000000)"""
BYTES = """
    select i::varchar as claim_id, 'p' as person_id, 'professional' as claim_type,
        date '2026-01-01' as claim_start_date, repeat('E', 9000000) || i as diagnosis_code_1
    from range(16) t(i)"""


def zipped(folder: Path) -> None:
    with zipfile.ZipFile(folder / "packed.zip", "w") as out:
        out.write(folder / "medical_claim.csv")
    shutil.move(folder / "packed.zip", folder / "medical_claim.csv")


def gzipped(folder: Path) -> None:
    file = folder / "medical_claim.csv"
    file.write_bytes(gzip.compress(file.read_bytes()))


def mixed(folder: Path) -> None:
    with (folder / "eligibility.csv").open("ab") as out:
        out.write("p2,medicare,Juniper,2020-01-01,,1950-05-05,female,Zoé,L\r\n".encode("latin-1"))


def an_open_quote(folder: Path) -> None:
    with (folder / "eligibility.csv").open("a") as out:
        out.write('p2,medicare,"Juniper\r\n')


def utf16(folder: Path) -> None:
    file = folder / "eligibility.csv"
    file.write_bytes(file.read_text().encode("utf-16"))


def carriage_returns_alone(folder: Path) -> None:
    """As an old spreadsheet writes its lines."""
    file = folder / "eligibility.csv"
    file.write_bytes(file.read_bytes().replace(b"\r\n", b"\r"))


def a_quote_in_the_header(folder: Path) -> None:
    file = folder / "eligibility.csv"
    file.write_text(file.read_text().replace("person_id", '"person"_id', 1))


@pytest.mark.parametrize(
    ("dirty", "says"),
    [
        pytest.param(one_line_of_a_gigabyte, "a line of more than 2,000,000 bytes", id="one line"),
        pytest.param(
            a_row_of_a_gigabyte, "has a line of more than 2,000,000", id="one endless row"
        ),
        pytest.param(zeros, "holds zero bytes (line 4)", id="a tail of nothing"),
        pytest.param(a_resource_of_a_gigabyte, "a line of more than 16,000,000", id="one resource"),
        pytest.param(a_segment_of_a_gigabyte, "a segment of more than 65,536", id="one segment"),
        pytest.param(bomb(ROWS), "declares 2,000,000 rows", id="rows without bytes"),
        pytest.param(bomb(BYTES), "bytes unpacked", id="bytes that pack a thousandfold"),
        pytest.param(zipped, "medical_claim.csv is a ZIP archive; unpack it", id="a ZIP"),
        pytest.param(gzipped, "medical_claim.csv is a gzip file; unpack it", id="a gzip file"),
        pytest.param(mixed, "characters that are not UTF-8 (line 3)", id="two encodings"),
        pytest.param(utf16, "cannot be read as text in UTF-8", id="UTF-16"),
        pytest.param(carriage_returns_alone, "not with a carriage return alone", id="only returns"),
        pytest.param(a_quote_in_the_header, "check that its quotes close", id="a torn header"),
        pytest.param(an_open_quote, "cannot be read as CSV (line 3)", id="a quote left open"),
    ],
)
def test_a_dirty_file_is_one_sentence_in_bounded_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dirty: Callable[[Path], None], says: str
) -> None:
    monkeypatch.setattr(guard, "SUSPECT_BYTES", 1 << 27)
    folder = small(tmp_path / "claims").write()
    run(folder, tmp_path / "out")
    dirty(folder)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(BadInput) as refused:
        run(folder, tmp_path / "out")
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)
    assert "Zo" not in str(refused.value)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MAY_GROW
    assert {path.name for path in tmp_path.iterdir()} == {"claims", "out"}
    assert len(rows(tmp_path / "out", "members")) == 1


def test_a_folder_of_archives_is_told_from_an_empty_one(tmp_path: Path) -> None:
    (tmp_path / "claims").mkdir()
    (tmp_path / "claims" / "all.zip").write_bytes(b"PK")
    with pytest.raises(BadInput, match=r"holds the archive all\.zip and no claims files; unpack"):
        run(tmp_path / "claims", tmp_path / "out")


def test_dates_to_come_are_counted_with_twenty_examples(tmp_path: Path) -> None:
    folder = small(tmp_path / "claims")
    for n in range(25):
        folder.filled("p1", "2062-05-01", METFORMIN, claim_id=f"late{n:02}")
    report = run(folder.write(), tmp_path / "out")
    reason = "pharmacy_claim: date is after the as-of date"
    assert report.dropped == {reason: 25}
    assert report.examples[reason] == [f"late{n:02}" for n in range(20)]


@pytest.mark.parametrize("form", ["csv", "parquet"])
@pytest.mark.parametrize("absurd", ["inf", "nan", "1e300", "-inf", "99999999999"])
def test_absurd_numbers_are_no_numbers(tmp_path: Path, absurd: str, form: str) -> None:
    folder = small(tmp_path / "claims")
    folder.filled("p1", "2026-04-01", METFORMIN, days_supply=absurd, claim_id="odd")
    report = run(folder.write(form), tmp_path / "out")
    assert report.examples == {"pharmacy_claim: days supply is zero or blank": ["odd"]}


def test_what_an_adapter_leaves_out_is_in_the_report(tmp_path: Path) -> None:
    folder = small(tmp_path / "claims")
    del folder.rows["pharmacy_claim"]
    (folder.write() / "pde.csv").write_text(
        "BENE_ID,PDE_ID,SRVC_DT,PROD_SRVC_ID,DAYS_SUPLY_NUM,ADJSTMT_DLTN_CD\n"
        f"p1,e1,20260501,{METFORMIN},30,\np1,e2,20260501,{METFORMIN},30,D\n"
    )
    report = run(folder.path, tmp_path / "out")
    assert report.layout == "canonical + cms-pde"
    assert report.dropped == {"pharmacy_claim: a reversal or deletion itself": 1}
    assert report.examples == {"pharmacy_claim: a reversal or deletion itself": ["e2"]}


def test_two_layouts_of_one_thing_are_not_chosen_between(tmp_path: Path) -> None:
    folder = small(tmp_path / "claims").write()
    shutil.copy(samples() / "sample_eob_200.ndjson", folder)
    with pytest.raises(BadInput) as refused:
        opened(tmp_path / "scan", folder)
    assert (
        "holds medical_claim twice: in medical_claim.csv (canonical) and in sample_eob_200.ndjson "
        "(fhir-eob); keep one of the two."
    ) in str(refused.value)


def test_a_run_names_its_files_by_what_is_in_them(tmp_path: Path) -> None:
    folder = small(tmp_path / "claims").write()
    more = ClaimsFolder(tmp_path / "more")
    more.phone("p1", "+16145550101")
    more.write()
    first = run([folder, more.path], tmp_path / "a").inputs
    again = run([folder, more.path], tmp_path / "b").inputs
    assert first == again == json.loads((tmp_path / "a" / "run.json").read_text())["inputs"]
    assert sorted(first) == [
        "2/member_contact.csv", "drug.csv", "eligibility.csv", "medical_claim.csv",
        "pharmacy_claim.csv",
    ]  # fmt: skip
    with (folder / "drug.csv").open("a") as out:
        out.write("\r\n")
    changed = run([folder, more.path], tmp_path / "c").inputs
    assert {name for name in first if first[name] != changed[name]} == {"drug.csv"}
