"""Counts what the carrier says about our sender and our words; opens and closes breakers."""

from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from domain.breakers import FUSES, Breaker, Cause, Proof, Scope, failed, worked
from domain.pacing import SENDER
from store import pacing, tasks
from store.models import Intent

log = structlog.get_logger()

PERSON_WITHIN = timedelta(hours=1)
"""Nothing leaves meanwhile; how soon somebody looks is a judgement of ours."""


async def count_failure(
    session: AsyncSession, intent: Intent, cause: Cause | None, now: datetime
) -> None:
    """Call it last in a transaction: its row is locked after the phone's."""
    if cause is None:
        return
    fuse = FUSES[cause]
    name = SENDER if fuse.scope is Scope.SENDER else intent.template
    row = await pacing.lock_breaker(session, fuse.scope, name, cause, now)
    before = pacing.of_row(row)
    after = failed(before, now)
    pacing.write_breaker(row, after, now)
    if after.opened > before.opened:
        log.warning("sending_held", cause=cause, template=intent.template)
        if after.opened == fuse.asks_at:
            await _ask(session, after, name, now)


async def count_success(session: AsyncSession, intent: Intent, proof: Proof, now: datetime) -> None:
    """Call it last in a transaction. Without any trouble it is one query."""
    for seen in await pacing.tripped(session):
        if seen.scope == Scope.TEMPLATE and seen.name != intent.template:
            continue
        if worked(pacing.of_row(seen), intent.id, proof, now) == pacing.of_row(seen):
            continue
        row = await pacing.lock_breaker(
            session, Scope(seen.scope), seen.name, Cause(seen.cause), now
        )
        pacing.write_breaker(row, worked(pacing.of_row(row), intent.id, proof, now), now)


async def _ask(session: AsyncSession, breaker: Breaker, name: str, now: datetime) -> None:
    """Whoever runs the house is asked, once for each series of openings."""
    detail = {"cause": str(breaker.cause)}
    if breaker.fuse.scope is Scope.TEMPLATE:
        detail["template"] = name
    await tasks.open_task(
        session,
        None,
        key=f"held-{breaker.cause}-{name}-{now.isoformat()}",
        kind=f"sending_{breaker.cause}",
        role="manager",
        within=PERSON_WITHIN,
        now=now,
        urgent=True,
        detail=detail,
    )
