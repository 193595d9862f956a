"""Proposals to a pharmacy, for its own system: short fills to one date, and packaging."""

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict

from api.deps import Clocks, Session
from api.pharmacy_keys import PharmacySystem
from api.problems import NotFound, Refused
from store.proposals import decide_packaging, decide_sync, open_plans

router = APIRouter(prefix="/api/pharmacy", tags=["pharmacy"])

Id = Annotated[int, Path(ge=1, lt=2**63)]


class FillOut(BaseModel):
    ndc11: str
    supply_ends_on: str
    days: int


class SyncPlanOut(BaseModel):
    id: int
    npi: str | None
    on: str
    fills: Sequence[FillOut]


class Plans(BaseModel):
    sync_plans: Sequence[SyncPlanOut]


class Decision(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    answer: Literal["accepted", "declined"]


class Decided(BaseModel):
    id: int
    answer: str


@router.get("/sync-plans")
async def list_plans(caller: PharmacySystem, session: Session) -> Plans:
    """Those that wait for a decision; protected medicines are never among them."""
    lines = await open_plans(session, caller.scope, limit=1000)
    return Plans(
        sync_plans=[
            SyncPlanOut(
                id=line.plan.id,
                npi=line.enrollment.pharmacy_npi,
                on=line.plan.on_date.isoformat(),
                fills=[
                    FillOut(ndc11=f.ndc11, supply_ends_on=f.ends_on.isoformat(), days=f.days)
                    for f in line.fills
                ],
            )
            for line in lines
        ]
    )


@router.post("/sync-plans/{plan_id}")
async def sync_plan(
    plan_id: Id, decision: Decision, caller: PharmacySystem, session: Session, clocks: Clocks
) -> Decided:
    """Saying it twice changes nothing and is no error."""
    outcome = await decide_sync(
        session, caller.scope, plan_id, decision.answer, actor=caller.actor, now=clocks.now()
    )
    return _decided(plan_id, decision.answer, outcome)


@router.post("/deliveries/{delivery_id}/packaging")
async def packaging(
    delivery_id: Id, decision: Decision, caller: PharmacySystem, session: Session, clocks: Clocks
) -> Decided:
    outcome = await decide_packaging(
        session, caller.scope, delivery_id, decision.answer, actor=caller.actor, now=clocks.now()
    )
    return _decided(delivery_id, decision.answer, outcome)


def _decided(id_: int, answer: str, outcome: str) -> Decided:
    if outcome == "unknown":
        raise NotFound("Nothing proposed to this pharmacy has this id.")
    if outcome != "done":
        raise Refused(outcome)
    return Decided(id=id_, answer=answer)
