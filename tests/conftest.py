"""Things with a lifetime: the database server, a database for one test, Temporal."""

import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import settings
from sqlalchemy import Connection, create_engine
from temporalio.testing import WorkflowEnvironment

from runtime.migrations import migrate
from runtime.postgres import EmbeddedPostgres
from runtime.temporal import plugin
from runtime.temporal_server import temporal_binary

# A slow machine is no bug, and the same commit is tried with the same cases everywhere;
# `--hypothesis-profile=explore` looks for new ones.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None)
settings.load_profile("steady")

TEMPLATE = "doorway_template"
KEY = bytes(32)
SKIPPING = [
    "--dynamic-config-value", "frontend.WorkflowTimeSkippingEnabled=true",
    # A skip takes 0.12 s with this, 1.0 s without.
    "--dynamic-config-value", 'history.timerProcessorMaxTimeShift="1ms"',
    "--log-level", "error",
]  # fmt: skip


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """A PostgreSQL of this run, with a migrated template."""
    server = EmbeddedPostgres(tmp_path_factory.mktemp("postgres"), durable=False)
    try:
        server.start()
        server.wait_until_ready()
        server.create_database(TEMPLATE)
        migrate(server.database_url(TEMPLATE))
        yield server
    finally:
        server.stop()


@pytest.fixture
def database_url(postgres: EmbeddedPostgres) -> Iterator[str]:
    """A migrated, empty database of this test alone."""
    name = f"test_{uuid.uuid4().hex}"
    postgres.create_database(name, template=TEMPLATE)
    yield postgres.database_url(name)
    postgres.drop_database(name)


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    """A plain connection to the test's database, to arrange and to look; it commits by itself."""
    engine = create_engine(database_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as open_connection:
        yield open_connection
    engine.dispose()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def temporal() -> AsyncIterator[WorkflowEnvironment]:
    """The real dev server with skipped time, our converter and sandbox.

    Time runs on whenever a workflow is idle. A test that sends a reply "on day 5" starts inside
    `temporal.with_time_skipping_disabled()` and drives with `temporal.fast_forward(handle, ...)`.
    """
    async with await skipping_environment() as environment:
        yield environment


async def skipping_environment(launches: int = 3) -> WorkflowEnvironment:
    """Started again when it fails: it chooses its ports itself and may lose one to a neighbour."""
    try:
        return await WorkflowEnvironment.start_time_skipping_v2(
            plugins=[plugin(KEY)],
            dev_server_existing_path=str(temporal_binary()),
            dev_server_extra_args=SKIPPING,
        )
    except RuntimeError:
        if launches == 1:
            raise
        return await skipping_environment(launches - 1)


@pytest.fixture
def shared() -> Path:
    """Data sets that lie beside the checkout; tests that need them skip elsewhere."""
    folder = Path(__file__).parents[2] / "shared"
    if not folder.exists():
        pytest.skip("the shared data sets do not lie beside this checkout")
    return folder
