"""Coordination notes: planned with the stage's state, written and spooled by an activity."""

from datetime import datetime
from hashlib import sha256
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.passage import Passage
from store.models import Enrollment, Medication, Member, Note


def token_hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()


async def prescriber_of(session: AsyncSession, member_id: str) -> str | None:
    """Whoever prescribed most lately, else the doctor seen most; Part 2 medicines do not count."""
    lately = (
        select(Medication.prescriber_npi)
        .where(
            Medication.member_id == member_id,
            Medication.prescriber_npi.is_not(None),
            Medication.part2.is_(False),
        )
        .order_by(Medication.last_fill_on.desc(), Medication.id)
        .limit(1)
    )
    seen = select(Member.physician_npi).where(Member.id == member_id)
    found: str | None = await session.scalar(lately) or await session.scalar(seen)
    return found


async def plan(
    session: AsyncSession, enrollment: Enrollment, now: datetime, reply_by: datetime
) -> bool:
    """Its link's secret is made when it is written."""
    prescriber = await prescriber_of(session, enrollment.member_id)
    note_id = uuid4().hex
    made = await session.execute(
        insert(Note)
        .values(  # status, copy and tries begin at the table's own defaults
            id=note_id,
            enrollment_id=enrollment.id,
            ordinal=1,
            prescriber_npi=prescriber,
            content={},
            token_hash=f"unwritten {note_id}",
            created_at=now,
            reply_by=reply_by,
        )
        .on_conflict_do_nothing(index_elements=["enrollment_id", "ordinal"])
        .returning(Note.id)
    )
    return made.first() is not None


async def send_again(session: AsyncSession, enrollment_id: str) -> bool:
    """A copy of the note that nobody answered; False when there is none to send."""
    made = await session.execute(
        update(Note)
        .where(
            Note.enrollment_id == enrollment_id, Note.status == Passage.SENT,
            Note.answered_at.is_(None), Note.problem.is_(None),
        )
        .values(
            status=Passage.PENDING, copy=Note.copy + 1, tries=0, looks=0, next_try_at=None,
            delivered_at=None, transport_ref=None,
        )
        .returning(Note.id)
    )  # fmt: skip
    return made.first() is not None


async def write_anew(session: AsyncSession, consent_id: int) -> int:
    """How many notes wait that would have been sent under this consent; they are drawn without."""
    found = await session.execute(
        update(Note)
        .where(Note.consent_id == consent_id, Note.status == Passage.PENDING)
        .values(consent_id=None)
        .returning(Note.id)
    )
    return len(found.all())


WITHHELD = "withheld"
"""The journey ended before the note left."""


async def withhold(session: AsyncSession, enrollment_id: str) -> None:
    await session.execute(
        update(Note)
        .where(
            Note.enrollment_id == enrollment_id,
            Note.status == Passage.PENDING,
            Note.problem.is_(None),
        )
        .values(problem=WITHHELD)
    )
