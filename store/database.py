"""Connections: one engine a process, one transaction a unit of work."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

Transaction = Callable[[], AbstractAsyncContextManager[AsyncSession]]
"""`async with transaction() as session:` commits at the end, rolls back on an error."""


def dialect_url(database_url: str) -> str:
    """Operators write `postgresql://`; the driver is ours to choose."""
    for scheme in ("postgresql://", "postgres://"):
        if database_url.startswith(scheme):
            return "postgresql+psycopg://" + database_url.removeprefix(scheme)
    return database_url


def engine(database_url: str, *, size: int = 10) -> AsyncEngine:
    # A server that was restarted leaves dead connections behind: each is tried before use.
    return create_async_engine(
        dialect_url(database_url), pool_size=size, max_overflow=5, pool_pre_ping=True
    )


def transactions(opened: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    return async_sessionmaker(opened, expire_on_commit=False)
