"""The sending lane: takes due texts from the door and hands them to the carrier, one by one.

An intent is committed as `sending` before anything is written to the carrier, one at a time for a
phone. An answer that does not come leaves it `unknown`: only evidence moves it on from there.

Preparing and recording overlap with the carrier's time: a few texts are taken from the door while
others are on their way, and answers that come together are recorded together.
"""

import asyncio
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError
from temporalio import activity

from activities.door import Door, Passage, Taken
from activities.gate import Gate
from activities.listening import Listening
from activities.pacing import Pace
from activities.sent import Answer, record_accepted, record_result
from activities.time import Time
from domain.outbox import Status
from gateways.sms import Accepted, SendResult, SmsGateway
from store import sending
from store.database import Transaction, in_transaction

SLOTS = 4
"""How many texts may be at the carrier at once."""
COURIERS = 2 * SLOTS
"""Those whose text has been answered for record the answer while others are at the carrier."""
AT_ONCE = 8
"""How many texts pass the door together."""
AHEAD = 4
"""The door is opened again when fewer than these wait for a courier."""
SPELL = timedelta(minutes=5)
"""How long one activity keeps the lane; the workflow then starts the next."""
HEARTBEAT = 0.5
IDLE_SECONDS = 0.25


@dataclass(frozen=True)
class SendDue:
    lane: int = 0


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
        self._carrier = carrier
        self._time = time
        self._gate = gate
        self._door = Door(gate, status_url, time, pace or Pace(), listening or Listening(time))
        self._line = asyncio.Semaphore(SLOTS)
        self._recording = asyncio.Lock()
        self._answers: list[tuple[Answer, asyncio.Future[None]]] = []

    @activity.defn
    async def send_due(self, _request: SendDue) -> None:
        """Keep the lane for a spell, or until the worker shuts down."""
        until = self._time.wall() + SPELL
        over = asyncio.Event()
        lane = asyncio.create_task(self.keep_lane(over))
        try:
            while not lane.done() and self._time.wall() < until and not _closing():
                activity.heartbeat()
                await asyncio.wait({lane}, timeout=HEARTBEAT)
        finally:
            # A text on its way is let finish: cut off, its fate would be unknown.
            over.set()
            with suppress(asyncio.CancelledError):
                await asyncio.gather(lane, return_exceptions=True)
        lane.result()

    async def keep_lane(self, over: asyncio.Event) -> None:
        """Send what is due until it is `over`; then what was taken is seen through."""
        ready: asyncio.Queue[Taken | None] = asyncio.Queue()
        taken = asyncio.Event()
        tasks = [
            asyncio.create_task(self._prepare(ready, taken, over)),
            *(asyncio.create_task(self._courier(ready, taken, over)) for _ in range(COURIERS)),
        ]
        done = await asyncio.gather(*tasks, return_exceptions=True)
        for wrong in done:
            if isinstance(wrong, BaseException):
                raise wrong

    async def _prepare(
        self, ready: asyncio.Queue[Taken | None], taken: asyncio.Event, over: asyncio.Event
    ) -> None:
        try:
            while not over.is_set():
                if ready.qsize() >= AHEAD:
                    taken.clear()
                    await taken.wait()
                    continue
                passage = await self._pass(AT_ONCE)
                for each in passage.taken:
                    ready.put_nowait(each)
                if not passage.settled:
                    with suppress(TimeoutError):
                        await asyncio.wait_for(over.wait(), await self._idle())
        finally:
            over.set()
            for _ in range(COURIERS):
                ready.put_nowait(None)

    async def _courier(
        self, ready: asyncio.Queue[Taken | None], taken: asyncio.Event, over: asyncio.Event
    ) -> None:
        assert self._carrier or ready.empty()
        try:
            while (text := await ready.get()) is not None:
                taken.set()
                assert self._carrier
                await self._deliver(text, self._carrier)
        finally:
            # The lane is begun anew as a whole, rather than go on with fewer couriers.
            over.set()
            taken.set()

    async def send_one(self) -> bool:
        """Take one due intent and see it through; False when none was due."""
        if self._carrier is None:
            return False
        taken = await self._take()
        if isinstance(taken, Taken):
            await self._deliver(taken, self._carrier)
        return taken is not None

    async def _take(self) -> "Taken | Status | None":
        passage = await self._pass(1)
        return passage.taken[0] if passage.taken else Status.PENDING if passage.settled else None

    async def _pass(self, most: int) -> Passage:
        if self._carrier is None:
            return Passage()
        # Begun anew where a journey and the door wait for each other: nothing was let go.
        return await in_transaction(
            self._transaction, lambda session: self._door.open(session, most)
        )

    async def _deliver(self, taken: Taken, carrier: SmsGateway) -> None:
        async with self._line:
            # A process that was stopped between the gate and here must not write an old text.
            leaves = self._time.now() + self._gate.on_the_wire()
            late = self._time.wall() >= taken.lease_until or leaves >= taken.until
            result = None if late else await carrier.send(taken.text)
        if result is not None:
            return await self._record(taken.intent_id, result)
        async with self._transaction() as session:
            await sending.put_back(session, taken.intent_id, self._time.now())

    async def _record(self, intent_id: str, result: SendResult) -> None:
        """Until it is recorded, with whatever else was answered for meanwhile."""
        kept: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._answers.append(((intent_id, result), kept))
        async with self._recording:
            if not kept.done():
                waiting, self._answers = self._answers, []
                await self._record_all(waiting)
        await kept

    async def _record_all(self, waiting: list[tuple[Answer, asyncio.Future[None]]]) -> None:
        try:
            recorded = await self._record_accepted([answer for answer, _ in waiting])
        except BaseException as wrong:
            for _, kept in waiting:
                kept.set_exception(wrong)
            return
        for (intent_id, result), kept in waiting:
            try:
                if intent_id not in recorded:
                    await self._record_one(intent_id, result)
                kept.set_result(None)
            except BaseException as wrong:
                kept.set_exception(wrong)

    async def _record_accepted(self, answers: Sequence[Answer]) -> Collection[str]:
        if not any(isinstance(result, Accepted) for _, result in answers):
            return ()
        try:
            return await in_transaction(
                self._transaction, lambda session: record_accepted(session, answers, self._time)
            )
        except SQLAlchemyError:
            return ()  # One of them is at fault; which, is found one by one.

    async def _record_one(self, intent_id: str, result: SendResult) -> None:
        await in_transaction(
            self._transaction,
            lambda session: record_result(session, intent_id, result, self._time),
        )

    async def _idle(self) -> float:
        async with self._transaction() as session:
            due = await sending.next_due_at(session)
        if due is None or self._carrier is None:
            return IDLE_SECONDS
        wait = self._time.clock.wall_seconds(due - self._time.now())
        if self._door.held and wait <= 0:
            return IDLE_SECONDS
        return min(IDLE_SECONDS, max(0.02, wait))


def _closing() -> bool:
    return activity.in_activity() and activity.is_worker_shutdown()
