"""Which due text may leave next: what is held, what may still be used, whose turn it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from sqlalchemy.ext.asyncio import AsyncSession

from domain.breakers import Scope, State, tries
from domain.outbox import Purpose
from domain.pacing import NEVER_HELD, SenderPlan, Shares, held_until, spend
from store import pacing, sending
from store.models import BreakerRow, Intent


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
    used: Mapping[str, float]
    """How much of its share each program had used."""
    turn: float
    """How far the turns of the programs had come."""

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
        campaigns, turn = free, 0.0
        used: Mapping[str, float] = {}
        if self.plan is not None:
            left, used = await pacing.stand(session, self.plan, now)
            campaigns = free and held_until(left, self.plan, Purpose.CARE, now) is None
            free = free and held_until(left, self.plan, Purpose.REPLY, now) is None
            turn = left.turn
        return Road(
            free,
            campaigns,
            [row.name for row in held if row.scope == Scope.TEMPLATE],
            [row for row, state in states if state is State.PROBE],
            used,
            turn,
        )

    async def due(
        self, session: AsyncSession, now: datetime, road: Road, most: int
    ) -> Sequence[Intent]:
        """Answers before campaigns; among campaigns the program whose turn it is."""
        wanted = sending.Wanted(
            road.open, road.campaigns, road.held_templates, NEVER_HELD, self.shares.programs
        )
        turns = partial(self.shares.turns, road.used, road.turn)
        # A breaker is tried by one text.
        return await sending.due(session, wanted, turns, 1 if road.probes else most, now)

    async def use(
        self, session: AsyncSession, texts: Sequence[tuple[Intent, int]], road: Road, now: datetime
    ) -> Sequence[Intent]:
        """Take what the texts use (segments): those for which there is enough, in their order.

        Call it last before they are written: it locks rows that every sender needs.
        """
        for intent, _ in texts:
            if Purpose(intent.purpose) not in NEVER_HELD and not await self._may_try(
                session, intent, road, now
            ):
                return ()
        if self.plan is None or not texts:
            return [intent for intent, _ in texts]
        left = await pacing.lock_bucket(session, self.plan, now)
        used, charged, free = dict(road.used), dict[str, float](), list[Intent]()
        for intent, segments in texts:
            purpose = Purpose(intent.purpose)
            if held_until(left, self.plan, purpose, now) is not None:
                continue
            left = spend(left, self.plan, segments, now)
            if purpose is Purpose.CARE and intent.program is not None:
                share, turn = self.shares.charge(used, left.turn, intent.program, segments)
                used[intent.program] = charged[intent.program] = share
                left = replace(left, turn=turn)
            free.append(intent)
        if not free:
            return ()
        await pacing.write_shares(session, charged)
        await pacing.write_bucket(session, left)
        return free

    async def _may_try(
        self, session: AsyncSession, intent: Intent, road: Road, now: datetime
    ) -> bool:
        """False when another text has come first to try what was held."""
        for seen in road.probes:
            if seen.scope == Scope.TEMPLATE and seen.name != intent.template:
                continue
            breaker = pacing.of_row(seen)
            row = await pacing.lock_breaker(
                session, breaker.fuse.scope, seen.name, breaker.cause, now
            )
            match pacing.of_row(row).state(now):
                case State.HELD:
                    return False
                case State.PROBE:
                    pacing.write_breaker(row, tries(pacing.of_row(row), intent.id, now), now)
        return True
