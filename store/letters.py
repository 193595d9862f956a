"""Letters: planned with the stage's state, printed by an activity, spooled exactly once."""

from datetime import datetime
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from store.models import Enrollment, Letter, Member, StaffAction


async def plan(
    session: AsyncSession,
    enrollment: Enrollment,
    member: Member,
    step: str,
    template: str,
    now: datetime,
) -> bool:
    made = await session.execute(
        insert(Letter)
        .values(
            id=uuid4().hex,
            enrollment_id=enrollment.id,
            step=step,
            template=template,
            template_version="",
            language=member.language,
            large_print=member.alt_format == "large_print",
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=["enrollment_id", "step"])
        .returning(Letter.id)
    )
    return made.first() is not None


async def about_to_be_held(session: AsyncSession, enrollment: Enrollment) -> bool:
    """Staff have asked for a hold or a stop that the journey has not obeyed yet."""
    asked = select(StaffAction.id).where(
        StaffAction.enrollment_id == enrollment.id,
        StaffAction.applied_at.is_(None),
        StaffAction.kind.in_(("hold", "take_over", "stop")),
    )
    return await session.scalar(asked.limit(1)) is not None


WITHHELD = "withheld"
"""The journey ended before the letter was printed."""


async def withhold(session: AsyncSession, enrollment_id: str) -> None:
    await session.execute(
        update(Letter)
        .where(
            Letter.enrollment_id == enrollment_id,
            Letter.spooled_at.is_(None),
            Letter.problem.is_(None),
        )
        .values(problem=WITHHELD)
    )
