"""Sending text messages: what may come of asking a carrier, in our words."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class OutgoingText:
    to: str
    body: str
    status_url: str
    valid_seconds: int
    """How long the carrier may try; never past the legal window."""


@dataclass(frozen=True, slots=True)
class Accepted:
    sid: str
    status: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The carrier says it will not send it; its code says why."""

    code: int


@dataclass(frozen=True, slots=True)
class NotReached:
    """Nothing was written to the carrier: it may be tried again."""


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """It was written and nobody knows what became of it: only evidence decides."""


SendResult = Accepted | Refused | NotReached | NoAnswer


@dataclass(frozen=True, slots=True)
class ListedText:
    """A text as the carrier lists it; `sent_by_us` tells the direction."""

    sid: str
    phone: str
    body: str
    status: str
    error_code: int | None
    sent_by_us: bool
    media: int = 0


@dataclass(frozen=True, slots=True)
class Inbox:
    """`whole`: nothing a member texted lies between these and what was known."""

    texts: list[ListedText]
    whole: bool = True


class CarrierListUnavailable(Exception):
    """The carrier's list could not be read: it says nothing about any text."""


class SmsGateway(Protocol):
    async def send(self, text: OutgoingText) -> SendResult: ...

    async def sent_to(self, phone: str, known: Collection[str]) -> list[ListedText]:
        """Texts to a phone, newest first, up to the first whose sid is known.

        Raises CarrierListUnavailable."""
        ...

    async def received(self, known: Collection[str]) -> Inbox:
        """Unknown ones among the newest thousand texts members sent, newest first; more where
        none of the last ones read was known.

        Raises CarrierListUnavailable."""
        ...
