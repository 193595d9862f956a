"""What a claims folder may look like, and the sentence that says what is wrong with it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from make_claims import AS_OF, METFORMIN, ClaimsFolder, medicare, rows, run, scoring, value_sets

from claims.criteria import Criteria, Scoring
from claims.errors import BadInput
from claims.run import identify
from claims.valuesets import ValueSets


def small(path: Path) -> ClaimsFolder:
    folder = ClaimsFolder(path)
    folder.member("p1")
    folder.diagnosed("p1", "2026-01-05", "E119")
    folder.diagnosed("p1", "2026-02-05", "E119")
    folder.filled("p1", "2026-05-01", METFORMIN)
    folder.drugs()
    return folder


def a_file(folder: Path) -> Path:
    return small(folder).write() / "eligibility.csv"


def empty(folder: Path) -> Path:
    folder.mkdir()
    return folder


def without(kind: str) -> Callable[[Path], Path]:
    def broken(folder: Path) -> Path:
        made = small(folder)
        del made.rows[kind]
        return made.write()

    return broken


def rewritten(name: str, old: str, new: str) -> Callable[[Path], Path]:
    def broken(folder: Path) -> Path:
        target = small(folder).write() / name
        target.write_text(target.read_text().replace(old, new))
        return folder

    return broken


def with_bytes(name: str, content: bytes) -> Callable[[Path], Path]:
    def broken(folder: Path) -> Path:
        target = small(folder).write() / name
        target.with_suffix(".csv").unlink()
        target.write_bytes(content)
        return folder

    return broken


def both_forms(folder: Path) -> Path:
    target = small(folder).write()
    small(folder).write("parquet")
    small(folder).write()
    return target


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        pytest.param(lambda p: p, "There is no folder {folder}; check the path", id="no folder"),
        pytest.param(a_file, "is a file; name the folder", id="a file for a folder"),
        pytest.param(empty, "{folder} holds no claims files; it needs", id="an empty folder"),
        pytest.param(
            without("medical_claim"), "holds no medical_claim file", id="no medical claims"
        ),
        pytest.param(without("eligibility"), "holds no eligibility file", id="no coverage"),
        pytest.param(
            rewritten("pharmacy_claim.csv", "ndc_code", "ndc"),
            "pharmacy_claim.csv has no column ndc_code; add it or rename",
            id="a column by another name",
        ),
        pytest.param(
            rewritten("eligibility.csv", "person_id,payer_type", "person,payer_kind"),
            "has no column person_id, payer_type;",
            id="two columns by other names",
        ),
        pytest.param(
            with_bytes("medical_claim.parquet", b"PAR1 but no more"),
            "medical_claim.parquet cannot be read as PARQUET",
            id="a torn Parquet file",
        ),
        pytest.param(
            with_bytes("medical_claim.csv", b""), "is empty; it needs a first line", id="no header"
        ),
        pytest.param(
            with_bytes("medical_claim.csv", b"claim_id,person_id\n\xff\xfe,1\n"),
            "medical_claim.csv has characters that are not UTF-8 (line 2)",
            id="not UTF-8",
        ),
        pytest.param(
            rewritten("drug.csv", "metformin,", "metformin,too,many,"),
            "drug.csv cannot be read as CSV (line 2)",
            id="a row with too many fields",
        ),
        pytest.param(both_forms, "both as .csv and as .parquet", id="one kind in two forms"),
    ],
)
def test_bad_input_is_one_sentence_and_leaves_nothing(
    tmp_path: Path, broken: Callable[[Path], Path], says: str
) -> None:
    folder = broken(tmp_path / "claims")
    with pytest.raises(BadInput) as refused:
        run(folder, tmp_path / "out")
    assert says.format(folder=folder) in str(refused.value)
    assert "\n" not in str(refused.value)
    assert {path.name for path in tmp_path.iterdir()} <= {"claims"}


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_kind_may_be_a_file_or_a_folder_of_files(tmp_path: Path, form: str) -> None:
    whole = small(tmp_path / "whole").write(form)
    parts = small(tmp_path / "parts").write(form)
    inner = parts / "medical_claim"
    inner.mkdir()
    (parts / f"medical_claim.{form}").rename(inner / f"part-0.{form}")
    (inner / "_SUCCESS").touch()
    run(whole, tmp_path / "a")
    run(parts, tmp_path / "b")
    assert rows(tmp_path / "a", "members") == rows(tmp_path / "b", "members") != []


def test_csv_and_parquet_say_the_same(tmp_path: Path) -> None:
    for form in ("csv", "parquet"):
        run(small(tmp_path / form).write(form), tmp_path / f"out-{form}")
    for name in ("members", "people", "medications", "evidence"):
        assert rows(tmp_path / "out-csv", name) == rows(tmp_path / "out-parquet", name) != []


def test_a_path_with_quotes_and_stars_is_only_a_path(tmp_path: Path) -> None:
    odd = tmp_path / "it's [*] a? folder"
    assert run(small(odd).write(), tmp_path / "it's [out]*").identified == {"cardio": 1}


def test_headers_may_be_upper_case_and_columns_unknown(tmp_path: Path) -> None:
    folder = small(tmp_path / "claims")
    for row in folder.rows["medical_claim"]:
        row["house_code"] = "x"
    target = folder.write() / "medical_claim.csv"
    header, rest = target.read_text().split("\n", 1)
    target.write_text(header.upper() + "\n" + rest)
    assert run(folder.path, tmp_path / "out").identified == {"cardio": 1}


@pytest.mark.parametrize("delimiter", ["|", "\t"])
def test_columns_may_be_parted_by_pipes_or_tabs(tmp_path: Path, delimiter: str) -> None:
    target = small(tmp_path / "claims").write() / "medical_claim.csv"
    target.write_text(target.read_text().replace(",", delimiter))
    assert run(target.parent, tmp_path / "out").identified == {"cardio": 1}


def test_files_with_a_header_and_no_rows_are_no_rows(tmp_path: Path) -> None:
    folder = small(tmp_path / "claims")
    folder.write()
    target = folder.path / "pharmacy_claim.csv"
    target.write_text(target.read_text().split("\n")[0] + "\n")
    report = run(folder.path, tmp_path / "out")
    assert (report.rows["pharmacy_claim"], report.identified) == (0, {"cardio": 1})


def test_later_folders_fill_in_the_kinds_the_first_lacks(tmp_path: Path) -> None:
    claims = small(tmp_path / "claims").write()
    more = ClaimsFolder(tmp_path / "more")
    more.phone("p1", "+16145550101")
    more.member("p1", first_name="Somebody else")
    report = run([claims, more.write()], tmp_path / "out")
    assert report.missing == ("member_flags", "pharmacy")
    (person,) = rows(tmp_path / "out", "people")
    (phone,) = rows(tmp_path / "out", "contacts")
    assert (person["first_name"], phone["phone_e164"]) == ("Ada", "+16145550101")


def test_the_report_lies_beside_the_results(tmp_path: Path) -> None:
    report = run(small(tmp_path / "claims").write(), tmp_path / "out")
    told = json.loads((tmp_path / "out" / "run.json").read_text())
    assert told["as_of"] == AS_OF.isoformat()
    assert told["rows"] == report.rows == {
        "medical_claim": 2, "pharmacy_claim": 1, "eligibility": 1, "drug": 7,
    }  # fmt: skip
    assert told["missing"] == ["member_contact", "member_flags", "pharmacy"]
    assert told["identified"] == {"cardio": 1}
    assert set(told["timings"]) >= {"reading claims", "finding conditions", "writing results"}


def test_a_broken_second_run_leaves_the_first_one_whole(tmp_path: Path) -> None:
    run(small(tmp_path / "claims").write(), tmp_path / "out")
    with pytest.raises(BadInput):
        run(tmp_path / "nowhere", tmp_path / "out")
    assert len(rows(tmp_path / "out", "members")) == 1


def test_a_second_run_replaces_the_first(tmp_path: Path) -> None:
    run(small(tmp_path / "claims").write(), tmp_path / "out")
    run(small(tmp_path / "claims").write(), tmp_path / "out", medicare(program="other"))
    assert [row["program"] for row in rows(tmp_path / "out", "members")] == ["other"]
    assert {path.name for path in tmp_path.iterdir()} == {"claims", "out"}


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        pytest.param(
            lambda: medicare(exclusions=("pets",)), "excludes pets; use one of", id="exclusion"
        ),
        pytest.param(
            lambda: medicare(payer_types=()), "names no payer type or no condition", id="no payer"
        ),
        pytest.param(
            lambda: value_sets().expand(["gout"]), "No value set is called gout", id="condition"
        ),
        pytest.param(
            lambda: value_sets().expand(["social_need"]),
            "No value set is called social_need",
            id="a helper is no condition of a program",
        ),
        pytest.param(
            lambda: Scoring.from_data({"version": "1"}), "lack or misspell 'windows'", id="scoring"
        ),
        pytest.param(
            lambda: ValueSets.from_data({"version": "1"}), "lack or misspell", id="value sets"
        ),
        pytest.param(
            lambda: identify([], [Path()], Path("out"), sets=value_sets()),
            "No program was named",
            id="no program",
        ),
        pytest.param(
            lambda: identify([medicare()], [], Path("out"), sets=value_sets()),
            "No claims folder was given",
            id="no folder at all",
        ),
    ],
)
def test_wrong_criteria_are_told(wrong: Callable[[], object], says: str) -> None:
    with pytest.raises(BadInput, match=says):
        wrong()


def test_criteria_need_nothing_but_the_program(tmp_path: Path) -> None:
    bare = Criteria("bare", ("medicare",), ("diabetes",), scoring())
    report = run(small(tmp_path / "claims").write(), tmp_path / "out", bare)
    assert report.identified == {"bare": 1}
