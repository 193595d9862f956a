"""Brings a database to the tables of this version, or says in a sentence why it cannot."""

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.exc import ArgumentError, OperationalError

from runtime.database import UNREACHABLE
from runtime.errors import Refusal
from store.migrate import config, upgrade


def migrate(database_url: str) -> None:
    """Run every migration not yet run; two at once take turns."""
    try:
        upgrade(database_url)
    except ArgumentError as wrong:
        raise Refusal(
            "DOORWAY_DATABASE_URL is not an address of a database; it looks like "
            "postgresql+psycopg://name:password@host:5432/doorway."
        ) from wrong
    except OperationalError as failed:
        raise Refusal(UNREACHABLE) from failed


def is_current(connection: Connection, database_url: str) -> bool:
    """Whether every migration of this version has been run."""
    heads = set(ScriptDirectory.from_config(config(database_url)).get_heads())
    return set(MigrationContext.configure(connection).get_current_heads()) == heads
