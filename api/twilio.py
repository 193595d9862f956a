"""Twilio's webhooks: signed, stored in one transaction, answered when what they say is kept."""

import asyncio
import re
from typing import Annotated, Protocol
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import PlainTextResponse

from activities.receiving import Incoming, Receiver
from activities.sent import take_receipt
from api.deps import Clocks, OpenSessions
from store import gate
from store.database import in_transaction

router = APIRouter(prefix="/twilio", tags=["twilio"])

MOST_BYTES = 64_000
EMPTY_ANSWER = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
# A text that passed the gate before a STOP was kept may still be on its way: the STOP is not
# answered before it has arrived or can no longer leave. The carrier waits 15 seconds.
STOP_WAITS_SECONDS = 9.0


class Signature(Protocol):
    def holds(self, path_and_query: str, form: dict[str, str], signature: str) -> bool: ...


class NotFromTwilio(Exception):
    """The signature does not hold, or there is no carrier configured to check it."""


async def signed_form(request: Request) -> dict[str, str]:
    """The raw form, blanks kept, after its signature was checked. The body is never logged."""
    body = await request.body()
    signature: Signature | None = request.app.state.signature
    if signature is None or len(body) > MOST_BYTES:
        raise NotFromTwilio
    form = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if not signature.holds(path, form, request.headers.get("X-Twilio-Signature", "")):
        raise NotFromTwilio
    return form


SignedForm = Annotated[dict[str, str], Depends(signed_form)]


@router.post("/inbound")
async def inbound_text(form: SignedForm, request: Request, sessions: OpenSessions) -> Response:
    """A text a member sent. 2xx means: kept, once, whatever happens next."""
    sid, phone = form.get("MessageSid", ""), form.get("From", "")
    if not sid or not phone:
        return PlainTextResponse("MessageSid and From are missing.", 400)
    text = Incoming(sid, phone, form.get("Body", ""), _number(form.get("NumMedia", "")) or 0)
    receiver: Receiver = request.app.state.receiver
    kept = await in_transaction(sessions.begin, lambda session: receiver.receive(session, text))
    if kept.silent:
        await _until_nothing_is_in_flight(sessions, phone)
    return Response(EMPTY_ANSWER, media_type="text/xml")


@router.post("/status/{intent_id}", status_code=204)
async def status_of_text(
    intent_id: str, form: SignedForm, sessions: OpenSessions, time: Clocks
) -> Response:
    """One receipt; it also proves that the carrier took the text the address names."""
    sid = form.get("MessageSid", "")
    status = form.get("MessageStatus", "")
    if not sid or not status:
        return PlainTextResponse("MessageSid and MessageStatus are missing.", 400)
    number = _number(form.get("ErrorCode", ""))
    await in_transaction(
        sessions.begin,
        lambda session: take_receipt(session, intent_id, sid, status, number, time.now()),
    )
    return Response(status_code=204)


def _number(text: str) -> int | None:
    """None for what is no number of at most nine digits."""
    return int(text) if re.fullmatch("[0-9]{1,9}", text) else None


async def _until_nothing_is_in_flight(sessions: OpenSessions, phone: str) -> None:
    """Only where the phone no longer consents does anybody have to wait."""
    waited, step = 0.0, 0.05
    while waited < STOP_WAITS_SECONDS:
        async with sessions() as session:
            if not await gate.stopped_with_text_in_flight(session, phone):
                return
        await asyncio.sleep(step)
        waited += step
