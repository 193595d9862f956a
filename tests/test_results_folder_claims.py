"""Where results may go: a new folder, an empty one, or one with an earlier run; nothing else."""

from collections.abc import Callable
from pathlib import Path

import pytest
from make_claims import ClaimsFolder, rows, run

from claims.errors import BadInput


def claims(tmp_path: Path) -> Path:
    folder = ClaimsFolder(tmp_path / "claims")
    folder.member("p1")
    for day in ("2026-01-05", "2026-02-05"):
        folder.diagnosed("p1", day, "E119")
    return folder.write()


def held(path: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in path.iterdir()}


def test_results_never_take_the_place_of_the_claims_they_came_from(tmp_path: Path) -> None:
    folder = claims(tmp_path)
    before = held(folder)
    with pytest.raises(BadInput, match=r"holds other files .*; name a new or an empty one"):
        run(folder, folder)
    assert held(folder) == before


def test_results_with_a_file_of_somebody_beside_them_stay(tmp_path: Path) -> None:
    folder, out = claims(tmp_path), tmp_path / "out"
    run(folder, out)
    (out / "notes.txt").write_text("mine")
    before = held(out)
    with pytest.raises(BadInput, match="holds other files"):
        run(folder, out)
    assert held(out) == before


def test_a_folder_with_a_report_of_something_else_stays(tmp_path: Path) -> None:
    folder, out = claims(tmp_path), tmp_path / "out"
    out.mkdir()
    (out / "members.parquet").write_text("not of a run")
    with pytest.raises(BadInput, match="holds other files"):
        run(folder, out)
    assert [path.name for path in out.iterdir()] == ["members.parquet"]


@pytest.mark.parametrize(
    "prepare",
    [
        pytest.param(lambda folder, out: None, id="a new folder"),
        pytest.param(lambda folder, out: out.mkdir(), id="an empty one"),
        pytest.param(run, id="one with an earlier run"),
    ],
)
def test_results_are_written_to(tmp_path: Path, prepare: Callable[[Path, Path], object]) -> None:
    folder, out = claims(tmp_path), tmp_path / "deep" / "out"
    out.parent.mkdir()
    prepare(folder, out)
    run(folder, out)
    assert [row["person_id"] for row in rows(out, "members")] == ["p1"]
    assert [path.name for path in out.parent.iterdir()] == ["out"]


@pytest.mark.parametrize("place", ["file", "file/out"])
def test_a_file_is_no_place_for_results(tmp_path: Path, place: str) -> None:
    folder = claims(tmp_path)
    (tmp_path / "file").write_text("mine")
    with pytest.raises(BadInput, match=r"Results cannot be written to .*; name a folder"):
        run(folder, tmp_path / place)
    assert (tmp_path / "file").read_text() == "mine"
