"""A small stage in one process: activities and webhooks on a real database, a carrier that logs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import fakes
import httpx
from fakes import PHONE, FakeCarrier, House, Watch, ana, open_house
from sqlalchemy import create_engine
from test_twilio_api import BASE, app_of

from activities.listening import Listening
from api.listening import Ears
from chaos.evidence import Evidence, Row, read_spool, read_tables
from gateways.sms import ListedText, OutgoingText, SendResult
from gateways.twilio import TwilioSignature
from runtime import programs
from simulator.carrier_webhooks import signature
from store.models import Base

TOKEN = "a token of this stage"


@dataclass
class LoggedCarrier(FakeCarrier):
    """Writes the log the simulated carrier would; its list lags where a scenario says so."""

    events: list[dict[str, Any]] = field(default_factory=list)
    watch: Watch = field(default_factory=Watch)
    lag: timedelta = timedelta(0)

    def note(self, kind: str, **facts: Any) -> dict[str, Any]:
        at, wall = self.watch.now().isoformat(), self.watch.wall().isoformat()
        self.events.append({"kind": kind, "at": at, "wall": wall, **facts})
        return self.events[-1]

    def accepted(self) -> list[dict[str, Any]]:
        return [event for event in self.events if event["kind"] == "accepted"]

    def _answer(self, text: OutgoingText, mood: str | int) -> SendResult:
        before = len(self.taken)
        result = super()._answer(text, mood)
        if isinstance(mood, int):
            self.note("refused", code=mood, to=text.to)
        for taken in self.taken[before:]:
            self.note("accepted", sid=taken.sid, to=text.to, body=text.body,
                      status_callback=text.status_url)  # fmt: skip
        return result

    async def sent_to(self, phone: str, known: Any) -> list[ListedText]:
        shown = {
            event["sid"]
            for event in self.accepted()
            if datetime.fromisoformat(event["wall"]) + self.lag <= self.watch.wall()
        }
        return [text for text in await super().sent_to(phone, known) if text.sid in shown]


@dataclass
class Stage:
    house: House
    carrier: LoggedCarrier
    spool: Path
    _client: httpx.AsyncClient
    ears: Ears | None = None
    """None: nobody waits to hear, and the story tells when the list is read."""

    def given(self, *rows: Base) -> None:
        self.house.given(*rows)

    def listens(self) -> Ears:
        """From here on nothing leaves while a STOP may have been missed."""
        house, given = self.house, programs.rules().sending.listening
        house.sending._door.listening = house.relay.listening = Listening(house.time, given)
        self.ears = Ears(house.transaction, given, house.time)
        return self.ears

    async def goes_on(self, *, seconds: int) -> None:
        """A house that listens, second by second, as the relay and the lane go round."""
        for _ in range(seconds):
            if self.ears is not None:
                await self.ears.beat()
            await self.house.relay.poll_when_due()
            await self.house.send_all()
            self.pass_by(seconds=1)

    async def ears_only(self, **time: float) -> None:
        """So much time in which nobody sends and nobody reads the list."""
        assert self.ears is not None
        self.pass_by(**time)
        await self.ears.beat()

    def pass_by(self, **time: float) -> None:
        self.house.time.pass_by(timedelta(**time))

    async def settle(self, *, seconds: float = 40) -> None:
        """Everything that goes on by itself, until all of it has had its time."""
        for _ in range(4):
            if self.ears is not None:
                await self.ears.beat()
            await self.house.relay.settle_texts()
            await self.house.relay.poll_carrier()
            await self.house.relay.start_and_tell()
            for _ in self.house.journeys.told:
                await self.house.advance()
            self.house.journeys.told.clear()
            await self.house.send_all()
            self.pass_by(seconds=seconds)

    def say(self, body: str, sid: str = "SM-in") -> dict[str, Any]:
        """A member texts: the carrier has it, and nobody else yet."""
        self.carrier.inbox.append(ListedText(sid, PHONE, body, "received", None, False))
        facts = {"from": PHONE, "to": "+18005550142", "body": body}
        return self.carrier.note("texted", sid=sid, **facts)

    async def bring(self, texted: dict[str, Any]) -> int:
        """Its webhook, signed, and what the carrier writes of the answer."""
        form = {"MessageSid": texted["sid"], "From": texted["from"], "To": texted["to"],
                "Body": texted["body"], "NumMedia": "0"}  # fmt: skip
        acked = await self._post("/twilio/inbound", form)
        facts = {name: texted[name] for name in ("sid", "from", "to", "body")}
        self.carrier.note("inbound", **facts, acked=acked)
        return acked

    async def call_back(self, accepted: Row, status: str, code: int | None = None) -> int:
        path = str(accepted["status_callback"]).removeprefix(BASE)
        form = {"MessageSid": accepted["sid"], "MessageStatus": status}
        acked = await self._post(path, form | ({"ErrorCode": str(code)} if code else {}))
        self.carrier.note("callback", sid=accepted["sid"], status=status, acked=acked)
        return acked

    async def _post(self, path: str, form: dict[str, str]) -> int:
        headers = {"X-Twilio-Signature": signature(TOKEN, f"{BASE}{path}", form)}
        return (await self._client.post(path, data=form, headers=headers)).status_code

    def evidence(self) -> Evidence:
        engine = create_engine(self.house.url)
        with engine.connect() as connection:
            tables = read_tables(connection)
        engine.dispose()
        time = self.house.time
        manifest, files = read_spool(self.spool)
        return Evidence(self.carrier.events, time.now(), time.wall(), 1.0, tables, manifest, files)


@asynccontextmanager
async def open_stage(database_url: str, folder: Path) -> AsyncIterator[Stage]:
    """With one member who consented, in a running journey."""
    with patch.object(fakes, "FakeCarrier", LoggedCarrier):
        async with open_house(database_url) as house:
            carrier = house.carrier
            assert isinstance(carrier, LoggedCarrier)
            carrier.watch = house.time
            house.given(*ana())
            app = app_of(house, TwilioSignature(TOKEN, BASE))
            transport = httpx.ASGITransport(app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://inside") as client:
                yield Stage(house, carrier, folder, client)
