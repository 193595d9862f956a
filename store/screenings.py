"""Screenings, what was answered, the needs found and the referrals asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.effects import FinishScreening, SaveAnswer, StartScreening
from store.models import Need, Referral, Screening, ScreeningAnswer


@dataclass(frozen=True, slots=True)
class Came:
    """How an answer came: by which way, in which text, or from whose hand."""

    channel: str = "sms"
    message_id: str | None = None
    actor: str | None = None


async def start(
    session: AsyncSession, enrollment_id: str, asked: StartScreening, came: Came, now: datetime
) -> bool:
    """False when this round of the instrument was begun already."""
    made = await session.execute(
        insert(Screening)
        .values(
            enrollment_id=enrollment_id,
            instrument=asked.instrument,
            ordinal=asked.round,
            channel=came.channel,
            actor=came.actor,
            label=asked.label,
            started_at=now,
        )
        .on_conflict_do_nothing()
        .returning(Screening.id)
    )
    return made.first() is not None


async def save_answer(
    session: AsyncSession, enrollment_id: str, answer: SaveAnswer, came: Came, now: datetime
) -> None:
    """The newest answer to an item stands, by whatever way it came."""
    screening = await _round(session, enrollment_id, answer.instrument, answer.round)
    if screening is None:
        return
    if came.actor:
        screening.actor = came.actor
    values = {
        "answers": list(answer.answers),
        "absent": answer.absent,
        "channel": came.channel,
        "message_id": came.message_id,
        "at": now,
    }
    await session.execute(
        insert(ScreeningAnswer)
        .values(screening_id=screening.id, item=answer.item, **values)
        .on_conflict_do_update(index_elements=["screening_id", "item"], set_=values)
    )


async def finish(
    session: AsyncSession, enrollment_id: str, result: FinishScreening, now: datetime
) -> bool:
    """False when there is none, or it has ended before: the first end stands."""
    screening = await _round(session, enrollment_id, result.instrument, result.round)
    if screening is None or screening.ended_at is not None:
        return False
    screening.ended_at, screening.completed = now, result.completed
    screening.total, screening.band = result.total, result.band
    screening.positive = result.positive
    return True


async def newest(session: AsyncSession, enrollment_id: str) -> Mapping[str, Screening]:
    """The last asking of each instrument."""
    rows = await session.scalars(
        select(Screening)
        .where(Screening.enrollment_id == enrollment_id)
        .order_by(Screening.ordinal)
    )
    return {row.instrument: row for row in rows}


async def answers(session: AsyncSession, screening_id: int) -> Sequence[ScreeningAnswer]:
    rows = await session.scalars(
        select(ScreeningAnswer)
        .where(ScreeningAnswer.screening_id == screening_id)
        .order_by(ScreeningAnswer.id)
    )
    return rows.all()


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


async def _round(
    session: AsyncSession, enrollment_id: str, instrument: str, round_: int
) -> Screening | None:
    return await session.scalar(
        select(Screening).where(
            Screening.enrollment_id == enrollment_id,
            Screening.instrument == instrument,
            Screening.ordinal == round_,
        )
    )
