"""How a coordination note leaves the house: one protocol for spool, fax, secure mail and FHIR."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from domain.passage import Channel


@dataclass(frozen=True, slots=True)
class Address:
    """Where a practice is reached; only its channel's field need be there."""

    npi: str
    fax: str | None = None
    mail: str | None = None
    fhir_url: str | None = None


@dataclass(frozen=True, slots=True)
class OutgoingNote:
    id: str
    """Of the transmission: the same for every try of one copy."""
    to: Address
    pdf: bytes
    bundle: Mapping[str, Any]
    manifest: Mapping[str, Any]
    """link, reply_by, requests and second_factor"""


@dataclass(frozen=True, slots=True)
class Left:
    """The channel took it. `delivered`: the practice's machine is known to have it."""

    ref: str
    delivered: bool = False
    pdf_path: str | None = None
    bundle_path: str | None = None


@dataclass(frozen=True, slots=True)
class NotTaken:
    """It certainly did not leave. `lasting`: trying again changes nothing."""

    reason: str
    lasting: bool = False


@dataclass(frozen=True, slots=True)
class Unclear:
    """No answer: it may have left; evidence is looked for before it is tried again."""


@dataclass(frozen=True, slots=True)
class UnderWay:
    """Taken, and not yet known to have arrived."""


Answer = Left | NotTaken | Unclear
Result = Left | NotTaken | UnderWay


class NoteTransport(Protocol):
    channel: Channel

    async def send(self, note: OutgoingNote) -> Answer: ...

    async def find(self, transmission: str, to: Address, since: datetime) -> Answer:
        """Evidence after a lost answer: Left, NotTaken when it is not there, Unclear still."""

    async def result(self, ref: str) -> Result:
        """What became of what was taken; only channels that do not deliver at once are asked."""
