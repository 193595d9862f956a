"""What the gate asks of an intent, read under the lock of the recipient's phone."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.outbox import Purpose, Status
from store import consents
from store.models import ContactPoint, Enrollment, Intent, Member, Phone, StaffAction

# A hold or stop that the journey has not obeyed yet already closes the gate.
CLOSING = ("hold", "take_over", "stop")


async def lock_phone(session: AsyncSession, phone: str) -> Phone | None:
    """The phone's row for this transaction alone; None while another transaction has it."""
    return await session.scalar(
        # Weaker than a plain lock: rows that only refer to the phone may still be added.
        select(Phone).where(Phone.phone == phone).with_for_update(skip_locked=True, key_share=True)
    )


async def in_flight(session: AsyncSession, phone: str) -> bool:
    """A text to this phone may be on its way: the next waits, or two could not be told apart."""
    found = select(Intent.id).where(
        Intent.phone == phone, Intent.status.in_((Status.SENDING, Status.UNKNOWN))
    )
    return (await session.execute(found.limit(1))).first() is not None


async def number_usable(session: AsyncSession, phone: str, member: Member | None) -> bool:
    """A dead number is dead for everybody, a wrong one for the member it is wrong for."""
    rows = await session.scalars(select(ContactPoint).where(ContactPoint.phone == phone))
    for point in rows:
        if point.status in ("landline", "unreachable"):
            return False
        if member is not None and point.member_id == member.id and point.status != "active":
            return False
    return True


async def closing_action(session: AsyncSession, enrollment: Enrollment | None) -> bool:
    if enrollment is None:
        return False
    found = select(StaffAction.id).where(
        StaffAction.enrollment_id == enrollment.id,
        StaffAction.applied_at.is_(None),
        StaffAction.kind.in_(CLOSING),
    )
    return (await session.execute(found.limit(1))).first() is not None


async def care_texts(session: AsyncSession, phone: str, now: datetime) -> list[datetime]:
    """When texts begun by us were accepted by this phone, over all journeys, in eight days."""
    rows = await session.scalars(
        select(Intent.accepted_at).where(
            Intent.phone == phone,
            Intent.accepted_at > now - timedelta(days=8),
            Intent.purpose == Purpose.CARE,
        )
    )
    return [at for at in rows if at is not None]


async def other_question_until(
    session: AsyncSession, phone: Phone, intent: Intent
) -> datetime | None:
    """Until when a question of another stage or journey is open on this phone."""
    if phone.open_prompt is None:
        return None
    asked = await session.get(Intent, phone.open_prompt)
    mine = (
        asked is not None
        and asked.enrollment_id == intent.enrollment_id
        and asked.stage == intent.stage
    )
    return None if mine else phone.open_until


async def consented(
    session: AsyncSession, phone: str, intent: Intent, program: str | None
) -> bool | None:
    """Somebody we do not know who texts us may be answered once, though no ledger knows them."""
    standing = await consents.stands(session, phone, program)
    if standing is None and intent.enrollment_id is None and intent.purpose == Purpose.REPLY:
        return True
    return standing


async def stopped_with_text_in_flight(session: AsyncSession, phone: str) -> bool:
    """Whether a phone that has said STOP may still be reached by a text sent just before."""
    if await consents.stands(session, phone, None) is not False:
        return False
    return (
        await session.scalar(
            select(Intent.id).where(Intent.phone == phone, Intent.status == Status.SENDING).limit(1)
        )
        is not None
    )
