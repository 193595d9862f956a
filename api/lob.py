"""Lob's webhook: signed, stored in one transaction, answered when what it says is kept."""

import json
from typing import Annotated, Any, Protocol

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import PlainTextResponse

from activities.letter_news import LetterEvent, take_letter_event
from api.deps import Clocks, OpenSessions
from domain.letters import Mail
from store.database import in_transaction

router = APIRouter(prefix="/lob", tags=["lob"])

MOST_BYTES = 256_000
STATUSES = {f"letter.{status}": status for status in Mail} | {"letter.rejected": Mail.FAILED}


class Signature(Protocol):
    def holds(self, timestamp: str, body: bytes, signature: str, wall: Any) -> bool: ...


class NotFromLob(Exception):
    """The signature does not hold or is old, or no secret is set to check it with."""


async def signed_event(request: Request) -> dict[str, Any]:
    """The event, after its signature was checked over the raw body. The body is never logged."""
    body = await request.body()
    signature: Signature | None = request.app.state.lob_signature
    wall = request.app.state.time.wall()
    if signature is None or len(body) > MOST_BYTES:
        raise NotFromLob
    timestamp = request.headers.get("Lob-Signature-Timestamp", "")
    if not signature.holds(timestamp, body, request.headers.get("Lob-Signature", ""), wall):
        raise NotFromLob
    try:
        read = json.loads(body)
    except ValueError:
        read = None
    return read if isinstance(read, dict) else {}


@router.post("/events")
async def event(
    given: Annotated[dict[str, Any], Depends(signed_event)],
    request: Request,
    sessions: OpenSessions,
    clocks: Clocks,
) -> Response:
    """2xx means: kept, or nothing of ours; Lob tries anything else again."""
    read = _letter_event(given)
    if read is None:
        return PlainTextResponse("Nothing to keep.", 200)
    programs = request.app.state.programs
    ours = await in_transaction(
        sessions.begin, lambda session: take_letter_event(session, read, programs, clocks.now())
    )
    return PlainTextResponse("Kept." if ours else "Not a letter of ours.", 200)


def _letter_event(given: dict[str, Any]) -> LetterEvent | None:
    """None for what is no news of a letter's way."""
    kind, body = given.get("event_type"), given.get("body")
    name = kind.get("id") if isinstance(kind, dict) else None
    status = STATUSES.get(name) if isinstance(name, str) else None
    if status is None or not isinstance(body, dict):
        return None
    vendor_id = body.get("id") or given.get("reference_id")
    metadata = body.get("metadata")
    letter_id = metadata.get("letter_id") if isinstance(metadata, dict) else None
    if not isinstance(vendor_id, str):
        return None
    return LetterEvent(vendor_id, letter_id if isinstance(letter_id, str) else None, status)
