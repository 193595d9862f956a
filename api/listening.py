"""The sign of life of whoever takes the carrier's webhooks; what is due to be sent waits for it."""

import asyncio
from dataclasses import dataclass, field

import structlog
from sqlalchemy.exc import SQLAlchemyError

from activities.time import Time
from domain.listening import ListeningRules
from store import listening
from store.database import Transaction

log = structlog.get_logger()

BEAT_SECONDS = 1.0


@dataclass(slots=True)
class Ears:
    """One process that takes webhooks."""

    transaction: Transaction
    rules: ListeningRules
    time: Time
    _after_a_break: bool = field(default=True, init=False)
    """The first beat, and each after one that failed: a webhook may have been refused then."""

    async def keep_beating(self) -> None:
        while True:
            await self.beat()
            await asyncio.sleep(BEAT_SECONDS)

    async def beat(self) -> None:
        try:
            async with self.transaction() as session:
                await listening.taking(
                    session,
                    self.time.wall(),
                    after_a_break=self._after_a_break,
                    silent_after=self.rules.silent_after,
                )
        except (SQLAlchemyError, OSError) as wrong:
            self._after_a_break = True
            log.warning("ears_not_kept", error=type(wrong).__name__)
        else:
            self._after_a_break = False
