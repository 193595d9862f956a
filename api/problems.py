"""Refusals: each a class with its status, one handler for all; pages get HTML, machines JSON."""

from collections.abc import Awaitable, Callable
from typing import ClassVar

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DataError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response

from api.pages import render_page

log = structlog.get_logger()

PAGES = ("/console", "/sign-in", "/sign-out", "/provider")

Handler = Callable[[Request, Exception], Awaitable[Response]]


class Problem(Exception):
    """What was asked cannot be done; `title` says what, `advice` what to do instead."""

    status: ClassVar[int] = 500
    title: ClassVar[str] = "Something went wrong"
    advice: str = "Nothing was changed. Please try again; if it happens again, tell your manager."

    def __init__(self, advice: str | None = None) -> None:
        super().__init__()
        if advice:
            self.advice = advice


class NotFound(Problem):
    status = 404
    title = "There is nothing here"
    advice = "The page may have moved, or it belongs to another pharmacy."


class Forbidden(Problem):
    status = 403
    title = "This is not yours to do"
    advice = "Your role does not cover this page. A manager can change roles."


class ForeignForm(Problem):
    status = 403
    title = "This form was not accepted"
    advice = "It did not come from a page of this session. Open the page again and send it there."


class Refused(Problem):
    status = 409
    title = "That is no longer possible"


class Unreadable(Problem):
    status = 422
    title = "Something on the form is missing or too long"
    advice = "Go back, look at the fields you filled in, and send the form again."


class TooLarge(Problem):
    status = 413
    title = "That is too much at once"
    advice = "A request may hold one megabyte."


class TooManyAttempts(Problem):
    status = 429
    title = "Too many attempts"
    advice = "Wait fifteen minutes, then try again. A manager can help in the meantime."


class NoKey(Problem):
    status = 401
    title = "A valid key is needed"
    advice = "Send the pharmacy's key as a bearer token."


class SignInNeeded(Exception):
    """Nobody is signed in, or the session has run out."""


KINDS: dict[int, type[Problem]] = {
    kind.status: kind for kind in (NoKey, Forbidden, NotFound, Refused, TooLarge, Unreadable)
}


def respond(request: Request, problem: Problem) -> Response:
    """The page or the JSON of a refusal; neither repeats what was sent."""
    if request.url.path.startswith(PAGES):
        return render_page(
            request,
            "console/problem.html",
            status=problem.status,
            title=problem.title,
            advice=problem.advice,
        )
    if request.url.path.startswith("/fhir"):
        issue = {"severity": "error", "code": "processing", "diagnostics": problem.advice}
        said = {"resourceType": "OperationOutcome", "issue": [issue]}
        return JSONResponse(said, problem.status, media_type="application/fhir+json")
    code = type(problem).__name__
    body = {"type": code, "title": problem.title, "detail": problem.advice}
    return JSONResponse(body, problem.status, media_type="application/problem+json")


def other(status: int) -> Problem:
    """A problem for a status the framework raised by itself."""
    kind = KINDS.get(status)
    if kind is not None:
        return kind()
    problem = type("HttpProblem", (Problem,), {"status": status})
    made: Problem = problem()
    return made


async def _problem(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, Problem)
    return respond(request, problem)


async def _http(request: Request, raised: Exception) -> Response:
    assert isinstance(raised, HTTPException)
    answer = respond(request, other(raised.status_code))
    for name, value in (raised.headers or {}).items():
        answer.headers[name] = value
    return answer


async def _unreadable(request: Request, _raised: Exception) -> Response:
    # The framework's own answer repeats the input, which may hold names.
    return respond(request, Unreadable())


async def _unkeepable(request: Request, raised: Exception) -> Response:
    """Signs or numbers no table can hold: whoever sent them sent them on purpose."""
    log.warning("request_unkeepable", error=type(raised).__name__)
    return respond(request, Unreadable())


async def _sign_in(request: Request, _raised: Exception) -> Response:
    if "hx-request" in request.headers:
        return Response(status_code=401, headers={"HX-Redirect": "/sign-in?why=ended"})
    if "text/event-stream" in request.headers.get("accept", ""):
        return Response(status_code=401)
    return RedirectResponse("/sign-in?why=needed", status_code=303)


async def _unexpected(request: Request, _raised: Exception) -> Response:
    return respond(request, Problem())


def handle_problems(app: FastAPI) -> None:
    handlers: dict[type[Exception], Handler] = {
        Problem: _problem,
        HTTPException: _http,
        RequestValidationError: _unreadable,
        DataError: _unkeepable,
        UnicodeEncodeError: _unkeepable,
        SignInNeeded: _sign_in,
        Exception: _unexpected,
    }
    for raised, handler in handlers.items():
        app.add_exception_handler(raised, handler)
