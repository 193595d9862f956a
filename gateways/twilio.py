"""Twilio's Messages API and its signed webhooks; facts in the vendor's OpenAPI file."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

import httpx
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from gateways.sms import (
    Accepted,
    CarrierListUnavailable,
    Inbox,
    ListedText,
    NoAnswer,
    NotReached,
    OutgoingText,
    Refused,
    SendResult,
)

TIMEOUT = httpx.Timeout(5.0, connect=3.0)
# ValidityPeriod's bounds in seconds, by the API's reference.
SHORTEST, LONGEST = 1, 36_000
PAGE_SIZE = 100
MOST_PAGES = 10
MOST_PAGES_AFTER_A_GAP = 200
"""Twenty thousand texts that no webhook brought."""


class Twilio:
    """One account and number. No key makes Create idempotent: a lost answer stays unknown."""

    def __init__(self, api_base: str, account_sid: str, auth_token: str, number: str) -> None:
        self._number = number
        self._messages = f"/2010-04-01/Accounts/{account_sid}/Messages.json"
        self._http = httpx.AsyncClient(
            base_url=api_base, auth=(account_sid, auth_token), timeout=TIMEOUT
        )

    async def close(self) -> None:
        await self._http.aclose()

    async def send(self, text: OutgoingText) -> SendResult:
        form = {
            "To": text.to,
            "From": self._number,
            "Body": text.body,
            "StatusCallback": text.status_url,
            "ValidityPeriod": str(min(LONGEST, max(SHORTEST, text.valid_seconds))),
        }
        try:
            answer = await self._http.post(self._messages, data=form)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            return NotReached()
        except httpx.RequestError:
            return NoAnswer()
        return _result(answer)

    async def sent_to(self, phone: str, known: Collection[str]) -> list[ListedText]:
        found: list[ListedText] = []
        async for page in self._pages({"To": phone, "From": self._number}, MOST_PAGES):
            for text in page.texts:
                if text.sid in known:
                    return found
                found.append(text)
        return found

    async def received(self, known: Collection[str]) -> Inbox:
        # To the end, not to the first page of known ones: a text whose webhook was lost may lie
        # behind any number of newer texts whose webhooks came.
        found: list[ListedText] = []
        number = 0
        async for page in self._pages({"To": self._number}, MOST_PAGES_AFTER_A_GAP):
            number += 1
            found += [each for each in page.texts if not each.sent_by_us and each.sid not in known]
            reached = not known or any(each.sid in known for each in page.texts)
            if page.last or (number >= MOST_PAGES and reached):
                return Inbox(found)
        return Inbox(found, whole=False)

    async def _pages(self, query: Mapping[str, str], most: int) -> AsyncIterator["_Page"]:
        page: str | None = self._messages
        params: Mapping[str, str] | None = {**query, "PageSize": str(PAGE_SIZE)}
        for _ in range(most):
            try:
                answer = await self._http.get(page or "", params=params)
                answer.raise_for_status()
                listed = answer.json()
                texts = [_listed(row) for row in listed["messages"]]
            except (httpx.HTTPError, ValueError, KeyError, TypeError) as wrong:
                raise CarrierListUnavailable(type(wrong).__name__) from None
            page, params = listed.get("next_page_uri"), None
            yield _Page(texts, last=not page)
            if not page:
                return


@dataclass(frozen=True, slots=True)
class _Page:
    texts: Sequence[ListedText]
    last: bool


def _result(answer: httpx.Response) -> SendResult:
    """A 5xx may come after the text was taken: it is no answer. 429 says it was not taken."""
    try:
        read = answer.json()
    except ValueError:
        read = None
    body: dict[str, Any] = read if isinstance(read, dict) else {}
    if answer.is_success:
        sid = body.get("sid")
        return Accepted(sid, str(body.get("status", ""))) if sid else NoAnswer()
    if answer.status_code >= 500:
        return NoAnswer()
    code = body.get("code")
    return Refused(code if isinstance(code, int) else answer.status_code)


def _listed(row: Mapping[str, Any]) -> ListedText:
    ours = str(row["direction"]).startswith("outbound")
    return ListedText(
        sid=row["sid"],
        phone=row["to"] if ours else row["from"],
        body=row["body"] or "",
        status=row["status"],
        error_code=row["error_code"],
        sent_by_us=ours,
        media=int(row.get("num_media") or 0),
    )


class TwilioSignature:
    """Checks that a webhook is Twilio's, over the address it was configured with."""

    def __init__(self, auth_token: str, public_base_url: str) -> None:
        self._validator = RequestValidator(auth_token)
        self._base = public_base_url

    def holds(self, path_and_query: str, form: Mapping[str, str], signature: str) -> bool:
        """`form`: the raw form, blanks kept. Never the Host header: a proxy may have changed it."""
        url = urljoin(self._base.rstrip("/") + "/", path_and_query.lstrip("/"))
        return bool(self._validator.validate(url, dict(form), signature))
