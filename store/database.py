"""Connections: one engine a process, one transaction a unit of work."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

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
        try:
            async with transaction() as session:
                return await work(session)
        except DBAPIError as refused:
            if not left or getattr(refused.orig, "sqlstate", None) not in _AGAIN:
                raise
            await asyncio.sleep(0.05 * (_TRIES - left))
    raise AssertionError("unreachable")


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
