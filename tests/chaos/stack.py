"""The real stack below one home: started, found by process ids, killed whole, read at the end."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import create_engine, text

from chaos.evidence import Evidence, read_log, read_spool, read_tables
from runtime.postgres import EmbeddedPostgres
from runtime.processes import free_port

TESTS = Path(__file__).parents[1]
START_SECONDS = 120.0
ACCEPTED = b'"kind": "accepted"'
READY = '"event": "worker_ready"'
BEHIND = """
with c as (select business + (now() - wall) * rate - :bound_business as line from clock)
select (select count(*) from enrollments, c where started_at is not null and nudged_at < line)
     + (select count(*) from intents where status in ('sending', 'unknown')
        and lease_until < now() - :bound)
     + (select count(*) from intents, c where status = 'pending' and due_at < line)
"""
MARKS = {
    "worker": ("chaos.house worker",),
    "api": ("chaos.house api",),
    "simulator": ("-m simulator",),
    "temporal": ("server start-dev",),
    "postgres": ("bin/postgres",),
}
"""What stands in the command line of each part."""


class StackFailed(Exception):
    """It did not come up: a sentence for whoever reads the run."""


class Stack:
    """`doorway demo` with faults; the simulated carrier's settings and log lie in its home."""

    def __init__(
        self, home: Path, *, members: int, day_seconds: float, seed: int, as_of: date,
        bugs: Sequence[str] = (),
    ) -> None:  # fmt: skip
        self.home = home
        self.port = free_port()
        self._bugs = ",".join(bugs)
        self._words = [
            sys.executable, "-m", "chaos.house", "demo", "--members", str(members),
            "--day-seconds", f"{day_seconds:g}", "--seed", str(seed), "--port", str(self.port),
            "--as-of", as_of.isoformat(),
        ]  # fmt: skip
        self._day_seconds = day_seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._logged = 0

    @property
    def log(self) -> Path:
        return self.home / "simulator" / "carrier.jsonl"

    def start(self, faults: Mapping[str, float]) -> None:
        """Start, or go on after a kill; returns when `run.json` names this run."""
        clean = {k: v for k, v in os.environ.items() if not k.startswith("DOORWAY_")}
        env = {**clean, "DOORWAY_HOME": str(self.home), "CHAOS_FAULTS": json.dumps(faults)}
        env |= {"CHAOS_BUGS": self._bugs, "PYTHONPATH": str(TESTS)}
        # A harness that is killed leaves no house behind.
        env["DOORWAY_PARENT_PID"] = str(os.getpid())
        self.home.mkdir(parents=True, exist_ok=True)
        log = self.home / "logs" / "worker.log"
        self._logged = len(log.read_text(errors="replace")) if log.exists() else 0
        with (self.home / "house.log").open("ab") as output:
            self._process = subprocess.Popen(
                self._words, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )
        deadline = time.monotonic() + START_SECONDS
        while self.addresses().get("pid") != self._process.pid:
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise StackFailed(f"The stack did not start; {self.home}/house.log says why.")
            time.sleep(0.1)

    def await_worker(self) -> None:
        """Until the worker of this start says that it works."""
        log = self.home / "logs" / "worker.log"
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if log.exists() and log.read_text(errors="replace")[self._logged :].count(READY):
                return
            time.sleep(0.2)
        raise StackFailed(f"The worker is not ready; {log} says why.")

    def accepted(self) -> int:
        """How many texts the carrier has taken until now."""
        return self.log.read_bytes().count(ACCEPTED) if self.log.exists() else 0

    def addresses(self) -> Mapping[str, object]:
        """What the running house says of itself: pid, base_url, database_url."""
        with suppress(OSError, ValueError):
            found: Mapping[str, object] = json.loads((self.home / "run.json").read_text())
            return found
        return {}

    def simulation(self) -> Mapping[str, object]:
        found: Mapping[str, object] = json.loads((self.home / "simulator/secrets.json").read_text())
        return found

    def pid_of(self, part: str) -> int | None:
        """Of a part that runs now: a child of our own process, and no other's."""
        for pid in self._children():
            with suppress(OSError):
                words = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
                if all(mark in words for mark in MARKS[part]):
                    return pid
        return None

    def _children(self) -> list[int]:
        if self._process is None:
            return []
        with suppress(OSError):
            listed = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
            return [int(pid) for pid in listed.read_text().split()]
        return []

    def kill_all(self) -> None:
        """Every process at once, as when the power fails."""
        assert self._process
        pids = [*self._children(), self._process.pid]
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait()

    def behind(self, bound: timedelta) -> int:
        """Journeys and texts that have waited for longer than the bound, as the tables say now."""
        engine = create_engine(str(self.addresses()["database_url"]))
        with engine.connect() as connection:
            late = {"bound": bound, "bound_business": bound * (86_400 / self._day_seconds)}
            found: int = connection.execute(text(BEHIND), late).scalar_one()
        engine.dispose()
        return found

    def stop(self) -> None:
        """In order, as its user would."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(60)
        except subprocess.TimeoutExpired:
            self.kill_all()

    def evidence(self) -> Evidence:
        """Read everything once all stands still; only a database is started again for it."""
        wall = datetime.now(UTC)
        server = EmbeddedPostgres(self.home)
        server.start()
        try:
            server.wait_until_ready()
            engine = create_engine(server.database_url())
            with engine.connect() as connection:
                tables = read_tables(connection)
                now = connection.execute(text("select promised from clock")).scalar_one()
            engine.dispose()
        finally:
            server.stop()
        manifest, files = read_spool(self.home / "spool" / "letters")
        rate = 86_400 / self._day_seconds
        return Evidence(read_log(self.log), now, wall, rate, tables, manifest, files)
