"""Deliveries: ordered once a refill, moved by the pharmacy, confirmed by the member."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Text, cast, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.addresses import MOST_TRIES, Check, check
from domain.delivery_steps import Status, refusal
from domain.effects import OrderDelivery
from store import medications, outcomes, pharmacy_systems
from store.models import Delivery, Enrollment, Member, Pharmacy

# By these nothing is decided, and a lateness is counted from the order: no journey wakes for them.
NO_NEWS = frozenset({(Status.ORDERED, Status.ACCEPTED), (Status.ACCEPTED, Status.PACKED)})


async def order(
    session: AsyncSession, enrollment: Enrollment, asked: OrderDelivery, now: datetime
) -> bool:
    """False when it was ordered already, or when there is no pharmacy to order it from."""
    if enrollment.pharmacy_npi is None:
        return False
    made = await session.execute(
        insert(Delivery)
        .values(
            enrollment_id=enrollment.id,
            pharmacy_npi=enrollment.pharmacy_npi,
            ndc11=asked.ndc11,
            days_supply=asked.days_supply,
            due_on=asked.due_on,
            cold_chain=asked.cold_chain,
            packaging=asked.packaging,
            status=Status.ORDERED,
            ordered_at=now,
            changed_at=now,
        )
        .on_conflict_do_nothing()
        .returning(Delivery)
    )
    delivery = made.scalar_one_or_none()
    if delivery is not None:
        await pharmacy_systems.tell(session, delivery, Status.ORDERED, now)
    return delivery is not None


async def move_delivery(
    session: AsyncSession,
    delivery_id: int,
    to: Status,
    *,
    actor: str,
    reason: str | None = None,
    window: str | None = None,
    now: datetime,
) -> str:
    """`done`, or in words why it cannot move there; asking twice for one step is `done` twice."""
    delivery = await session.get(Delivery, delivery_id, with_for_update=True)
    if delivery is None:
        return "There is no such delivery."
    at = Status(delivery.status)
    if at is to:
        return "done"
    left = delivery.left_at is not None
    refused = refusal(at, to, reason=reason, address=delivery.address_check, left_house=left)
    if refused:
        return refused
    _note(delivery, to, reason, window, now)
    enrollment = await session.get_one(Enrollment, delivery.enrollment_id)
    if (at, to) not in NO_NEWS:
        enrollment.nudged_at = now
    await _record(session, enrollment, delivery, now, actor=actor)
    if to is Status.DELIVERED:
        await medications.brought(session, enrollment.member_id, delivery, now.date())
    return "done"


def _note(
    delivery: Delivery, to: Status, reason: str | None, window: str | None, now: datetime
) -> None:
    delivery.status, delivery.changed_at, delivery.reason = to, now, reason
    delivery.window = window or delivery.window
    match to:
        case Status.OUT:
            delivery.left_at, delivery.next_attempt_on = delivery.left_at or now, None
        case Status.ATTEMPTED:
            delivery.attempts += 1
        case Status.ACCEPTED:
            # Taken up again after a person spoke with the member: everything counts anew.
            delivery.attempts, delivery.left_at = 0, None
            delivery.address_check, delivery.address_tries = None, 0


async def _record(
    session: AsyncSession, enrollment: Enrollment, delivery: Delivery, now: datetime, *, actor: str
) -> None:
    outcomes.record(
        session,
        enrollment,
        f"delivery_{delivery.status}",
        at=now,
        rule="pharmacy's queue",
        actor=actor,
        detail={"delivery": delivery.id},
    )
    if actor != pharmacy_systems.ACTOR:
        await pharmacy_systems.tell(session, delivery, delivery.status, now)


async def check_address(
    session: AsyncSession, delivery_id: int, said: str, *, actor: str, now: datetime
) -> str:
    """A value of `domain.addresses.Check`; `person` when too many wrong answers were given."""
    delivery = await session.get_one(Delivery, delivery_id, with_for_update=True)
    if delivery.address_tries >= MOST_TRIES:
        return "person"
    enrollment = await session.get_one(Enrollment, delivery.enrollment_id)
    member = await session.get_one(Member, enrollment.member_id)
    found = check(said, member.address, member.zip_code)
    delivery.address_check = found
    delivery.address_tries += found is Check.MISMATCH
    outcomes.record(
        session, enrollment, "delivery_address", at=now, rule=found, actor=actor,
        detail={"delivery": delivery.id},
    )  # fmt: skip
    return found


async def plan_attempt(
    session: AsyncSession, enrollment: Enrollment, refill: str, on: date
) -> None:
    for delivery in await _attempted(session, enrollment, refill):
        delivery.next_attempt_on = on


async def give_up(
    session: AsyncSession, enrollment: Enrollment, refill: str, now: datetime
) -> None:
    """The reason stays that of the last attempt."""
    for delivery in await _attempted(session, enrollment, refill):
        delivery.status, delivery.changed_at = Status.FAILED, now
        await _record(session, enrollment, delivery, now, actor="journey")


async def _attempted(
    session: AsyncSession, enrollment: Enrollment, refill: str
) -> Sequence[Delivery]:
    ndc11, due_on = refill.rsplit("/", 1)
    found = await session.scalars(
        select(Delivery).where(
            Delivery.enrollment_id == enrollment.id,
            Delivery.ndc11 == ndc11,
            Delivery.due_on == date.fromisoformat(due_on),
            Delivery.status == Status.ATTEMPTED,
        )
    )
    return found.all()


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
        await pharmacy_systems.tell(session, delivery, Status.ORDERED, now)
