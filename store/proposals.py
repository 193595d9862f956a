"""What is proposed to pharmacists: one date a month, and packaging by time of day; they decide."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.effects import ProposeSync
from store import outcomes
from store.models import Delivery, Enrollment, Medication, Member, SyncPlan
from store.pages.scope import Scope


async def propose_sync(
    session: AsyncSession, enrollment: Enrollment, found: ProposeSync, now: datetime
) -> bool:
    """False when one was proposed before."""
    fills = [{"refill": refill, "days": days} for refill, days in found.fills]
    made = await session.execute(
        insert(SyncPlan)
        .values(
            enrollment_id=enrollment.id,
            on_date=found.on,
            fills=fills,
            status="proposed",
            proposed_at=now,
        )
        .on_conflict_do_nothing()
        .returning(SyncPlan.id)
    )
    return made.first() is not None


@dataclass(frozen=True, slots=True)
class ShortFill:
    ndc11: str
    ingredient: str | None
    ends_on: date
    days: int


@dataclass(frozen=True, slots=True)
class SyncLine:
    plan: SyncPlan
    enrollment: Enrollment
    member: Member
    fills: Sequence[ShortFill]


async def open_plans(session: AsyncSession, scope: Scope, limit: int = 100) -> Sequence[SyncLine]:
    """Those that wait for a decision, the oldest first."""
    query = (
        select(SyncPlan, Enrollment, Member)
        .join(Enrollment, Enrollment.id == SyncPlan.enrollment_id)
        .join(Member, Member.id == Enrollment.member_id)
        .where(SyncPlan.status == "proposed", Enrollment.ended_at.is_(None))
        .order_by(SyncPlan.id)
        .limit(limit)
    )
    rows = (await session.execute(scope.limit(query))).all()
    names = await _names(session, [row[2].id for row in rows])
    return [
        SyncLine(plan, enrollment, member, _fills(plan, names.get(member.id, {})))
        for plan, enrollment, member in rows
    ]


async def _names(session: AsyncSession, members: Sequence[str]) -> dict[str, dict[str, str | None]]:
    found: dict[str, dict[str, str | None]] = {}
    rows = await session.execute(
        select(Medication.member_id, Medication.ndc11, Medication.ingredient).where(
            Medication.member_id.in_(members), Medication.part2.is_(False)
        )
    )
    for member_id, ndc11, ingredient in rows:
        found.setdefault(member_id, {})[ndc11] = ingredient
    return found


def _fills(plan: SyncPlan, names: dict[str, str | None]) -> Sequence[ShortFill]:
    """Only of medicines known not to be protected: what became so since is left out."""
    parts = [(*fill["refill"].rsplit("/", 1), fill["days"]) for fill in plan.fills]
    return [
        ShortFill(ndc11, names[ndc11], date.fromisoformat(ends), days)
        for ndc11, ends, days in parts
        if ndc11 in names
    ]


async def decide_sync(
    session: AsyncSession, scope: Scope, plan_id: int, answer: str, *, actor: str, now: datetime
) -> str:
    """`answer`: accepted or declined. `done`, `unknown`, or in words why not; twice is `done`."""
    query = (
        select(SyncPlan, Enrollment)
        .join(Enrollment, Enrollment.id == SyncPlan.enrollment_id)
        .where(SyncPlan.id == plan_id)
        .with_for_update(of=SyncPlan)
    )
    row = (await session.execute(scope.limit(query))).one_or_none()
    if row is None:
        return "unknown"
    plan, enrollment = row
    if plan.status != "proposed":
        return "done" if plan.status == answer else f"It was {plan.status} before."
    plan.status, plan.decided_at, plan.decided_by = answer, now, actor
    enrollment.nudged_at = now
    outcomes.record(session, enrollment, f"sync_{answer}", at=now, rule="pharmacist", actor=actor)
    return "done"


async def decide_packaging(
    session: AsyncSession, scope: Scope, delivery_id: int, answer: str, *, actor: str, now: datetime
) -> str:
    """As `decide_sync`; it holds for every open order of the enrollment and those to come."""
    query = (
        select(Delivery, Enrollment)
        .join(Enrollment, Enrollment.id == Delivery.enrollment_id)
        .where(Delivery.id == delivery_id)
    )
    row = (await session.execute(scope.limit_deliveries(query))).one_or_none()
    if row is None:
        return "unknown"
    delivery, enrollment = row
    if delivery.packaging != "proposed":
        same = delivery.packaging == answer
        return "done" if same else "Packaging is not proposed for this order, or was decided."
    waiting = await session.scalars(
        select(Delivery)
        .where(Delivery.enrollment_id == enrollment.id, Delivery.packaging == "proposed")
        .with_for_update()
    )
    for each in waiting.all():
        each.packaging = answer
    outcomes.record(
        session, enrollment, f"packaging_{answer}", at=now, rule="pharmacist", actor=actor
    )
    return "done"
