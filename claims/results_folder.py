"""The folder an identification's results go to: one of its own, and never half of a run in it."""

import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from claims.errors import BadInput

REPORT = "run.json"


@contextmanager
def results_folder(out: Path, names: Collection[str]) -> Iterator[Path]:
    """A scratch folder beside `out`; what lies in its `out` when the block ends takes that place.

    `names` are the files of a run: a folder with anything else in it is not replaced, whatever
    was asked for. Raises BadInput.
    """
    _refuse_to_replace(out, names)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    except OSError as failed:
        raise BadInput(
            f"Results cannot be written to {out} ({failed.strerror}); name a folder that can be "
            "made."
        ) from None
    try:
        yield scratch
        _put_in_place(scratch / "out", out)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


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
    aside = fresh.parent / "earlier"
    if out.exists():
        out.rename(aside)
    try:
        fresh.rename(out)
    except OSError:
        if aside.exists():
            aside.rename(out)
        raise
