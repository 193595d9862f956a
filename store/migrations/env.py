"""Alembic's entry: runs online, on the address `store.migrate` was given."""

from alembic import context
from sqlalchemy import create_engine

from store.models import Base


def run() -> None:
    engine = create_engine(context.config.attributes["database_url"])
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=Base.metadata)
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
