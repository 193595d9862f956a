"""Tells a pharmacy's own system of its deliveries: a signed POST, taken when it answers 2xx.

The signature is HMAC-SHA256 in hex over `<unix seconds>.<body>`; the header
`Doorway-Signature: t=<unix seconds>,v1=<hex>` carries both. An id of the news is in the body and in
`Doorway-News`: news may come twice, and whoever has seen the id does nothing.
"""

import hmac
from hashlib import sha256
from typing import Protocol

import httpx

TIMEOUT = httpx.Timeout(10.0, connect=5.0)


def hook_secret(key: bytes, npi: str, generation: int) -> str:
    """Of one pharmacy and one of its keys; drawn anew each time, and kept nowhere."""
    return hmac.new(key, f"{npi}/{generation}".encode(), sha256).hexdigest()


def signature(secret: str, seconds: int, body: bytes) -> str:
    signed = hmac.new(secret.encode(), f"{seconds}.".encode() + body, sha256).hexdigest()
    return f"t={seconds},v1={signed}"


class PharmacySystemGateway(Protocol):
    async def tell(self, url: str, secret: str, news_id: int, body: bytes, seconds: int) -> bool:
        """Whether it was taken; anything else may be told again under the same id."""
        ...


class SignedPosts:
    """Redirects are not followed: what is signed for one address is not for another."""

    def __init__(self, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._http = httpx.AsyncClient(timeout=TIMEOUT, transport=transport)

    async def close(self) -> None:
        await self._http.aclose()

    async def tell(self, url: str, secret: str, news_id: int, body: bytes, seconds: int) -> bool:
        headers = {
            "Content-Type": "application/json",
            "Doorway-News": str(news_id),
            "Doorway-Signature": signature(secret, seconds, body),
        }
        try:
            answer = await self._http.post(url, content=body, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL):
            return False
        return answer.is_success
