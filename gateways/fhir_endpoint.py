"""Notes as FHIR documents to a practice's own server: created there once, whatever is repeated."""

from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

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

TIMEOUT = httpx.Timeout(20.0, connect=5.0)
FHIR_JSON = "application/fhir+json"
URIS = "urn:ietf:rfc:3986"
PASSING = frozenset({401, 403, 408, 429})
"""Somebody sets it right; what else is refused is refused for good."""


class FhirEndpoint:
    """FHIR's conditional create (`If-None-Exist`) on Bundle: the server makes it once."""

    channel = Channel.FHIR

    def __init__(self, token: str = "") -> None:
        headers = {"Accept": FHIR_JSON, **({"Authorization": f"Bearer {token}"} if token else {})}
        self._http = httpx.AsyncClient(headers=headers, timeout=TIMEOUT)

    async def close(self) -> None:
        await self._http.aclose()

    async def send(self, note: OutgoingNote) -> Answer:
        name = _name(note.id)
        document = {**note.bundle, "identifier": {"system": URIS, "value": name}}
        headers = {"If-None-Exist": f"identifier={URIS}|{name}", "Content-Type": FHIR_JSON}
        try:
            answer = await self._http.post(_bundles(note.to), json=document, headers=headers)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            return NotTaken("not_reached")
        except httpx.RequestError:
            return Unclear()
        if answer.is_success:
            return Left(name, delivered=True)
        if answer.status_code >= 500:
            return Unclear()
        return NotTaken("fhir_refused", lasting=answer.status_code not in PASSING)

    async def find(self, transmission: str, to: Address, since: datetime) -> Answer:
        name = _name(transmission)
        try:
            query = {"identifier": f"{URIS}|{name}", "_summary": "count"}
            answer = await self._http.get(_bundles(to), params=query)
            answer.raise_for_status()
            there = int(answer.json()["total"])
        except (httpx.HTTPError, ValueError, KeyError, TypeError):
            return Unclear()
        return Left(name, delivered=True) if there else NotTaken("not_listed")

    async def result(self, ref: str) -> Result:
        return UnderWay()


def _bundles(to: Address) -> str:
    return f"{(to.fhir_url or '').rstrip('/')}/Bundle"


def _name(transmission: str) -> str:
    return f"urn:uuid:{uuid5(NAMESPACE_URL, f'doorway/transmissions/{transmission}')}"
