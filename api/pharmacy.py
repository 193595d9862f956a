"""The API of a pharmacy's own system: its deliveries, by id and code, without names."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.auth import same
from api.deps import Clocks, Session
from api.problems import NoKey, NotFound, Refused, Unreadable
from api.steps import Step
from store.deliveries import move_delivery
from store.pages.queue import DeliveryLine, deliveries, may_move
from store.pages.scope import EVERYTHING

ACTOR = "pharmacy-api"


def with_key(request: Request) -> str:
    """A bearer key; with none configured this API does not exist."""
    known: str = request.app.state.pharmacy_key
    if not known:
        raise NotFound("The pharmacy API is closed: no key is configured.")
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not same(given.strip(), known):
        raise NoKey
    return ACTOR


PharmacySystem = Annotated[str, Depends(with_key)]

router = APIRouter(prefix="/api/pharmacy", tags=["pharmacy"])


class DeliveryOut(BaseModel):
    id: int
    npi: str
    status: str
    due_on: str
    days_supply: int
    ndc11: str | None
    """None for a protected medicine: the pharmacy knows it from its own record."""


class Queue(BaseModel):
    deliveries: Sequence[DeliveryOut]


class Moved(BaseModel):
    id: int
    status: str


class Failure(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    reason: Annotated[str, StringConstraints(strip_whitespace=True)] = Field("", max_length=300)


@router.get("/deliveries")
async def list_deliveries(_caller: PharmacySystem, session: Session, open: bool = True) -> Queue:
    lines = await deliveries(session, open_only=open, limit=1000)
    return Queue(deliveries=[_out(line) for line in lines])


def _out(line: DeliveryLine) -> DeliveryOut:
    return DeliveryOut(
        id=line.delivery.id,
        npi=line.delivery.pharmacy_npi,
        status=line.delivery.status,
        due_on=line.delivery.due_on.isoformat(),
        days_supply=line.delivery.days_supply,
        ndc11=None if line.protected else line.delivery.ndc11,
    )


@router.post("/deliveries/{delivery_id}/{step}")
async def move(
    delivery_id: Annotated[int, Path(ge=1, lt=2**63)],
    step: Step,
    caller: PharmacySystem,
    session: Session,
    clocks: Clocks,
    failure: Failure | None = None,
) -> Moved:
    """Saying the same step twice changes nothing and is no error."""
    reason = failure.reason if failure else ""
    if step is Step.FAIL and not reason:
        raise Unreadable('Say why: {"reason": "nobody at home"}.')
    if not await may_move(session, EVERYTHING, delivery_id):
        raise NotFound("No delivery has this id.")
    outcome = await move_delivery(
        session, delivery_id, step.to, actor=caller, now=clocks.now(), reason=reason or None
    )
    if outcome != "done":
        raise Refused(outcome)
    return Moved(id=delivery_id, status=step.to)
