"""Screenings, what was answered, the needs found and the referrals asked for."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from store.models import Need, Referral, Screening, ScreeningAnswer


async def start(session: AsyncSession, enrollment_id: str, instrument: str, now: datetime) -> None:
    await session.execute(
        insert(Screening)
        .values(
            enrollment_id=enrollment_id,
            instrument=instrument,
            ordinal=1,
            channel="sms",
            started_at=now,
        )
        .on_conflict_do_nothing()
    )


async def save_answer(
    session: AsyncSession,
    enrollment_id: str,
    item: str,
    answers: Sequence[str],
    message_id: str | None,
    now: datetime,
) -> None:
    """The newest answer to an item stands."""
    screening = await _open(session, enrollment_id)
    if screening is None:
        return
    values = {"answers": list(answers), "message_id": message_id, "at": now}
    await session.execute(
        insert(ScreeningAnswer)
        .values(screening_id=screening.id, item=item, **values)
        .on_conflict_do_update(index_elements=["screening_id", "item"], set_=values)
    )


async def finish(session: AsyncSession, enrollment_id: str, completed: bool, now: datetime) -> bool:
    screening = await _open(session, enrollment_id)
    if screening is None:
        return False
    screening.ended_at, screening.completed = now, completed
    return True


async def add_need(
    session: AsyncSession,
    enrollment_id: str,
    domain: str,
    item: str,
    z_code: str | None,
    now: datetime,
) -> bool:
    made = await session.execute(
        insert(Need)
        .values(enrollment_id=enrollment_id, domain=domain, item=item, z_code=z_code, found_at=now)
        .on_conflict_do_nothing(index_elements=["enrollment_id", "domain"])
        .returning(Need.id)
    )
    return made.first() is not None


async def open_referral(
    session: AsyncSession, enrollment_id: str, domain: str, now: datetime
) -> bool:
    need_id = await session.scalar(
        select(Need.id).where(Need.enrollment_id == enrollment_id, Need.domain == domain)
    )
    if need_id is None:
        return False
    made = await session.execute(
        insert(Referral)
        .values(
            enrollment_id=enrollment_id,
            need_id=need_id,
            ordinal=1,
            status="requested",
            requested_at=now,
        )
        .on_conflict_do_nothing(index_elements=["need_id", "ordinal"])
        .returning(Referral.id)
    )
    return made.first() is not None


async def _open(session: AsyncSession, enrollment_id: str) -> Screening | None:
    return await session.scalar(
        select(Screening)
        .where(Screening.enrollment_id == enrollment_id, Screening.ended_at.is_(None))
        .order_by(Screening.ordinal.desc())
        .limit(1)
    )
