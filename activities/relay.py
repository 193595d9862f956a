"""Brings what is new to the journeys it belongs to, until they have taken note of it.

Facts are committed first, by webhooks, the console or identification; this loop starts journeys
that have none, signals those that are nudged, settles texts nobody answered for, asks the carrier
for texts whose webhooks were lost, finds another pharmacy where one has fallen away, and tells
pharmacies' own systems of their deliveries. A signal that gets lost is given again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from temporalio import activity

from activities import crisis, handover
from activities.journey import Advance, JourneyActivities
from activities.listening import Listening
from activities.pharmacy_systems import PharmacyHooks
from activities.polling import poll
from activities.reattribution import Reattribution
from activities.receiving import Receiver
from activities.settling import settle
from activities.time import Time
from domain.ids import EnrollmentId
from gateways.journeys import JourneyGateway, JourneyOver
from gateways.sms import SmsGateway
from store import enrollments
from store.database import Transaction
from store.enrollments import Nudge
from store.models import Enrollment

log = structlog.get_logger()

Work = Callable[[], Awaitable[None]]

SPELL = timedelta(minutes=5)
TICK = 0.1
SETTLE_EVERY = 2.0
ESCALATE_EVERY = 1.0
REATTRIBUTE_EVERY = 5.0
"""A look that finds no new day and no new file costs one question to the database."""
POLL_EVERY = timedelta(seconds=60)
"""A lost webhook's text is found within minutes, far inside the quarter of an hour promised."""
LOOK_WHETHER_TO_POLL_EVERY = 1.0
POLL_AGAIN_AFTER = timedelta(seconds=3)
"""After a list that could not be read, or while texts wait for it."""
TELL_EVERY = 1.0
BATCH = 50
HEARTBEAT = 0.5
AGAIN_AFTER = timedelta(seconds=3)
"""A journey that has not taken note of a signal by then is told again, and later each time."""
AGAIN_AT_MOST = timedelta(seconds=60)
FORGET_AFTER = 2 * AGAIN_AT_MOST
MOST_WAITING = 1_000
"""How many may be kept out of one look; beyond it the longest waiting are told once more."""


@dataclass(frozen=True)
class Relay:
    pass


@dataclass(frozen=True, slots=True)
class _Told:
    """How often a journey was told of one nudge, and until when it is left in peace (wall)."""

    times: int
    until: datetime


@dataclass
class RelayActivities:
    transaction: Transaction
    journeys: JourneyGateway
    advance: JourneyActivities
    receiver: Receiver
    carrier: SmsGateway | None
    time: Time
    reattribution: Reattribution | None = None
    hooks: PharmacyHooks | None = None
    listening: Listening | None = None
    _polled_at: datetime | None = None
    _told: dict[Nudge, _Told] = field(default_factory=dict)
    """By nudge, so that a journey that took note hears of its next news at once."""

    @activity.defn
    async def relay_news(self, _request: Relay) -> None:
        until = self.time.wall() + SPELL
        loops = [
            asyncio.create_task(self._every(TICK, self.start_and_tell, until)),
            asyncio.create_task(self._every(SETTLE_EVERY, self.settle_texts, until)),
            asyncio.create_task(self._every(ESCALATE_EVERY, self.escalate, until)),
            asyncio.create_task(self._every(LOOK_WHETHER_TO_POLL_EVERY, self.poll_when_due, until)),
            asyncio.create_task(self._every(REATTRIBUTE_EVERY, self.reattribute, until)),
            asyncio.create_task(self._every(TELL_EVERY, self.tell_pharmacies, until)),
        ]
        try:
            while any(not loop.done() for loop in loops):
                activity.heartbeat()
                await asyncio.wait(loops, timeout=HEARTBEAT)
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
            nudged = await enrollments.nudged(session, BATCH, but_not=self._waiting())
        await self._each(self._start, new)
        self._count(nudged)
        await self._each(self._tell, nudged)

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

    async def escalate(self) -> None:
        """A cry nobody has documented, or an offer nobody answered, reaches the next in time."""
        await crisis.escalate(self.transaction, self.receiver.crisis, self.time.now())
        await handover.escalate(self.transaction, self.time.now())

    async def tell_pharmacies(self) -> None:
        if self.hooks is not None:
            await self.hooks.tell_all()

    async def poll_when_due(self) -> None:
        """Each minute; sooner when nothing leaves until the list has been read."""
        now = self.time.wall()
        since = POLL_EVERY if self._polled_at is None else now - self._polled_at
        if since >= POLL_EVERY or (since >= POLL_AGAIN_AFTER and await self._list_helps()):
            await self.poll_carrier()

    async def _list_helps(self) -> bool:
        return self.listening is not None and await self.listening.list_helps(self.transaction)

    async def poll_carrier(self) -> None:
        self._polled_at = self.time.wall()
        if self.carrier is None:
            return
        if await poll(self.transaction, self.carrier, self.receiver, self.time) is None:
            self._polled_at += POLL_AGAIN_AFTER - POLL_EVERY

    async def reattribute(self) -> None:
        if self.reattribution is not None:
            await self.reattribution.check()

    async def _start(self, enrollment: Enrollment) -> None:
        await self.journeys.start(
            enrollment.program, enrollment.member_id, enrollment.ordinal, enrollment.id
        )
        async with self.transaction() as session:
            row = await enrollments.lock(session, enrollment.id)
            row.started_at = row.started_at or self.time.now()
        log.info("journey_started", enrollment_id=enrollment.id, program=enrollment.program)

    def _waiting(self) -> list[Nudge]:
        """Nudges told of too short a while ago to be told again; long ones never block the rest."""
        now = self.time.wall()
        self._told = {
            nudge: told for nudge, told in self._told.items() if now < told.until + FORGET_AFTER
        }
        return [nudge for nudge, told in self._told.items() if now < told.until][-MOST_WAITING:]

    def _count(self, nudged: Sequence[Enrollment]) -> None:
        now = self.time.wall()
        for each in nudged:
            before = self._told.pop(_nudge(each), None)
            times = before.times + 1 if before else 1
            # The exponent is bounded: a journey may be deaf for days.
            wait = min(AGAIN_AFTER * 2 ** min(times - 1, 10), AGAIN_AT_MOST)
            self._told[_nudge(each)] = _Told(times, now + wait)

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


def _nudge(enrollment: Enrollment) -> Nudge:
    return enrollment.id, enrollment.nudged_at


def _news_id(enrollment: Enrollment) -> str:
    at = enrollment.nudged_at
    return f"{enrollment.id}/{at.timestamp() if at else 0}"


def _closing() -> bool:
    return activity.in_activity() and activity.is_worker_shutdown()
