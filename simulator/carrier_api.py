"""The carrier's REST API at the addresses and in the shapes Twilio documents."""

import asyncio
import secrets
from collections.abc import Iterator, Mapping, Reversible
from contextlib import suppress
from datetime import timedelta
from http import HTTPStatus
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response
from fastapi.security import HTTPBasic, HTTPBasicCredentials

from simulator.carrier import Carrier
from simulator.carrier_list import page
from simulator.carrier_messages import API_VERSION, Message, Refusal
from simulator.carrier_requests import read_form
from simulator.carrier_server import cut_line
from simulator.clock import ProductClock

BASE = f"/{API_VERSION}/Accounts/{{account}}/Messages"

PATIENCE = 2.0

Credentials = Annotated[HTTPBasicCredentials | None, Depends(HTTPBasic(auto_error=False))]


def carrier_routes(carrier: Carrier, clock: ProductClock, token: str) -> APIRouter:
    """Create, list and fetch, behind the account's own sid and token."""

    def owner(account: str, given: Credentials) -> None:
        known = given is not None and secrets.compare_digest(
            f"{given.username}:{given.password}".encode(), f"{carrier.account_sid}:{token}".encode()
        )
        if not known:
            raise Refusal(20003, HTTPStatus.UNAUTHORIZED)
        if account != carrier.account_sid:
            raise Refusal(20404, HTTPStatus.NOT_FOUND)

    router = APIRouter(dependencies=[Depends(owner)])

    @router.post(f"{BASE}.json")
    async def create(request: Request) -> Response:
        # At the very start a text may come before the product's clock was heard.
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await clock.heard.wait()
        return await _create(carrier, request)

    @router.get(f"{BASE}.json")
    async def messages(request: Request) -> JSONResponse:
        query = dict(parse_qsl(request.url.query, keep_blank_values=True))
        shown = _visible(carrier, clock, query)
        return JSONResponse(page(carrier.account_sid, shown, query))

    @router.get(f"{BASE}/{{sid}}.json")
    async def message(sid: str) -> JSONResponse:
        found = carrier.book.messages.get(sid)
        if found is None:
            raise Refusal(20404, HTTPStatus.NOT_FOUND)
        return JSONResponse(found.resource(carrier.account_sid))

    return router


async def _create(carrier: Carrier, request: Request) -> Response:
    dice = carrier.dice
    form = read_form(await request.body())
    if dice.strikes("drop_before"):
        return await cut_line(request)
    if dice.strikes("too_many"):
        refusal = Refusal(20429, HTTPStatus.TOO_MANY_REQUESTS)
        carrier.refuse(refusal, to=form.get("To", ""))
        return refusal_answer(refusal)
    message = carrier.accept(form)
    if dice.strikes("answer_lost"):
        return await cut_line(request)
    if dice.strikes("error_after"):
        return refusal_answer(Refusal(20503, HTTPStatus.SERVICE_UNAVAILABLE))
    return JSONResponse(message.resource(carrier.account_sid), HTTPStatus.CREATED)


def _visible(carrier: Carrier, clock: ProductClock, query: Mapping[str, str]) -> Iterator[Message]:
    """Newest first, without those a lagging list does not show yet."""
    shown_until = clock.wall() - timedelta(seconds=carrier.dice.faults.list_lag_seconds)
    kept = _candidates(carrier, query.get("To", ""), query.get("From", ""))
    return (m for m in reversed(kept) if m.wall <= shown_until)


def _candidates(carrier: Carrier, to: str, sender: str) -> Reversible[Message]:
    """Of a large log, the part that can hold what the filter asks for."""
    book = carrier.book
    if phones := {to, sender} - {carrier.number} & book.threads.keys():
        return book.threads[phones.pop()]
    return book.received if to == carrier.number else book.messages.values()


def refusal_answer(refusal: Refusal) -> JSONResponse:
    """A refusal as Twilio words it."""
    headers = {"WWW-Authenticate": 'Basic realm="Twilio API"'} if refusal.code == 20003 else {}
    return JSONResponse(refusal.resource(), refusal.status, headers=headers)


async def on_refusal(request: Request, refusal: Exception) -> JSONResponse:
    assert isinstance(refusal, Refusal)
    await asyncio.sleep(0)
    return refusal_answer(refusal)
