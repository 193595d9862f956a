"""The door: sign in, sign out."""

import secrets
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from api.accounts import Passwords
from api.attempts import Attempts
from api.auth import AnyStaff, clear_cookie, cookie_name, digest, look_up, set_cookie
from api.deps import Clocks, Session
from api.pages import render_page
from api.problems import TooManyAttempts
from store.models import StaffMember
from store.staff import Staff

router = APIRouter(tags=["console"])

WHY = {
    "needed": "Please sign in first.",
    "ended": "Your session ended after fifteen minutes without a click. Please sign in again.",
    "out": "You are signed out. See you soon.",
}
Text = Annotated[str, Form(min_length=1, max_length=200)]


@router.get("/sign-in")
async def ask(request: Request, why: str = "") -> Response:
    if await look_up(request, touch=False):
        return RedirectResponse("/console/", status_code=303)
    return render_page(request, "console/sign_in.html", said=WHY.get(why), wrong=False, login="")


@router.post("/sign-in")
async def enter(
    request: Request, login: Text, password: Text, session: Session, clocks: Clocks
) -> Response:
    staff = Staff(session)
    account = await _recognised(request, staff, login, password)
    if account is None:
        return render_page(
            request, "console/sign_in.html", status=401, said=None, wrong=True, login=login
        )
    token = secrets.token_urlsafe(32)
    before = request.cookies.get(cookie_name(request))
    if before:
        await staff.close(digest(before))
    await staff.open(digest(token), account.id, secrets.token_urlsafe(32), wall=clocks.wall())
    response = RedirectResponse("/console/", status_code=303)
    set_cookie(request, response, token)
    return response


async def _recognised(
    request: Request, staff: Staff, login: str, password: str
) -> StaffMember | None:
    """The account, when the password is its own; TooManyAttempts after too many that were not."""
    attempts: Attempts = request.app.state.attempts
    passwords: Passwords = request.app.state.passwords
    keys = (f"login/{login.strip().lower()}", f"address/{_address(request)}")
    async with attempts.trying(*keys) as allowed:
        if not allowed:
            raise TooManyAttempts
        account = await staff.by_login(login)
        if await passwords.verify(password, account.password_hash if account else None):
            return account
        await attempts.failed(*keys)
    return None


@router.post("/sign-out")
async def leave(request: Request, _viewer: AnyStaff, session: Session) -> Response:
    await Staff(session).close(digest(request.cookies[cookie_name(request)]))
    response = RedirectResponse("/sign-in?why=out", status_code=303)
    clear_cookie(request, response)
    return response


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
