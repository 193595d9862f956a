"""Before a cohort begins: who waits, how they can be reached, what stands in the way; the start."""

import uuid
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints
from starlette.responses import RedirectResponse, Response

from activities.preflight import missing_translations
from api.auth import Coordinator
from api.deps import Clocks, Session
from api.pages import render_page
from api.problems import NotFound
from domain.preflight import preflight
from domain.program import Program
from store.pages.enrollments import names_of_staff
from store.pages.preflight import (
    ready_groups,
    ready_programs,
    ready_until,
    start_cohort,
    starts,
)

router = APIRouter(prefix="/console/preflight", tags=["console"])

ProgramName = Annotated[str, Path(max_length=100)]


class StartForm(BaseModel):
    """`until`: the page's own; who is loaded after it was opened is not started by it."""

    model_config = ConfigDict(extra="forbid")

    csrf: str = ""
    form_id: uuid.UUID
    until: AwareDatetime
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)]


@router.get("")
async def cohorts(request: Request, _viewer: Coordinator, session: Session) -> Response:
    """Every program, those with somebody waiting first."""
    ready = dict(await ready_programs(session))
    names = sorted(
        {*request.app.state.programs, *ready}, key=lambda name: (-ready.get(name, 0), name)
    )
    return render_page(
        request,
        "console/cohorts.html",
        programs=[(name, ready.get(name, 0)) for name in names],
    )


@router.get("/{program}")
async def page(
    request: Request, program: ProgramName, _viewer: Coordinator, session: Session
) -> Response:
    known: Program | None = request.app.state.programs.get(program)
    if known is None:
        raise NotFound("There is no such program.")
    until = await ready_until(session, program)
    state = request.app.state
    plan = known.plans["outreach"]
    missing = missing_translations(state.templates, state.receiver.texts.kinds, plan)
    earlier = await starts(session, program)
    return render_page(
        request,
        "console/preflight.html",
        program=known,
        until=until,
        flight=preflight(
            await ready_groups(session, program), plan, missing, carrier=state.sending_on
        ),
        missing=missing,
        form_id=str(uuid.uuid4()),
        starts=earlier,
        staff=await names_of_staff(session, {each.actor for each in earlier}),
    )


@router.post("/{program}/start")
async def start(
    request: Request,
    program: ProgramName,
    form: Annotated[StartForm, Form()],
    viewer: Coordinator,
    session: Session,
    clocks: Clocks,
) -> Response:
    if program not in request.app.state.programs:
        raise NotFound("There is no such program.")
    until: datetime = form.until
    await start_cohort(
        session,
        program,
        until=until,
        actor=viewer.actor,
        reason=form.reason,
        form_id=str(form.form_id),
        now=clocks.now(),
    )
    return RedirectResponse(f"/console/preflight/{program}", status_code=303)
