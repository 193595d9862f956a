"""Which due text may leave next: what is held, what may still be used, whose turn it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from domain.breakers import Scope, State, tries
from domain.outbox import Purpose
from domain.pacing import NEVER_HELD, SenderPlan, Shares, held_until, spend
from store import pacing, sending
from store.models import BreakerRow, Intent


class Crowded(Exception):
    """Another slot has used what this text was to use: undo, and look again."""


@dataclass(frozen=True, slots=True)
class Road:
    """What may leave now; what is never held may always."""

    open: bool
    """Our sender may send."""
    campaigns: bool
    """And texts begun by us may go."""
    held_templates: Sequence[str]
    probes: Sequence[BreakerRow]
    """Breakers that one text is let through to try."""
    programs: Sequence[str]
    """In the order of their turns."""
    used: Mapping[str, float]
    """How much of its share each program had used."""

    @property
    def held(self) -> bool:
        return not self.campaigns or bool(self.held_templates)


@dataclass(frozen=True, slots=True)
class Pace:
    """`plan` None: nobody limits how fast we send, and turns are not counted."""

    plan: SenderPlan | None = None
    shares: Shares = field(default_factory=lambda: Shares(()))

    async def look(self, session: AsyncSession, now: datetime) -> Road:
        rows = await pacing.tripped(session)
        states = [(row, pacing.of_row(row).state(now)) for row in rows]
        held = [row for row, state in states if state is State.HELD]
        free = not any(row.scope == Scope.SENDER for row in held)
        campaigns, programs = free, self.shares.programs
        used: Mapping[str, float] = {}
        if self.plan is not None:
            left, used = await pacing.stand(session, self.plan, now)
            campaigns = free and held_until(left, self.plan, Purpose.CARE, now) is None
            free = free and held_until(left, self.plan, Purpose.REPLY, now) is None
            programs = self.shares.order(used, left.turn)
        return Road(
            free,
            campaigns,
            [row.name for row in held if row.scope == Scope.TEMPLATE],
            [row for row, state in states if state is State.PROBE],
            programs,
            used,
        )

    async def next_due(self, session: AsyncSession, now: datetime, road: Road) -> Intent | None:
        """Answers before campaigns; among campaigns the program whose turn it is."""
        wanted = sending.Wanted(
            road.open, road.campaigns, road.held_templates, NEVER_HELD, road.programs
        )
        return await sending.next_due(session, wanted, now)

    async def use(
        self, session: AsyncSession, intent: Intent, segments: int, road: Road, now: datetime
    ) -> None:
        """Take what the text uses; call it last before the commit.

        Raises Crowded, and then nothing of this transaction may be kept.
        """
        purpose = Purpose(intent.purpose)
        if purpose not in NEVER_HELD:
            await self._probe(session, intent, road, now)
        if self.plan is None:
            return
        left = await pacing.lock_bucket(session, self.plan, now)
        if held_until(left, self.plan, purpose, now) is not None:
            raise Crowded
        used = spend(left, self.plan, segments, now)
        if purpose is Purpose.CARE and intent.program is not None:
            share, turn = self.shares.charge(road.used, left.turn, intent.program, segments)
            await pacing.write_share(session, intent.program, share)
            used = replace(used, turn=turn)
        await pacing.write_bucket(session, used)

    async def _probe(
        self, session: AsyncSession, intent: Intent, road: Road, now: datetime
    ) -> None:
        for seen in road.probes:
            if seen.scope == Scope.TEMPLATE and seen.name != intent.template:
                continue
            breaker = pacing.of_row(seen)
            row = await pacing.lock_breaker(
                session, breaker.fuse.scope, seen.name, breaker.cause, now
            )
            match pacing.of_row(row).state(now):
                case State.HELD:
                    raise Crowded
                case State.PROBE:
                    pacing.write_breaker(row, tries(pacing.of_row(row), intent.id, now), now)
