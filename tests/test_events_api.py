"""Live pages: an outcome in the database reaches the pages that show it, and only those."""

import asyncio
from collections.abc import AsyncIterator

import make
import pytest
import pytest_asyncio
from desk import Desk, open_desk
from sqlalchemy import Connection, text
from starlette.requests import Request

from api.console import live
from api.events import Hub
from store.staff import IDLE


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


async def test_a_stream_ends_with_its_session_and_sends_the_page_to_the_door(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(live, "REST_SECONDS", 0)
    async with desk.signed_in() as coordinator:
        cookie = f"doorway={coordinator.browser.cookies['doorway']}"
    scope = {"type": "http", "app": desk.app, "headers": [(b"cookie", cookie.encode())]}
    stream = live._stream(Request(scope), "e1")
    async with asyncio.timeout(10):
        first = await anext(aiter(stream))
        desk.time.pass_by(IDLE)
        rest = [event async for event in stream]
    assert first.event == "changed"
    assert rest[-1].event == "changed"


LISTENERS = (
    "select pid from pg_stat_activity where query like 'listen %' and datname = current_database()"
)


async def listening(hub: Hub, *watchers: object) -> None:
    """Wait for the connection; its first act tells every page to look, which is taken back."""
    async with asyncio.timeout(10):
        await hub.ready.wait()
    for watcher in watchers:
        watcher.changed.clear()  # type: ignore[attr-defined]
