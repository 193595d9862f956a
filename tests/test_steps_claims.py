"""A run that is killed leaves its finished steps, and the same run begun again takes them up."""

import multiprocessing
import os
import shutil
import signal
from pathlib import Path

import pytest
from make_claims import LISINOPRIL, METFORMIN, ClaimsFolder, medicaid, medicare, run, value_sets

from claims.results_folder import results_folder
from claims.run import identify

STEPS = ["reading claims", "cleaning claims", "finding conditions", "following supplies",
         "measuring adherence", "scoring members", "attributing pharmacies",
         "writing results"]  # fmt: skip


def a_folder(path: Path) -> Path:
    """Members of both programs, a line taken back, a fill told twice, and a file of CSV."""
    folder = ClaimsFolder(path)
    for n in range(6):
        person = f"p{n}"
        folder.member(person, payer_type=("medicare", "medicaid")[n % 2])
        for day in ("2026-01-05", "2026-02-05"):
            folder.diagnosed(person, day, "E119", "I10", claim_id=f"{person} {day}")
        folder.filled(person, "2026-02-01", METFORMIN)
        folder.filled(person, "2026-05-01", LISINOPRIL, claim_id=f"twice {n}")
        folder.filled(person, "2026-05-01", LISINOPRIL, claim_id=f"twice {n}")
    folder.diagnosed("p1", "2026-02-05", "E119", claim_id="p1 2026-02-05", paid_amount="-10")
    folder.drugs()
    folder.pharmacy("1111111112")
    return folder.write()


def killed_when(step: str, claims: Path, out: Path) -> None:
    """A process that runs until the step begins, and is killed."""

    def progress(begun: str) -> None:
        if begun == step:
            os.kill(os.getpid(), signal.SIGKILL)

    identify([medicare(), medicaid()], [claims], out, sets=value_sets(), progress=progress)


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with claims, and what a run left that was killed before adherence was measured."""
    home = tmp_path_factory.mktemp("killed")
    claims = a_folder(home / "claims")
    process = multiprocessing.get_context("spawn").Process(
        target=killed_when, args=("measuring adherence", claims, home / "out")
    )
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert len(list(home.glob(".out-*"))) == 1
    assert not (home / "out").exists()
    return home


@pytest.fixture
def home(killed: Path, tmp_path: Path) -> Path:
    shutil.copytree(killed, tmp_path, dirs_exist_ok=True)
    return tmp_path


def begun_again(claims: Path, out: Path) -> list[str]:
    """The steps that were done."""
    done: list[str] = []
    report = identify(
        [medicare(), medicaid()], [claims], out, sets=value_sets(), progress=done.append
    )
    assert list(report.timings) == STEPS
    return done


def held(out: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in out.glob("*.parquet")}


def test_only_what_was_not_finished_is_done_again(home: Path) -> None:
    claims = home / "claims"
    assert begun_again(claims, home / "out") == STEPS[4:]
    assert {path.name for path in home.iterdir()} == {"claims", "out"}
    run(claims, home / "unbroken", medicare(), medicaid(), as_of=None)
    assert held(home / "out") == held(home / "unbroken")


def test_other_claims_begin_anew_and_nothing_of_the_old_is_left(home: Path) -> None:
    file = home / "claims" / "eligibility.csv"
    file.write_text(file.read_text().replace("p5", "p6"))
    assert begun_again(home / "claims", home / "out") == STEPS
    assert {path.name for path in home.iterdir()} == {"claims", "out"}


def test_results_moved_aside_by_a_run_that_was_killed_come_back(tmp_path: Path) -> None:
    """Killed between its two renames; then another run that cannot be worked through."""
    left = tmp_path / ".out-0123456789abcdef"
    (left / "earlier").mkdir(parents=True)
    (left / "earlier" / "run.json").touch()
    (left / "lock").touch()
    with pytest.raises(RuntimeError), results_folder(tmp_path / "out", ["run.json"], "another"):
        raise RuntimeError
    assert [path.name for path in tmp_path.rglob("*")] == ["out", "run.json"]


def test_what_somebody_works_in_is_left_alone(tmp_path: Path) -> None:
    with (
        results_folder(tmp_path / "out", [], "the same") as one,
        results_folder(tmp_path / "out", [], "the same") as other,
    ):
        assert one != other
        for scratch in (one, other):
            (scratch / "out").mkdir()
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
