"""Which pharmacy serves whom: another for a member, a refusal, and the picture state by state."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request
from pydantic import BaseModel, ConfigDict, StringConstraints
from starlette.responses import RedirectResponse, Response

from api.auth import AnyStaff, Coordinator
from api.deps import Clocks, Reroutes, Session
from api.pages import render_page
from api.problems import NotFound, Refused, Unreadable
from domain.program import Program
from store.pages.attribution import StateLine, by_state, of_state
from store.pages.enrollments import may_see

router = APIRouter(prefix="/console", tags=["console"])

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)]
EnrollmentId = Annotated[str, Path(max_length=200)]
Npi = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^(\d{10})?$")]

# Where each state lies in a map of equal tiles: row by row, from the west.
TILES = (
    "AK,,,,,,,,,,ME", ",,,,,,,,,VT,NH", "WA,ID,MT,ND,MN,IL,WI,MI,NY,RI,MA",
    "OR,NV,WY,SD,IA,IN,OH,PA,NJ,CT", "CA,UT,CO,NE,MO,KY,WV,VA,MD,DE", ",AZ,NM,KS,AR,TN,NC,SC,DC",
    ",,,OK,LA,MS,AL,GA", "HI,,,TX,,,,,FL,,PR",
)  # fmt: skip


class ChoiceForm(BaseModel):
    """`npi` is one of the alternatives, `other` any known pharmacy; the second counts."""

    model_config = ConfigDict(extra="forbid")

    csrf: str = ""
    form_id: uuid.UUID
    npi: Npi = ""
    other: Npi = ""
    reason: Reason


class RefusalForm(BaseModel):
    """`npi`: whom the page showed, so that a page of yesterday refuses for nobody else."""

    model_config = ConfigDict(extra="forbid")

    csrf: str = ""
    npi: Npi
    reason: Reason


@router.post("/enrollments/{enrollment_id}/pharmacy")
async def choose(
    enrollment_id: EnrollmentId,
    form: Annotated[ChoiceForm, Form()],
    viewer: Coordinator,
    session: Session,
    clocks: Clocks,
    reroutes: Reroutes,
) -> Response:
    """What the member wants, written down by a coordinator."""
    npi = form.other or form.npi
    if not npi:
        raise Unreadable("Pick one of the pharmacies, or give the NPI of another.")
    if not await may_see(session, viewer.scope, enrollment_id):
        raise NotFound
    answer = await reroutes.choose(
        session, enrollment_id, npi, words=form.reason, actor=viewer.actor,
        form_id=str(form.form_id), now=clocks.now(),
    )  # fmt: skip
    if answer != "done":
        raise Refused(answer)
    return RedirectResponse(f"/console/enrollments/{enrollment_id}#pharmacy", status_code=303)


@router.post("/enrollments/{enrollment_id}/refusal")
async def refuse(
    enrollment_id: EnrollmentId,
    form: Annotated[RefusalForm, Form()],
    viewer: AnyStaff,
    session: Session,
    clocks: Clocks,
    reroutes: Reroutes,
) -> Response:
    """By the pharmacy itself, or for it by a coordinator it has called."""
    if not await may_see(session, viewer.scope, enrollment_id):
        raise NotFound("The member is no longer with your pharmacy.")
    answer = await reroutes.refuse(
        session, enrollment_id, form.npi, words=form.reason, actor=viewer.actor, now=clocks.now()
    )
    if answer != "done":
        raise Refused(f"{answer} Open the page again to see where they are.")
    page = f"/console/enrollments/{enrollment_id}#pharmacy"
    return RedirectResponse(page if viewer.coordinates else "/console/queue", status_code=303)


@router.get("/attribution")
async def states(
    request: Request,
    _viewer: Coordinator,
    session: Session,
    state: Annotated[str, Query(max_length=2)] = "",
) -> Response:
    programs: Mapping[str, Program] = request.app.state.programs
    weeks = max((program.capacity_weeks for program in programs.values()), default=1)
    lines = await by_state(session, weeks)
    return render_page(
        request,
        "console/attribution.html",
        lines=lines,
        tiles=tiles(lines),
        weeks=weeks,
        state=state,
        pharmacies=await of_state(session, state, weeks) if state else (),
    )


def tiles(lines: Sequence[StateLine]) -> Sequence[tuple[int, int, str, StateLine | None]]:
    """Column, row, state, and what is known of it."""
    known = {line.state: line for line in lines}
    return [
        (column, row, state, known.get(state))
        for row, states in enumerate(TILES)
        for column, state in enumerate(states.split(","))
        if state
    ]
