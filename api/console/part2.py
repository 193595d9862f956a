"""Written consent under 42 CFR Part 2: recorded from its paper, revoked, and what was disclosed."""

import uuid
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from starlette.responses import RedirectResponse, Response

from api.auth import AnyStaff
from api.deps import Clocks, OpenSessions, Session
from api.pages import render_page
from api.problems import NotFound, Unreadable
from domain.part2 import Recipients, Signed, Why
from store import part2
from store.database import in_transaction
from store.pages.enrollments import names_of_staff

router = APIRouter(prefix="/console/part2", tags=["console"])

EnrollmentId = Annotated[str, Path(max_length=200)]
Npi = Annotated[str, StringConstraints(strip_whitespace=True, max_length=10)]
How = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=200)]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid")

    csrf: str = ""


class ConsentForm(_Form):
    """`npi` only with a named recipient; `expires_on` empty: until revoked."""

    form_id: uuid.UUID
    recipients: Recipients
    npi: Npi = ""
    purpose: Why
    signed_on: date
    expires_on: Annotated[str, StringConstraints(max_length=10)] = ""

    def signed(self) -> Signed:
        """Unreadable when the end is no day."""
        named = self.recipients is Recipients.NAMED
        return Signed(
            self.recipients,
            self.npi if named else None,
            self.purpose,
            self.signed_on,
            _day(self.expires_on) if self.expires_on else None,
        )


class RevocationForm(_Form):
    consent_id: Annotated[int, Field(ge=1, lt=2**63)]
    how: How


@router.get("/{enrollment_id}")
async def page(
    request: Request, enrollment_id: EnrollmentId, viewer: AnyStaff, session: Session,
    clocks: Clocks,
) -> Response:  # fmt: skip
    found = await part2.page(session, viewer.scope, enrollment_id)
    if found is None:
        raise NotFound
    return render_page(
        request,
        "console/part2.html",
        found=found,
        staff=await names_of_staff(session, {line.actor for line in found.lines}),
        today=clocks.now().date(),
        form_id=str(uuid.uuid4()),
    )


@router.post("/{enrollment_id}")
async def record(
    enrollment_id: EnrollmentId, form: Annotated[ConsentForm, Form()], viewer: AnyStaff,
    sessions: OpenSessions, clocks: Clocks,
) -> Response:  # fmt: skip
    signed, now = form.signed(), clocks.now()
    if mistake := signed.mistake(now.date()):
        raise Unreadable(mistake)
    made = await in_transaction(
        sessions.begin,
        lambda session: part2.record(
            session, viewer.scope, enrollment_id, signed, str(form.form_id),
            actor=viewer.actor, now=now,
        ),
    )  # fmt: skip
    if not made:
        raise NotFound
    return RedirectResponse(f"/console/part2/{enrollment_id}", status_code=303)


@router.post("/{enrollment_id}/revocation")
async def revoke(
    enrollment_id: EnrollmentId, form: Annotated[RevocationForm, Form()], viewer: AnyStaff,
    sessions: OpenSessions, clocks: Clocks,
) -> Response:  # fmt: skip
    """It holds when this answers. Done again where a note on its way holds the same rows."""
    ended = await in_transaction(
        sessions.begin,
        lambda session: part2.revoke(
            session, viewer.scope, enrollment_id, form.consent_id,
            how=form.how, actor=viewer.actor, now=clocks.now(),
        ),
    )  # fmt: skip
    if not ended:
        raise NotFound
    return RedirectResponse(f"/console/part2/{enrollment_id}", status_code=303)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Unreadable from None
