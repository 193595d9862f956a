"""Brings what is new to the journeys it belongs to, until they have taken note of it.

Facts are committed first, by webhooks, the console or identification; this loop starts journeys
that have none, signals those that are nudged, settles texts nobody answered for, and asks the
carrier for texts whose webhooks were lost. A signal that gets lost is given again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from temporalio import activity

from activities.journey import Advance, JourneyActivities
from activities.polling import poll
from activities.receiving import Receiver
from activities.settling import settle
from activities.time import Time
from domain.ids import EnrollmentId
from gateways.journeys import JourneyGateway, JourneyOver
from gateways.sms import SmsGateway
from store import enrollments
from store.database import Transaction
from store.models import Enrollment

log = structlog.get_logger()

Work = Callable[[], Awaitable[None]]

SPELL = timedelta(minutes=5)
TICK = 0.1
SETTLE_EVERY = 2.0
POLL_EVERY = 60.0
"""A lost webhook's text is found within minutes, far inside the quarter of an hour promised."""
BATCH = 50
AGAIN_AFTER = timedelta(seconds=3)
"""A journey that has not taken note of a signal by then is told again."""


@dataclass(frozen=True)
class Relay:
    pass


@dataclass
class RelayActivities:
    transaction: Transaction
    journeys: JourneyGateway
    advance: JourneyActivities
    receiver: Receiver
    carrier: SmsGateway | None
    time: Time
    _told: dict[str, float] = field(default_factory=dict)

    @activity.defn
    async def relay_news(self, _request: Relay) -> None:
        until = self.time.wall() + SPELL
        loops = [
            asyncio.create_task(self._every(TICK, self.start_and_tell, until)),
            asyncio.create_task(self._every(SETTLE_EVERY, self.settle_texts, until)),
            asyncio.create_task(self._every(POLL_EVERY, self.poll_carrier, until)),
        ]
        try:
            while any(not loop.done() for loop in loops):
                activity.heartbeat()
                await asyncio.wait(loops, timeout=2.0)
                if any(loop.done() and loop.exception() for loop in loops):
                    break
        finally:
            for loop in loops:
                loop.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.gather(*loops, return_exceptions=True)
        for loop in loops:
            if not loop.cancelled():
                loop.result()

    async def _every(self, seconds: float, work: Work, until: datetime) -> None:
        while self.time.wall() < until and not _closing():
            await work()
            await asyncio.sleep(seconds)

    async def start_and_tell(self) -> None:
        async with self.transaction() as session:
            new = await enrollments.unstarted(session, BATCH)
            told = await enrollments.nudged(session, BATCH)
        await self._each(self._start, new)
        await self._each(self._tell, self._due(told))

    async def _each(
        self, work: Callable[[Enrollment], Awaitable[None]], found: Sequence[Enrollment]
    ) -> None:
        """One journey that cannot be reached never keeps the others from their news."""
        done = await asyncio.gather(*(work(each) for each in found), return_exceptions=True)
        for enrollment, wrong in zip(found, done, strict=True):
            if isinstance(wrong, Exception):
                log.warning(
                    "journey_not_reached", enrollment_id=enrollment.id, error=type(wrong).__name__
                )

    async def settle_texts(self) -> None:
        if self.carrier is not None:
            await settle(self.transaction, self.carrier, self.time)

    async def poll_carrier(self) -> None:
        if self.carrier is not None:
            await poll(self.transaction, self.carrier, self.receiver, self.time)

    async def _start(self, enrollment: Enrollment) -> None:
        await self.journeys.start(
            enrollment.program, enrollment.member_id, enrollment.ordinal, enrollment.id
        )
        async with self.transaction() as session:
            row = await enrollments.lock(session, enrollment.id)
            row.started_at = row.started_at or self.time.now()
        log.info("journey_started", enrollment_id=enrollment.id, program=enrollment.program)

    def _due(self, nudged: Sequence[Enrollment]) -> list[Enrollment]:
        """Those not told of this nudge, or told long enough ago without taking note."""
        now = self.time.wall().timestamp()
        keys = {_news_id(each) for each in nudged}
        self._told = {key: at for key, at in self._told.items() if key in keys}
        again = AGAIN_AFTER.total_seconds()
        due = [each for each in nudged if now - self._told.get(_news_id(each), 0.0) > again]
        self._told |= {_news_id(each): now for each in due}
        return due

    async def _tell(self, enrollment: Enrollment) -> None:
        # A second telling of the same nudge has an id of its own: the first may have been lost.
        news = f"{_news_id(enrollment)}/{int(self.time.wall().timestamp())}"
        try:
            await self.journeys.tell(
                enrollment.program, enrollment.member_id, enrollment.ordinal, news
            )
        except JourneyOver:
            # What comes after the end is still heard: a step without a workflow hands it on.
            await self.advance.advance(Advance(EnrollmentId(enrollment.id)))


def _news_id(enrollment: Enrollment) -> str:
    at = enrollment.nudged_at
    return f"{enrollment.id}/{at.timestamp() if at else 0}"


def _closing() -> bool:
    return activity.in_activity() and activity.is_worker_shutdown()
