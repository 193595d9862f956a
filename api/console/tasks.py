"""Open tasks, and how one is closed."""

from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from starlette.responses import RedirectResponse, Response

from api.auth import AnyStaff
from api.deps import Clocks, OpenSessions, Session
from api.pages import render_page
from api.problems import NotFound, Refused, Unreadable
from api.when import read_typed
from domain.crisis import CallBack, CallOutcome
from store.crisis import document
from store.database import in_transaction
from store.desk import Desk
from store.pages.handovers import coordinators
from store.pages.tasks import TaskFilter, count_tasks, open_kinds, open_tasks

router = APIRouter(prefix="/console/tasks", tags=["console"])

CALL_ANSWERS = ("reached", "declined", "not_reached")
"""How an invitation by call or at the counter may end; the first two move the journey
(domain.outreach)."""
SHOWN = 200
TaskId = Annotated[int, Path(ge=1, lt=2**63)]
BACK = {"/console/", "/console/tasks", "/console/queue"}


class Filters(BaseModel):
    model_config = ConfigDict(extra="forbid")

    role: str = Field("", max_length=20)
    kind: str = Field("", max_length=50)
    urgent: bool = False
    overdue: bool = False


class DoneForm(BaseModel):
    """`answer` is a code a stage understands; `resolution` is what the person wants to say."""

    model_config = ConfigDict(extra="forbid")

    csrf: str = ""
    resolution: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)
    ]
    answer: str = Field("", max_length=20)
    back: str = Field("", max_length=250)


class CallBackForm(BaseModel):
    """A call about a cry for help: how it ended, who spoke, and when, each of them required."""

    model_config = ConfigDict(extra="forbid")

    csrf: str = ""
    outcome: CallOutcome
    who: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=100)]
    at: str = Field(max_length=20)
    zone: str = Field("", max_length=40)
    """Of the page: the member's."""
    words: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)]
    back: str = Field("", max_length=250)


@router.get("")
async def tasks(
    request: Request,
    viewer: AnyStaff,
    session: Session,
    clocks: Clocks,
    filters: Annotated[Filters, Query()],
) -> Response:
    wanted, now = TaskFilter(**filters.model_dump()), clocks.now()
    return render_page(
        request,
        "console/tasks.html",
        wanted=wanted,
        kinds=await open_kinds(session, viewer.scope),
        tasks=await open_tasks(session, viewer.scope, wanted, now=now, limit=SHOWN),
        colleagues=await coordinators(session),
        counts=await count_tasks(session, viewer.scope, wanted, now=now),
    )


@router.post("/{task_id}/done")
async def done(
    task_id: TaskId,
    form: Annotated[DoneForm, Form()],
    viewer: AnyStaff,
    session: Session,
    clocks: Clocks,
) -> Response:
    answer = form.answer if form.answer in CALL_ANSWERS else ""
    outcome = await Desk(session, actor=viewer.actor, now=clocks.now()).finish(
        viewer.scope,
        task_id,
        resolution=answer or form.resolution,
        words=form.resolution if answer else "",
    )
    if outcome == "unknown":
        raise NotFound
    if outcome == "already":
        raise Refused("A colleague has already closed this task. Nothing was changed.")
    if outcome == "cry":
        raise Refused("A cry for help ends when the call is written down: open the task again.")
    return RedirectResponse(back_to(form.back), status_code=303)


@router.post("/{task_id}/call-back")
async def call_back(
    task_id: TaskId, form: Annotated[CallBackForm, Form()], viewer: AnyStaff,
    sessions: OpenSessions, clocks: Clocks,
) -> Response:  # fmt: skip
    """Done again by itself where the relay passes the same cry on."""
    at = read_typed(form.at, form.zone)
    if at is None:
        raise Unreadable("Give the day and the time of the call, then send the form again.")
    call = CallBack(form.outcome, form.who, at, form.words)
    answer = await in_transaction(
        sessions.begin,
        lambda session: document(
            session, viewer.scope, task_id, call, actor=viewer.actor, now=clocks.now()
        ),
    )
    if answer == "unknown":
        raise NotFound
    if answer == "already":
        raise Refused("A colleague has already written down the call. Nothing was changed.")
    if answer not in ("done", "tried"):
        raise Unreadable(answer)
    return RedirectResponse(back_to(form.back), status_code=303)


def back_to(page: str) -> str:
    """Where a form came from, if that is one of our pages."""
    inside = page.startswith("/console/enrollments/") and "//" not in page and "\\" not in page
    return page if page in BACK or inside else "/console/tasks"
