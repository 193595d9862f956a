"""Readings members send."""

from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.effects import SaveReading
from store.models import InboundText, Reading


async def save_reading(
    session: AsyncSession,
    enrollment_id: str,
    reading: SaveReading,
    heard: InboundText | None,
    now: datetime,
) -> None:
    """A text applied twice saves each of its readings once."""
    if heard is None:
        raise ValueError("a reading is saved with the text that brought it")
    await session.execute(
        insert(Reading)
        .values(
            enrollment_id=enrollment_id,
            kind=reading.kind,
            systolic=reading.systolic,
            diastolic=reading.diastolic,
            mg_dl=reading.mg_dl,
            at=now,
            message_id=heard.sid,
            place=reading.place,
            level=reading.level,
            rule=reading.rule,
        )
        .on_conflict_do_nothing(index_elements=["message_id", "place"])
    )
