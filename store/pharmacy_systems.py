"""Pharmacies' own systems: found by key, told of their deliveries, answered once a call."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import exists, insert, literal, or_, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from store.models import Delivery, Pharmacy, PharmacyCall, PharmacyNews, PharmacySystem

ACTOR = "pharmacy-api"
"""As outcomes name it; a system is not told of what it said itself."""


def digest(secret: str) -> str:
    """Keys are long and random: a plain hash cannot be guessed back."""
    return sha256(secret.encode()).hexdigest()


async def of_key(session: AsyncSession, secret: str) -> PharmacySystem | None:
    found: PharmacySystem | None = await session.scalar(
        select(PharmacySystem).where(
            PharmacySystem.key_hash == digest(secret), PharmacySystem.ended_at.is_(None)
        )
    )
    return found


async def any_in_use(session: AsyncSession) -> bool:
    found = select(PharmacySystem.npi).where(PharmacySystem.ended_at.is_(None)).limit(1)
    return await session.scalar(found) is not None


async def set_up(
    session: AsyncSession, npi: str, secret: str, url: str | None, wall: datetime
) -> PharmacySystem | None:
    """A new key, and with it a new webhook secret; None when there is no such pharmacy."""
    if await session.get(Pharmacy, npi) is None:
        return None
    system = await session.get(PharmacySystem, npi, with_for_update=True)
    if system is None:
        system = PharmacySystem(npi=npi, generation=0)
        session.add(system)
    system.key_hash, system.url = digest(secret), url
    system.generation, system.made_at, system.ended_at = system.generation + 1, wall, None
    return system


async def end(session: AsyncSession, npi: str, wall: datetime) -> bool:
    ended = await session.scalar(
        update(PharmacySystem)
        .where(PharmacySystem.npi == npi, PharmacySystem.ended_at.is_(None))
        .values(ended_at=wall)
        .returning(PharmacySystem.npi)
    )
    return ended is not None


async def tell(session: AsyncSession, delivery: Delivery, kind: str, now: datetime) -> None:
    """Keep the news for the pharmacy's system, if it has one that wants to be told."""
    wants = select(
        PharmacySystem.npi, literal(delivery.id), literal(kind), literal(now, type_=_MOMENT)
    ).where(
        PharmacySystem.npi == delivery.pharmacy_npi,
        PharmacySystem.url.is_not(None),
        PharmacySystem.ended_at.is_(None),
    )
    columns = ["npi", "delivery_id", "kind", "at"]
    await session.execute(insert(PharmacyNews).from_select(columns, wants))


_MOMENT = PharmacyNews.at.type


@dataclass(frozen=True, slots=True)
class Claimed:
    """News to bring now; the url and the generation its secret is drawn from."""

    news: PharmacyNews
    url: str
    generation: int


async def claim(
    session: AsyncSession, wall: datetime, lease: timedelta, limit: int
) -> Sequence[Claimed]:
    """Due news, for this caller alone until the lease ends; of one delivery in its order."""
    earlier = aliased(PharmacyNews)
    behind = exists().where(
        earlier.delivery_id == PharmacyNews.delivery_id,
        earlier.npi == PharmacyNews.npi,
        earlier.id < PharmacyNews.id,
        earlier.settled_at.is_(None),
    )
    rows = await session.execute(
        select(PharmacyNews, PharmacySystem.url, PharmacySystem.generation)
        .join(PharmacySystem, PharmacySystem.npi == PharmacyNews.npi)
        .where(
            PharmacyNews.settled_at.is_(None),
            or_(PharmacyNews.due_at.is_(None), PharmacyNews.due_at <= wall),
            PharmacySystem.url.is_not(None),
            PharmacySystem.ended_at.is_(None),
            ~behind,
        )
        .order_by(PharmacyNews.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=PharmacyNews)
    )
    found = [Claimed(news, url, generation) for news, url, generation in rows if url]
    for each in found:
        each.news.due_at, each.news.tries = wall + lease, each.news.tries + 1
    return found


async def answered(session: AsyncSession, caller: str, key: str, asked: str) -> str | None:
    """The answer of a call made before under this key; `""` when that call asked something else."""
    row = await session.get(PharmacyCall, (caller, key))
    if row is None:
        return None
    return row.answer if row.asked == digest(asked) else ""


async def keep_answer(
    session: AsyncSession, caller: str, key: str, asked: str, answer: str, wall: datetime
) -> bool:
    """False when the same call has just been carried out beside this one."""
    made = await session.execute(
        postgresql.insert(PharmacyCall)
        .values(caller=caller, key=key, asked=digest(asked), answer=answer, at=wall)
        .on_conflict_do_nothing()
        .returning(PharmacyCall.key)
    )
    return made.first() is not None
