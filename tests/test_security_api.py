"""What every route must hold: who may call it, where forms come from, the headers of a page."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import make
import pytest
import pytest_asyncio
from desk import ORIGIN, TEMPLATES, Desk, FakeTime, open_desk
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts

from api import console
from api.app import Parts, create
from api.auth import signed_in
from api.fhir import may_read
from api.lob import signed_event
from api.pharmacy_keys import with_key
from api.security import MAX_BODY
from api.twilio import signed_form

STATIC = Path(__file__).parents[1] / "api" / "static"
PUBLIC = {
    "ANY /static",
    "GET /",
    "GET /health",
    "GET /openapi.json",
    "HEAD /openapi.json",
    "GET /fhir/metadata",
    "GET /sign-in",
    "POST /sign-in",
    # Opened by the secret in the link and the digits on the note.
    "GET /provider/notes/{token}",
    "POST /provider/notes/{token}",
}


@pytest_asyncio.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    make.save(database_url, make.pharmacy(), make.member(), make.enrollment())
    async with open_desk(database_url) as opened:
        yield opened


def test_every_route_says_who_may_call_it_but_those_named_here() -> None:
    app = create(
        Parts(
            sessions=cast(Any, None),
            time=cast(Any, FakeTime()),
            programs={},
            receiver=cast(Any, SimpleNamespace(deadlines={"hand_over": timedelta(hours=4)})),
            signature=None,
            connect=cast(Any, None),
            base_url=ORIGIN,
            phone_url="",
            pharmacy_key="",
            form_secret=b"x" * 32,
            templates=TEMPLATES,
            fhir=cast(Any, object()),
        )
    )
    guards = {signed_in, with_key, signed_form, signed_event, may_read}
    public = {
        f"{method} {route.path}"
        for route in iter_route_contexts(app.routes)
        for method in route.methods or {"ANY"}
        if not guards & set(calls(getattr(route, "dependant", None)))
    }
    assert public == PUBLIC


def calls(dependant: Dependant | None) -> Iterator[Any]:
    """Everything that is asked before a route's function runs."""
    if dependant is None:
        return
    yield dependant.call
    for needed in dependant.dependencies:
        yield from calls(needed)


def unsafe_console_routes() -> list[str]:
    """Every address of the console that changes something, with its blanks filled in."""
    fill = {
        "{enrollment_id}": "e1",
        "{action}": "hold",
        "{task_id}": "1",
        "{delivery_id}": "1",
        "{plan_id}": "1",
        "{offer_id}": "1",
        "{step}": "accept",
        "{staff_id}": "s_1",
        "{name}": "phq-9",
        "{run_id}": "1",
        "{program}": "medicare-cardiometabolic",
    }
    found = []
    for route in iter_route_contexts(console.router.routes):
        path = route.path or ""
        if route.methods and "POST" in route.methods and path != "/sign-in":
            for blank, value in fill.items():
                path = path.replace(blank, value)
            assert "{" not in path, f"tell this test how to fill {path}"
            found.append(path)
    return found


@pytest.mark.parametrize("path", unsafe_console_routes())
async def test_no_form_is_taken_without_the_sessions_token(desk: Desk, path: str) -> None:
    async with desk.signed_in("manager") as manager:
        for csrf in ("", "guess", "\u00e9"):
            assert (await manager.post(path, csrf=csrf)).status_code == 403, csrf
        assert (await manager.browser.post(path)).status_code == 403


@pytest.mark.parametrize("path", [*unsafe_console_routes(), "/sign-in"])
@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Origin": "https://evil.example"}, id="another site's Origin"),
        pytest.param({"Origin": "null"}, id="a hidden Origin"),
        pytest.param({"Origin": f"{ORIGIN}.evil.example"}, id="an Origin that begins like ours"),
        pytest.param({"Origin": ORIGIN, "Sec-Fetch-Site": "cross-site"}, id="cross-site"),
        pytest.param({"Origin": ORIGIN, "Sec-Fetch-Site": "same-site"}, id="a neighbour's site"),
    ],
)
async def test_no_form_is_taken_from_elsewhere(
    desk: Desk, path: str, headers: dict[str, str]
) -> None:
    async with desk.browser() as browser:
        answer = await browser.post(path, headers=headers)
    assert answer.status_code == 403


async def test_no_form_is_taken_from_nowhere(desk: Desk) -> None:
    async with desk.browser() as browser:
        del browser.headers["origin"]
        answer = await browser.post("/sign-in", data={"login": "a", "password": "b"})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "path",
    ["/sign-in", "/console/", "/console/enrollments/e1", "/console/nowhere", "/static/doorway.css",
     "/provider/notes/0123456789abcdef", "/api/pharmacy/deliveries", "/boom"],
)  # fmt: skip
async def test_every_answer_wears_the_headers_of_a_strict_page(desk: Desk, path: str) -> None:
    @desk.app.get("/boom")
    def boom() -> None:
        raise RuntimeError("Ana Lopez")

    async with desk.signed_in() as coordinator:
        answer = await coordinator.get(path)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers.get("cache-control") == (
        None if path.startswith("/static") else "no-store"
    )
    assert "Ana Lopez" not in answer.text or path.endswith("e1")


@pytest.mark.parametrize("chunked", [False, True], ids=["declared", "chunked"])
async def test_a_request_larger_than_a_megabyte_is_refused(desk: Desk, chunked: bool) -> None:
    body = b"login=a&password=" + b"x" * MAX_BODY

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 65536):
            yield body[start : start + 65536]

    async with desk.browser() as browser:
        answer = await browser.post(
            "/sign-in",
            content=pieces() if chunked else body,
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )
    assert answer.status_code == 413


async def test_a_wrong_form_is_answered_without_repeating_what_was_typed(desk: Desk) -> None:
    async with desk.signed_in() as coordinator:
        answer = await coordinator.post(
            "/console/enrollments/e1/hold", {"reason": "x", "form_id": "Lopez", "extra": "Lopez"}
        )
    assert answer.status_code == 422
    assert "Lopez" not in answer.text


async def test_problems_are_pages_for_people_and_json_for_machines(desk: Desk) -> None:
    async with desk.signed_in() as coordinator:
        page = await coordinator.get("/console/enrollments/nobody")
        data = await coordinator.get("/api/pharmacy/nothing")
    assert (page.status_code, data.status_code) == (404, 404)
    assert "There is nothing here" in page.text
    assert data.headers["content-type"] == "application/problem+json"
    assert data.json()["title"]
