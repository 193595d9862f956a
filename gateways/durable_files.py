"""Files that are whole or absent, whatever moment the machine stops at."""

import fcntl
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_OPAQUE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")


def require_opaque(name: str, kind: str) -> str:
    """An id that becomes a file name: without dots and slashes, so no path can hide in it."""
    if not _OPAQUE.fullmatch(name):
        raise ValueError(f"The {kind} is no file name: use letters, digits, '-' and '_' only.")
    return name


def open_spool(folder: Path) -> Path:
    """The folder, made if absent; only its owner looks into it."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def write_durably(path: Path, content: bytes) -> None:
    """A reader sees the old file or the new one, and after the return the new one stays."""
    handle, temporary = tempfile.mkstemp(prefix=".part-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """A new name lives in its folder, which the disk must know too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def sole_writer(folder: Path) -> Iterator[None]:
    """One writer at a time, across threads and processes; a writer that dies lets go."""
    handle = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
