"""Consent to texts, or its end, that a member told a person: recorded by a coordinator."""

import uuid
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Path
from pydantic import BaseModel, ConfigDict, StringConstraints
from starlette.responses import RedirectResponse, Response

from api.auth import Coordinator
from api.deps import Clocks, OpenSessions
from api.problems import NotFound
from store.database import in_transaction
from store.ledger import Told, record_told

router = APIRouter(prefix="/console/enrollments", tags=["console"])


class ToldForm(BaseModel):
    """`number` empty: every number of the member."""

    model_config = ConfigDict(extra="forbid")

    csrf: str = ""
    form_id: uuid.UUID
    wish: Literal["revoked", "given"]
    how: Literal["voice", "letter", "counter"]
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)]
    number: Annotated[str, StringConstraints(max_length=20)] = ""
    programs: Literal["every", "this"] = "every"


@router.post("/{enrollment_id}/consents")
async def record(
    enrollment_id: Annotated[str, Path(max_length=200)],
    form: Annotated[ToldForm, Form()],
    viewer: Coordinator,
    sessions: OpenSessions,
    clocks: Clocks,
) -> Response:
    """Done again by itself where a text on its way holds the same rows: a wish is never lost."""
    told = Told(
        given=form.wish == "given",
        how=form.how,
        reason=form.reason,
        form_id=str(form.form_id),
        phone=form.number,
        everywhere=form.programs == "every",
    )
    action_id = await in_transaction(
        sessions.begin,
        lambda session: record_told(
            session, viewer.scope, enrollment_id, told, actor=viewer.actor, now=clocks.now()
        ),
    )
    if action_id is None:
        raise NotFound
    return RedirectResponse(
        f"/console/enrollments/{enrollment_id}?action={action_id}", status_code=303
    )
