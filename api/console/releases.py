"""A hold on sending that a manager ends before its time, with a reason that is kept."""

from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from starlette.responses import RedirectResponse, Response

from api.auth import Manager
from api.deps import Clocks, OpenSessions
from api.problems import NotFound
from domain.breakers import FUSES, Cause, Scope
from domain.pacing import SENDER
from store import pacing
from store.database import in_transaction

router = APIRouter(prefix="/console/delivery", tags=["console"])


class ReleaseForm(BaseModel):
    """`template` only where words are held."""

    model_config = ConfigDict(extra="forbid")

    csrf: str = ""
    cause: Cause
    template: str = Field("", max_length=100)
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=300)]


@router.post("/release")
async def release(
    form: Annotated[ReleaseForm, Form()], viewer: Manager, sessions: OpenSessions, clocks: Clocks
) -> Response:
    """404 for what was never held; what is held no more is left as it is."""
    scope = FUSES[form.cause].scope
    name = SENDER if scope is Scope.SENDER else form.template

    async def work(session: pacing.Session) -> bool:
        if not await pacing.is_known(session, scope, name, form.cause):
            return False
        row = await pacing.lock_breaker(session, scope, name, form.cause, clocks.now())
        await pacing.release(session, row, reason=form.reason, actor=viewer.actor, now=clocks.now())
        return True

    if not await in_transaction(sessions.begin, work):
        raise NotFound
    return RedirectResponse("/console/delivery", status_code=303)
