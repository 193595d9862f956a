"""The first look into a database: it answers and has our tables, or a sentence says what lacks."""

from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError, ProgrammingError

from domain.clock import Clock
from runtime.clock import load_clock
from runtime.errors import Refusal
from store.database import dialect_url

UNREACHABLE = (
    "The database of DOORWAY_DATABASE_URL cannot be reached; check that PostgreSQL runs "
    "and that host, port, user, password and database name in it are right."
)


def read_clock(database_url: str) -> Clock:
    """The clock everybody on this database goes by."""
    if not database_url:
        raise Refusal(
            "No database is known: set DOORWAY_DATABASE_URL, or start `doorway up`, which runs "
            "one of its own."
        )
    engine = create_engine(dialect_url(database_url))
    try:
        with engine.connect() as connection:
            return load_clock(connection)
    except OperationalError:
        # What the driver says may repeat the address.
        raise Refusal(UNREACHABLE) from None
    except ProgrammingError:
        raise Refusal(
            "The database of DOORWAY_DATABASE_URL lacks our tables; run `doorway migrate`."
        ) from None
    finally:
        engine.dispose()
