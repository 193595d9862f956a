"""Due intents, taken one at a time, and those whose fate is not known yet."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, literal, select, true, union_all, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.outbox import Purpose, Status
from store.models import Intent, Receipt

Session = AsyncSession


def may_leave(
    now: datetime,
    purposes: Collection[Purpose] | None,
    held_templates: Collection[str],
    never_held: Collection[Purpose],
) -> ColumnElement[bool]:
    """Due, and not held back. `purposes`: None: of every purpose."""
    free: ColumnElement[bool] = true() if purposes is None else Intent.purpose.in_(purposes)
    if held_templates:
        free &= Intent.template.not_in(held_templates) | Intent.purpose.in_(never_held)
    return _PENDING & (Intent.due_at <= now) & free


async def next_due(
    session: AsyncSession,
    answers: ColumnElement[bool],
    campaigns: ColumnElement[bool] | None,
    programs: Sequence[str],
    now: datetime,
) -> Intent | None:
    """The most urgent answer that nobody else has, locked; else a campaign's text, by programs
    in their order, those of no program last; else what has expired, to be withheld.

    `campaigns`: None: none may leave. Without `programs` urgency alone decides.
    """
    kinds = [answers & (Intent.purpose != Purpose.CARE)]
    if campaigns is not None:
        theirs = [Intent.program == program for program in programs]
        of_none = Intent.program.is_(None) if programs else true()
        kinds += [campaigns & _CARE & each for each in (*theirs, of_none)]
    # Whatever is held: what has expired must not wait for ever.
    kinds.append(_PENDING & (Intent.expires_at <= now) & (Intent.due_at <= now))
    firsts = union_all(*(_first(kind, rank) for rank, kind in enumerate(kinds)))
    rows = (await session.execute(firsts)).all()
    found = list(dict.fromkeys(id for id, _ in sorted(rows, key=lambda row: row[1])))
    if not found:
        return None
    return await session.scalar(
        select(Intent)
        .where(Intent.id.in_(found), _PENDING)
        .order_by(func.array_position(found, Intent.id))
        .limit(1)
        .with_for_update(skip_locked=True)
    )


_PENDING = Intent.status == Status.PENDING
_CARE = Intent.purpose == Purpose.CARE
_FEW = 8
"""More than there are senders at once: what others hold is passed over."""


def _first(kind: ColumnElement[bool], rank: int) -> Select[str, int]:
    """A few of a kind, the most urgent first; each is a walk along an index."""
    few = (
        select(Intent.id, literal(rank).label("rank"), Intent.priority, Intent.due_at)
        .where(kind)
        .order_by(Intent.priority, Intent.due_at)
        .limit(_FEW)
        .subquery()
    )
    return select(few.c.id, few.c.rank)


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
