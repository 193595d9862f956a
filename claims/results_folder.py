"""The folder an identification's results go to: one of its own, and never half of a run in it."""

import fcntl
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from glob import escape
from pathlib import Path
from typing import IO

from claims.errors import BadInput

REPORT = "run.json"
_LOCK = "lock"
_ASIDE = "earlier"


@contextmanager
def results_folder(out: Path, names: Collection[str], made_of: str) -> Iterator[Path]:
    """A scratch folder beside `out`; what lies in its `out` when the block ends takes that place.

    `names` are the files of a run: a folder with anything else in it is not replaced, whatever
    was asked for. A run of the same `made_of` that was killed left its scratch folder, and gets it
    again; those of other runs that nobody works in are deleted. Raises BadInput.
    """
    _refuse_to_replace(out, names)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        scratch, lock = _scratch(out, made_of)
    except OSError as failed:
        raise BadInput(
            f"Results cannot be written to {out} ({failed.strerror}); name a folder that can be "
            "made."
        ) from None
    try:
        for left in ("out", _ASIDE):
            shutil.rmtree(scratch / left, ignore_errors=True)
        yield scratch
        _put_in_place(scratch / "out", out)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
        lock.close()


def _scratch(out: Path, made_of: str) -> tuple[Path, IO[bytes]]:
    """A folder with a lock that lasts as long as this process, however it ends."""
    scratch = out.parent / f".{out.name}-{made_of[:16]}"
    for other in out.parent.glob(f".{escape(out.name)}-*/{_LOCK}"):
        if left := _lock(other):
            _give_back(other.parent, out)
            if other.parent != scratch:
                shutil.rmtree(other.parent, ignore_errors=True)
            left.close()
    scratch.mkdir(mode=0o700, exist_ok=True)
    lock = _lock(scratch / _LOCK)
    if lock is None:  # the same run is at work in another process
        scratch = Path(tempfile.mkdtemp(prefix=f"{scratch.name}-", dir=out.parent))
        lock = (scratch / _LOCK).open("wb")
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return scratch, lock


def _lock(file: Path) -> IO[bytes] | None:
    """None when somebody holds it."""
    held = file.open("ab")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        held.close()
        return None
    return held


def _give_back(scratch: Path, out: Path) -> None:
    """A run killed between its two renames had moved the earlier results aside."""
    if (scratch / _ASIDE).exists() and not out.exists():
        (scratch / _ASIDE).rename(out)


def _refuse_to_replace(out: Path, names: Collection[str]) -> None:
    try:
        found = {path.name for path in out.iterdir()}
    except FileNotFoundError:
        return
    except OSError as failed:
        raise BadInput(
            f"Results cannot be written to {out} ({failed.strerror}); name a folder."
        ) from None
    if found and (REPORT not in found or found - {*names, REPORT}):
        raise BadInput(
            f"{out} holds other files than the results of an earlier run, and results replace a "
            "whole folder; name a new or an empty one."
        )


def _put_in_place(fresh: Path, out: Path) -> None:
    """Renames; an earlier `out` is moved aside first, deleted after, and put back on failure."""
    aside = fresh.parent / _ASIDE
    if out.exists():
        out.rename(aside)
    try:
        fresh.rename(out)
    except OSError:
        if aside.exists():
            aside.rename(out)
        raise
