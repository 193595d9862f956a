"""The sending lane: takes due intents, passes them through the gate, hands them to the carrier.

An intent is committed as `sending` before anything is written to the carrier, one at a time for a
phone. An answer that does not come leaves it `unknown`: only evidence moves it on from there.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from activities.gate import Gate
from activities.listening import Listening
from activities.pacing import Crowded, Pace
from activities.sent import record_result
from activities.time import Time
from domain.gate import Later, Never, Reason, Send, Verdict
from domain.outbox import Status
from gateways.sms import OutgoingText, SmsGateway
from store import enrollments, gate, outbox, sending, tasks
from store.database import Transaction, in_transaction
from store.models import Enrollment, Intent, Phone

log = structlog.get_logger()

SLOTS = 4
SPELL = timedelta(minutes=5)
"""How long one activity keeps the lane; the workflow then starts the next."""
LEASE = timedelta(seconds=4)
"""After it the text may no longer be written to the carrier."""
HEARTBEAT = 0.5
IDLE_SECONDS = 0.25
PERSON_WITHIN = timedelta(hours=24)


@dataclass(frozen=True)
class SendDue:
    lane: int = 0


@dataclass(frozen=True, slots=True)
class _Taken:
    intent_id: str
    text: OutgoingText
    lease_until: datetime
    until: datetime


class SendingActivities:
    def __init__(
        self,
        transaction: Transaction,
        gate: Gate,
        carrier: SmsGateway | None,
        status_url: str,
        time: Time,
        pace: Pace | None = None,
        listening: Listening | None = None,
    ) -> None:
        """`carrier`: None while sending is switched off; what is due then stays due.

        `pace`: None where nobody limits how fast we send.
        """
        self._transaction = transaction
        self._gate = gate
        self._carrier = carrier
        self._status_url = status_url
        self._time = time
        self._pace = pace or Pace()
        self._listening = listening or Listening(time)
        self._held = False
        """Something due was held back when it was last looked for."""

    @activity.defn
    async def send_due(self, _request: SendDue) -> None:
        """Keep the lane for a spell, or until the worker shuts down."""
        until = self._time.wall() + SPELL
        over = asyncio.Event()
        slots = [asyncio.create_task(self._slot(until, over)) for _ in range(SLOTS)]
        try:
            while any(not slot.done() for slot in slots):
                activity.heartbeat()
                await asyncio.wait(slots, timeout=HEARTBEAT)
        finally:
            # A text on its way is let finish: cut off, its fate would be unknown.
            over.set()
            with suppress(asyncio.CancelledError):
                await asyncio.gather(*slots, return_exceptions=True)
        for slot in slots:
            slot.result()

    async def _slot(self, until: datetime, over: asyncio.Event) -> None:
        try:
            while self._time.wall() < until and not over.is_set() and not _closing():
                if not await self.send_one():
                    await asyncio.sleep(await self._idle())
        except BaseException:
            # The lane is begun anew as a whole, rather than go on with fewer slots.
            over.set()
            raise

    async def send_one(self) -> bool:
        """Take one due intent and see it through; False when none was due."""
        if self._carrier is None:
            return False
        taken = await self._take()
        if isinstance(taken, _Taken):
            await self._deliver(taken, self._carrier)
        return taken is not None

    async def _take(self) -> "_Taken | Status | None":
        try:
            async with self._transaction() as session:
                return await self._take_in(session)
        except Crowded:
            return None

    async def _take_in(self, session: AsyncSession) -> "_Taken | Status | None":
        now = self._time.now()
        road = await self._listening.hold(session, await self._pace.look(session, now))
        self._held = road.held
        intent = await self._pace.next_due(session, now, road)
        if intent is None:
            return None
        number = await gate.phone_of(session, intent)
        phone = await gate.lock_phone(session, number) if number else None
        verdict, body = None, None
        if phone is not None or number is None:
            verdict, body = await self._judged(session, intent, phone, now)
        if verdict is None:
            intent.due_at = now + self._moment()
            return Status.PENDING
        if verdict_is_news(intent, verdict):
            outbox.decided(session, intent.id, *_said(verdict, now))
        match verdict:
            case Send(until):
                assert number
                assert body
                taken = self._lease(intent, number, body, until)
                segments = self._gate.texts.count(body)
                await self._pace.use(session, intent, segments, road, now)
                return taken
            case Later(at, reason):
                intent.due_at, intent.reason = at, reason
            case Never(reason):
                intent.status, intent.reason = Status.WITHHELD, reason
                await self._withheld(session, intent, now)
        return Status(intent.status)

    async def _judged(
        self, session: AsyncSession, intent: Intent, phone: Phone | None, now: datetime
    ) -> tuple[Verdict | None, str | None]:
        try:
            return await self._gate.ask(session, intent, phone, now)
        except SQLAlchemyError:
            raise
        except Exception as wrong:
            # A text that cannot even be judged must not keep the others from leaving.
            log.error("text_broken", intent_id=intent.id, error=type(wrong).__name__)
            return Never(Reason.BAD_CONTENT), None

    def _lease(self, intent: Intent, phone: str, body: str, until: datetime) -> _Taken:
        lease = self._time.wall() + LEASE
        intent.status, intent.phone, intent.body = Status.SENDING, phone, body
        intent.tries += 1
        intent.lease_until, intent.settle_at, intent.reason = lease, None, None
        seconds = int((until - self._time.now()).total_seconds())
        text = OutgoingText(phone, body, f"{self._status_url}/{intent.id}", seconds)
        return _Taken(intent.id, text, lease, until)

    async def _deliver(self, taken: _Taken, carrier: SmsGateway) -> None:
        # A process that was stopped between the gate and here must not write an old text.
        leaves = self._time.now() + self._gate.on_the_wire()
        if self._time.wall() >= taken.lease_until or leaves >= taken.until:
            async with self._transaction() as session:
                await sending.put_back(session, taken.intent_id, self._time.now())
            return
        result = await carrier.send(taken.text)
        await in_transaction(
            self._transaction,
            lambda session: record_result(session, taken.intent_id, result, self._time),
        )

    async def _withheld(self, session: AsyncSession, intent: Intent, now: datetime) -> None:
        log.info("text_withheld", intent_id=intent.id, reason=intent.reason)
        if intent.enrollment_id is None:
            return
        enrollments.nudge(await session.get_one(Enrollment, intent.enrollment_id), now)
        if intent.reason in ("no_template", "too_long", "bad_content", "no_hours"):
            await tasks.open_task(
                session,
                intent.enrollment_id,
                key=f"withheld-{intent.reason}",
                kind="text_withheld",
                role="coordinator",
                within=PERSON_WITHIN,
                now=now,
                detail={"reason": intent.reason, "language": intent.language},
            )

    def _moment(self) -> timedelta:
        """A blink of wall time, as business time."""
        return timedelta(seconds=max(30.0, 0.2 * self._time.clock.rate))

    async def _idle(self) -> float:
        async with self._transaction() as session:
            due = await sending.next_due_at(session)
        if due is None or self._carrier is None:
            return IDLE_SECONDS
        wait = self._time.clock.wall_seconds(due - self._time.now())
        if self._held and wait <= 0:
            return IDLE_SECONDS
        return min(IDLE_SECONDS, max(0.02, wait))


def verdict_is_news(intent: Intent, verdict: Verdict) -> bool:
    """The same delay for the same reason again is kept once."""
    return not (isinstance(verdict, Later) and intent.reason == verdict.reason)


def _said(verdict: Verdict, now: datetime) -> tuple[str, str, datetime, datetime | None]:
    match verdict:
        case Send(_, reason):
            return "send", reason, now, None
        case Later(at, reason):
            return "later", reason, now, at
        case Never(reason):
            return "never", reason, now, None


def _closing() -> bool:
    return activity.in_activity() and activity.is_worker_shutdown()
