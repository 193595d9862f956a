"""After a run: those who no longer fit leave by the one road there is, and who fits again stays."""

from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from activities.exits import leave, stay
from store import runs
from store.database import Transaction
from store.models import IdentificationRun

log = structlog.get_logger()

SOURCE = "identification"
Beat = Callable[[], None]


async def finish_runs(transaction: Transaction, now: datetime, beat: Beat = lambda: None) -> int:
    """Carry out what loaded runs found; how many members left. A run cut off here is begun again.

    One transaction a member, so that nobody's journey waits for all others.
    """
    async with transaction() as session:
        waiting = list(await runs.unfinished(session))
    left = 0
    for run in waiting:
        for enrollment_id in run.endings.get("stay", ()):
            beat()
            async with transaction() as session:
                await stay(session, enrollment_id, now, source=SOURCE)
        for enrollment_id, way in run.endings.get("leave", ()):
            beat()
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
