"""The simulated carrier: accepts texts, delivers them, brings replies, remembers who opted out."""

from collections.abc import Callable
from datetime import timedelta
from enum import Enum
from functools import partial
from random import Random
from typing import Any
from uuid import uuid4

from simulator.carrier_book import Book
from simulator.carrier_faults import Dice
from simulator.carrier_log import Event, Log
from simulator.carrier_messages import API_VERSION, Message, Refusal, segments
from simulator.carrier_requests import SendRequest, read_request
from simulator.carrier_webhooks import Webhooks
from simulator.clock import ProductClock
from simulator.clock_agenda import Agenda

SENT_AFTER = timedelta(seconds=1)
DELIVERED_AFTER = (2, 9)
"""Business seconds from accepting a text to knowing its fate."""


class Line(Enum):
    """How a number takes a text: its final status and Twilio's error code."""

    MOBILE = ("delivered", None)
    LANDLINE = ("undelivered", 30006)
    UNREACHABLE = ("undelivered", 30005)
    INVALID = ("refused", 21211)


class Carrier:
    """One account with one number; everything it says is in its log first."""

    def __init__(
        self,
        *,
        account_sid: str,
        number: str,
        inbound_url: str,
        log: Log,
        clock: ProductClock,
        agenda: Agenda,
        webhooks: Webhooks,
        dice: Dice,
        line: Callable[[str], Line] = lambda phone: Line.MOBILE,
    ) -> None:
        self.account_sid = account_sid
        self.number = number
        self.log = log
        self.book = Book()
        self.dice = dice
        self.on_delivered: Callable[[Message], object] = lambda message: None
        self._inbound_url = inbound_url
        self._clock = clock
        self._agenda = agenda
        self._webhooks = webhooks
        self._line = line
        self._late: dict[str, dict[str, str]] = {}
        for event in log.events():
            self.book.apply(event)

    def accept(self, form: dict[str, str]) -> Message:
        """Take a text on, durably, or raise the Refusal Twilio would answer with."""
        try:
            request = read_request(form, self.number)
            if self._line(request.to) is Line.INVALID:
                raise Refusal(21211)
            if (request.number, request.to) in self.book.blocked:
                raise Refusal(21610)
        except Refusal as refusal:
            self.refuse(refusal, to=form.get("To", ""))
            raise
        message = self._accepted(request)
        self._deliver(message)
        return message

    def refuse(self, refusal: Refusal, *, to: str = "") -> None:
        """Put a refusal on record."""
        self._record("refused", code=refusal.code, status=int(refusal.status), to=to)

    def text_in(self, phone: str, body: str, *, by: str) -> Message:
        """A member texts the product; the webhook follows on the agenda."""
        sid = _sid()
        self._record("texted", sid=sid, **{"from": phone}, to=self.number, body=body, by=by)
        message = self.book.messages[sid]
        self._agenda.at(message.at, partial(self._bring, message))
        return message

    def resume(self) -> None:
        """After a restart: deliver what was under way, bring what was not brought."""
        for message in self.book.messages.values():
            if message.sid in self.book.unposted:
                self._agenda.at(message.at, partial(self._bring, message))
            elif not message.inbound and not message.final:
                self._deliver(message)

    def is_played(self, phone: str) -> bool:
        return phone in self.book.played

    def _accepted(self, request: SendRequest) -> Message:
        sid = _sid()
        self._record(
            "accepted",
            sid=sid,
            to=request.to,
            **{"from": request.number},
            body=request.body,
            status_callback=request.status_callback,
            service=request.service,
            validity=request.validity,
        )
        return self.book.messages[sid]

    def _deliver(self, message: Message) -> None:
        fate, code = self._line(message.phone).value
        seconds = Random(message.sid).uniform(*DELIVERED_AFTER)
        if message.status != "sent":
            sent = partial(self._report, message, "sent", None)
            self._agenda.at(message.at + SENT_AFTER, sent)
        self._agenda.at(
            message.at + timedelta(seconds=seconds), partial(self._report, message, fate, code)
        )

    async def _report(self, message: Message, status: str, code: int | None) -> None:
        if message.final or message.status == status:
            return
        self._record("status", sid=message.sid, status=status, error_code=code)
        if status == "delivered":
            self.on_delivered(message)
        if not message.status_callback:
            return
        callback = self._callback(message)
        if status == "sent" and self.dice.strikes("callback_reorder"):
            self._late[message.sid] = callback
            return
        await self._call_back(message, callback)
        if late := self._late.pop(message.sid, None):
            await self._call_back(message, late)

    async def _call_back(self, message: Message, callback: dict[str, str]) -> None:
        status = callback["MessageStatus"]
        if self.dice.strikes("callback_drop"):
            self._record("callback", sid=message.sid, status=status, acked=None)
            return
        for _ in range(1 + self.dice.strikes("callback_duplicate")):
            acked = await self._webhooks.post(message.status_callback, callback)
            self._record("callback", sid=message.sid, status=status, acked=acked)

    async def _bring(self, message: Message) -> None:
        acked = None
        if not self.dice.strikes("webhook_drop"):
            acked = await self._webhooks.post(self._inbound_url, self._inbound(message))
        self._record(
            "inbound",
            sid=message.sid,
            **{"from": message.phone},
            to=message.number,
            body=message.body,
            by=message.by,
            at=message.at.isoformat(),
            acked=acked,
            acked_at=self._clock.now().isoformat() if acked else None,
        )

    def _callback(self, message: Message) -> dict[str, str]:
        params = self._common(message) | {
            "MessageStatus": message.status,
            "SmsStatus": message.status,
        }
        return params | ({"ErrorCode": str(message.error_code)} if message.error_code else {})

    def _inbound(self, message: Message) -> dict[str, str]:
        return self._common(message) | {
            "SmsMessageSid": message.sid,
            "SmsStatus": "received",
            "Body": message.body,
            "NumMedia": "0",
            "NumSegments": str(segments(message.body)),
            "FromCity": "",
            "FromState": "",
            "FromZip": "",
            "FromCountry": "US",
            "ToCity": "",
            "ToState": "",
            "ToZip": "",
            "ToCountry": "US",
        }

    def _common(self, message: Message) -> dict[str, str]:
        return {
            "MessageSid": message.sid,
            "SmsSid": message.sid,
            "AccountSid": self.account_sid,
            "From": message.sender,
            "To": message.recipient,
            "ApiVersion": API_VERSION,
        }

    def _record(self, kind: str, **facts: Any) -> None:
        stamp = {"at": self._clock.now().isoformat(), "wall": self._clock.wall().isoformat()}
        event: Event = {"kind": kind} | stamp | facts
        self.log.append(event)
        self.book.apply(event)


def _sid() -> str:
    return f"SM{uuid4().hex}"
