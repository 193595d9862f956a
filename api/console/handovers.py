"""Handing a task over: offered to a role or a colleague, accepted or not."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Path, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from starlette.responses import RedirectResponse, Response

from api.auth import AnyStaff, Viewer
from api.console.tasks import TaskId, back_to
from api.deps import Clocks, Session
from api.problems import NotFound, Refused
from domain.handover import Who
from store.handovers import answer, offer

router = APIRouter(prefix="/console", tags=["console"])

OfferId = Annotated[int, Path(ge=1, lt=2**63)]


class OfferForm(BaseModel):
    """`to`: a role, or staff:<id>."""

    model_config = ConfigDict(extra="forbid")

    csrf: str = ""
    to: str = Field(min_length=3, max_length=60)
    why: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=300)]
    back: str = Field("", max_length=250)


class AnswerForm(BaseModel):
    model_config = ConfigDict(extra="forbid")

    csrf: str = ""
    said: Literal["accepted", "declined", "withdrawn"]
    back: str = Field("", max_length=250)


@router.post("/tasks/{task_id}/hand-over")
async def hand_over(
    request: Request, task_id: TaskId, form: Annotated[OfferForm, Form()], viewer: AnyStaff,
    session: Session, clocks: Clocks,
) -> Response:  # fmt: skip
    within = request.app.state.hand_over_within
    if within is None:
        raise NotFound
    said = await offer(
        session, viewer.scope, _who(viewer), task_id, form.to, why=form.why, within=within,
        now=clocks.now(),
    )  # fmt: skip
    if said == "unknown":
        raise NotFound
    if said != "offered":
        raise Refused(said)
    return RedirectResponse(back_to(form.back), status_code=303)


@router.post("/handovers/{offer_id}/answer")
async def answer_offer(
    offer_id: OfferId, form: Annotated[AnswerForm, Form()], viewer: AnyStaff, session: Session,
    clocks: Clocks,
) -> Response:  # fmt: skip
    said = await answer(session, viewer.scope, _who(viewer), offer_id, form.said, now=clocks.now())
    if said == "unknown":
        raise NotFound
    if said == "already":
        raise Refused("This offer was answered, or its task closed, before. Nothing was changed.")
    if said == "not_yours":
        raise Refused("This task was offered to somebody else. Nothing was changed.")
    return RedirectResponse(back_to(form.back), status_code=303)


def _who(viewer: Viewer) -> Who:
    return Who(viewer.actor, viewer.role)
