"""The steps of a run: each is kept when it is finished, and a run begun again takes up after it."""

import time
from collections.abc import Callable, Mapping
from hashlib import file_digest, sha256
from pathlib import Path

import duckdb

_CODE = Path(__file__).parent


class Steps:
    """Tells the caller which step runs, keeps how long each took, and what it made.

    What a step makes, and that it is finished, are one transaction of the run's database: after a
    kill at any moment the database holds whole steps and nothing of the one that was at work.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection, progress: Callable[[str], None]) -> None:
        self._con = con
        self._progress = progress
        con.execute("create table if not exists step_done (nth int, name varchar, seconds double)")
        done = con.execute("select name, seconds from step_done order by nth").fetchall()
        self.seconds: dict[str, float] = {str(name): float(took) for name, took in done}
        """Of every step so far, those of an earlier process included."""

    def take(self, name: str, *works: Callable[[], object]) -> None:
        """Does the works one after another, unless the step was finished by an earlier process."""
        if name in self.seconds:
            return
        self.last(name, *works)
        self._con.execute(
            "insert into step_done values (?, ?, ?)", [len(self.seconds), name, self.seconds[name]]
        )
        self._con.execute("commit")
        self._con.execute("begin")

    def last(self, name: str, *works: Callable[[], object]) -> None:
        """A step whose results leave the database: done by every process that comes to it."""
        self._progress(name)
        started = time.perf_counter()
        for work in works:
            work()
        self.seconds[name] = round(time.perf_counter() - started, 3)


def made_of(inputs: Mapping[str, str], kept: Path | None, *rules: object) -> str:
    """A digest of the files, the rules and this room's own code: the same give the same steps.

    `inputs` are the files' digests; the rules are tuples, mappings and dataclasses of them.
    """
    told = sha256(repr((sorted(inputs.items()), rules)).encode())
    for file in ([kept] if kept else []) + sorted(_CODE.rglob("*.py")):
        with file.open("rb") as content:
            told.update(file_digest(content, "sha256").digest())
    return told.hexdigest()
