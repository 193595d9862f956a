"""A text as the carrier keeps it and as Twilio's Message resource shows it."""

import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from http import HTTPStatus
from typing import Any

API_VERSION = "2010-04-01"

GSM7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM7_EXTENDED = frozenset("^{}\\[~]|€\f")

ERRORS = {
    20001: "Invalid parameter",
    20003: "Authenticate",
    20404: "The requested resource was not found",
    20429: "Too Many Requests",
    20503: "Service is unavailable. Please try again",
    21211: "Invalid 'To' Phone Number",
    21212: "Invalid 'From' Number",
    21266: "'To' and 'From' number cannot be the same",
    21602: "Message body is required",
    21603: "A 'From' or 'MessagingServiceSid' parameter is required",
    21604: "A 'To' phone number is required",
    21606: "The 'From' number is not a message-capable number of this account",
    21609: "The 'StatusCallback' URL is not a valid URL",
    21610: "Attempt to send to unsubscribed recipient",
    21617: "The concatenated message body exceeds the 1600 character limit",
    30005: "Unknown destination handset",
    30006: "Landline or unreachable carrier",
}


class Refusal(Exception):
    """A request the carrier will not carry out, with Twilio's code for it."""

    def __init__(self, code: int, status: int = HTTPStatus.BAD_REQUEST, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.status = status
        self.detail = detail

    def resource(self) -> dict[str, Any]:
        words = ERRORS[self.code]
        return {
            "code": self.code,
            "message": f"{words}: {self.detail}" if self.detail else words,
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": int(self.status),
        }


@dataclass(slots=True)
class Message:
    """`phone` is the member's end of the line, `number` the product's."""

    sid: str
    phone: str
    number: str
    body: str
    inbound: bool
    at: datetime
    wall: datetime
    status: str
    updated: datetime
    status_callback: str = ""
    service: str | None = None
    error_code: int | None = None
    sent_at: datetime | None = None
    by: str = ""

    @property
    def final(self) -> bool:
        return self.status in {"delivered", "undelivered", "failed", "received"}

    @property
    def sender(self) -> str:
        return self.phone if self.inbound else self.number

    @property
    def recipient(self) -> str:
        return self.number if self.inbound else self.phone

    @property
    def dated(self) -> datetime:
        """What the list's DateSent filters look at."""
        return self.sent_at or self.at

    def resource(self, account: str) -> dict[str, Any]:
        base = f"/{API_VERSION}/Accounts/{account}/Messages/{self.sid}"
        # A pool picks its number after accepting, so the answer to the request has none yet.
        unassigned = self.service is not None and self.status == "accepted"
        return {
            "account_sid": account,
            "api_version": API_VERSION,
            "body": self.body,
            "date_created": format_datetime(self.at),
            "date_sent": format_datetime(self.sent_at) if self.sent_at else None,
            "date_updated": format_datetime(self.updated),
            "direction": "inbound" if self.inbound else "outbound-api",
            "error_code": self.error_code,
            "error_message": ERRORS.get(self.error_code) if self.error_code else None,
            "from": None if unassigned else self.sender,
            "messaging_service_sid": self.service,
            "num_media": "0",
            "num_segments": str(segments(self.body)),
            "price": None,
            "price_unit": "USD",
            "sid": self.sid,
            "status": self.status,
            "subresource_uris": {"media": f"{base}/Media.json"},
            "to": self.recipient,
            "uri": f"{base}.json",
        }


def segments(body: str) -> int:
    """How many SMS segments a body takes (GSM-7: 160/153 septets, UCS-2: 70/67 units)."""
    if all(c in GSM7 or c in GSM7_EXTENDED for c in body):
        units, single, joined = len(body) + sum(c in GSM7_EXTENDED for c in body), 160, 153
    else:
        units, single, joined = len(body.encode("utf-16-le")) // 2, 70, 67
    return 1 if units <= single else -(-units // joined)


def keyword(body: str) -> str:
    """A body as the carrier's opt-out machine reads it: one word, whatever its case."""
    return re.sub(r"[^A-Z]", "", body.strip().upper()) if " " not in body.strip() else ""
