"""Signed webhooks to the product, as Twilio sends them."""

import asyncio
import base64
import hashlib
import hmac
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import urldefrag

import httpx

TIMEOUT = httpx.Timeout(15.0, connect=5.0)
"""Twilio's documented limits for a webhook."""

PAUSES = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
"""Wall seconds before each further try when nobody accepts the connection."""

Sleep = Callable[[float], Awaitable[None]]


def signature(token: str, url: str, params: Mapping[str, str]) -> str:
    """X-Twilio-Signature: HMAC-SHA1 over the URL and the sorted parameters, in base64."""
    text = url + "".join(name + params[name] for name in sorted(params))
    digest = hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


class Webhooks:
    """Posts to the product; like Twilio's default, only a failed connect is tried again."""

    def __init__(
        self, client: httpx.AsyncClient, token: str, *, sleep: Sleep = asyncio.sleep
    ) -> None:
        self._client = client
        self._token = token
        self._sleep = sleep

    async def post(self, url: str, params: Mapping[str, str]) -> int | None:
        """The product's HTTP status, or None when it gave no answer."""
        # A fragment carries connection overrides for the carrier; it is neither sent nor signed.
        url = urldefrag(url).url
        headers = {"X-Twilio-Signature": signature(self._token, url, params)}
        for pause in (*PAUSES, None):
            try:
                answer = await self._client.post(
                    url, data=dict(params), headers=headers, timeout=TIMEOUT
                )
            except httpx.ConnectError:
                if pause is None:
                    return None
                await self._sleep(pause)
            except httpx.HTTPError:
                return None
            else:
                return answer.status_code
        return None
