"""A carrier at the vendor's edge that does as it is told, clocks that stand still, and a house
of activities on a real database."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import make
from make import NOW
from make_journeys import consent
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.gate import Gate
from activities.journey import Advance, JourneyActivities, Step
from activities.receiving import Incoming, Receiver
from activities.relay import RelayActivities
from activities.sending import SendingActivities
from activities.texts import Texts
from domain.clock import REAL, Clock
from domain.gate import GateRules
from domain.ids import EnrollmentId
from gateways.journeys import JourneyOver
from gateways.sms import (
    Accepted,
    CarrierListUnavailable,
    Inbox,
    ListedText,
    NoAnswer,
    NotReached,
    OutgoingText,
    Refused,
    SendResult,
)
from runtime import programs
from store.database import Transaction, engine, transactions
from store.models import Base

TEMPLATES = Path(__file__).parents[1] / "templates"
STATUS_URL = "https://doorway.example/twilio/status"
PHONE = "+16145550134"
Row = TypeVar("Row", bound=Base)


@dataclass
class Watch:
    """The members' calendar and the watch on the wall: both stand still until a test moves them."""

    business: datetime = NOW
    watch: datetime = datetime(2026, 11, 24, 9, 0, tzinfo=NOW.tzinfo)
    clock: Clock = REAL

    def now(self) -> datetime:
        return self.business

    def wall(self) -> datetime:
        return self.watch

    def pass_by(self, by: timedelta) -> None:
        self.business += by
        self.watch += by


ACCEPT, LOSE, ACCEPT_THEN_LOSE, NOT_REACHED, HANG = "accept", "lose", "take", "unreached", "hang"


