"""A member's page: where the journey stands, what happened, and the four things staff can do."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Query, Request
from pydantic import BaseModel, ConfigDict, StringConstraints
from starlette.responses import RedirectResponse, Response

from api.auth import AnyStaff, Coordinator, Viewer
from api.console.contact import contact_line
from api.console.outreach import ladder
from api.console.questions import Questions
from api.console.strip import strip
from api.console.trends import trends
from api.deps import Clocks, Journeys, OpenSessions, Session
from api.pages import render_page
from api.problems import NotFound, Unreadable
from domain.journey import ENDED, State
from store.desk import Desk
from store.pages.attribution import why_pharmacy
from store.pages.enrollments import MemberView, last_action, names_of_staff, view_member
from store.pages.ledger import considered, ledger
from store.pages.outreach import rungs_used
from store.pages.readings import readings
from store.pages.timeline import Timeline, timeline

router = APIRouter(prefix="/console/enrollments", tags=["console"])

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)]
EnrollmentId = Annotated[str, Path(max_length=200)]


class Action(StrEnum):
    HOLD = "hold"
    RESUME = "resume"
    TAKE_OVER = "take_over"
    STOP = "stop"


class ActionForm(BaseModel):
    model_config = ConfigDict(extra="forbid")

    csrf: str = ""
    form_id: uuid.UUID
    reason: Reason


@router.get("/{enrollment_id}")
async def page(
    request: Request,
    enrollment_id: EnrollmentId,
    viewer: AnyStaff,
    session: Session,
    clocks: Clocks,
    before: datetime | None = None,
    action: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
) -> Response:
    view = await _view(session, viewer, enrollment_id, clocks)
    said = await last_action(session, enrollment_id, action) if action else None
    shown = await timeline(session, enrollment_id, before=_aware(before))
    return await _draw(
        request, "console/enrollment.html", session, view, shown, said=said, before=before
    )


@router.get("/{enrollment_id}/live")
async def fragment(
    request: Request,
    enrollment_id: EnrollmentId,
    viewer: AnyStaff,
    session: Session,
    clocks: Clocks,
) -> Response:
    """What a live page swaps in: the strip and the newest of the timeline."""
    view = await _view(session, viewer, enrollment_id, clocks)
    shown = await timeline(session, enrollment_id)
    return await _draw(request, "console/_live.html", session, view, shown, before=None)


@router.post("/{enrollment_id}/{action}")
async def act(
    enrollment_id: EnrollmentId,
    action: Action,
    form: Annotated[ActionForm, Form()],
    viewer: Coordinator,
    sessions: OpenSessions,
    clocks: Clocks,
    journeys: Journeys,
) -> Response:
    """Recorded and committed first: the journey obeys later if it cannot obey now."""
    async with sessions.begin() as session:
        desk = Desk(session, actor=viewer.actor, now=clocks.now())
        action_id = await desk.act(
            viewer.scope,
            enrollment_id,
            kind=action,
            reason=form.reason,
            form_id=str(form.form_id),
        )
    if action_id is None:
        raise NotFound
    answer = await journeys.act(action_id, enrollment_id)
    if answer.startswith("refused"):
        async with sessions.begin() as session:
            desk = Desk(session, actor=viewer.actor, now=clocks.now())
            await desk.note_answer(action_id, answer)
    return RedirectResponse(
        f"/console/enrollments/{enrollment_id}?action={action_id}", status_code=303
    )


async def _view(session: Session, viewer: Viewer, enrollment_id: str, clocks: Clocks) -> MemberView:
    view = await view_member(session, viewer.scope, enrollment_id, now=clocks.now())
    if view is None:
        raise NotFound
    return view


async def _draw(
    request: Request,
    template: str,
    session: Session,
    view: MemberView,
    shown: Timeline,
    **context: Any,
) -> Response:
    actors = {str(actor) for event in shown.events for actor in _actors(event.row) if actor}
    lines = await ledger(session, view.member.id)
    actors |= {line.consent.actor for line in lines}
    now, sending_on = request.app.state.time.now(), request.app.state.sending_on
    next_text = await considered(session, view.enrollment.id)
    why = await why_pharmacy(session, view.enrollment.id)
    actors |= {row.actor for row in why.history}
    program = request.app.state.programs.get(view.enrollment.program)
    sent_readings = await readings(session, view.enrollment.id)
    return render_page(
        request,
        template,
        view=view,
        strip=strip(view, now),
        contact=contact_line(next_text, now, sending_on=sending_on),
        ledger=lines,
        ladder=ladder(program, view.enrollment, await rungs_used(session, view.enrollment.id)),
        timeline=shown,
        staff=await names_of_staff(session, actors | {view.enrollment.held_by or ""}),
        actions=possible(view),
        why=why,
        questions=Questions.of(program),
        trends=trends(program, sent_readings, now),
        form_id=lambda: str(uuid.uuid4()),
        **context,
    )


def _actors(row: object) -> tuple[object, ...]:
    return tuple(getattr(row, name, None) for name in ("actor", "done_by", "confirmed_by"))


def possible(view: MemberView) -> tuple[Action, ...]:
    """What can be asked of the journey as it stands; the journey itself has the last word."""
    enrollment = view.enrollment
    if State(enrollment.state) in ENDED or enrollment.ended_at is not None:
        return ()
    if enrollment.held_at is None:
        return (Action.HOLD, Action.TAKE_OVER, Action.STOP)
    if enrollment.hold == "take_over":
        return (Action.RESUME, Action.STOP)
    return (Action.RESUME, Action.TAKE_OVER, Action.STOP)


def _aware(moment: datetime | None) -> datetime | None:
    try:
        return moment if moment is None or moment.tzinfo else moment.astimezone()
    except (OverflowError, ValueError):
        raise Unreadable from None
