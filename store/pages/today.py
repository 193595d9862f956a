"""Today's counts: journeys by state and the texts of the last day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.journey import State
from domain.outbox import Status
from store.models import Enrollment, InboundText, Intent
from store.pages.scope import Scope


@dataclass(frozen=True, slots=True)
class FunnelLine:
    program: str
    state: str
    members: int
    held: int


@dataclass(frozen=True, slots=True)
class Texts:
    accepted: int
    delivered: int
    failed: int
    waiting: int
    received: int


async def funnel(session: AsyncSession, scope: Scope) -> Sequence[FunnelLine]:
    """By program, in the order in which a journey passes through its states."""
    query = select(
        Enrollment.program,
        Enrollment.state,
        func.count(),
        func.count().filter(Enrollment.held_at.is_not(None)),
    ).group_by(Enrollment.program, Enrollment.state)
    rows = await session.execute(scope.limit(query))
    order = list(State)
    lines = [FunnelLine(*row) for row in rows]
    return sorted(lines, key=lambda line: (line.program, order.index(State(line.state))))


async def texts(session: AsyncSession, scope: Scope, *, since: datetime) -> Texts:
    """Texts accepted, arrived and received since a moment; `waiting`: all still to go."""
    sent = (
        select(
            func.count().filter(Intent.accepted_at >= since),
            func.count().filter(Intent.delivered_at >= since),
            func.count().filter(Intent.status == Status.FAILED, Intent.created_at >= since),
            func.count().filter(Intent.status == Status.PENDING),
        )
        .select_from(Intent)
        .outerjoin(Enrollment, Enrollment.id == Intent.enrollment_id)
        .where(
            (Intent.created_at >= since)
            | (Intent.accepted_at >= since)
            | (Intent.delivered_at >= since)
            | (Intent.status == Status.PENDING)
        )
    )
    received = (
        select(func.count())
        .select_from(InboundText)
        .outerjoin(Enrollment, Enrollment.id == InboundText.enrollment_id)
        .where(InboundText.received_at >= since)
    )
    counts = (await session.execute(scope.limit(sent))).one()
    return Texts(*counts, (await session.execute(scope.limit(received))).scalar_one())
