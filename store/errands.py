"""What a journey has planned outside the database: letters and notes to do, and when the next is.

One question, since every step of a journey asks it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from domain.passage import Passage

# A note is to be sent, to be settled, or to be asked about; held or not, its way is looked after.
_ERRANDS = text("""
select
    (select json_agg(id order by created_at) from letters l where enrollment_id = :enrollment
     and spooled_at is null and problem is null
     and (next_try_at is null or next_try_at <= :now)) as letters,
    (select json_agg(id) from notes where enrollment_id = :enrollment
     and problem is null and answered_at is null
     and ((status in (:pending, :sending) and (next_try_at is null or next_try_at <= :now))
          or (status = :sent and next_try_at <= :now))) as notes,
    least(
        (select min(next_try_at) from letters where enrollment_id = :enrollment
         and spooled_at is null and problem is null),
        (select min(next_try_at) from notes where enrollment_id = :enrollment
         and problem is null and answered_at is null and next_try_at > :now)) as next_try
""").bindparams(pending=Passage.PENDING, sending=Passage.SENDING, sent=Passage.SENT)


@dataclass(frozen=True, slots=True)
class Errands:
    letters: Sequence[str]
    notes: Sequence[str]
    next_try: datetime | None
    """When one that could not be done is tried, or its result asked for, again."""


async def due(session: AsyncSession, enrollment_id: str, now: datetime) -> Errands:
    row = (await session.execute(_ERRANDS, {"enrollment": enrollment_id, "now": now})).one()
    return Errands(row.letters or (), row.notes or (), row.next_try)
