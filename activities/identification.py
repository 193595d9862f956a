"""The nightly run, and what follows any run: who no longer fits leaves, who fits again stays."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import structlog
from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from activities.exits import leave, stay
from store import runs
from store.database import Transaction
from store.models import IdentificationRun

log = structlog.get_logger()

SOURCE = "identification"
BEAT = 2.0
HOW = {0: "done", 2: "refused"}
"""How a night's process ended; any other end is a failure, and is tried again."""


@dataclass(frozen=True)
class Night:
    pass


class Child(Protocol):
    """The process in which a night is worked through."""

    async def wait(self) -> int: ...
    def kill(self) -> None: ...


class NightFailed(Exception):
    """The night's process broke off; whatever it had loaded is whole."""


class NightActivities:
    """`begin`: starts a process that makes the run, so that its memory is not the worker's."""

    def __init__(self, begin: Callable[[], Awaitable[Child]]) -> None:
        self._begin = begin

    @activity.defn
    async def identify_night(self, _request: Night) -> str:
        """A run that was made before of the same files changes nothing."""
        child = await self._begin()
        ending = asyncio.ensure_future(child.wait())
        try:
            while not ending.done():
                activity.heartbeat()
                await asyncio.wait([ending], timeout=BEAT)
        finally:
            if not ending.done():
                child.kill()
                ending.cancel()
        code = ending.result()
        if code not in HOW:
            raise NightFailed(f"exit code {code}")
        return HOW[code]


async def finish_runs(transaction: Transaction, now: datetime) -> int:
    """Carry out what loaded runs found; how many members left. A run cut off here is begun again.

    One transaction a member, so that nobody's journey waits for all others.
    """
    async with transaction() as session:
        waiting = list(await runs.unfinished(session))
    left = 0
    for run in waiting:
        for enrollment_id in run.endings.get("stay", ()):
            async with transaction() as session:
                await stay(session, enrollment_id, now, source=SOURCE)
        for enrollment_id, way in run.endings.get("leave", ()):
            async with transaction() as session:
                left += await leave(session, enrollment_id, way, now, source=SOURCE) != "known"
        async with transaction() as session:
            (await session.get_one(IdentificationRun, run.id)).finished_at = now
        log.info("identification_finished", run_id=run.id)
    return left


async def let_leave(session: AsyncSession, run_id: int, *, actor: str, now: datetime) -> int | None:
    """Those leave whom the run withheld; how many. None: not this run's to say (any more)."""
    run = await session.get(IdentificationRun, run_id, with_for_update=True)
    if run is None or run.endings_at is not None or not await runs.is_newest(session, run):
        return None
    leaving = await runs.withheld(session, run)
    for enrollment_id, way in leaving:
        await leave(session, enrollment_id, way, now, source=actor)
    run.endings_by, run.endings_at = actor, now
    return len(leaving)
