"""Brings a database to the newest schema; safe to call at every start and from two processes."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text


def config(database_url: str) -> Config:
    """Alembic without an ini file: the address comes from the caller."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    made.attributes["database_url"] = database_url
    return made


def upgrade(database_url: str) -> None:
    """Run what is missing; a second caller waits for the first."""
    engine = create_engine(database_url)
    with engine.connect() as lock:
        # Alembic commits between revisions, so the lock is the session's, not a transaction's.
        lock.execute(text("select pg_advisory_lock(7305)"))
        command.upgrade(config(database_url), "head")
        lock.execute(text("select pg_advisory_unlock(7305)"))
    engine.dispose()
