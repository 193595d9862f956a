"""Due intents, taken one at a time, and those whose fate is not known yet."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.outbox import Purpose, Status
from store.models import Intent, Receipt

Session = AsyncSession


def answers() -> ColumnElement[bool]:
    return Intent.purpose != Purpose.CARE


def campaigns() -> ColumnElement[bool]:
    return Intent.purpose == Purpose.CARE


def of_program(program: str) -> ColumnElement[bool]:
    return Intent.program == program


def may_leave(
    now: datetime,
    purposes: Collection[Purpose] | None,
    held_templates: Collection[str],
    never_held: Collection[Purpose],
) -> ColumnElement[bool]:
    """Due, and not held back; what has expired is due to be withheld, whatever is held.

    `purposes`: None: of every purpose.
    """
    free: ColumnElement[bool] = true() if purposes is None else Intent.purpose.in_(purposes)
    if held_templates:
        free &= Intent.template.not_in(held_templates) | Intent.purpose.in_(never_held)
    due = (Intent.status == Status.PENDING) & (Intent.due_at <= now)
    return due & (free | (Intent.expires_at <= now))


async def next_due(session: AsyncSession, which: ColumnElement[bool]) -> Intent | None:
    """The most urgent of these that nobody else has, locked."""
    return await session.scalar(
        select(Intent)
        .where(which)
        .order_by(Intent.priority, Intent.due_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


async def any_due(session: AsyncSession, which: ColumnElement[bool]) -> bool:
    return await session.scalar(select(Intent.id).where(which).limit(1)) is not None


async def next_due_at(session: AsyncSession) -> datetime | None:
    return await session.scalar(
        select(func.min(Intent.due_at)).where(Intent.status == Status.PENDING)
    )


async def put_back(session: AsyncSession, intent_id: str, now: datetime) -> None:
    """It was never written to the carrier: it is due again."""
    await session.execute(
        update(Intent)
        .where(Intent.id == intent_id, Intent.status == Status.SENDING)
        .values(status=Status.PENDING, due_at=now, lease_until=None)
    )


async def unsettled(session: AsyncSession, wall: datetime) -> Sequence[Intent]:
    """Texts whose answer is missing: unknown ones, and those whose sender's lease has run out."""
    rows = await session.scalars(
        select(Intent)
        .where(
            (Intent.status == Status.UNKNOWN)
            | ((Intent.status == Status.SENDING) & (Intent.lease_until < wall))
        )
        .order_by(Intent.lease_until)
        .limit(100)
    )
    return list(rows)


async def receipt_of(session: AsyncSession, intent_id: str) -> Receipt | None:
    """A status callback that names the intent proves that the carrier took it."""
    return await session.scalar(
        select(Receipt).where(Receipt.intent_id == intent_id).order_by(Receipt.id).limit(1)
    )


async def known_sids(session: AsyncSession, phone: str) -> set[str]:
    rows = await session.scalars(
        select(Intent.sid).where(Intent.phone == phone, Intent.sid.is_not(None))
    )
    return {sid for sid in rows if sid}
