"""For an identification that runs again: the pharmacies members have, so that nobody is moved."""

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError

from runtime.settings import Settings
from store.attributions_loading import copy_kept
from store.database import dialect_url


@contextlib.contextmanager
def pharmacies_kept(settings: Settings, *, needed: bool) -> Iterator[Path | None]:
    """A CSV file, for a while: person_id, program, npi of running enrollments that have one.

    None without a database, or where it does not answer and is not `needed`: a dry run says the
    same with and without one, but for members who have a pharmacy already.
    """
    with tempfile.TemporaryDirectory(prefix="doorway-kept-") as made:
        file = Path(made) / "kept.csv"
        try:
            found = _copied(settings, file)
        except (SQLAlchemyError, psycopg.Error):
            if needed:
                raise
            found = False
        yield file if found else None


def _copied(settings: Settings, file: Path) -> bool:
    if not settings.database_url:
        return False
    engine = create_engine(dialect_url(settings.database_url))
    try:
        with engine.connect() as connection, file.open("wb") as out:
            # SQLAlchemy does not say that its driver here is psycopg.
            copy_kept(connection.connection.driver_connection, out)  # type: ignore[arg-type]
    finally:
        engine.dispose()
    return True
