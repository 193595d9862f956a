"""The pharmacist's queue: what to bring to whom, and readings to look at."""

from collections.abc import Mapping
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Path, Request
from pydantic import BaseModel, ConfigDict, StringConstraints
from starlette.responses import RedirectResponse, Response

from api.auth import AnyStaff
from api.deps import Clocks, Session
from api.pages import render_page
from api.problems import NotFound, Refused, Unreadable
from api.steps import Step
from domain.medication_rules import WINDOWS
from domain.program import Program
from store.deliveries import check_address, move_delivery
from store.pages.attribution import new_members
from store.pages.queue import deliveries, may_move
from store.pages.tasks import TaskFilter, count_tasks, open_tasks
from store.proposals import open_plans

router = APIRouter(prefix="/console", tags=["console"])


BUTTONS = {step.to: step for step in Step}
SHOWN = 25
"""Tasks before the deliveries; the rest are a page of their own."""


class MoveForm(BaseModel):
    model_config = ConfigDict(extra="forbid")

    csrf: str = ""
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)] = ""
    window: Literal["", "morning", "afternoon", "evening"] = ""


class AddressForm(BaseModel):
    model_config = ConfigDict(extra="forbid")

    csrf: str = ""
    said: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=12)]


@router.get("/queue")
async def queue(request: Request, viewer: AnyStaff, session: Session, clocks: Clocks) -> Response:
    now = clocks.now()
    clinical = TaskFilter(role="pharmacist")
    return render_page(
        request,
        "console/queue.html",
        lines=await deliveries(session, viewer.scope),
        tasks=await open_tasks(session, viewer.scope, clinical, now=now, limit=SHOWN),
        waiting=await count_tasks(session, viewer.scope, clinical, now=now),
        buttons=BUTTONS,
        arrivals=await new_members(session, viewer.scope, now),
        windows=_windows(request),
        plans=await open_plans(session, viewer.scope),
    )


def _windows(request: Request) -> Mapping[str, str]:
    """The parts of a day and their hours, by the first program that delivers."""
    programs: Mapping[str, Program] = request.app.state.programs
    plans = (program.plans.get("delivery") for program in programs.values())
    hours: Mapping[str, str] = next((plan.rules.windows for plan in plans if plan), {})
    return {name: hours.get(name, "") for name in WINDOWS}


@router.post("/deliveries/{delivery_id}/address")
async def confirm_address(
    delivery_id: Annotated[int, Path(ge=1, lt=2**63)],
    form: Annotated[AddressForm, Form()],
    viewer: AnyStaff,
    session: Session,
    clocks: Clocks,
) -> Response:
    """What it found is shown on the queue; nothing moves by it."""
    if not await may_move(session, viewer.scope, delivery_id):
        raise NotFound
    now = clocks.now()
    found = await check_address(session, delivery_id, form.said, actor=viewer.actor, now=now)
    if found == "person":
        raise Refused("Too many answers did not match. Call the member and set the address right.")
    return RedirectResponse(f"/console/queue#delivery-{delivery_id}", status_code=303)


@router.post("/deliveries/{delivery_id}/{step}")
async def move(
    delivery_id: Annotated[int, Path(ge=1, lt=2**63)],
    step: Step,
    form: Annotated[MoveForm, Form()],
    viewer: AnyStaff,
    session: Session,
    clocks: Clocks,
) -> Response:
    if step.needs_reason and len(form.reason) < 3:
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
        window=form.window or None,
    )
    if outcome != "done":
        raise Refused(f"{outcome} Open the queue again to see where it stands.")
    return RedirectResponse("/console/queue", status_code=303)
