"""Lob prints and mails letters: its API and signed webhooks; facts in the vendor's OpenAPI file."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx

from domain.letters import MailAddress

TIMEOUT = httpx.Timeout(20.0, connect=5.0)
VERSION = "2024-01-01"
LONGEST_NAME, LONGEST_LINE = 40, 64
"""Lob's own limits of an address."""
TOLERANCE = timedelta(minutes=5)
"""How old a webhook may be; each retry is signed anew."""


@dataclass(frozen=True, slots=True)
class Posted:
    """Lob has it. `address`: as the post writes it; `moved`: the recipient told the post so."""

    id: str
    address: MailAddress | None = None
    moved: bool = False


@dataclass(frozen=True, slots=True)
class NotTaken:
    """Refused for good; the code is the vendor's."""

    code: str


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """It may or may not be taken: the same key, never a second letter."""


class LobAway(Exception):
    """What it has cannot be asked just now."""


class Lob:
    """One account. A letter's id is its idempotency key, and a label by which it is found again."""

    def __init__(
        self, api_base: str, api_key: str, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._http = httpx.AsyncClient(
            base_url=api_base.rstrip("/"),
            auth=(api_key, ""),
            headers={"Lob-Version": VERSION},
            timeout=TIMEOUT,
            transport=transport,
        )

    async def close(self) -> None:
        await self._http.aclose()

    async def send(
        self, letter_id: str, pdf: bytes, to: MailAddress, sender: MailAddress
    ) -> Posted | NotTaken | NoAnswer:
        form = {
            **_address("to", to),
            **_address("from", sender),
            "color": "false",
            "double_sided": "true",
            "use_type": "operational",
            "mail_type": "usps_first_class",
            # Our pages carry an address of their own; Lob's must not be printed over it.
            "address_placement": "insert_blank_page",
            "metadata[letter_id]": letter_id,
        }
        try:
            answer = await self._http.post(
                "/v1/letters",
                data=form,
                files={"file": ("letter.pdf", pdf, "application/pdf")},
                headers={"Idempotency-Key": letter_id},
            )
        except httpx.RequestError:
            return NoAnswer()
        return _result(answer)

    async def find(self, letter_id: str) -> Posted | None:
        """What was taken under this id, whoever lost the answer; LobAway when it cannot say."""
        query = {"metadata[letter_id]": letter_id, "limit": "1"}
        try:
            answer = await self._http.get("/v1/letters", params=query)
            answer.raise_for_status()
            rows = answer.json()["data"]
            return _posted(rows[0]) if rows else None
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as wrong:
            raise LobAway(type(wrong).__name__) from None

    async def cancel(self, id: str) -> bool:
        """Whether it will not be mailed: only while Lob has not begun to produce it."""
        try:
            answer = await self._http.delete(f"/v1/letters/{id}")
        except httpx.RequestError:
            return False
        return answer.is_success


def _address(whose: str, address: MailAddress) -> Mapping[str, str]:
    return {
        f"{whose}[name]": address.name,
        f"{whose}[address_line1]": address.line,
        f"{whose}[address_city]": address.city,
        f"{whose}[address_state]": address.state,
        f"{whose}[address_zip]": address.zip_code,
    }


def _result(answer: httpx.Response) -> Posted | NotTaken | NoAnswer:
    """5xx, 429 and a conflict of the key say nothing for good; another 4xx does."""
    try:
        read = answer.json()
    except ValueError:
        read = None
    body: dict[str, Any] = read if isinstance(read, dict) else {}
    if answer.is_success and body.get("id"):
        return _posted(body)
    if answer.is_success or answer.status_code >= 500 or answer.status_code in (408, 409, 429):
        return NoAnswer()
    error = body.get("error")
    code = error.get("code") if isinstance(error, dict) else None
    return NotTaken(str(code or answer.status_code))


def _posted(row: Mapping[str, Any]) -> Posted:
    to = row.get("to")
    if not isinstance(to, dict) or not to.get("address_zip"):
        return Posted(str(row["id"]))
    address = MailAddress(
        to.get("name") or "",
        to.get("address_line1") or "",
        to.get("address_city") or "",
        to.get("address_state") or "",
        to["address_zip"],
    )
    return Posted(str(row["id"]), address, bool(to.get("recipient_moved")))


class LobSignature:
    """Checks that a webhook is Lob's and new: HMAC-SHA256 over time, a dot and the raw body."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    @classmethod
    def of(cls, secret: str) -> "LobSignature | None":
        """None without a secret: nothing can then be checked, so nothing is taken."""
        return cls(secret) if secret else None

    def holds(self, timestamp: str, body: bytes, signature: str, wall: datetime) -> bool:
        if not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 15:
            return False
        seconds = int(timestamp) / (1000 if len(timestamp) > 11 else 1)
        made = hmac.new(self._secret, timestamp.encode() + b"." + body, hashlib.sha256)
        if not hmac.compare_digest(made.hexdigest().encode(), signature.encode()):
            return False
        return abs(wall.timestamp() - seconds) <= TOLERANCE.total_seconds()
