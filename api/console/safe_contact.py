"""How a member may safely be reached: the newest word, and the form it is written down with."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from pydantic import BaseModel, ConfigDict, StringConstraints
from starlette.responses import RedirectResponse, Response

from api.auth import AnyStaff
from api.deps import Clocks, OpenSessions, Session
from api.pages import render_page
from api.problems import NotFound, Unreadable
from domain.safe_contact import SafeContact
from store import safe_contact
from store.database import in_transaction
from store.pages.enrollments import view_member

router = APIRouter(prefix="/console/safe-contact", tags=["console"])

EnrollmentId = Annotated[str, Path(max_length=200)]
Hour = Annotated[str, StringConstraints(pattern=r"^(|[0-9]|1[0-9]|2[0-3])$")]


class SafeContactForm(BaseModel):
    """A box that is not ticked is not sent; `phone` empty: every number; hours empty: any."""

    model_config = ConfigDict(extra="forbid")

    csrf: str = ""
    form_id: uuid.UUID
    no_texts: bool = False
    phone: Annotated[str, StringConstraints(max_length=20)] = ""
    opens: Hour = ""
    closes: Hour = ""
    no_messages: bool = False
    no_letters: bool = False
    not_by_services: bool = False
    tell_safety: bool = False

    def said(self) -> SafeContact:
        return SafeContact(
            not self.no_texts,
            self.phone or None,
            int(self.opens) if self.opens else None,
            int(self.closes) if self.closes else None,
            not self.no_messages,
            not self.no_letters,
            not self.not_by_services,
            self.tell_safety,
        )


@router.get("/{enrollment_id}")
async def page(
    request: Request, enrollment_id: EnrollmentId, viewer: AnyStaff, session: Session,
    clocks: Clocks,
) -> Response:  # fmt: skip
    view = await view_member(session, viewer.scope, enrollment_id, now=clocks.now())
    if view is None:
        raise NotFound
    return render_page(
        request,
        "console/safe_contact.html",
        view=view,
        safe=await safe_contact.of_member(session, view.member.id),
        form_id=str(uuid.uuid4()),
    )


@router.post("/{enrollment_id}")
async def record(
    enrollment_id: EnrollmentId, form: Annotated[SafeContactForm, Form()], viewer: AnyStaff,
    sessions: OpenSessions, clocks: Clocks,
) -> Response:  # fmt: skip
    """It holds from now on; done again by itself where a journey holds the same rows."""
    said = form.said()
    if mistake := said.mistake():
        raise Unreadable(mistake)
    made = await in_transaction(
        sessions.begin,
        lambda session: safe_contact.record(
            session, viewer.scope, enrollment_id, said, str(form.form_id),
            actor=viewer.actor, now=clocks.now(),
        ),
    )  # fmt: skip
    if not made:
        raise NotFound
    return RedirectResponse(f"/console/enrollments/{enrollment_id}", status_code=303)
