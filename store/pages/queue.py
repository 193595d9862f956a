"""The pharmacist's queue: refills on their way to members' doors."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.delivery_steps import STEPS, UNDER_WAY, Status
from store.models import Delivery, Enrollment, Medication, Member, Pharmacy
from store.pages.scope import EVERYTHING, Scope


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    delivery: Delivery
    enrollment: Enrollment
    member: Member
    pharmacy: Pharmacy
    medication: Medication | None

    @property
    def next(self) -> Sequence[Status]:
        """What may be said of it now, the usual step first."""
        back = {Status.RETURNED} if self.delivery.left_at is None else set()
        following = STEPS[Status(self.delivery.status)] - back
        return sorted(following, key=list(Status).index)

    @property
    def protected(self) -> bool:
        """A Part 2 medicine, named nowhere outside the pharmacy's own record.

        So is one that no claim speaks of: nobody can say that it is not.
        """
        return self.medication is None or self.medication.part2


async def deliveries(
    session: AsyncSession,
    scope: Scope = EVERYTHING,
    *,
    open_only: bool = True,
    limit: int = 200,
) -> Sequence[DeliveryLine]:
    """By the day they are due; of those that failed, the ones whose goods are still outside."""
    query = (
        select(Delivery, Enrollment, Member, Pharmacy, Medication)
        .join(Enrollment, Enrollment.id == Delivery.enrollment_id)
        .join(Member, Member.id == Enrollment.member_id)
        .join(Pharmacy, Pharmacy.npi == Delivery.pharmacy_npi)
        .outerjoin(
            Medication,
            (Medication.member_id == Member.id) & (Medication.ndc11 == Delivery.ndc11),
        )
        .order_by(Delivery.due_on, Delivery.id)
        .limit(limit)
    )
    if open_only:
        to_come_back = (Delivery.status == Status.FAILED) & Delivery.left_at.is_not(None)
        query = query.where(Delivery.status.in_(UNDER_WAY) | to_come_back)
    return [DeliveryLine(*row) for row in await session.execute(scope.limit_deliveries(query))]


async def may_move(session: AsyncSession, scope: Scope, delivery_id: int) -> bool:
    query = select(Delivery.id).where(Delivery.id == delivery_id)
    return await session.scalar(scope.limit_deliveries(query)) is not None
