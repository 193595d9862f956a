"""Who is calling. A route without one of these aliases is public, and a test counts those."""

import hashlib
import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from starlette.responses import Response

from api.deps import Sessions, Time
from api.problems import Forbidden, ForeignForm, SignInNeeded
from api.security import UNSAFE
from store.pages.scope import EVERYTHING, Scope
from store.staff import ABSOLUTE, Staff


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whoever is signed in, and which members they may see."""

    id: str
    login: str
    name: str
    role: str
    scope: Scope
    csrf: str

    @property
    def actor(self) -> str:
        """As outcomes and tasks name whoever did something."""
        return f"staff:{self.id}"

    @property
    def coordinates(self) -> bool:
        return self.role in ("coordinator", "manager")

    @property
    def cleared(self) -> bool:
        """May read what rests on records under 42 CFR Part 2: who treats the member, no one else.

        A pharmacist's scope ends at their own pharmacy's members.
        """
        return self.role == "pharmacist"

    @property
    def manages(self) -> bool:
        return self.role == "manager"


def digest(secret: str) -> str:
    """What the database keeps of a token: it cannot be turned back into the cookie."""
    return hashlib.sha256(secret.encode()).hexdigest()


def cookie_name(request: Request) -> str:
    return "__Host-doorway" if request.app.state.secure else "doorway"


def set_cookie(request: Request, response: Response, token: str) -> None:
    response.set_cookie(
        cookie_name(request),
        token,
        max_age=int(ABSOLUTE.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=request.app.state.secure,
    )


def clear_cookie(request: Request, response: Response) -> None:
    response.delete_cookie(
        cookie_name(request), httponly=True, samesite="lax", secure=request.app.state.secure
    )


async def look_up(request: Request, *, touch: bool) -> Viewer | None:
    """The viewer of the request's cookie, in a short transaction of its own."""
    token = request.cookies.get(cookie_name(request))
    if not token:
        return None
    sessions: Sessions = request.app.state.sessions
    time: Time = request.app.state.time
    async with sessions.begin() as session:
        found = await Staff(session).resume(digest(token), wall=time.wall(), touch=touch)
    if found is None:
        return None
    staff = found.staff
    scope = EVERYTHING if staff.role != "pharmacist" else Scope(pharmacy_npi=staff.pharmacy_npi)
    return Viewer(staff.id, staff.login, staff.name, staff.role, scope, found.csrf)


async def signed_in(request: Request) -> Viewer:
    """Whoever has a session; what changes something must carry the session's token as well."""
    # Fragments fetched because something happened elsewhere are no sign of a person at the desk.
    by_hand = "hx-request" not in request.headers or request.method in UNSAFE
    viewer = await look_up(request, touch=by_hand)
    if viewer is None:
        raise SignInNeeded
    request.state.viewer = viewer
    if request.method in UNSAFE:
        await _check_token(request, viewer)
    return viewer


async def _check_token(request: Request, viewer: Viewer) -> None:
    given: object = request.headers.get("x-csrf")
    if given is None:
        given = (await request.form()).get("csrf")
    if not isinstance(given, str) or not same(given, viewer.csrf):
        raise ForeignForm


def same(given: str, known: str) -> bool:
    """Compared in constant time, whatever bytes were sent."""
    return hmac.compare_digest(given.encode(), known.encode())


AnyStaff = Annotated[Viewer, Depends(signed_in)]


def only(*roles: str) -> Callable[[Viewer], Awaitable[Viewer]]:
    async def allowed(viewer: AnyStaff) -> Viewer:
        if viewer.role not in roles:
            raise Forbidden
        return viewer

    return allowed


Coordinator = Annotated[Viewer, Depends(only("coordinator", "manager"))]
Pharmacist = Annotated[Viewer, Depends(only("pharmacist", "manager"))]
Manager = Annotated[Viewer, Depends(only("manager"))]
