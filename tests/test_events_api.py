"""Live pages: an outcome in the database reaches the pages that show it, and only those."""

import asyncio
from collections.abc import AsyncIterator

import make
import pytest_asyncio
from desk import Desk, open_desk
from sqlalchemy import Connection, text

from api.events import Hub


@pytest_asyncio.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    make.save(
        database_url, make.pharmacy(), make.member(), make.enrollment(),
        make.member("m2"), make.enrollment("e2", "m2"),
    )  # fmt: skip
    async with open_desk(database_url) as opened:
        yield opened


async def test_an_outcome_wakes_its_member_and_today_but_nobody_else(
    desk: Desk, database_url: str
) -> None:
    hub: Hub = desk.app.state.hub
    async with hub.watch("e1") as ana, hub.watch("e2") as other, hub.watch(None) as today:
        await listening(hub, ana, other, today)
        make.save(database_url, make.outcome("e1"))
        async with asyncio.timeout(10):
            await ana.changed.wait()
            await today.changed.wait()
        assert not other.changed.is_set()


async def test_a_lost_connection_is_opened_again_and_every_page_looks_anew(
    desk: Desk, connection: Connection, database_url: str
) -> None:
    hub: Hub = desk.app.state.hub
    async with hub.watch("e1") as ana:
        await listening(hub, ana)
        connection.execute(text(LISTENERS.replace("pid", "pg_terminate_backend(pid)", 1)))
        async with asyncio.timeout(15):
            await ana.changed.wait()
        ana.changed.clear()
        make.save(database_url, make.outcome("e1"))
        async with asyncio.timeout(10):
            await ana.changed.wait()


async def test_nobody_listens_when_nobody_watches(desk: Desk, connection: Connection) -> None:
    hub: Hub = desk.app.state.hub
    async with hub.watch("e1") as ana:
        await listening(hub, ana)
        assert len(connection.execute(text(LISTENERS)).all()) == 1
    # The server notices a closed connection a moment after it was closed.
    async with asyncio.timeout(10):
        while connection.execute(text(LISTENERS)).all():
            await asyncio.to_thread(connection.execute, text("select pg_sleep(0.01)"))


LISTENERS = (
    "select pid from pg_stat_activity where query like 'listen %' and datname = current_database()"
)


async def listening(hub: Hub, *watchers: object) -> None:
    """Wait for the connection; its first act tells every page to look, which is taken back."""
    async with asyncio.timeout(10):
        await hub.ready.wait()
    for watcher in watchers:
        watcher.changed.clear()  # type: ignore[attr-defined]
