"""Texts members sent: stored once by the carrier's id, applied once by their journey."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from store import consents
from store.models import InboundText, Intent, Phone

PLAIN_TEXT = "text"
"""What a text is read as when no word of it has a law of its own."""


async def phone(session: AsyncSession, number: str) -> tuple[str | None, bool]:
    """The question open on a phone, and whether it has said STOP; made known when it is not."""
    newest = consents.newest(number).scalar_subquery()
    found = await session.execute(select(Phone.open_prompt, newest).where(Phone.phone == number))
    row = found.one_or_none()
    if row is None:
        # The carrier may bring one text several times at once.
        await session.execute(insert(Phone).values(phone=number).on_conflict_do_nothing())
        return None, await consents.stands(session, number, None) is False
    open_prompt, given = row
    return open_prompt, given is False


async def store_once(session: AsyncSession, text: InboundText) -> bool:
    """False when the carrier has brought it before."""
    made = await session.execute(
        insert(InboundText)
        .values(
            sid=text.sid,
            phone=text.phone,
            body=text.body,
            media=text.media,
            received_at=text.received_at,
            found_by=text.found_by,
            enrollment_id=text.enrollment_id,
            answers=text.answers,
            reading=text.reading,
        )
        .on_conflict_do_nothing(index_elements=["sid"])
        .returning(InboundText.sid)
    )
    return made.first() is not None


async def unapplied(session: AsyncSession, enrollment_id: str) -> Sequence[InboundText]:
    rows = await session.scalars(
        select(InboundText)
        .where(InboundText.enrollment_id == enrollment_id, InboundText.applied_at.is_(None))
        .order_by(InboundText.received_at, InboundText.sid)
    )
    return list(rows)


async def acknowledged_since(session: AsyncSession, enrollment_id: str, since: datetime) -> bool:
    """Whether this journey has told the member lately that a person reads their words."""
    found = select(Intent.id).where(
        Intent.enrollment_id == enrollment_id,
        Intent.template == "unclear_ack",
        Intent.created_at > since,
    )
    return (await session.execute(found.limit(1))).first() is not None
