"""All that is known when a journey decides, in a handful of queries."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.outbox import SentText, Status
from domain.stages import DeliveryFact, Facts, MedicationFact, NoteFact, ReadingFact
from store.consents import usable_numbers
from store.models import (
    Delivery,
    Enrollment,
    Intent,
    Medication,
    Member,
    Note,
    Reading,
    StaffAction,
    Stage,
    Task,
)


async def load(
    session: AsyncSession, enrollment: Enrollment, grace: timedelta, now: datetime
) -> Facts:
    """`grace`: how long after coverage ended its return is waited for."""
    member = await session.get_one(Member, enrollment.member_id)
    numbers = await usable_numbers(session, member.id, enrollment.program)
    return Facts(
        language=member.language,
        conditions=tuple(enrollment.conditions),
        has_number=bool(numbers.usable),
        opted_out=numbers.opted_out,
        dead=member.death_date is not None and member.death_date <= now.date(),
        covered=member.coverage_end is None or member.coverage_end + grace >= now.date(),
        held=enrollment.held_at is not None,
        stopped=await _stopped(session, enrollment.id),
        created_at=enrollment.created_at,
        reached_at=enrollment.reached_at,
        texts=await _texts(session, enrollment.id),
        tasks=await _tasks(session, enrollment.id),
        done=await _done(session, enrollment.id),
        medications=await _medications(session, member.id),
        deliveries=await _deliveries(session, enrollment.id),
        note=await _note(session, enrollment.id),
        readings=await _readings(session, enrollment.id),
    )


async def _stopped(session: AsyncSession, enrollment_id: str) -> bool:
    stops = select(StaffAction.id).where(
        StaffAction.enrollment_id == enrollment_id,
        StaffAction.kind == "stop",
        StaffAction.answer == "done",
    )
    return (await session.execute(stops.limit(1))).first() is not None


async def _texts(session: AsyncSession, enrollment_id: str) -> dict[tuple[str, int], SentText]:
    rows = await session.execute(
        select(
            Intent.step,
            Intent.attempt,
            Intent.status,
            Intent.due_at,
            Intent.accepted_at,
            Intent.reason,
        ).where(Intent.enrollment_id == enrollment_id)
    )
    return {
        (step, attempt): SentText(step, attempt, Status(status), due, accepted, reason)
        for step, attempt, status, due, accepted, reason in rows
    }


async def _tasks(session: AsyncSession, enrollment_id: str) -> dict[str, str | None]:
    rows = await session.execute(
        select(Task.key, Task.resolution).where(Task.enrollment_id == enrollment_id)
    )
    return dict(list(rows.tuples()))


async def _done(session: AsyncSession, enrollment_id: str) -> dict[str, str]:
    rows = await session.execute(
        select(Stage.name, Stage.done).where(
            Stage.enrollment_id == enrollment_id, Stage.done.is_not(None)
        )
    )
    return {name: how for name, how in rows if how}


async def _medications(session: AsyncSession, member_id: str) -> tuple[MedicationFact, ...]:
    rows = await session.scalars(
        select(Medication).where(Medication.member_id == member_id).order_by(Medication.ndc11)
    )
    return tuple(
        MedicationFact(row.ndc11, row.runs_out_on, row.days_supply, row.part2, row.drug_class)
        for row in rows
    )


async def _deliveries(session: AsyncSession, enrollment_id: str) -> tuple[DeliveryFact, ...]:
    rows = await session.scalars(
        select(Delivery).where(Delivery.enrollment_id == enrollment_id).order_by(Delivery.id)
    )
    return tuple(DeliveryFact(row.ndc11, row.due_on, row.status, row.changed_at) for row in rows)


async def _note(session: AsyncSession, enrollment_id: str) -> NoteFact | None:
    row = await session.scalar(
        select(Note)
        .where(Note.enrollment_id == enrollment_id)
        .order_by(Note.ordinal.desc())
        .limit(1)
    )
    if row is None:
        return None
    given = {key: value["answer"] for key, value in (row.answers or {}).items()}
    return NoteFact(row.sent_at, row.reply_by, row.answered_at, given)


async def _readings(session: AsyncSession, enrollment_id: str) -> tuple[ReadingFact, ...]:
    rows = await session.scalars(
        select(Reading)
        .where(Reading.enrollment_id == enrollment_id)
        .order_by(Reading.at.desc())
        .limit(60)
    )
    return tuple(ReadingFact(row.at, row.systolic, row.diastolic, row.mg_dl) for row in rows)
