"""What is held, what a sender has used, whose turn it is: the rows behind breakers and buckets."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select, true, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.breakers import Breaker, Cause, Scope, State, released
from domain.pacing import SENDER, Bucket, SenderPlan, full
from store.models import BreakerRelease, BreakerRow, BucketRow, ShareRow

Session = AsyncSession
_BUCKET = (BucketRow.tokens, BucketRow.at, BucketRow.day, BucketRow.spent, BucketRow.turn)


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


async def is_known(session: Session, scope: Scope, name: str, cause: Cause) -> bool:
    key = {"scope": scope, "name": name, "cause": cause}
    return await session.get(BreakerRow, key) is not None


async def release(
    session: Session, row: BreakerRow, *, reason: str, actor: str, now: datetime
) -> bool:
    """Ends the hold of a locked row and keeps who did; False when nothing is held any more."""
    before = of_row(row)
    if before.open_until is None or before.state(now) is not State.HELD:
        return False
    session.add(
        BreakerRelease(
            scope=row.scope, name=row.name, cause=row.cause,
            held_until=before.next_look(now), reason=reason, actor=actor, at=now,
        )
    )  # fmt: skip
    write_breaker(row, released(before, now), now)
    return True


async def newest_releases(session: Session, limit: int) -> Sequence[BreakerRelease]:
    query = select(BreakerRelease).order_by(BreakerRelease.id.desc()).limit(limit)
    return (await session.scalars(query)).all()


async def bucket(session: Session, plan: SenderPlan, now: datetime) -> Bucket:
    """The sender's bucket; a full one when it was never used."""
    return (await stand(session, plan, now))[0]


async def stand(
    session: Session, plan: SenderPlan, now: datetime
) -> tuple[Bucket, Mapping[str, float]]:
    """The bucket, and how much of its share each program has used."""
    rows = await session.execute(
        select(*_BUCKET, ShareRow.program, ShareRow.used)
        .outerjoin(ShareRow, true())
        .where(BucketRow.sender == SENDER)
    )
    found = rows.all()
    if not found:
        return full(plan, now), {}
    first = found[0]
    used = {row.program: row.used for row in found if row.program is not None}
    return Bucket(first.tokens, first.at, first.day, first.spent, first.turn), used


async def lock_bucket(session: Session, plan: SenderPlan, now: datetime) -> Bucket:
    """As `bucket`, for this transaction alone; lock it last of all rows."""
    locked = select(*_BUCKET).where(BucketRow.sender == SENDER).with_for_update()
    row = (await session.execute(locked)).one_or_none()
    if row is None:
        new = insert(BucketRow).values(sender=SENDER, **asdict(full(plan, now)))
        await session.execute(new.on_conflict_do_nothing())
        row = (await session.execute(locked)).one()
    return Bucket(*row)


async def write_bucket(session: Session, used: Bucket) -> None:
    await session.execute(
        update(BucketRow).where(BucketRow.sender == SENDER).values(**asdict(used))
    )


async def write_shares(session: Session, used: Mapping[str, float]) -> None:
    """Guarded by the lock of the bucket."""
    if not used:
        return
    new = insert(ShareRow).values(
        [{"program": program, "used": share} for program, share in used.items()]
    )
    await session.execute(
        new.on_conflict_do_update(index_elements=["program"], set_={"used": new.excluded.used})
    )
