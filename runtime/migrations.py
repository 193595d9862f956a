"""Brings a database to the tables of this version."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

import store
from runtime.errors import Refusal

# Any number will do as long as every Doorway asks for the same lock.
LOCK = 0x646F6F72


def migrate(database_url: str) -> None:
    """Run every migration not yet run; two at once take turns."""
    config = Config()
    folder = Path(store.__file__).parent / "migrations"
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.set_main_option("sqlalchemy.url", database_url.replace("%", "%%"))
    engine = create_engine(database_url)
    try:
        with engine.connect() as turn:
            turn.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": LOCK})
            command.upgrade(config, "head")
            turn.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": LOCK})
    except OperationalError as failed:
        raise Refusal(
            "The database of DOORWAY_DATABASE_URL cannot be reached; check that PostgreSQL runs "
            "and that host, port, user, password and database name in it are right."
        ) from failed
    finally:
        engine.dispose()
