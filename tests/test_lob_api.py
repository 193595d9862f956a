"""Lob's webhook: signed or refused, kept once, answered so that it is not brought for ever."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx2
import make
import pytest
import pytest_asyncio
from fakes import House, ana, open_house
from fastapi import FastAPI
from lob import event, sign
from make_journeys import NOW
from test_twilio_api import app_of

from gateways.lob import LobSignature
from store.models import Letter, Task

SECRET = "a secret"


@dataclass
class Caller:
    house: House
    app: FastAPI
    browser: httpx2.AsyncClient

    async def bring(
        self, body: bytes, *, secret: str = SECRET, signed: bytes | None = None
    ) -> httpx2.Response:
        at = str(int(self.house.time.wall().timestamp()))
        headers = {
            "Lob-Signature": sign(secret, at, body if signed is None else signed),
            "Lob-Signature-Timestamp": at,
        }
        return await self.browser.post("/lob/events", content=body, headers=headers)


@pytest_asyncio.fixture
async def caller(database_url: str) -> AsyncIterator[Caller]:
    async with open_house(database_url) as house:
        house.given(*ana(), make.letter(spooled_at=NOW, vendor_id="ltr_1", sent_to="12 OAK AVE"))
        app = app_of(house, None)
        app.state.lob_signature = LobSignature(SECRET)
        transport = httpx2.ASGITransport(app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://x") as browser:
            yield Caller(house, app, browser)


RETURNED = event("letter.returned_to_sender")


async def test_a_return_that_is_brought_twice_is_one_task(caller: Caller) -> None:
    answers = [await caller.bring(RETURNED) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert (await caller.house.one(Letter, "l1")).returned_at == NOW
    assert (await caller.house.only(Task)).kind == "returned_mail"


@pytest.mark.parametrize(
    ("secret", "signed"),
    [
        pytest.param("another", None, id="by another secret"),
        pytest.param(SECRET, b"{}", id="over another body"),
    ],
)
async def test_what_is_not_the_vendors_is_refused(
    caller: Caller, secret: str, signed: bytes | None
) -> None:
    answer = await caller.bring(RETURNED, secret=secret, signed=signed)
    assert answer.status_code == 403
    assert (await caller.house.one(Letter, "l1")).returned_at is None


async def test_without_a_secret_nothing_is_taken(caller: Caller) -> None:
    caller.app.state.lob_signature = None
    assert (await caller.bring(RETURNED)).status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(event("letter.rendered_pdf"), id="news of no interest"),
        pytest.param(event("letter.delivered", letter="ltr_9"), id="a letter that is not ours"),
        pytest.param(event("postcard.delivered"), id="a postcard"),
        pytest.param(b"[]", id="no object"),
        pytest.param(b"not json", id="no JSON"),
        pytest.param(b'{"event_type": "x", "body": 1}', id="another shape"),
        pytest.param(b'{"event_type": {"id": ["x"]}, "body": {}}', id="a kind that is no text"),
    ],
)
async def test_what_changes_nothing_is_answered_so_that_it_is_not_brought_again(
    caller: Caller, body: bytes
) -> None:
    answer = await caller.bring(body)
    assert answer.status_code == 200
    assert (await caller.house.one(Letter, "l1")).vendor_status is None
