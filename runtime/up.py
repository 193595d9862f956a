"""`doorway up`: servers, tables, clock, API and worker, kept running until told to stop."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from time import monotonic

from sqlalchemy import Engine, create_engine, select
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from domain.clock import REAL, Clock
from runtime import standby
from runtime.clock import hold_clock, keep_promise, rate_of, start_clock, wall_now
from runtime.doctor_settings import refuse_unusable_files
from runtime.encryption import temporal_key
from runtime.errors import Refusal
from runtime.home import Running, sole_tenant
from runtime.migrations import migrate
from runtime.postgres import EmbeddedPostgres
from runtime.processes import port_is_free
from runtime.settings import Settings
from runtime.supervisor import Part, PythonPart, Supervisor
from runtime.temporal_server import EmbeddedTemporal, look_for_server
from store.models import StaffMember

PROMISE_EVERY = 0.5
WORKER_PATIENCE = 12.0


class House:
    """Everything `up` and `demo` run below one home."""

    def __init__(self, settings: Settings, supervisor: Supervisor) -> None:
        self.settings = settings
        self.supervisor = supervisor
        self.home = settings.home
        self.base_url = settings.public_base_url or f"http://127.0.0.1:{settings.port}"
        self.database_url = settings.database_url
        self.temporal_address = settings.temporal_address
        self.clock: Clock = REAL
        self._promised = 0.0
        self._engine: Engine | None = None
        self._more: dict[str, str] = {}

    def start_servers(self) -> None:
        """The embedded servers that no setting replaces, then the tables."""
        self._refuse_a_taken_port()
        # What cannot be used is refused before anything runs.
        temporal_key(self.settings)
        refuse_unusable_files(self.settings)
        servers: list[Part] = []
        if self.temporal_address:
            look_for_server(self.temporal_address)
        if not self.database_url:
            postgres = EmbeddedPostgres(self.home)
            self.database_url = postgres.database_url()
            servers.append(postgres)
        if not self.temporal_address:
            temporal = EmbeddedTemporal(self.home, self.settings.temporal_namespace)
            servers.append(temporal)
        self.supervisor.start(*servers)
        if not self.temporal_address:
            self.temporal_address = temporal.address
        if not self.supervisor.stopping:
            migrate(self.database_url)

    def start_clock(self, day_seconds: float | None) -> None:
        """Set business time going."""
        rate = None if day_seconds is None else rate_of(day_seconds)
        with self.engine.connect() as connection:
            self.clock = start_clock(connection, wall_now(), rate=rate)

    def hold_clock(self, begin: datetime | None) -> None:
        """A rehearsal's time stands until all is up: a new one's at `begin`."""
        with self.engine.connect() as connection:
            hold_clock(connection, wall_now(), begin)

    def start_programs(self, day_seconds: float | None, *more: Part) -> None:
        """API and worker (and more) side by side; `run.json` tells others where everything is.

        Business time goes on when API and worker have loaded.
        """
        self._refuse_a_taken_port()
        port = self.settings.port
        env = self.environment()
        readers = (
            self.program("worker", env, patience=WORKER_PATIENCE),
            self.program("api", env, port=port),
        )
        self.hold_clock(None if day_seconds is None else wall_now())
        standby.clear(self.home)
        self.supervisor.launch(*readers, *more)
        self.supervisor.wait_for(readers, self._stands_by)
        if self.supervisor.stopping:
            return
        self.start_clock(day_seconds)
        self.supervisor.wait_for((*readers, *more), lambda part: part.is_ready())
        embedded = {
            "database_url": "" if self.settings.database_url else self.database_url,
            "temporal_address": "" if self.settings.temporal_address else self.temporal_address,
        }
        Running(os.getpid(), port, self.base_url, **embedded).write(self.home)

    def _stands_by(self, part: PythonPart) -> bool:
        return part.is_alive().pid in standby.waiting(self.home)

    def _refuse_a_taken_port(self) -> None:
        """Before anything is loaded, and again before the API starts."""
        port = self.settings.port
        if not port_is_free(port):
            raise Refusal(
                f"Port {port} is taken by another program; give Doorway another one "
                "with --port or DOORWAY_PORT."
            )

    def program(
        self, name: str, env: Mapping[str, str], *, port: int | None = None, patience: float = 5.0
    ) -> PythonPart:
        log = self.home / "logs" / f"{name}.log"
        words = ("runtime.cli", name)
        return PythonPart(name, words, log=log, env=env, port=port, patience=patience)

    def add_environment(self, more: Mapping[str, str]) -> None:
        self._more.update(more)

    def environment(self) -> dict[str, str]:
        """What a child is told, over what we were told."""
        return {
            **os.environ,
            "DOORWAY_HOME": str(self.home),
            "DOORWAY_PORT": str(self.settings.port),
            "DOORWAY_DATABASE_URL": self.database_url,
            "DOORWAY_TEMPORAL_ADDRESS": self.temporal_address,
            "DOORWAY_PUBLIC_BASE_URL": self.base_url,
            "DOORWAY_PARENT_PID": str(os.getpid()),
            "PYTHONUNBUFFERED": "1",
            **self._more,
        }

    @property
    def engine(self) -> Engine:
        """To the database; made new when its address is."""
        if self._engine is None:
            self._engine = create_engine(self.database_url, pool_pre_ping=True)
        return self._engine

    def business_now(self) -> datetime:
        return self.clock.at(wall_now())

    def keep_clock(self) -> None:
        """Twice a second: note how far business time has been seen, for the next start."""
        if self.clock == REAL or monotonic() - self._promised < PROMISE_EVERY:
            return
        self._promised = monotonic()
        try:
            with self.engine.connect() as connection:
                keep_promise(connection, self.clock, wall_now())
        except OperationalError:
            # PostgreSQL is being started again; the next half second tries once more.
            return

    def close(self) -> None:
        if self._engine is not None:
            self._engine.dispose()


def say_where(made: House, tell: Callable[[str], None]) -> None:
    """The console's address and, where nobody can sign in yet, how to."""
    tell(f"Console:  {made.base_url}")
    with made.engine.connect() as connection:
        if connection.execute(select(StaffMember.id).limit(1)).first() is not None:
            return
    made_one = subprocess.run(
        [sys.executable, "-m", "runtime.first_account"],
        env=made.environment(),
        capture_output=True,
        text=True,
        check=False,
        # Ctrl-C in a terminal is for the parent alone.
        start_new_session=True,
    )
    if made_one.returncode != 0:
        raise Refusal("The first account could not be made; start Doorway again.")
    if made_one.stdout:
        login, password = made_one.stdout.split()
        tell(f"Sign in as {login} with the password {password} (shown this once only).")


