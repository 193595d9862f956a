"""Setting up says in one sentence what a machine lacks, and names no host to get it from."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TOOLS = ("sh", "dirname", "awk", "mkdir", "rm")
FINE = 'echo "$0"'
OLD = '[ "$1" = --version ] && { echo Python 3.9.2; exit 0; }; exit 1'
WITHOUT_VENV = 'case "$*" in *ensurepip*) exit 1 ;; *) echo "$0" ;; esac'

SetUp = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def set_up(tmp_path: Path) -> SetUp:
    """Run setup.sh in a bare checkout on a machine that has only these programs."""
    checkout, bin_dir = tmp_path / "checkout", tmp_path / "bin"
    (checkout / "requirements").mkdir(parents=True)
    (checkout / "requirements" / "prod.lock").touch()
    shutil.copy(ROOT / "setup.sh", checkout)
    bin_dir.mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found
        (bin_dir / tool).symlink_to(found)

    def run(*words: str, **programs: str) -> subprocess.CompletedProcess[str]:
        for name, script in programs.items():
            (bin_dir / name).write_text(f"#!/bin/sh\n{script}\n")
            (bin_dir / name).chmod(0o755)
        return subprocess.run(
            [checkout / "setup.sh", *words],
            env={"PATH": str(bin_dir), "HOME": "/nonexistent"},
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    return run


@pytest.mark.parametrize(
    ("words", "programs", "sentence"),
    [
        pytest.param(
            ["best"], {}, "There is no requirements/best.lock; say ./setup.sh prod or", id="no lock"
        ),
        pytest.param(
            [], {"python3": FINE}, "Doorway's commands need make, which is not here", id="no make"
        ),
        pytest.param(
            [], {"make": ":"}, "Doorway needs Python 3.11 or newer and found none", id="no Python"
        ),
        pytest.param(
            [],
            {"make": ":", "python3": OLD},
            "Doorway needs Python 3.11 or newer and found Python 3.9.2",
            id="too old a Python",
        ),
        pytest.param(
            [],
            {"make": ":", "python3": WITHOUT_VENV},
            "This Python cannot make virtual environments; install python3-venv",
            id="no python3-venv",
        ),
    ],
)
def test_what_a_machine_lacks_is_one_sentence(
    set_up: SetUp, words: list[str], programs: dict[str, str], sentence: str
) -> None:
    refused = set_up(*words, **programs)
    assert refused.returncode == 2
    assert refused.stderr.startswith(sentence)
    assert refused.stderr.count("\n") == 1


@pytest.mark.parametrize("name", ["setup.sh", "Makefile", ".ci/run", "Dockerfile"])
def test_no_host_to_fetch_from_is_named(name: str) -> None:
    text = (ROOT / name).read_text()
    assert "://" not in text
    assert "index" not in text.replace("Which index packages come from", "")


def test_make_lists_its_commands() -> None:
    told = subprocess.run(
        ["make", "-C", str(ROOT), "--no-print-directory"],
        env=dict(os.environ), capture_output=True, text=True, check=True,
    )  # fmt: skip
    listed = [line.split()[1] for line in told.stdout.splitlines()]
    assert {"setup", "demo", "up", "test", "check", "lock", "clean"} <= set(listed)
