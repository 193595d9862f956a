"""Faxes by Sinch's Fax API (version 3.0): the page goes in the request, no address shows it."""

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import httpx

from domain.passage import Channel
from gateways.note_transport import (
    Address,
    Answer,
    Left,
    NotTaken,
    OutgoingNote,
    Result,
    Unclear,
    UnderWay,
)

TIMEOUT = httpx.Timeout(30.0, connect=5.0)
LABEL = "transmission"
"""Under it the vendor keeps our id; no key makes a second request the same fax."""
MOST = 1000
"""Faxes to one number that its list of the last week gives at once."""
NOT_OURS_TO_REPEAT = frozenset({400, 404, 413, 415, 422})
LASTING = frozenset({"DOCUMENT_CONVERSION_ERROR"})


class SinchFax:
    channel = Channel.FAX

    def __init__(
        self, api_base: str, project: str, key_id: str, key_secret: str, number: str
    ) -> None:
        self._number = number
        self._http = httpx.AsyncClient(
            base_url=f"{api_base}/v3/projects/{project}", auth=(key_id, key_secret), timeout=TIMEOUT
        )

    async def close(self) -> None:
        await self._http.aclose()

    async def send(self, note: OutgoingNote) -> Answer:
        """`maxRetries` 0: how often it is tried is the program's to say, not the account's."""
        body = {
            "to": note.to.fax,
            "from": self._number,
            "files": [{"file": base64.b64encode(note.pdf).decode(), "fileType": "PDF"}],
            "labels": {LABEL: note.id},
            "maxRetries": 0,
        }
        try:
            answer = await self._http.post("/faxes", json=body)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            return NotTaken("not_reached")
        except httpx.RequestError:
            return Unclear()
        return _taken(answer)

    async def find(self, transmission: str, to: Address, since: datetime) -> Answer:
        query = {"to": to.fax or "", "direction": "OUTBOUND", "pageSize": str(MOST)}
        listed = await self._get("/faxes", query)
        if listed is None:
            return Unclear()
        ours = [fax for fax in listed.get("faxes", ()) if _label(fax) == transmission]
        if not ours:
            # A list that is full may hold it on its next page.
            return Unclear() if len(listed.get("faxes", ())) >= MOST else NotTaken("not_listed")
        found = _state(max(ours, key=lambda fax: str(fax.get("createTime", ""))))
        return Left(found[0]) if isinstance(found[1], UnderWay) else found[1]

    async def result(self, ref: str) -> Result:
        fax = await self._get(f"/faxes/{ref}", {})
        return UnderWay() if fax is None else _state(fax)[1]

    async def _get(self, path: str, query: Mapping[str, str]) -> Mapping[str, Any] | None:
        try:
            answer = await self._http.get(path, params=query)
            answer.raise_for_status()
            said: Mapping[str, Any] = answer.json()
        except (httpx.HTTPError, ValueError):
            return None
        return said


def _taken(answer: httpx.Response) -> Answer:
    if answer.is_success:
        try:
            return Left(str(answer.json()["id"]))
        except (ValueError, KeyError, TypeError):
            return Unclear()
    if answer.status_code >= 500:
        return Unclear()
    return NotTaken("fax_refused", lasting=answer.status_code in NOT_OURS_TO_REPEAT)


def _label(fax: Mapping[str, Any]) -> str | None:
    found: str | None = (fax.get("labels") or {}).get(LABEL)
    return found


def _state(fax: Mapping[str, Any]) -> tuple[str, Left | NotTaken | UnderWay]:
    ref, kind = str(fax.get("id", "")), str(fax.get("errorType") or "FAX_ERROR")
    match fax.get("status"):
        case "COMPLETED":
            return ref, Left(ref, delivered=True)
        case "FAILURE":
            return ref, NotTaken(kind.lower(), lasting=kind in LASTING)
    return ref, UnderWay()
