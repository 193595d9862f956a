"""The embedded PostgreSQL: found, prepared, started as our child, stopped."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg
from psycopg import sql

from runtime.errors import Refusal
from runtime.postgres_programs import as_somebody_else, bin_dir, check_version, hand_over
from runtime.processes import (
    await_end,
    bound_to_parent,
    is_running,
    launch,
    number_in,
    stop,
)

DATABASE = "doorway"
PREDECESSOR_SECONDS = 15.0
START_SECONDS = 60.0
STOP_SECONDS = 20.0
# Its log would quote failing statements and duplicate keys, and those hold members' facts.
DISCREET = {"log_min_error_statement": "panic", "log_error_verbosity": "terse"}
TEST_OPTIONS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class EmbeddedPostgres:
    """One server over one data folder, reached by a socket in a private folder below /tmp.

    `database_url()` keeps its meaning over restarts of the server within the life of this object.
    """

    name = "PostgreSQL"

    def __init__(self, home: Path, *, durable: bool = True) -> None:
        home = home.resolve()
        self.data = home / "postgres"
        self.log = home / "logs" / "postgres.log"
        self._remembered = home / "postgres.socket"
        self._durable = durable
        self._socket_dir: Path | None = None
        self._began = 0.0
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def socket_dir(self) -> Path:
        if self._socket_dir is None:
            self._forget_old_socket()
            # A socket's path may have 107 bytes, so it cannot lie in a home that is deep.
            self._socket_dir = Path(tempfile.mkdtemp(prefix="doorway-", dir="/tmp"))
            hand_over(self._socket_dir)
            self._remembered.write_text(str(self._socket_dir))
        return self._socket_dir

    def database_url(self, database: str = DATABASE) -> str:
        """As SQLAlchemy reads it."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.socket_dir}"

    def conninfo(self, database: str = "postgres") -> str:
        """As libpq reads it."""
        return f"host={self.socket_dir} user=postgres dbname={database} connect_timeout=5"

    def start(self) -> None:
        """Start the server and return at once; `wait_until_ready` waits for it."""
        self.data.parent.mkdir(parents=True, exist_ok=True)
        self._wait_for_predecessor()
        if (self.data / "PG_VERSION").exists():
            check_version(self.data)
        else:
            self._create()
        self._began = time.monotonic()
        self._launch()

    def _launch(self) -> None:
        options = {"listen_addresses": "", "unix_socket_directories": str(self.socket_dir)}
        options |= DISCREET | ({} if self._durable else TEST_OPTIONS)
        words = [word for key, value in options.items() for word in ("-c", f"{key}={value}")]
        server = [str(bin_dir() / "postgres"), "-D", str(self.data), *words]
        # Outermost would be forgotten: changing names clears the parent-death signal.
        command = [*as_somebody_else(), *bound_to_parent(server, last_signal="INT")]
        self.process = launch(command, log=self.log)

    def is_ready(self) -> bool:
        """Whether it answers and holds our database; one that died instead ends in a Refusal."""
        if self.process is None or self.process.poll() is not None:
            last_words = _end_of(self.log)
            if "shared memory block" in last_words and self._is_early():
                # The head of a predecessor was killed and its limbs are still ending.
                self._launch()
                return False
            raise Refusal(
                f"The embedded PostgreSQL did not start; the end of {self.log} says why: "
                f"{last_words.splitlines()[-1]}"
            )
        try:
            self.create_database(DATABASE)
        except psycopg.OperationalError:
            return False
        return True

    def _is_early(self) -> bool:
        return time.monotonic() - self._began < PREDECESSOR_SECONDS

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self.is_ready():
            if time.monotonic() > deadline:
                raise Refusal(
                    f"The embedded PostgreSQL has not answered for {START_SECONDS:.0f} s; "
                    f"look at the end of {self.log}."
                )
            time.sleep(0.02)

    def create_database(self, name: str, *, template: str | None = None) -> None:
        """Create it unless it exists; from a template by copying files, which takes 20 ms."""
        with psycopg.connect(self.conninfo(), autocommit=True) as connection:
            exists = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if exists.fetchone():
                return
            make = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
            if template:
                copy = sql.SQL(" TEMPLATE {} STRATEGY file_copy")
                make += copy.format(sql.Identifier(template))
            connection.execute(make)

    def drop_database(self, name: str) -> None:
        with psycopg.connect(self.conninfo(), autocommit=True) as connection:
            drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
            connection.execute(drop.format(sql.Identifier(name)))

    def stop(self) -> None:
        """Fast shutdown: open transactions are rolled back, what was committed stays."""
        if self.process is not None:
            stop(self.process, signal.SIGINT, patience=STOP_SECONDS)
        if self._socket_dir is not None:
            shutil.rmtree(self._socket_dir, ignore_errors=True)
            self._remembered.unlink(missing_ok=True)
            self._socket_dir = None

    def _forget_old_socket(self) -> None:
        """Remove what a killed predecessor left in /tmp."""
        with contextlib.suppress(OSError):
            old = Path(self._remembered.read_text())
            if old.parent == Path("/tmp") and old.name.startswith("doorway-"):
                shutil.rmtree(old, ignore_errors=True)

    def _wait_for_predecessor(self) -> None:
        """A server whose parent was killed shuts down by itself: let it finish."""
        pid_file = self.data / "postmaster.pid"
        pid = number_in(pid_file)
        if pid is None or not is_running(pid):
            return
        if not await_end(pid, str(self.data), patience=PREDECESSOR_SECONDS):
            raise Refusal(
                f"Another PostgreSQL (process {pid}) still works in {self.data}; "
                "stop it, or choose another DOORWAY_HOME."
            )
        if is_running(pid):
            # The number belongs to another program by now, and PostgreSQL would not dare to start.
            pid_file.unlink(missing_ok=True)

    def _create(self) -> None:
        """Write a new cluster beside its place and move it there whole."""
        fresh = self.data.with_name("postgres.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        hand_over(fresh)
        command = [str(bin_dir() / "initdb"), "-D", str(fresh), "-U", "postgres", "--auth=trust"]
        command += ["-E", "UTF8", "--no-locale", "--no-instructions"]
        command += [] if self._durable else ["--no-sync"]
        made = subprocess.run(
            [*as_somebody_else(), *command],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "LC_ALL": "C"},
            # Ctrl-C in a terminal is for the parent alone.
            start_new_session=True,
        )
        if made.returncode != 0:
            told = (made.stderr or made.stdout).strip().splitlines() or ["(it says nothing)"]
            raise Refusal(
                f"PostgreSQL could not write a database below {self.data.parent}: {told[-1]}"
            )
        shutil.rmtree(self.data, ignore_errors=True)
        fresh.rename(self.data)


def _end_of(log: Path) -> str:
    with contextlib.suppress(OSError):
        lines = log.read_text(errors="replace").strip().splitlines()
        return "\n".join(lines[-4:]) or "(it is empty)"
    return "(it cannot be read)"
