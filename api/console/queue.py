"""The pharmacist's queue: what to bring to whom, and readings to look at."""

from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from pydantic import BaseModel, ConfigDict, StringConstraints
from starlette.responses import RedirectResponse, Response

from api.auth import AnyStaff
from api.deps import Clocks, Session
from api.pages import render_page
from api.problems import NotFound, Refused, Unreadable
from api.steps import Step
from store.deliveries import move_delivery
from store.pages.attribution import new_members
from store.pages.queue import deliveries, may_move
from store.pages.tasks import TaskFilter, open_tasks

router = APIRouter(prefix="/console", tags=["console"])


BUTTONS = {step.to: step for step in Step}


class MoveForm(BaseModel):
    model_config = ConfigDict(extra="forbid")

    csrf: str = ""
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)] = ""


@router.get("/queue")
async def queue(request: Request, viewer: AnyStaff, session: Session, clocks: Clocks) -> Response:
    now = clocks.now()
    clinical = TaskFilter(role="pharmacist")
    return render_page(
        request,
        "console/queue.html",
        lines=await deliveries(session, viewer.scope),
        tasks=await open_tasks(session, viewer.scope, clinical, now=now),
        buttons=BUTTONS,
        arrivals=await new_members(session, viewer.scope, now),
    )


@router.post("/deliveries/{delivery_id}/{step}")
async def move(
    delivery_id: Annotated[int, Path(ge=1, lt=2**63)],
    step: Step,
    form: Annotated[MoveForm, Form()],
    viewer: AnyStaff,
    session: Session,
    clocks: Clocks,
) -> Response:
    if step is Step.FAIL and len(form.reason) < 3:
        raise Unreadable("Say in a few words why it failed; the member's coordinator reads it.")
    if not await may_move(session, viewer.scope, delivery_id):
        raise NotFound
    outcome = await move_delivery(
        session,
        delivery_id,
        step.to,
        actor=viewer.actor,
        now=clocks.now(),
        reason=form.reason or None,
    )
    if outcome != "done":
        raise Refused(f"{outcome} Open the queue again to see where it stands.")
    return RedirectResponse("/console/queue", status_code=303)
