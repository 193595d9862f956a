"""What the simulated world will do next: jobs by business time."""

import asyncio
import heapq
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from simulator.clock import ProductClock

Job = Callable[[], Awaitable[None]]

AT_ONCE = 32
LONGEST_NAP = 0.5

log = logging.getLogger(__name__)


@dataclass(order=True, slots=True)
class _Entry:
    due: datetime
    order: int
    job: Job = field(compare=False)


class Agenda:
    """Jobs run at or after their business time, each once, in order of that time."""

    def __init__(self, clock: ProductClock) -> None:
        self._clock = clock
        self._entries: list[_Entry] = []
        self._order = count()
        self._changed = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()
        self._room = asyncio.Semaphore(AT_ONCE)

    def __len__(self) -> int:
        return len(self._entries)

    def at(self, due: datetime, job: Job) -> None:
        heapq.heappush(self._entries, _Entry(due, next(self._order), job))
        self._changed.set()

    def after(self, delay: timedelta, job: Job) -> None:
        self.at(self._clock.now() + delay, job)

    def next_due(self) -> datetime | None:
        return self._entries[0].due if self._entries else None

    async def run_due(self) -> int:
        """Run what is due, and what that makes due, to its end; how many jobs ran."""
        done = 0
        while job := self._take():
            await _guarded(job)
            done += 1
        return done

    async def run(self) -> None:
        """Run jobs side by side as they fall due, until cancelled."""
        try:
            while True:
                await self._room.acquire()
                if job := self._take():
                    self._start(job)
                else:
                    self._room.release()
                    await self._nap()
        finally:
            for task in self._running:
                task.cancel()

    def _take(self) -> Job | None:
        if self._entries and self._entries[0].due <= self._clock.now():
            return heapq.heappop(self._entries).job
        return None

    def _start(self, job: Job) -> None:
        task = asyncio.create_task(_guarded(job))
        self._running.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._room.release()

    async def _nap(self) -> None:
        self._changed.clear()
        wait = LONGEST_NAP
        if self._entries:
            due_in = self._clock.wall_seconds(self._entries[0].due - self._clock.now())
            wait = min(wait, max(due_in, 0.001))
        # Not wait_for: in Python 3.11 it loses a cancellation that comes with the event.
        with suppress(TimeoutError):
            async with asyncio.timeout(wait):
                await self._changed.wait()


async def _guarded(job: Job) -> None:
    # One job that fails must not end the simulated world.
    try:
        await job()
    except Exception as failure:
        log.error("a simulated job failed: %s", type(failure).__name__)
