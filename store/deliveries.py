"""Deliveries: ordered once a refill, moved by the pharmacy, confirmed by the member."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Text, cast, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.delivery_steps import STEPS, Status
from store import medications, outcomes
from store.models import Delivery, Enrollment, Pharmacy


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
        await medications.brought(session, enrollment.member_id, delivery, now.date())
    return "done"


async def confirm(
    session: AsyncSession, enrollment: Enrollment, refills: Sequence[str], answer: str
) -> None:
    """What the member says of refills that were brought; one that did not come is no supply."""
    wanted = [tuple(refill.rsplit("/", 1)) for refill in refills]
    found = await session.scalars(
        select(Delivery).where(
            Delivery.enrollment_id == enrollment.id,
            tuple_(Delivery.ndc11, cast(Delivery.due_on, Text)).in_(wanted),
            Delivery.status == Status.DELIVERED,
            Delivery.confirmed.is_(None),
        )
    )
    for delivery in found.all():
        delivery.confirmed = answer
        if answer == "not_received":
            await medications.taken_back(session, enrollment.member_id, delivery)


async def follow(
    session: AsyncSession, enrollment: Enrollment, before: str, to: str, now: datetime
) -> None:
    """The member has another pharmacy: what may not or need not stay at the one before moves."""
    pharmacy = await session.get_one(Pharmacy, before)
    licensed = pharmacy.licence_expires is None or pharmacy.licence_expires >= now.date()
    moving = [Status.ORDERED] if licensed else [Status.ORDERED, Status.ACCEPTED, Status.PACKED]
    rows = await session.scalars(
        select(Delivery)
        .where(
            Delivery.enrollment_id == enrollment.id,
            Delivery.pharmacy_npi == before,
            Delivery.status.in_(moving),
        )
        .with_for_update()
    )
    for delivery in rows.all():
        delivery.pharmacy_npi, delivery.status, delivery.changed_at = to, Status.ORDERED, now
        outcomes.record(
            session,
            enrollment,
            "delivery_moved",
            at=now,
            rule="another pharmacy",
            detail={"delivery": delivery.id},
        )