@dataclass
class FakeCarrier:
    """`moods`: what becomes of the next texts (an int refuses with that code); then it accepts.

    `taken` is its own log, oldest first: what a test of duplicates counts.
    """

    moods: deque[str | int] = field(default_factory=deque)
    asked: list[OutgoingText] = field(default_factory=list)
    taken: list[ListedText] = field(default_factory=list)
    inbox: list[ListedText] = field(default_factory=list)
    list_down: bool = False
    in_flight: dict[str, int] = field(default_factory=dict)
    most_in_flight: int = 0
    writing: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once a text is being written."""
    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    """What a text that hangs waits for."""

    async def send(self, text: OutgoingText) -> SendResult:
        mood = self.moods.popleft() if self.moods else ACCEPT
        self.asked.append(text)
        self.in_flight[text.to] = self.in_flight.get(text.to, 0) + 1
        self.most_in_flight = max(self.most_in_flight, *self.in_flight.values())
        self.writing.set()
        try:
            if mood == HANG:
                await self.go_on.wait()
            else:
                await asyncio.sleep(0)
        finally:
            self.in_flight[text.to] -= 1
        return self._answer(text, mood)

    def _answer(self, text: OutgoingText, mood: str | int) -> SendResult:
        if isinstance(mood, int):
            return Refused(mood)
        if mood == NOT_REACHED:
            return NotReached()
        if mood == LOSE:
            return NoAnswer()
        sid = f"SM{len(self.taken):032d}"
        self.taken.append(ListedText(sid, text.to, text.body, "queued", None, True))
        return NoAnswer() if mood == ACCEPT_THEN_LOSE else Accepted(sid, "queued")

    async def sent_to(self, phone: str, known: Collection[str]) -> list[ListedText]:
        if self.list_down:
            raise CarrierListUnavailable("ReadTimeout")
        found = []
        for text in reversed([text for text in self.taken if text.phone == phone]):
            if text.sid in known:
                break
            found.append(text)
        return found

    async def received(self, known: Collection[str]) -> Inbox:
        if self.list_down:
            raise CarrierListUnavailable("ReadTimeout")
        return Inbox([text for text in reversed(self.inbox) if text.sid not in known])


@dataclass
class FakeJourneys:
    """Journeys as the relay sees them: those `over` have no workflow any more."""

    started: list[str] = field(default_factory=list)
    told: list[tuple[str, str]] = field(default_factory=list)
    over: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)

    async def start(self, program: str, member_id: str, ordinal: int, enrollment_id: str) -> None:
        self._raise_if(member_id)
        self.started.append(enrollment_id)

    async def tell(self, program: str, member_id: str, ordinal: int, news_id: str) -> None:
        self._raise_if(member_id)
        self.told.append((member_id, news_id))

    def _raise_if(self, member_id: str) -> None:
        if member_id in self.over:
            raise JourneyOver
        if member_id in self.broken:
            raise ConnectionError("the service does not answer")


@dataclass
class House:
    """Every activity of sending, receiving and journeys, on one database and one clock."""

    url: str
    engine: AsyncEngine
    time: Watch
    carrier: FakeCarrier
    journeys: FakeJourneys
    transaction: Transaction
    texts: Texts
    gate: Gate
    advancing: JourneyActivities
    receiver: Receiver
    sending: SendingActivities
    relay: RelayActivities

    def given(self, *rows: Base) -> None:
        make.save(self.url, *rows)

    async def one(self, kind: type[Row], key: object) -> Row:
        async with self.transaction() as session:
            return await session.get_one(kind, key)

    async def all(self, table: type[Row], **having: object) -> Sequence[Row]:
        first = next(iter(table.__table__.primary_key))
        async with self.transaction() as session:
            found = await session.scalars(select(table).filter_by(**having).order_by(first))
            return found.all()

    async def only(self, table: type[Row], **having: object) -> Row:
        (row,) = await self.all(table, **having)
        return row

    async def change(self, kind: type[Row], key: object, **values: object) -> None:
        async with self.transaction() as session:
            row = await session.get_one(kind, key)
            for name, value in values.items():
                setattr(row, name, value)

    async def text_in(self, body: str, sid: str = "SM-in", phone: str = PHONE) -> bool:
        async with self.transaction() as session:
            return (await self.receiver.receive(session, Incoming(sid, phone, body))).new

    async def advance(self, enrollment_id: str = "e1") -> Step:
        return await self.advancing.advance(Advance(EnrollmentId(enrollment_id)))

    async def send_all(self) -> None:
        while await self.sending.send_one():
            pass

    def sender(self) -> SendingActivities:
        """Another process that sends from the same outbox."""
        return SendingActivities(self.transaction, self.gate, self.carrier, STATUS_URL, self.time)


def ana(**enrollment: Any) -> Sequence[Base]:
    """One member who has consented, in one running journey, with her pharmacy."""
    return (
        make.pharmacy(), make.member(), make.phone(), make.contact_point(), consent(),
        make.enrollment(**enrollment),
    )  # fmt: skip


@asynccontextmanager
async def open_house(database_url: str, **time: Any) -> AsyncIterator[House]:
    rules, known = programs.rules(), programs.all_programs()
    opened, watch = engine(database_url, size=8), Watch(**time)
    transaction = transactions(opened).begin
    texts = Texts(TEMPLATES, rules.texts)
    carrier, journeys = FakeCarrier(), FakeJourneys()
    gate_rules = GateRules(rules.hours, rules.hours.margin, timedelta(hours=1))
    gate = Gate(known, texts, gate_rules, rules.area_codes, watch)
    receiver = Receiver(rules.words, texts, rules.deadlines, rules.crisis, watch)
    advancing = JourneyActivities(transaction, known, texts, watch)
    try:
        yield House(
            database_url, opened, watch, carrier, journeys, transaction, texts, gate, advancing,
            receiver,
            SendingActivities(transaction, gate, carrier, STATUS_URL, watch),
            RelayActivities(transaction, journeys, advancing, receiver, carrier, watch),
        )  # fmt: skip
    finally:
        await opened.dispose()
