"""The home folder: who runs in it, and where the servers started there are to be found."""

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from runtime.errors import Refusal
from runtime.processes import is_running
from runtime.settings import Settings
from store.database import dialect_url


@dataclass(frozen=True)
class Running:
    """What `doorway up` or `demo` runs in a home, as `run.json` says it.

    Addresses an operator gave stay out of it: they may hold a password.
    """

    pid: int
    port: int
    base_url: str
    database_url: str
    temporal_address: str

    def write(self, home: Path) -> None:
        draft = home / "run.json.new"
        draft.write_text(json.dumps(asdict(self), indent=2))
        draft.replace(home / "run.json")


def running_in(home: Path) -> Running | None:
    """Who runs in this home now; the word of one that was killed does not count."""
    with contextlib.suppress(OSError, ValueError, TypeError):
        found = Running(**json.loads((home / "run.json").read_text()))
        return found if is_running(found.pid) else None
    return None


def read_settings() -> Settings:
    """The settings of the environment, in the form every child is told them."""
    settings = Settings()
    return settings.model_copy(
        update={
            "home": settings.home.expanduser().resolve(),
            "database_url": dialect_url(settings.database_url),
        }
    )


def settings_here() -> Settings:
    """The settings, with the embedded servers of a running `doorway up` where none are named."""
    settings = read_settings()
    running = running_in(settings.home)
    if running is None:
        return settings
    return settings.model_copy(
        update={
            "database_url": settings.database_url or running.database_url,
            "temporal_address": settings.temporal_address or running.temporal_address,
            "public_base_url": settings.public_base_url or running.base_url,
        }
    )


@contextlib.contextmanager
def sole_tenant(home: Path) -> Iterator[None]:
    """Hold the home for this process; a second one is told who is in it.

    The kernel lets go of it when this process dies, however it dies.
    """
    try:
        # Claims, letters and keys lie in it.
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = (home / "lock").open("a+")
    except OSError as failed:
        raise Refusal(
            f"DOORWAY_HOME is {home}, where nothing can be written ({failed.strerror}); "
            "name a folder that can."
        ) from failed
    with lock:
        _take(lock, home)
        try:
            yield
        finally:
            (home / "run.json").unlink(missing_ok=True)


def _take(lock: IO[str], home: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as taken:
        lock.seek(0)
        raise Refusal(
            f"Doorway already runs in {home} (process {lock.read().strip() or 'unknown'}); "
            "stop it first, or give this one a DOORWAY_HOME and a --port of its own."
        ) from taken
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
