"""Accounts: who works here. A new password is shown once and kept nowhere."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Path, Request
from pydantic import BaseModel, ConfigDict, StringConstraints
from starlette.responses import RedirectResponse, Response

from api.accounts import Passwords, random_password
from api.auth import Manager
from api.deps import Clocks, Session
from api.pages import render_page
from api.problems import NotFound, Refused
from store.staff import Staff

router = APIRouter(prefix="/console/staff", tags=["console"])

MISTAKES = {
    "taken": "This sign-in name is in use already; choose another.",
    "no pharmacy": "No pharmacy with this NPI is known; look at the ten digits again.",
    "needs pharmacy": "A pharmacist needs the NPI of the pharmacy whose members they look after.",
}


class NewAccount(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    csrf: str = ""
    login: Annotated[str, StringConstraints(min_length=2, max_length=60, pattern=r"^[\w.@+-]+$")]
    name: Annotated[str, StringConstraints(min_length=2, max_length=100)]
    role: Literal["coordinator", "pharmacist", "manager"]
    pharmacy_npi: Annotated[str, StringConstraints(max_length=10, pattern=r"^\d*$")] = ""


@router.get("")
async def everybody(request: Request, _viewer: Manager, session: Session) -> Response:
    return await _draw(request, session)


@router.post("")
async def add(
    request: Request,
    form: Annotated[NewAccount, Form()],
    _viewer: Manager,
    session: Session,
    clocks: Clocks,
) -> Response:
    pharmacist = form.role == "pharmacist"
    if pharmacist and not form.pharmacy_npi:
        return await _draw(request, session, status=422, mistake=MISTAKES["needs pharmacy"])
    passwords: Passwords = request.app.state.passwords
    password = random_password()
    added = await Staff(session).add(
        login=form.login,
        name=form.name,
        role=form.role,
        password_hash=await passwords.hash(password),
        now=clocks.now(),
        pharmacy_npi=form.pharmacy_npi if pharmacist else None,
    )
    if added in MISTAKES:
        return await _draw(request, session, status=422, mistake=MISTAKES[added])
    return await _draw(request, session, shown=(form.login.lower(), password))


@router.post("/{staff_id}/disable")
async def disable(
    staff_id: Annotated[str, Path(max_length=50)],
    viewer: Manager,
    session: Session,
    clocks: Clocks,
) -> Response:
    if staff_id == viewer.id:
        raise Refused("You cannot close your own account; another manager can.")
    if not await Staff(session).disable(staff_id, now=clocks.now()):
        raise NotFound
    return RedirectResponse("/console/staff", status_code=303)


async def _draw(
    request: Request,
    session: Session,
    *,
    status: int = 200,
    mistake: str | None = None,
    shown: tuple[str, str] | None = None,
) -> Response:
    return render_page(
        request,
        "console/staff.html",
        status=status,
        staff=await Staff(session).everybody(),
        mistake=mistake,
        shown=shown,
    )
