"""Twilio's API as its own OpenAPI file describes it: what we ask, and what each answer means."""

import base64
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
import pytest_asyncio
from jsonschema import Draft202012Validator
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from gateways.sms import (
    Accepted,
    CarrierListUnavailable,
    NoAnswer,
    NotReached,
    OutgoingText,
    Refused,
    SendResult,
)
from gateways.twilio import Twilio, TwilioSignature

ACCOUNT, TOKEN, NUMBER = "AC" + "a1" * 16, "a token", "+18005550142"
MEMBER = "+16145550134"
MESSAGES = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
SPEC = Path(__file__).parents[2] / "shared" / "specs" / "twilio_api_v2010.json"
PATH = "/2010-04-01/Accounts/{AccountSid}/Messages.json"
TEXT = OutgoingText(MEMBER, "How are you? ¿Sí?", "https://doorway.example/twilio/status/i1", 3600)
Answer = Callable[[httpx.Request], httpx.Response]


class Vendor:
    """The vendor's edge: answers as told and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[httpx.Request] = []
        self.answer: Answer = lambda _: httpx.Response(201, json={"sid": "SM1", "status": "queued"})

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return self.answer(request)

    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.asked[-1].content.decode(), keep_blank_values=True))


@pytest.fixture
def vendor() -> Vendor:
    return Vendor()


@pytest_asyncio.fixture
async def twilio(vendor: Vendor) -> AsyncIterator[Twilio]:
    made = Twilio("https://vendor.example", ACCOUNT, TOKEN, NUMBER)
    made._http._mounts = {}
    made._http._transport = httpx.MockTransport(vendor)
    yield made
    await made.close()


@pytest.fixture(scope="module")
def spec() -> dict[str, Any]:
    if not SPEC.exists():
        pytest.skip("Twilio's OpenAPI file does not lie beside this checkout")
    read: dict[str, Any] = json.loads(SPEC.read_text("utf-8"))
    return read


async def test_the_request_is_one_the_vendors_file_allows(
    twilio: Twilio, vendor: Vendor, spec: dict[str, Any]
) -> None:
    await twilio.send(TEXT)
    content = spec["paths"][PATH]["post"]["requestBody"]["content"]
    schema = content["application/x-www-form-urlencoded"]["schema"]
    known = schema["properties"]
    form: dict[str, Any] = dict(vendor.form())
    for name, value in form.items():
        if known[name].get("type") == "integer":
            form[name] = int(value)
    strict = schema | {"additionalProperties": False, "components": spec["components"]}
    Draft202012Validator(strict).validate(form)
    parameters = {each["name"] for each in spec["paths"][PATH]["get"]["parameters"]}
    assert {"To", "From", "PageSize"} <= parameters


async def test_what_is_asked_of_the_carrier(twilio: Twilio, vendor: Vendor) -> None:
    await twilio.send(TEXT)
    (request,) = vendor.asked
    assert (request.method, request.url.path) == ("POST", MESSAGES)
    login = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
    assert request.headers["Authorization"] == f"Basic {login}"
    assert vendor.form() == {
        "To": MEMBER,
        "From": NUMBER,
        "Body": "How are you? ¿Sí?",
        "StatusCallback": "https://doorway.example/twilio/status/i1",
        "ValidityPeriod": "3600",
    }


@pytest.mark.parametrize(
    ("seconds", "sent"),
    [
        pytest.param(40_000, "36000", id="no longer than the API allows"),
        pytest.param(0, "1", id="no shorter either"),
        pytest.param(599, "599", id="and in between as the window says"),
    ],
)
async def test_how_long_the_carrier_may_try(
    twilio: Twilio, vendor: Vendor, seconds: int, sent: str
) -> None:
    await twilio.send(OutgoingText(MEMBER, "x", "https://a.example", seconds))
    assert vendor.form()["ValidityPeriod"] == sent


def says(status: int, **how: Any) -> Answer:
    return lambda _: httpx.Response(status, **how)


def breaks(error: type[httpx.RequestError]) -> Answer:
    def answer(request: httpx.Request) -> httpx.Response:
        raise error("broken", request=request)

    return answer


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        pytest.param(
            says(201, json={"sid": "SM1", "status": "accepted"}), Accepted("SM1", "accepted"),
            id="a created message is accepted",
        ),
        pytest.param(
            says(400, json={"code": 21610, "status": 400}), Refused(21610), id="a refusal"
        ),
        pytest.param(
            says(429, json={"code": 20429}), Refused(20429), id="too many requests: not taken"
        ),
        pytest.param(says(429, text="slow down"), Refused(429), id="too many, without a code"),
        pytest.param(says(401, json={"code": "20003"}), Refused(401), id="a code in words"),
        pytest.param(says(404, text="<html>"), Refused(404), id="a page where JSON was due"),
        pytest.param(says(500, json={"code": 20500}), NoAnswer(), id="a 500 may be late"),
        pytest.param(says(503, text="busy"), NoAnswer(), id="so may a 503"),
        pytest.param(says(201, json={"status": "queued"}), NoAnswer(), id="no sid"),
        pytest.param(says(200, text="OK"), NoAnswer(), id="a success that is no JSON"),
        pytest.param(says(200, json=["SM1"]), NoAnswer(), id="a success that is a list"),
        pytest.param(says(400, json="no"), Refused(400), id="a refusal that is a word"),
        pytest.param(
            says(200, content=b"\xff\xfe", headers={"content-encoding": "gzip"}), NoAnswer(),
            id="a success nobody can unpack",
        ),
        pytest.param(breaks(httpx.ConnectError), NotReached(), id="no connection"),
        pytest.param(breaks(httpx.ConnectTimeout), NotReached(), id="no connection in time"),
        pytest.param(breaks(httpx.PoolTimeout), NotReached(), id="no free line of ours"),
        pytest.param(breaks(httpx.ReadTimeout), NoAnswer(), id="no answer in time"),
        pytest.param(breaks(httpx.WriteTimeout), NoAnswer(), id="half written"),
        pytest.param(breaks(httpx.WriteError), NoAnswer(), id="cut off while writing"),
        pytest.param(breaks(httpx.ReadError), NoAnswer(), id="cut off while reading"),
        pytest.param(breaks(httpx.RemoteProtocolError), NoAnswer(), id="an answer in no protocol"),
    ],
)  # fmt: skip
async def test_what_an_answer_means(
    twilio: Twilio, vendor: Vendor, answer: Answer, result: SendResult
) -> None:
    vendor.answer = answer
    assert await twilio.send(TEXT) == result
    assert len(vendor.asked) == 1, "nobody asks twice by himself"


def message(sid: str, direction: str = "outbound-api", **given: Any) -> dict[str, Any]:
    return {
        "sid": sid, "to": MEMBER, "from": NUMBER, "body": f"text {sid}", "status": "sent",
        "error_code": None, "direction": direction, "num_media": "0", **given,
    }  # fmt: skip


def inbound(sid: str, **given: Any) -> dict[str, Any]:
    return message(sid, "inbound", to=NUMBER, **{"from": MEMBER, **given})


def paged(*pages: list[dict[str, Any]]) -> Answer:
    """Pages that name the next one by its path, as the API does."""

    def answer(request: httpx.Request) -> httpx.Response:
        page = int(request.url.params.get("Page", "0"))
        following = f"{MESSAGES}?Page={page + 1}" if page + 1 < len(pages) else None
        return httpx.Response(200, json={"messages": pages[page], "next_page_uri": following})

    return answer


async def test_the_list_is_read_page_by_page(twilio: Twilio, vendor: Vendor) -> None:
    vendor.answer = paged([message("SM3"), message("SM2", status="failed", error_code=30005)],
                          [message("SM1")])  # fmt: skip
    found = await twilio.sent_to(MEMBER, set())
    assert [text.sid for text in found] == ["SM3", "SM2", "SM1"]
    assert (found[1].status, found[1].error_code, found[1].sent_by_us) == ("failed", 30005, True)
    assert dict(vendor.asked[0].url.params) == {"To": MEMBER, "From": NUMBER, "PageSize": "100"}


async def test_reading_stops_at_the_first_text_that_is_known(
    twilio: Twilio, vendor: Vendor
) -> None:
    vendor.answer = paged([message("SM3"), message("SM2")], [message("SM1")])
    assert [text.sid for text in await twilio.sent_to(MEMBER, {"SM2"})] == ["SM3"]
    assert len(vendor.asked) == 1


async def test_what_came_in_is_read_past_what_is_known(twilio: Twilio, vendor: Vendor) -> None:
    vendor.answer = paged([inbound("SM3", num_media="2"), inbound("SM2")], [inbound("SM1")])
    found = (await twilio.received({"SM2"})).texts
    assert [(text.sid, text.phone, text.media) for text in found] == [
        ("SM3", MEMBER, 2), ("SM1", MEMBER, 0),
    ]  # fmt: skip
    assert not found[0].sent_by_us
    assert dict(vendor.asked[0].url.params) == {"To": NUMBER, "PageSize": "100"}


async def test_a_text_behind_pages_of_known_ones_is_found(twilio: Twilio, vendor: Vendor) -> None:
    known = [f"SM{n}" for n in range(101)]
    vendor.answer = paged([inbound(sid) for sid in known], [inbound("SM-old")])
    inbox = await twilio.received(set(known))
    assert ([text.sid for text in inbox.texts], inbox.whole) == (["SM-old"], True)


@pytest.mark.parametrize(
    ("known", "pages", "read", "whole"),
    [
        pytest.param({"SM0"}, 30, 10, False, id="never back to what is known"),
        pytest.param(set(), 30, 10, True, id="of a house that is new a thousand are enough"),
        pytest.param({"SM9"}, 30, 10, True, id="known ones on the last page"),
        pytest.param({"SM12"}, 30, 13, True, id="on past a thousand until one is known"),
        pytest.param({"SM-old"}, 12, 12, True, id="to the end of the list"),
    ],
)
async def test_a_list_is_whole_when_nothing_lies_between_it_and_what_is_known(
    twilio: Twilio, vendor: Vendor, monkeypatch: pytest.MonkeyPatch,
    known: set[str], pages: int, read: int, whole: bool,
) -> None:  # fmt: skip
    monkeypatch.setattr("gateways.twilio.MOST_PAGES_AFTER_A_GAP", 10 if not whole else 20)
    vendor.answer = paged(*([inbound(f"SM{n}")] for n in range(pages)))
    assert (await twilio.received(known)).whole is whole
    assert len(vendor.asked) == read


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(says(500), id="a server error"),
        pytest.param(says(401, json={"code": 20003}), id="a refusal"),
        pytest.param(says(200, text="<html>"), id="no JSON"),
        pytest.param(says(200, json={}), id="no messages in it"),
        pytest.param(says(200, json=[]), id="a list where an object was due"),
        pytest.param(says(200, json={"messages": None}), id="nothing where a list was due"),
        pytest.param(says(200, json={"messages": [{"sid": "SM1"}]}), id="half a message"),
        pytest.param(says(200, json={"messages": ["SM1"]}), id="a word for a message"),
        pytest.param(breaks(httpx.ReadTimeout), id="no answer in time"),
        pytest.param(breaks(httpx.ConnectError), id="no connection"),
    ],
)
async def test_a_list_that_cannot_be_read_says_nothing_about_any_text(
    twilio: Twilio, vendor: Vendor, answer: Answer
) -> None:
    vendor.answer = answer
    with pytest.raises(CarrierListUnavailable) as refused:
        await twilio.sent_to(MEMBER, set())
    assert MEMBER not in str(refused.value)
    with pytest.raises(CarrierListUnavailable):
        await twilio.received(set())


BASE = "https://doorway.example/behind/a/proxy"
FORM = {"MessageSid": "SM1", "From": MEMBER, "Body": "", "NumMedia": "0"}


@pytest.mark.parametrize(
    ("base", "path", "signed"),
    [
        pytest.param(BASE, "/twilio/inbound", f"{BASE}/twilio/inbound", id="as configured"),
        pytest.param(
            f"{BASE}/", "/twilio/status/i1?x=1", f"{BASE}/twilio/status/i1?x=1",
            id="its closing slash and the query",
        ),
    ],
)  # fmt: skip
def test_a_signature_holds_over_the_configured_address_and_the_whole_form(
    base: str, path: str, signed: str
) -> None:
    signature = RequestValidator(TOKEN).compute_signature(signed, FORM)
    checks = TwilioSignature(TOKEN, base)
    assert checks.holds(path, FORM, signature)
    assert not checks.holds(path, {**FORM, "Body": "STOP"}, signature)
    assert not checks.holds(path, {k: v for k, v in FORM.items() if v}, signature)
    assert not checks.holds("/twilio/other", FORM, signature)
    assert not checks.holds(path, FORM, "")
    assert not TwilioSignature("another token", base).holds(path, FORM, signature)
