"""The phone page: pick a member's phone, read its thread, and type as the member."""

from collections.abc import Iterable, Mapping
from itertools import chain, islice
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import StringConstraints

from simulator.carrier import Carrier
from simulator.carrier_book import BY_PERSON
from simulator.carrier_log import Event
from simulator.carrier_messages import Message
from simulator.members import Members

HERE = Path(__file__).parent
SHOWN = 200
QUICK = ("1", "2", "3", "138/86", "168/104", "YES", "STOP", "START", "HELP")

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self';"
    " connect-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1600)]

pages = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)

static = StaticFiles(directory=HERE / "static")


def phone_routes(carrier: Carrier, members: Members) -> APIRouter:
    """The pages for people, and the same facts as JSON under /simulator."""
    router = APIRouter()

    @router.get("/phone")
    async def phones(q: str = "") -> HTMLResponse:
        return _page("phones.html", phones=list_phones(carrier, members, q), q=q, shown=SHOWN)

    @router.get("/phone/{phone}")
    async def phone(phone: str) -> HTMLResponse:
        return _page("phone.html", **_thread(carrier, members, phone), quick=QUICK)

    @router.get("/phone/{phone}/thread")
    async def thread(phone: str) -> HTMLResponse:
        return _page("thread.html", **_thread(carrier, members, phone))

    @router.post("/phone/{phone}/send")
    async def send(
        request: Request, phone: str, body: Annotated[Words, Form()]
    ) -> RedirectResponse:
        _refuse_strangers(request)
        _thread(carrier, members, phone)
        carrier.text_in(phone, body, by=BY_PERSON)
        return RedirectResponse(request.url_for("phone", phone=phone).path, 303)

    @router.get("/simulator/phones")
    async def phones_json(q: str = "", limit: int = SHOWN) -> dict[str, Any]:
        return {"phones": list_phones(carrier, members, q, limit)}

    @router.get("/simulator/log")
    async def log(kind: str = "", since: int = 0) -> dict[str, Any]:
        events, seen = _events(carrier.log.events(), kind, since)
        return {"events": events, "next": seen}

    @router.get("/simulator/stats")
    async def stats() -> dict[str, int]:
        return summary(carrier)

    return router


def list_phones(
    carrier: Carrier, members: Members, q: str = "", limit: int = SHOWN
) -> list[dict[str, Any]]:
    """Phones with texts first, those heard of last on top; then the members not texted yet."""
    threads = carrier.book.threads
    texted = sorted(
        (phone for phone, thread in threads.items() if thread),
        key=lambda phone: threads[phone][-1].at,
        reverse=True,
    )
    rest = (phone for phone in members.contacts if not threads.get(phone))
    wanted = q.strip().lower().replace(" ", "_")
    found = (
        phone
        for phone in chain(texted, rest)
        if wanted in phone or (wanted.isidentifier() and wanted in members.persona(phone).name)
    )
    first = islice(found, max(limit, 0))
    return [_row(phone, threads.get(phone, []), carrier, members) for phone in first]


def summary(carrier: Carrier) -> dict[str, int]:
    """Counts since the log began; `answered`: phones whose owner ever wrote."""
    book = carrier.book
    names = ("accepted", "refused", "sent", "delivered", "undelivered", "failed")
    inbound = ("inbound", "acknowledged", "unacknowledged")
    return {name: book.counts[name] for name in (*names, *inbound)} | {
        "answered": sum(any(m.inbound for m in t) for t in book.threads.values()),
        "phones": sum(bool(t) for t in book.threads.values()),
        "opted_out": len(book.blocked),
        "played": len(book.played),
    }


def _row(phone: str, thread: list[Message], carrier: Carrier, members: Members) -> dict[str, Any]:
    someone = members.someone(phone)
    return {
        "phone": phone,
        "persona": someone.persona.name,
        "about": someone.persona.about,
        "language": someone.language,
        "messages": len(thread),
        "last_at": thread[-1].at.isoformat() if thread else None,
        "played": carrier.is_played(phone),
        "opted_out": (carrier.number, phone) in carrier.book.blocked,
    }


def _thread(carrier: Carrier, members: Members, phone: str) -> Mapping[str, Any]:
    messages = carrier.book.threads.get(phone, [])
    if not messages and phone not in members.contacts:
        raise HTTPException(404, "No member has this phone; pick one from the list of phones.")
    return {"row": _row(phone, messages, carrier, members), "messages": messages}


def _events(lines: Iterable[Event], kind: str, since: int) -> tuple[list[Event], int]:
    kept, seen = [], 0
    for seen, event in enumerate(lines, start=1):
        if seen > since and kind in {"", event["kind"]}:
            kept.append(event)
    return kept, seen


def _page(name: str, **facts: Any) -> HTMLResponse:
    return HTMLResponse(pages.get_template(name).render(facts), headers=HEADERS)


def _refuse_strangers(request: Request) -> None:
    # Any web page can post a form to loopback; only this one may text as a member.
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise HTTPException(403, "Type on the phone page itself.")
