"""Looks each day, and after each loaded file, for members whose pharmacy has ended, who have moved,
or who have none, and gives them the next that qualifies. Nobody's journey is lost by it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from activities.attribution import Rerouting
from activities.time import Time
from domain.attribution import Answer, Rule, back_again
from domain.exits import Exit
from domain.pharmacies import Offer, Want, ended
from domain.program import Program
from store import attributions
from store.attributions import Seeker
from store.database import Transaction

log = structlog.get_logger()

BATCH = 200

Ground = dict[tuple[str, str | None], Sequence[Offer]]
"""What is offered, by program and state; read once a batch."""
Occasion = tuple[date, datetime | None]
"""A day, and when pharmacies were last told of anew: nothing changes while this does not."""


@dataclass
class Reattribution:
    transaction: Transaction
    rerouting: Rerouting
    time: Time
    _done: Occasion | None = None
    _looked: set[str] = field(default_factory=set)
    """Enrollments looked at on the occasion under way."""
    _occasion: Occasion | None = None

    async def check(self) -> None:
        """One batch of what is to be done; cheap when there is nothing new under the sun."""
        now = self.time.now()
        async with self.transaction() as session:
            occasion = (now.date(), await attributions.renewed_at(session))
            if occasion == self._done:
                return
            if occasion != self._occasion:
                self._occasion, self._looked = occasion, set()
            pairs = await attributions.in_use(session)
            lost = await self._ended(pairs, now)
            found = await attributions.seekers(session, lost, self._looked, BATCH)
        ground: Ground = {}
        for seeker in found:
            self._looked.add(seeker.enrollment_id)
            lost_here = (seeker.program, seeker.pharmacy_npi) in lost
            try:
                await self._one(seeker, ground, lost=lost_here)
            except Exception as wrong:  # the relay goes on, and so do the other members
                log.warning(
                    "pharmacy_not_reattributed",
                    enrollment_id=seeker.enrollment_id,
                    error=type(wrong).__name__,
                )
        if len(found) < BATCH:
            self._done = occasion

    async def _ended(self, pairs: Sequence[tuple[str, str]], now: datetime) -> set[tuple[str, str]]:
        """Of the pharmacies in use, those that can no longer serve their program: program, NPI."""
        async with self.transaction() as session:
            known = {offer.npi: offer for offer in await attributions.offers(session, weeks=1)}
        wants = {name: _anybody(program) for name, program in self.rerouting.programs.items()}
        return {
            (program, npi)
            for program, npi in pairs
            if program in wants and ended(known[npi], wants[program], now.date())
        }

    async def _one(self, seeker: Seeker, ground: Ground, *, lost: bool) -> None:
        now = self.time.now()
        if seeker.program not in self.rerouting.programs:
            return
        async with self.transaction() as session:
            history = await attributions.of_enrollment(session, seeker.enrollment_id)
            refused = attributions.refusals(history)
            if not lost and len(refused) >= self.rerouting.rules.refusals:
                return  # a person decides
            place = (seeker.program, seeker.state)
            if place not in ground:
                weeks = self.rerouting.programs[seeker.program].capacity_weeks
                ground[place] = await attributions.offers(session, weeks, state=seeker.state or "")
            rule = _rule(seeker, lost=lost)
            but_not = {*refused, *([seeker.pharmacy_npi] if lost and seeker.pharmacy_npi else [])}
            want = await self.rerouting.want(seeker)
            answer = self.rerouting.answer(ground[place], want, rule, now, history, but_not)
            if own := await self._own(session, seeker, lost or seeker.pharmacy_npi in refused):
                answer = back_again(own, want)
            if answer.npi is None and not (lost and seeker.leaving is None):
                return  # still nobody, and a person has been asked
            await self.rerouting.again(session, seeker.enrollment_id, rule, answer, now)
        _take_room(ground, answer)
        log.info("pharmacy_reattributed", enrollment_id=seeker.enrollment_id, reason=rule.value)

    async def _own(self, session: AsyncSession, seeker: Seeker, gone: bool) -> Offer | None:
        """The pharmacy of a member whose journey waits for one, if it qualifies again."""
        npi = seeker.pharmacy_npi
        if gone or npi is None or seeker.leaving != Exit.PHARMACY_LEFT:
            return None
        found = await attributions.offers(session, weeks=1, npi=npi)
        return found[0] if found else None


def _rule(seeker: Seeker, *, lost: bool) -> Rule:
    if lost or seeker.leaving == Exit.PHARMACY_LEFT:
        return Rule.LEFT
    return Rule.APPEARED if seeker.pharmacy_npi is None else Rule.MOVED


def _anybody(program: Program) -> Want:
    """What a program asks of a pharmacy, whoever the member is."""
    return Want(None, None, "en", program.networks, program.cpesn, program.services)


def _take_room(ground: Ground, answer: Answer) -> None:
    """Those who come later in the batch find less room; also in other programs."""
    for place, offers in ground.items():
        ground[place] = [offer.with_one_more() if offer.npi == answer.npi else offer
                         for offer in offers]  # fmt: skip