@contextmanager
def house(settings: Settings, tell: Callable[[str], None]) -> Iterator[House]:
    """A house for one run: locked while it is lived in, everything stopped at the end."""
    supervisor = Supervisor(tell)
    with ExitStack() as stack:
        stack.enter_context(sole_tenant(settings.home))
        supervisor.listen_to_signals()
        stack.callback(supervisor.stop)
        made = House(settings, supervisor)
        stack.callback(_last_words, made)
        yield made


def _last_words(made: House) -> None:
    made._promised = 0.0
    # What cannot be noted any more was noted half a second ago, a second ahead.
    with suppress(SQLAlchemyError):
        made.keep_clock()
    made.close()


def up(settings: Settings, day_seconds: float | None, tell: Callable[[str], None]) -> None:
    """Run until a signal comes."""
    with house(settings, tell) as made:
        made.start_servers()
        if not made.supervisor.stopping:
            made.start_programs(day_seconds)
        if not made.supervisor.stopping:
            say_where(made, tell)
            tell("Ctrl-C stops it.")
            if not settings.twilio.complete:
                tell("No text is sent: no carrier is set up yet. `doorway doctor` says what lacks.")

        def each_moment() -> bool:
            made.keep_clock()
            return False

        made.supervisor.run(each_moment)
        tell("Stopping ...")
