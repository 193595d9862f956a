"""What is proposed to a pharmacist: short fills to one date, and packaging by time of day."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Path
from pydantic import BaseModel, ConfigDict
from starlette.responses import RedirectResponse, Response

from api.auth import Pharmacist
from api.deps import Clocks, Session
from api.problems import NotFound, Refused
from store.proposals import decide_packaging, decide_sync

router = APIRouter(prefix="/console", tags=["console"])

Id = Annotated[int, Path(ge=1, lt=2**63)]


class Decision(BaseModel):
    model_config = ConfigDict(extra="forbid")

    csrf: str = ""
    answer: Literal["accepted", "declined"]


@router.post("/sync-plans/{plan_id}")
async def sync_plan(
    plan_id: Id, form: Annotated[Decision, Form()], viewer: Pharmacist, session: Session,
    clocks: Clocks,
) -> Response:  # fmt: skip
    """The journey orders the accepted short fills when their refills fall due."""
    outcome = await decide_sync(
        session, viewer.scope, plan_id, form.answer, actor=viewer.actor, now=clocks.now()
    )
    return _back(outcome)


@router.post("/deliveries/{delivery_id}/packaging")
async def packaging(
    delivery_id: Id, form: Annotated[Decision, Form()], viewer: Pharmacist, session: Session,
    clocks: Clocks,
) -> Response:  # fmt: skip
    outcome = await decide_packaging(
        session, viewer.scope, delivery_id, form.answer, actor=viewer.actor, now=clocks.now()
    )
    return _back(outcome)


def _back(outcome: str) -> Response:
    if outcome == "unknown":
        raise NotFound
    if outcome != "done":
        raise Refused(f"{outcome} Open the queue again to see where it stands.")
    return RedirectResponse("/console/queue", status_code=303)
