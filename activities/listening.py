"""Holds the sending lane while a STOP might have been missed; says when the list is read next."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from activities.pacing import Road
from activities.time import Time
from domain.listening import Deaf, ListeningRules, deaf, list_helps
from store import listening
from store.database import Transaction

log = structlog.get_logger()

BELIEVED = timedelta(seconds=1)
"""How long a slot goes by its last look, in wall time; only a good one is kept."""


@dataclass(slots=True)
class Listening:
    """`rules` None: nobody waits, as where a test tells the carrier's story itself."""

    time: Time
    rules: ListeningRules | None = None
    _good_until: datetime | None = field(default=None, init=False)
    _said: Deaf | None = field(default=None, init=False)

    async def hold(self, session: AsyncSession, road: Road) -> Road:
        """The road as it is, or shut to all but what is never held."""
        wall = self.time.wall()
        if self.rules is None or (self._good_until is not None and wall < self._good_until):
            return road
        why = deaf(await listening.heard(session), self.rules, wall)
        if why is not self._said:
            log.warning("sending_waits_to_hear", reason=why) if why else log.info("sending_hears")
        self._said = why
        self._good_until = None if why else wall + BELIEVED
        return replace(road, open=False, campaigns=False) if why else road

    async def list_helps(self, transaction: Transaction) -> bool:
        if self.rules is None:
            return False
        async with transaction() as session:
            found = await listening.heard(session)
        return list_helps(found, self.rules, self.time.wall())
