"""Deliveries: ordered once a refill, moved by the pharmacy, confirmed by the member."""

from datetime import date, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.delivery import STEPS, Status
from store import outcomes
from store.models import Delivery, Enrollment, Medication


async def order(
    session: AsyncSession,
    enrollment: Enrollment,
    ndc11: str,
    days_supply: int,
    due_on: date,
    now: datetime,
) -> bool:
    """False when it was ordered already, or when there is no pharmacy to order it from."""
    if enrollment.pharmacy_npi is None:
        return False
    made = await session.execute(
        insert(Delivery)
        .values(
            enrollment_id=enrollment.id,
            pharmacy_npi=enrollment.pharmacy_npi,
            ndc11=ndc11,
            days_supply=days_supply,
            due_on=due_on,
            status=Status.ORDERED,
            ordered_at=now,
            changed_at=now,
        )
        .on_conflict_do_nothing()
        .returning(Delivery.id)
    )
    return made.first() is not None


async def move_delivery(
    session: AsyncSession,
    delivery_id: int,
    to: Status,
    *,
    actor: str,
    reason: str | None = None,
    now: datetime,
) -> str:
    """`done`, or in words why it cannot move there; asking twice for one step is `done` twice."""
    delivery = await session.get(Delivery, delivery_id, with_for_update=True)
    if delivery is None:
        return "There is no such delivery."
    at = Status(delivery.status)
    if at is to:
        return "done"
    if to not in STEPS[at]:
        return f"A delivery that is {at} cannot become {to}."
    if to is Status.FAILED and not reason:
        return "Say why the delivery failed."
    delivery.status, delivery.changed_at, delivery.reason = to, now, reason
    enrollment = await session.get_one(Enrollment, delivery.enrollment_id)
    enrollment.nudged_at = now
    outcomes.record(
        session,
        enrollment,
        f"delivery_{to}",
        at=now,
        rule="pharmacy's queue",
        actor=actor,
        detail={"delivery": delivery.id},
    )
    if to is Status.DELIVERED:
        await _supply_at_hand(session, enrollment.member_id, delivery, now.date())
    return "done"


async def confirm(session: AsyncSession, enrollment_id: str, due_on: date, answer: str) -> None:
    await session.execute(
        update(Delivery)
        .where(
            Delivery.enrollment_id == enrollment_id,
            Delivery.due_on >= due_on,
            Delivery.status == Status.DELIVERED,
            Delivery.confirmed.is_(None),
        )
        .values(confirmed=answer)
    )


async def _supply_at_hand(
    session: AsyncSession, member_id: str, delivery: Delivery, today: date
) -> None:
    """What was brought counts as a fill: the next refill is due when it ends (overlap is kept)."""
    medication = await session.scalar(
        select(Medication).where(
            Medication.member_id == member_id, Medication.ndc11 == delivery.ndc11
        )
    )
    if medication is None:
        return
    medication.last_fill_on = today
    medication.runs_out_on = max(medication.runs_out_on, today) + timedelta(
        days=delivery.days_supply
    )
