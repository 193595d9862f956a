"""Brings news of deliveries to pharmacies' own systems: claimed first, told again until taken."""

import asyncio
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from activities.time import Time
from gateways.pharmacy_system import PharmacySystemGateway, hook_secret
from store import pharmacy_systems, tasks
from store.database import Transaction
from store.models import Delivery, PharmacyNews
from store.pharmacy_systems import Claimed

log = structlog.get_logger()

LEASE = timedelta(seconds=60)
"""Longer than the gateway's own patience: two are never at one piece of news."""
FIRST_AGAIN, LONGEST_AGAIN = timedelta(seconds=10), timedelta(hours=1)
MOST_TRIES = 40
"""About a day and a half; then a person looks."""
BATCH = 20
PERSON_WITHIN = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class PharmacyHooks:
    transaction: Transaction
    gateway: PharmacySystemGateway
    key: bytes
    time: Time

    async def tell_all(self) -> int:
        """Look once; how many were told."""
        async with self.transaction() as session:
            claimed = await pharmacy_systems.claim(session, self.time.wall(), LEASE, BATCH)
        await asyncio.gather(*(self._tell(each) for each in claimed))
        return len(claimed)

    async def _tell(self, claimed: Claimed) -> None:
        news, wall = claimed.news, self.time.wall()
        secret = hook_secret(self.key, news.npi, claimed.generation)
        taken = await self.gateway.tell(
            claimed.url, secret, news.id, _body(news), int(wall.timestamp())
        )
        async with self.transaction() as session:
            row = await session.get_one(PharmacyNews, news.id, with_for_update=True)
            row.due_at = None if taken else _again(row.tries, self.time.wall())
            if taken or row.tries >= MOST_TRIES:
                row.settled_at, row.taken = self.time.wall(), taken
            if row.taken is False:
                delivery = await session.get_one(Delivery, row.delivery_id)
                await tasks.open_task(
                    session, delivery.enrollment_id, key=f"pharmacy-system-{delivery.id}",
                    kind="pharmacy_system", role="coordinator", within=PERSON_WITHIN,
                    now=self.time.now(),
                )  # fmt: skip
        status = "taken" if taken else "not_taken"
        log.info("pharmacy_told", kind=news.kind, status=status, attempt=news.tries)


def _body(news: PharmacyNews) -> bytes:
    """The same bytes at every try; what it is about is asked of the API by its id."""
    told = {
        "id": news.id, "type": f"delivery.{news.kind}", "delivery": news.delivery_id,
        "npi": news.npi, "at": news.at.isoformat(),
    }  # fmt: skip
    return json.dumps(told, separators=(",", ":"), sort_keys=True).encode()


def _again(tries: int, wall: datetime) -> datetime:
    doublings: int = min(tries - 1, 12)
    return wall + min(FIRST_AGAIN * (1 << doublings), LONGEST_AGAIN)
