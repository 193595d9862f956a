"""Programs stand by while a rehearsal's time stands still; it goes on when all of them have loaded.

Loading takes seconds, and at a few seconds a day whole days of texts would fall into them.
"""

import os
import shutil
import time
from pathlib import Path

from domain.clock import Clock
from runtime.clock import wall_now
from runtime.database import read_clock
from runtime.errors import Refusal
from runtime.settings import Settings

PATIENCE = 120.0
PAUSE = 0.02


def clear(home: Path) -> None:
    """Before the programs are started."""
    shutil.rmtree(_folder(home), ignore_errors=True)
    _folder(home).mkdir()


def waiting(home: Path) -> set[int]:
    """The process ids of those that stand by."""
    return {int(mark.name) for mark in _folder(home).iterdir()}


def clock_when_it_goes(settings: Settings) -> Clock:
    """Say that this process is ready, and wait for the clock; a clock that goes is given at once.

    Nobody is told where there is no folder: then no parent holds the clock.
    """
    if _folder(settings.home).is_dir():
        (_folder(settings.home) / str(os.getpid())).touch()
    deadline = time.monotonic() + PATIENCE
    while True:
        clock = read_clock(settings.database_url)
        if clock.goes(wall_now()):
            return clock
        if time.monotonic() > deadline:
            raise Refusal(
                "The rehearsal's clock stands still because nobody started it; "
                "start `doorway demo` or `doorway up` on this database."
            )
        time.sleep(PAUSE)


def _folder(home: Path) -> Path:
    return home / "standby"
