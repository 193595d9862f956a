"""What is held, what a sender has used, whose turn it is: the rows behind breakers and buckets."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.breakers import Breaker, Cause, Scope
from domain.pacing import SENDER, Bucket, SenderPlan, full
from store.models import BreakerRow, BucketRow, ShareRow

Session = AsyncSession


def of_row(row: BreakerRow) -> Breaker:
    return Breaker(
        Cause(row.cause), row.failures, row.opened, row.open_until, row.probe, row.probe_until
    )


async def tripped(session: Session) -> Sequence[BreakerRow]:
    """Breakers that have anything to say; most of the time there are none."""
    found = await session.scalars(
        select(BreakerRow).where(
            (BreakerRow.failures > 0) | (BreakerRow.opened > 0) | BreakerRow.open_until.is_not(None)
        )
    )
    return found.all()


async def lock_breaker(
    session: Session, scope: Scope, name: str, cause: Cause, now: datetime
) -> BreakerRow:
    """Its row for this transaction alone. Lock it after the phone, never before."""
    key = {"scope": scope, "name": name, "cause": cause}
    new = insert(BreakerRow).values(**key, failures=0, opened=0, changed_at=now)
    await session.execute(new.on_conflict_do_nothing())
    return await session.get_one(BreakerRow, key, with_for_update=True, populate_existing=True)


def write_breaker(row: BreakerRow, breaker: Breaker, now: datetime) -> None:
    row.failures, row.opened, row.open_until = breaker.failures, breaker.opened, breaker.open_until
    row.probe, row.probe_until, row.changed_at = breaker.probe, breaker.probe_until, now


async def bucket(
    session: Session, plan: SenderPlan, now: datetime, *, lock: bool = False
) -> Bucket:
    """The sender's bucket, a full one when it was never used; locked last of all rows."""
    query = select(BucketRow).where(BucketRow.sender == SENDER)
    if lock:
        await session.execute(
            insert(BucketRow)
            .values(sender=SENDER, **asdict(full(plan, now)))
            .on_conflict_do_nothing()
        )
        query = query.with_for_update()
    row = await session.scalar(query.execution_options(populate_existing=True))
    if row is None:
        return full(plan, now)
    return Bucket(row.tokens, row.at, row.day, row.spent, row.turn)


async def write_bucket(session: Session, used: Bucket) -> None:
    await session.execute(
        update(BucketRow).where(BucketRow.sender == SENDER).values(**asdict(used))
    )


async def shares(session: Session) -> Mapping[str, float]:
    rows = await session.execute(select(ShareRow.program, ShareRow.used))
    return {row.program: row.used for row in rows}


async def write_share(session: Session, program: str, used: float) -> None:
    """Guarded by the lock of the bucket."""
    await session.execute(
        insert(ShareRow)
        .values(program=program, used=used)
        .on_conflict_do_update(index_elements=["program"], set_={"used": used})
    )
