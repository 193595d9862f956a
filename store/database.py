"""Connections: one engine a process, one transaction a unit of work."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from time import monotonic
from typing import TypeVar

from sqlalchemy import Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, InvalidatePoolError
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.pool import ConnectionPoolEntry

Transaction = Callable[[], AbstractAsyncContextManager[AsyncSession]]
"""`async with transaction() as session:` commits at the end, rolls back on an error."""


Result = TypeVar("Result")

# Two transactions that wait for each other, or that a restart cut off: nothing was done, so that
# it may be done again.
_AGAIN = ("40001", "40P01", "57P01")
_TRIES = 5


async def in_transaction(
    transaction: Transaction, work: Callable[[AsyncSession], Awaitable[Result]]
) -> Result:
    """Run `work` in one transaction, again when the database asks for it.

    For what nobody would retry for us: a webhook, the record of a carrier's answer.
    """
    for left in reversed(range(_TRIES)):
        worked = False
        try:
            async with transaction() as session:
                result = await work(session)
                worked = True
            return result
        except DBAPIError as refused:
            # Cut off before the commit, nothing was done; cut off in it, nobody knows.
            undone = refused.connection_invalidated and not worked
            undone = undone or getattr(refused.orig, "sqlstate", None) in _AGAIN
            if not left or not undone:
                raise
            await asyncio.sleep(0.05 * (_TRIES - left))
    raise AssertionError("unreachable")


def dialect_url(database_url: str) -> str:
    """Operators write `postgresql://`; the driver is ours to choose."""
    for scheme in ("postgresql://", "postgres://"):
        if database_url.startswith(scheme):
            return "postgresql+psycopg://" + database_url.removeprefix(scheme)
    return database_url


STALE = 1.0
"""A connection that lay idle for as many seconds is tried before use: a server that was restarted
leaves dead ones behind. To try it every time would cost every transaction a question more."""


def engine(database_url: str, *, size: int = 10) -> AsyncEngine:
    # The connection used last comes first: its statements are prepared.
    opened = create_async_engine(
        dialect_url(database_url), pool_size=size, max_overflow=5, pool_use_lifo=True
    )
    _try_stale_ones(opened.sync_engine)
    return opened


def _try_stale_ones(opened: Engine) -> None:
    @event.listens_for(opened, "checkin")
    def _rests(_connection: object, record: ConnectionPoolEntry) -> None:
        record.info["since"] = monotonic()

    @event.listens_for(opened, "checkout")
    def _is_tried(connection: DBAPIConnection, record: ConnectionPoolEntry, _: object) -> None:
        since = record.info.get("since")
        if since is None or monotonic() - since < STALE:
            return
        try:
            opened.dialect.do_ping(connection)
        except opened.dialect.loaded_dbapi.Error as dead:
            raise InvalidatePoolError from dead


def transactions(opened: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    return async_sessionmaker(opened, expire_on_commit=False)
