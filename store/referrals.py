"""Referrals: asked for, taken on by a service, ended with an outcome."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.needs import OPEN, Refusal, Status, step
from store import outcomes
from store.models import Enrollment, Member, Need, Referral
from store.pages.scope import Scope


async def refer(
    session: AsyncSession, enrollment: Enrollment, need_id: int, *, actor: str, now: datetime
) -> str:
    """ "done", "unknown", "refuted", or "open" when help is being looked for already."""
    need = await session.get(Need, need_id, with_for_update=True)
    if need is None or need.enrollment_id != enrollment.id:
        return "unknown"
    if need.refuted_at:
        return "refuted"
    earlier = (await session.scalars(select(Referral).where(Referral.need_id == need_id))).all()
    if any(row.status in (*OPEN, Status.COMPLETED) for row in earlier):
        return "open"
    session.add(
        Referral(
            enrollment_id=enrollment.id,
            need_id=need_id,
            ordinal=max((row.ordinal for row in earlier), default=0) + 1,
            requested_at=now,
            changed_at=now,
        )
    )
    detail = {"domain": need.domain}
    outcomes.record(
        session, enrollment, "referral_requested", at=now, rule="staff", actor=actor, detail=detail
    )
    return "done"


async def move(
    session: AsyncSession,
    enrollment: Enrollment,
    referral_id: int,
    to: Status,
    *,
    reason: str,
    reasons: Mapping[str, str],
    service: Mapping[str, str] | None,
    actor: str,
    now: datetime,
) -> Refusal | None:
    """Take a step; saying the same step twice changes nothing. `service`: id, name and phone."""
    row = await session.get(Referral, referral_id, with_for_update=True)
    if row is None or row.enrollment_id != enrollment.id:
        return Refusal("There is no such referral.")
    if row.status == to:
        return None
    if refused := step(row.status, to, reason, reasons):
        return refused
    row.status, row.changed_at = to, now
    if service is not None:
        row.service_id, row.service = service["id"], dict(service)
    if to not in OPEN:
        row.closed_at, row.reason = now, reason or None
    detail = {"referral": row.id, "reason": reason or None}
    outcomes.record(
        session, enrollment, f"referral_{to}", at=now, rule="staff", actor=actor, detail=detail
    )
    return None


async def lines(
    session: AsyncSession, scope: Scope, limit: int = 200
) -> Sequence[tuple[Enrollment, Member, int, int]]:
    """Members with needs: how many are unsigned, and how many referrals are open."""
    unsigned = (
        select(func.count())
        .where(
            Need.enrollment_id == Enrollment.id,
            Need.confirmed_at.is_(None),
            Need.refuted_at.is_(None),
        )
        .correlate(Enrollment)
        .scalar_subquery()
    )
    waiting = (
        select(func.count())
        .where(Referral.enrollment_id == Enrollment.id, Referral.status.in_(OPEN))
        .correlate(Enrollment)
        .scalar_subquery()
    )
    query = (
        select(Enrollment, Member, unsigned, waiting)
        .join(Member, Member.id == Enrollment.member_id)
        .where((unsigned > 0) | (waiting > 0))
        .order_by(Enrollment.id)
        .limit(limit)
    )
    return [(row[0], row[1], row[2], row[3]) for row in await session.execute(scope.limit(query))]
