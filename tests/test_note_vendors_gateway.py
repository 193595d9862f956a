"""Fax by Sinch and a practice's own FHIR server: what we ask, and what each answer means."""

import base64
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from note_ways import NOTE, TO

from domain.passage import Channel
from gateways.fax import MOST, SinchFax
from gateways.fhir_endpoint import FhirEndpoint
from gateways.note_transport import Left, NotTaken, Result, Unclear, UnderWay

SINCE = datetime(2026, 3, 4, tzinfo=UTC)
Answer = Callable[[httpx.Request], httpx.Response]


class Vendor:
    """Answers as told and keeps what it was asked."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return self.answer(request)


def saying(status: int, body: object = None) -> Vendor:
    return Vendor(lambda _: httpx.Response(status, json=body))


def failing(error: type[httpx.RequestError]) -> Vendor:
    def fail(request: httpx.Request) -> httpx.Response:
        raise error("...", request=request)

    return Vendor(fail)


def fax(vendor: Vendor) -> SinchFax:
    made = SinchFax("https://vendor.example", "p1", "key", "secret", "+16145550100")
    made._http._mounts = {}
    made._http._transport = httpx.MockTransport(vendor)
    return made


def endpoint(vendor: Vendor) -> FhirEndpoint:
    made = FhirEndpoint("a token")
    made._http._mounts = {}
    made._http._transport = httpx.MockTransport(vendor)
    return made


async def test_a_fax_carries_the_page_itself_and_our_id_as_a_label() -> None:
    vendor = saying(200, {"id": "01F3", "status": "QUEUED"})
    assert await fax(vendor).send(NOTE) == Left("01F3")
    (request,) = vendor.asked
    body = json.loads(request.content)
    assert (request.method, request.url.path) == ("POST", "/v3/projects/p1/faxes")
    assert request.headers["Authorization"] == "Basic " + base64.b64encode(b"key:secret").decode()
    assert (body["to"], body["from"]) == (TO.fax, "+16145550100")
    assert base64.b64decode(body["files"][0]["file"]) == NOTE.pdf
    assert (body["labels"], body["maxRetries"]) == ({"transmission": "n1"}, 0)
    assert "contentUrl" not in body


@pytest.mark.parametrize(
    ("vendor", "expected"),
    [
        pytest.param(saying(400), NotTaken("fax_refused", True), id="a number that cannot be"),
        pytest.param(saying(401), NotTaken("fax_refused"), id="a wrong key may be set right"),
        pytest.param(saying(429), NotTaken("fax_refused"), id="too many at once"),
        pytest.param(saying(503), Unclear(), id="a server that broke may have taken it"),
        pytest.param(saying(200, {}), Unclear(), id="an answer without an id"),
        pytest.param(failing(httpx.ConnectError), NotTaken("not_reached"), id="nobody there"),
        pytest.param(failing(httpx.ReadTimeout), Unclear(), id="no answer"),
    ],
)
async def test_what_an_answer_to_a_fax_means(vendor: Vendor, expected: object) -> None:
    assert await fax(vendor).send(NOTE) == expected


def listed(status: str, name: str = "n1", at: str = "T1", **more: str) -> dict[str, Any]:
    return {"id": f"{name}{at}", "status": status, "createTime": at,
            "labels": {"transmission": name}, **more}  # fmt: skip


@pytest.mark.parametrize(
    ("faxes", "expected"),
    [
        pytest.param([], NotTaken("not_listed"), id="not in the list: it never left"),
        pytest.param([listed("QUEUED")], Left("n1T1"), id="in the list: it has left"),
        pytest.param([listed("COMPLETED")], Left("n1T1", True), id="arrived"),
        pytest.param([listed("QUEUED", "n1-1")], NotTaken("not_listed"), id="another copy's"),
        pytest.param(
            [listed("FAILURE", errorType="CALL_ERROR"), listed("IN_PROGRESS", at="T2")],
            Left("n1T2"), id="the newest of two tries counts",
        ),
        pytest.param(
            [listed("FAILURE", errorType="CALL_ERROR")], NotTaken("call_error"), id="failed since"
        ),
        pytest.param([listed("QUEUED", "x")] * MOST, Unclear(), id="a list that is cut"),
    ],
)  # fmt: skip
async def test_the_list_settles_a_lost_answer(faxes: list[Any], expected: object) -> None:
    vendor = saying(200, {"faxes": faxes})
    assert await fax(vendor).find("n1", TO, SINCE) == expected
    query = dict(vendor.asked[0].url.params)
    assert (query["to"], query["direction"]) == (TO.fax, "OUTBOUND")


@pytest.mark.parametrize(
    "vendor", [saying(500), failing(httpx.ReadTimeout), Vendor(lambda _: httpx.Response(200))]
)
async def test_a_list_that_cannot_be_read_settles_nothing(vendor: Vendor) -> None:
    assert await fax(vendor).find("n1", TO, SINCE) == Unclear()
    assert await fax(vendor).result("01F3") == UnderWay()


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param({"status": "COMPLETED"}, Left("01F3", True), id="arrived"),
        pytest.param({"status": "IN_PROGRESS"}, UnderWay(), id="on its way"),
        pytest.param(
            {"status": "FAILURE", "errorType": "LINE_ERROR"}, NotTaken("line_error"), id="busy"
        ),
        pytest.param(
            {"status": "FAILURE", "errorType": "DOCUMENT_CONVERSION_ERROR"},
            NotTaken("document_conversion_error", True), id="a page that cannot be faxed",
        ),
    ],
)  # fmt: skip
async def test_what_became_of_a_fax(said: Mapping[str, str], expected: Result) -> None:
    assert await fax(saying(200, {"id": "01F3", **said})).result("01F3") == expected


async def test_a_fhir_server_is_asked_to_create_the_document_once() -> None:
    vendor = saying(201, {})
    way = endpoint(vendor)
    assert way.channel is Channel.FHIR
    answer = await way.send(NOTE)
    (request,) = vendor.asked
    document = json.loads(request.content)
    name = document["identifier"]["value"]
    assert answer == Left(name, delivered=True)
    assert str(request.url) == "https://ehr.example/r4/Bundle"
    assert request.headers["If-None-Exist"] == f"identifier=urn:ietf:rfc:3986|{name}"
    assert request.headers["Authorization"] == "Bearer a token"
    assert request.headers["Content-Type"] == "application/fhir+json"


@pytest.mark.parametrize(
    ("vendor", "expected"),
    [
        pytest.param(saying(422), NotTaken("fhir_refused", True), id="a document it cannot take"),
        pytest.param(saying(403), NotTaken("fhir_refused"), id="a token may be set right"),
        pytest.param(saying(500), Unclear(), id="a server that broke may have taken it"),
        pytest.param(failing(httpx.ReadTimeout), Unclear(), id="no answer"),
        pytest.param(failing(httpx.ConnectTimeout), NotTaken("not_reached"), id="nobody there"),
    ],
)
async def test_what_an_answer_of_a_fhir_server_means(vendor: Vendor, expected: object) -> None:
    assert await endpoint(vendor).send(NOTE) == expected


@pytest.mark.parametrize(
    ("vendor", "expected"),
    [
        pytest.param(saying(200, {"total": 1}), True, id="there: it has left"),
        pytest.param(saying(200, {"total": 0}), False, id="not there: it never left"),
        pytest.param(saying(500), None, id="nobody can say"),
    ],
)
async def test_a_search_settles_a_lost_answer(vendor: Vendor, expected: bool | None) -> None:
    found = await endpoint(vendor).find("n1", TO, SINCE)
    kinds = {True: Left, False: NotTaken, None: Unclear}
    assert type(found) is kinds[expected]
