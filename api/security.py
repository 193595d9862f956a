"""What every request and answer passes: size cap, foreign-site check, headers of a strict page."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from fastapi import HTTPException
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import ForeignForm, Problem, TooLarge, respond

MAX_BODY = 1_000_000
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
# These prove who calls in another way: a signature, a bearer key.
MACHINES = ("/twilio/", "/lob/", "/api/", "/health")
# A form that carries every secret itself, and no cookie: nothing can be done in another's name.
CARRYING_ALL = "/provider/"
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        # Pico draws its arrows and ticks as data: images inside the style sheet.
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # "no-referrer" would make browsers send "Origin: null" with our own forms.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Shield:
    """ASGI middleware around the whole app; `origin` is the public base URL, if configured."""

    def __init__(self, app: ASGIApp, *, origin: str = "", secure: bool = False) -> None:
        self._app = app
        self._hosts = frozenset({urlsplit(origin).netloc} - {""})
        self._secure = secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        started = False

        async def dressed(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                self._dress(MutableHeaders(scope=message), scope["path"])
            await send(message)

        request = Request(scope)
        problem = self._refusal(request)
        if problem is not None:
            await respond(request, problem)(scope, receive, dressed)
            return
        try:
            await self._app(scope, _Capped(receive), dressed)
        except Exception:
            # The framework's own answer to this would go out without our headers.
            if not started:
                await respond(request, Problem())(scope, receive, dressed)
            raise

    def _refusal(self, request: Request) -> Problem | None:
        declared = request.headers.get("content-length", "0")
        if not declared.isascii() or not declared.isdigit() or int(declared) > MAX_BODY:
            return TooLarge()
        if request.method in UNSAFE and not request.url.path.startswith(MACHINES):
            hosts = {request.headers.get("host", ""), *self._hosts}
            silent = request.url.path.startswith(CARRYING_ALL)
            if not came_from_here(request.headers, hosts, silent=silent):
                return ForeignForm()
        return None

    def _dress(self, headers: MutableHeaders, path: str) -> None:
        for name, value in HEADERS.items():
            headers[name] = value
        if self._secure:
            headers["Strict-Transport-Security"] = "max-age=31536000"
        if not path.startswith("/static/"):
            headers["Cache-Control"] = "no-store"


def came_from_here(headers: Headers, hosts: Iterable[str], *, silent: bool = False) -> bool:
    """Whether a browser says that one of our own pages sent this.

    Browsers send Sec-Fetch-Site over https and to localhost, and Origin with every POST; a
    request with neither comes from no browser we know: `silent` says whether that will do.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = headers.get("origin")
    if origin is None:
        return silent
    return urlsplit(origin).netloc in hosts


class _Capped:
    """Counts what is received: a chunked body declares no length."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._seen = 0

    async def __call__(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._seen += len(message.get("body", b""))
            if self._seen > MAX_BODY:
                raise HTTPException(TooLarge.status)
        return message
