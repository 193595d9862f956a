"""What is held back just now, why, until when, and how much of the day is used."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.breakers import Breaker, Scope, State
from domain.listening import Deaf, ListeningRules, deaf
from domain.outbox import Purpose, Status
from domain.pacing import NEVER_HELD, SenderPlan, filled, held_until
from store import listening, pacing
from store.models import BreakerRow, Intent

DAY_USED = "day_used"


@dataclass(frozen=True, slots=True)
class HeldLine:
    """`cause`: domain.breakers.Cause, or day_used; `template`: the wording, None for all texts."""

    cause: str
    template: str | None
    next_at: datetime
    trying: bool
    """One text was let through, and what becomes of it is awaited."""
    texts: int
    """How many are due and wait for it."""


@dataclass(frozen=True, slots=True)
class Today:
    segments: int
    of: int


async def held(
    session: AsyncSession, plan: SenderPlan | None, now: datetime
) -> tuple[Sequence[HeldLine], Today | None]:
    """What is held, the sender's holds first; and the day's use, where there is a plan."""
    found = [(row, pacing.of_row(row)) for row in await pacing.tripped(session)]
    lines = [
        await _line(session, row, breaker, now)
        for row, breaker in found
        if breaker.state(now) is not State.FREE
    ]
    today = None
    if plan is not None:
        left = filled(await pacing.bucket(session, plan, now), plan, now)
        today = Today(left.spent, plan.per_day)
        until = held_until(left, plan, Purpose.CARE, now)
        if until and left.spent >= plan.per_day - plan.kept_for_replies:
            lines.append(HeldLine(DAY_USED, None, until, False, await _due(session, None, now)))
    return sorted(lines, key=lambda line: (line.template or "", line.cause)), today


async def waits_to_hear(
    session: AsyncSession, rules: ListeningRules | None, wall: datetime
) -> Deaf | None:
    """Why nothing begun by us leaves just now, though the carrier would take it."""
    return None if rules is None else deaf(await listening.heard(session), rules, wall)


async def _line(
    session: AsyncSession, row: BreakerRow, breaker: Breaker, now: datetime
) -> HeldLine:
    template = row.name if row.scope == Scope.TEMPLATE else None
    trying = breaker.probe is not None and breaker.state(now) is State.HELD
    texts = await _due(session, template, now)
    return HeldLine(row.cause, template, breaker.next_look(now), trying, texts)


async def _due(session: AsyncSession, template: str | None, now: datetime) -> int:
    query = select(func.count()).where(
        Intent.status == Status.PENDING, Intent.due_at <= now, Intent.purpose.not_in(NEVER_HELD)
    )
    if template is not None:
        query = query.where(Intent.template == template)
    return (await session.execute(query)).scalar_one()
