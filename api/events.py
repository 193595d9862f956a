"""Live pages: one LISTEN connection a process, and whoever watches is told that something changed.

The connection is opened by the first page that watches and closed with the last, so that nothing
has to be started or stopped beside the app. Events carry no content: the page asks for its
fragment again, and only then is anything read, with the rights of whoever asks.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import psycopg
from sqlalchemy.ext.asyncio import AsyncEngine

from api.deps import Sessions

CHANNEL = "doorway_outcome"
RECONNECT_SECONDS = 1.0
# A demo's month passes in minutes: a page that redraws more often than this cannot be read.
REST_SECONDS = 1.0


class Watcher:
    """One open page; `enrollment_id` None: it shows everybody."""

    def __init__(self, enrollment_id: str | None) -> None:
        self.enrollment_id = enrollment_id
        self.changed = asyncio.Event()


class Hub:
    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._watchers: set[Watcher] = set()
        self._listening: asyncio.Task[None] | None = None
        self.ready = asyncio.Event()
        """Set while the database is listened to."""

    @contextlib.asynccontextmanager
    async def watch(self, enrollment_id: str | None) -> AsyncIterator[Watcher]:
        watcher = Watcher(enrollment_id)
        self._watchers.add(watcher)
        if self._listening is None:
            self._listening = asyncio.create_task(self._listen(), name="outcome-listener")
        try:
            yield watcher
        finally:
            self._watchers.discard(watcher)
            if not self._watchers:
                await self.close()

    async def close(self) -> None:
        listening, self._listening = self._listening, None
        if listening is not None:
            listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await listening

    async def _listen(self) -> None:
        while True:
            with contextlib.suppress(psycopg.OperationalError):
                await self._listen_once()
            self.ready.clear()
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _listen_once(self) -> None:
        conninfo = _conninfo(self._sessions)
        connection = await psycopg.AsyncConnection.connect(conninfo, autocommit=True)
        async with connection:
            await connection.execute(f"listen {CHANNEL}")
            self.ready.set()
            # What happened while nobody listened is unknown: every page looks again.
            self._tell(None)
            async for note in connection.notifies():
                self._tell(note.payload)

    def _tell(self, enrollment_id: str | None) -> None:
        for watcher in self._watchers:
            if enrollment_id is None or watcher.enrollment_id in (None, enrollment_id):
                watcher.changed.set()


def _conninfo(sessions: Sessions) -> str:
    """As libpq reads it, from the engine the sessions were made with."""
    engine = sessions.kw["bind"]
    assert isinstance(engine, AsyncEngine)
    return engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
