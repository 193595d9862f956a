"""The provider's page: what a pharmacy asks of a practice, and the practice's answer.

The link's secret is one factor, the six digits printed on the note the other. Whoever lacks
either sees the same page, which tells nothing: not even whether there is such a note.
"""

import hashlib
import hmac
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from api.attempts import Attempts
from api.auth import digest, same
from api.deps import Clocks, Session
from api.pages import render_page
from api.problems import ForeignForm, TooManyAttempts
from store.models import Note
from store.notes_page import Notes

router = APIRouter(prefix="/provider/notes", tags=["providers"], include_in_schema=False)

Token = Annotated[str, Path(min_length=16, max_length=200, pattern=r"^[A-Za-z0-9_-]+$")]
ANSWERS = ("accept", "modify", "decline")
COMMENT_CHARS = 1000


@router.get("/{token}")
async def ask(request: Request, token: Token, session: Session, clocks: Clocks) -> Response:
    note = await Notes(session).open(digest(token), now=clocks.now())
    if note is None:
        return _closed(request)
    return _page(request, "provider/code.html", token, wrong=False)


@router.post("/{token}")
async def answer(request: Request, token: Token, session: Session, clocks: Clocks) -> Response:
    """First the six digits alone, then the answers with the digits again: nothing is remembered."""
    attempts: Attempts = request.app.state.attempts
    form = await request.form(max_fields=200)
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    if not same(fields.get("csrf", ""), _csrf(request, token)):
        raise ForeignForm
    notes = Notes(session)
    note = await notes.open(digest(token), now=clocks.now())
    if note is None:
        return _closed(request)
    key = f"note/{note.id}"
    code = fields.get("second_factor", "").strip()
    async with attempts.trying(key) as allowed:
        if not allowed:
            raise TooManyAttempts
        known = same(code, str(note.content.get("second_factor") or "\0"))
        if not known:
            await attempts.failed(key)
    if not known:
        return _page(request, "provider/code.html", token, wrong=True, status=403)
    return await _answered(request, token, notes, note, fields, code, clocks)


async def _answered(
    request: Request,
    token: str,
    notes: Notes,
    note: Note,
    fields: dict[str, str],
    code: str,
    clocks: Clocks,
) -> Response:
    shown = await notes.shown(note, now=clocks.now())
    asked = shown.requests
    given = any(name.startswith("answer-") for name in fields)
    answers = _read(asked, fields)
    missing = given and len(answers) < len(asked)
    if given and not missing:
        await notes.answer(note, answers, now=clocks.now())
    return _page(
        request,
        "provider/note.html",
        token,
        status=422 if missing and note.answered_at is None else 200,
        note=note,
        shown=shown,
        code=code,
        given=answers,
        missing=missing,
        **await notes.about(note),
    )


def _read(asked: list[dict[str, Any]], fields: dict[str, str]) -> dict[str, dict[str, str]]:
    """By request; only requests the note makes, only the three answers."""
    answers = {}
    for request in asked:
        name = str(request["id"])
        chosen = fields.get(f"answer-{name}")
        if chosen in ANSWERS:
            comment = fields.get(f"comment-{name}", "").strip()[:COMMENT_CHARS]
            answers[name] = {"answer": str(chosen), "comment": comment}
    return answers


def _csrf(request: Request, token: str) -> str:
    """Known only to whoever could open the page of this link."""
    return hmac.new(
        request.app.state.form_secret, f"provider/{token}".encode(), hashlib.sha256
    ).hexdigest()


def _page(
    request: Request, template: str, token: str, *, status: int = 200, **context: Any
) -> Response:
    return render_page(request, template, status=status, csrf=_csrf(request, token), **context)


def _closed(request: Request) -> Response:
    return render_page(request, "provider/closed.html", status=404)
