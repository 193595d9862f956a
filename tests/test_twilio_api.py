"""Webhooks as the carrier brings them: signed or refused, kept once, answered when kept."""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx2
import pytest
import pytest_asyncio
import structlog
from fakes import HANG, PHONE, TEMPLATES, House, ana, open_house
from fastapi import FastAPI
from make_journeys import NOW, due, unknown
from sqlalchemy import Connection, text
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from activities import receiving
from api import twilio
from api.app import Parts, create
from gateways.twilio import TwilioSignature
from runtime import programs
from store.database import transactions
from store.models import Consent, InboundText, Intent, Receipt

TOKEN, BASE = "a token", "https://doorway.example"
SECRET = "my knee hurts and my name is Ana"
SID = f"SM{0:032d}"


@dataclass
class Carrier:
    """The vendor as a caller: it signs what it sends."""

    browser: httpx2.AsyncClient

    async def post(
        self,
        path: str,
        form: dict[str, str],
        *,
        token: str = TOKEN,
        signed_for: str = BASE,
        signed: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> httpx2.Response:
        made = RequestValidator(token).compute_signature(f"{signed_for}{path}", signed or form)
        return await self.browser.post(
            path, data=form, headers={"X-Twilio-Signature": made, **(headers or {})}
        )


def text_of(body: str, sid: str = "SM-in", **given: str) -> dict[str, str]:
    return {"MessageSid": sid, "From": PHONE, "To": "+18005550142", "Body": body, "NumMedia": "0",
            **given}  # fmt: skip


def app_of(house: House, signature: TwilioSignature | None) -> FastAPI:
    async def no_temporal() -> object:
        raise ConnectionError

    return create(
        Parts(
            sessions=transactions(house.engine),
            time=house.time,
            programs=programs.all_programs(),
            receiver=house.receiver,
            signature=signature,
            connect=no_temporal,  # type: ignore[arg-type]
            base_url=BASE,
            phone_url="",
            pharmacy_key="",
            form_secret=b"",
            templates=TEMPLATES,
        )
    )


def caller(app: FastAPI) -> Carrier:
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    return Carrier(httpx2.AsyncClient(transport=transport, base_url="http://inside:8000"))


@pytest_asyncio.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    async with open_house(database_url) as opened:
        opened.given(*ana())
        yield opened


@pytest_asyncio.fixture
async def carrier(house: House) -> AsyncIterator[Carrier]:
    made = caller(app_of(house, TwilioSignature(TOKEN, BASE)))
    yield made
    await made.browser.aclose()


@pytest.mark.parametrize(
    "how",
    [
        pytest.param({"token": "another token"}, id="a signature by another token"),
        pytest.param({"headers": {"X-Twilio-Signature": ""}}, id="no signature"),
        pytest.param({"signed": text_of("another body")}, id="a body changed on the way"),
        pytest.param({"signed": text_of("STOP") | {"Extra": "1"}}, id="a field taken away"),
        pytest.param({"signed_for": "https://elsewhere.example"}, id="signed for another host"),
        pytest.param(
            {
                "signed_for": "http://elsewhere.example",
                "headers": {"Host": "elsewhere.example", "X-Forwarded-Host": "elsewhere.example"},
            },
            id="signed for the host it names itself",
        ),
    ],
)
@pytest.mark.parametrize("path", ["/twilio/inbound", "/twilio/status/i1"])
async def test_what_is_not_the_carriers_is_refused(
    house: House, carrier: Carrier, path: str, how: dict[str, object]
) -> None:
    house.given(due())
    form = text_of("STOP", MessageStatus="delivered")
    answer = await carrier.post(path, form, **how)  # type: ignore[arg-type]
    assert answer.status_code == 403
    assert await house.all(InboundText) == []
    assert await house.all(Receipt) == []


async def test_a_signature_of_other_letters_is_refused(carrier: Carrier) -> None:
    answer = await carrier.browser.post(
        "/twilio/inbound", data=text_of("STOP"), headers=[(b"X-Twilio-Signature", b"\xe9")]
    )
    assert answer.status_code == 403


async def test_without_a_carrier_configured_nothing_is_taken(house: House) -> None:
    made = caller(app_of(house, None))
    assert (await made.post("/twilio/inbound", text_of("1"))).status_code == 403
    await made.browser.aclose()


async def test_a_text_too_large_to_be_one_is_refused(house: House, carrier: Carrier) -> None:
    answer = await carrier.post("/twilio/inbound", text_of("x" * twilio.MOST_BYTES))
    assert answer.status_code == 403
    assert await house.all(InboundText) == []


async def test_a_text_is_kept_before_it_is_answered(house: House, carrier: Carrier) -> None:
    answer = await carrier.post("/twilio/inbound", text_of("", NumMedia="2"))
    assert (answer.status_code, answer.text) == (200, twilio.EMPTY_ANSWER)
    kept = await house.only(InboundText)
    assert (kept.sid, kept.phone, kept.body, kept.media) == ("SM-in", PHONE, "", 2)
    assert (kept.received_at, kept.found_by) == (NOW, "webhook")


async def test_a_text_brought_again_is_answered_and_changes_nothing(
    house: House, carrier: Carrier
) -> None:
    answers = await asyncio.gather(
        *(carrier.post("/twilio/inbound", text_of("STOP")) for _ in range(5))
    )
    answers.append(await carrier.post("/twilio/inbound", text_of("STOP")))
    assert {answer.status_code for answer in answers} == {200}
    assert len(await house.all(InboundText)) == 1
    assert [line.given for line in await house.all(Consent)] == [True, False]
    assert len(await house.all(Intent)) == 1


@pytest.mark.parametrize("missing", ["MessageSid", "From"])
async def test_a_text_without_a_sender_or_an_id_is_a_bad_request(
    house: House, carrier: Carrier, missing: str
) -> None:
    form = {name: value for name, value in text_of("1").items() if name != missing}
    assert (await carrier.post("/twilio/inbound", form)).status_code == 400
    assert await house.all(InboundText) == []


async def test_a_stop_is_answered_only_when_nothing_is_on_its_way_any_more(
    house: House, carrier: Carrier
) -> None:
    house.given(due())
    house.carrier.moods.append(HANG)
    sending = asyncio.create_task(house.sending.send_one())
    await house.carrier.writing.wait()
    stopping = asyncio.create_task(carrier.post("/twilio/inbound", text_of("STOP")))
    kept = 0
    while kept < 2:
        kept = len(await house.all(Consent))
    assert (await house.one(Intent, "i1")).status == "sending"
    assert not stopping.done()
    house.carrier.go_on.set()
    await sending
    assert (await stopping).status_code == 200
    assert (await house.one(Intent, "i1")).status == "accepted"


async def test_other_texts_are_answered_though_something_is_on_its_way(
    house: House, carrier: Carrier
) -> None:
    house.given(unknown(status="sending"))
    assert (await carrier.post("/twilio/inbound", text_of("hello"))).status_code == 200


async def test_a_receipt_before_the_create_answer_is_kept_and_settles(
    house: House, carrier: Carrier
) -> None:
    house.given(unknown(status="sending"))
    form = {"MessageSid": SID, "MessageStatus": "undelivered", "ErrorCode": "30005"}
    for _ in range(2):
        assert (await carrier.post("/twilio/status/i1", form)).status_code == 204
    intent = await house.one(Intent, "i1")
    assert (intent.status, intent.sid, intent.error_code) == ("failed", SID, 30005)
    assert len(await house.all(Receipt)) == 1


@pytest.mark.parametrize("missing", ["MessageSid", "MessageStatus"])
async def test_a_receipt_of_nothing_is_a_bad_request(carrier: Carrier, missing: str) -> None:
    form = {"MessageSid": SID, "MessageStatus": "sent", "To": PHONE}
    del form[missing]
    assert (await carrier.post("/twilio/status/i1", form)).status_code == 400


async def test_what_a_member_wrote_is_in_no_log(
    house: House, carrier: Carrier, caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    # A logger remembers the set-up it was first used with, another test's perhaps.
    structlog.reset_defaults()
    monkeypatch.setattr(receiving, "log", structlog.get_logger())
    with caplog.at_level(logging.DEBUG):
        await carrier.post("/twilio/inbound", text_of(SECRET))
        await carrier.post("/twilio/inbound", text_of(SECRET, sid="b"), token="wrong")
    out, err = capsys.readouterr()
    assert "text_received" in out
    for said in (SECRET, "knee", PHONE, PHONE[2:]):
        assert said not in caplog.text + out + err


async def test_a_text_that_cannot_be_kept_is_not_answered_as_kept(
    house: House, carrier: Carrier, connection: Connection
) -> None:
    connection.execute(text("alter table inbound_texts rename to elsewhere"))
    assert (await carrier.post("/twilio/inbound", text_of("STOP"))).status_code == 500
    connection.execute(text("alter table elsewhere rename to inbound_texts"))
    assert (await carrier.post("/twilio/inbound", text_of("STOP"))).status_code == 200
    assert len(await house.all(InboundText)) == 1


@pytest.mark.parametrize("number", ["²", "99999999999999999999", "-1", "one"])
async def test_a_number_the_carrier_never_writes_counts_as_none(
    house: House, carrier: Carrier, number: str
) -> None:
    house.given(unknown("i1"))
    assert (await carrier.post("/twilio/inbound", text_of("hi", NumMedia=number))).is_success
    told = {"MessageSid": SID, "MessageStatus": "sent", "ErrorCode": number}
    assert (await carrier.post("/twilio/status/i1", told)).is_success
    assert (await house.one(InboundText, "SM-in")).media == 0
    assert [receipt.error_code for receipt in await house.all(Receipt)] == [None]
