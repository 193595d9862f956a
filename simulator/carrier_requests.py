"""Reading a create request as strictly as Twilio documents it."""

import re
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import parse_qsl, urlsplit

from simulator.carrier_messages import Refusal

E164 = re.compile(r"\+[1-9]\d{6,14}")
SERVICE_SID = re.compile(r"MG[0-9a-fA-F]{32}")
FIELDS = frozenset(
    {"To", "From", "MessagingServiceSid", "Body", "StatusCallback", "ValidityPeriod"}
)
LONGEST_BODY = 1600
LONGEST_VALIDITY = 36_000


@dataclass(frozen=True, slots=True)
class SendRequest:
    to: str
    number: str
    body: str
    status_callback: str
    service: str | None
    validity: int | None


def read_form(raw: bytes) -> dict[str, str]:
    """The form's fields; a field twice or bytes that are no form are refused."""
    try:
        pairs = parse_qsl(
            raw.decode("ascii"), keep_blank_values=True, strict_parsing=bool(raw), errors="strict"
        )
    except ValueError:
        raise Refusal(20001, detail="the body is not a URL-encoded form") from None
    form = dict(pairs)
    if len(form) != len(pairs):
        raise Refusal(20001, detail="a field is given twice")
    return form


def read_request(form: dict[str, str], own_number: str) -> SendRequest:
    """The text asked for, or the Refusal Twilio would answer with."""
    if unknown := sorted(form.keys() - FIELDS):
        raise Refusal(20001, detail=f"{unknown[0]} is not a field of this request")
    to = form.get("To", "")
    if not to:
        raise Refusal(21604)
    if not E164.fullmatch(to):
        raise Refusal(21211)
    if to == own_number:
        raise Refusal(21266)
    service = form.get("MessagingServiceSid") or None
    return SendRequest(
        to=to,
        number=_number(form, service, own_number),
        body=_body(form),
        status_callback=_callback(form.get("StatusCallback", "")),
        service=service,
        validity=_validity(form.get("ValidityPeriod")),
    )


def _number(form: dict[str, str], service: str | None, own_number: str) -> str:
    number = form.get("From", "")
    if not number and not service:
        raise Refusal(21603)
    if service and not SERVICE_SID.fullmatch(service):
        raise Refusal(20001, detail="MessagingServiceSid")
    if number and not E164.fullmatch(number):
        raise Refusal(21212)
    if number and number != own_number:
        raise Refusal(21606)
    return own_number


def _body(form: dict[str, str]) -> str:
    body = form.get("Body", "")
    if not body.strip():
        raise Refusal(21602)
    if len(body) > LONGEST_BODY:
        raise Refusal(21617)
    return body


def _callback(url: str) -> str:
    if not url:
        return ""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Refusal(21609)
    return url


def _validity(seconds: str | None) -> int | None:
    if seconds is None:
        return None
    if not seconds.isascii() or not seconds.isdigit() or not 1 <= int(seconds) <= LONGEST_VALIDITY:
        raise Refusal(20001, HTTPStatus.BAD_REQUEST, "ValidityPeriod is 1 to 36000 seconds")
    return int(seconds)
