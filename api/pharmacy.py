"""The API of a pharmacy's own system: its deliveries, by id and code, without names."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Header, Path
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.deps import Clocks, Session
from api.pharmacy_keys import Caller, PharmacySystem
from api.problems import NotFound, Refused, Unreadable
from api.steps import Step
from store.deliveries import check_address, move_delivery
from store.pages.queue import DeliveryLine, deliveries, may_move
from store.pharmacy_systems import answered, keep_answer

router = APIRouter(prefix="/api/pharmacy", tags=["pharmacy"])


class DeliveryOut(BaseModel):
    id: int
    npi: str
    status: str
    due_on: str
    days_supply: int
    ndc11: str | None
    """None for a protected medicine: the pharmacy knows it from its own record."""
    cold_chain: bool
    window: str | None
    attempts: int
    next_attempt_on: str | None
    address_check: str | None
    packaging: str | None


class Queue(BaseModel):
    deliveries: Sequence[DeliveryOut]


class Moved(BaseModel):
    id: int
    status: str


class Details(BaseModel):
    """`reason` of a failure or of an attempt in vain; `window` as agreed with the member."""

    model_config = ConfigDict(extra="forbid", strict=True)

    reason: Annotated[str, StringConstraints(strip_whitespace=True)] = Field("", max_length=300)
    window: Literal["morning", "afternoon", "evening"] | None = None


class Said(BaseModel):
    """A ZIP code or a house number, as the member says it to whoever stands at the door."""

    model_config = ConfigDict(extra="forbid", strict=True)

    said: Annotated[str, StringConstraints(strip_whitespace=True)] = Field(
        min_length=1, max_length=12
    )


class Checked(BaseModel):
    id: int
    address_check: str


@router.get("/deliveries")
async def list_deliveries(caller: PharmacySystem, session: Session, open: bool = True) -> Queue:
    lines = await deliveries(session, caller.scope, open_only=open, limit=1000)
    return Queue(deliveries=[_out(line) for line in lines])


def _out(line: DeliveryLine) -> DeliveryOut:
    return DeliveryOut(
        id=line.delivery.id,
        npi=line.delivery.pharmacy_npi,
        status=line.delivery.status,
        due_on=line.delivery.due_on.isoformat(),
        days_supply=line.delivery.days_supply,
        cold_chain=line.delivery.cold_chain,
        window=line.delivery.window,
        attempts=line.delivery.attempts,
        next_attempt_on=_day(line.delivery.next_attempt_on),
        address_check=line.delivery.address_check,
        packaging=line.delivery.packaging,
        ndc11=None if line.protected else line.delivery.ndc11,
    )


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


@router.post("/deliveries/{delivery_id}/address")
async def confirm_address(
    delivery_id: Annotated[int, Path(ge=1, lt=2**63)],
    body: Said,
    caller: PharmacySystem,
    session: Session,
    clocks: Clocks,
) -> Checked:
    """Compares and tells only whether it holds: the address itself is not given out."""
    if not await may_move(session, caller.scope, delivery_id):
        raise NotFound("No delivery has this id.")
    found = await check_address(
        session, delivery_id, body.said, actor=caller.actor, now=clocks.now()
    )
    if found == "person":
        raise Refused("Too many answers did not match: call the member from your own record.")
    return Checked(id=delivery_id, address_check=found)


@router.post("/deliveries/{delivery_id}/{step}")
async def move(
    delivery_id: Annotated[int, Path(ge=1, lt=2**63)],
    step: Step,
    caller: PharmacySystem,
    session: Session,
    clocks: Clocks,
    details: Details | None = None,
    idempotency_key: Annotated[str, Header(max_length=100)] = "",
) -> Moved:
    """Saying the same step twice changes nothing; under one Idempotency-Key nothing is done twice,
    whatever happened to the delivery in between."""
    said = details or Details(reason="")
    if step.needs_reason and not said.reason:
        raise Unreadable('Say why: {"reason": "nobody at home"}.')
    asked = f"{delivery_id}/{step}/{said.model_dump_json()}"
    if idempotency_key and (before := await _before(session, caller, idempotency_key, asked)):
        return Moved(id=delivery_id, status=before)
    if not await may_move(session, caller.scope, delivery_id):
        raise NotFound("No delivery has this id.")
    outcome = await move_delivery(
        session,
        delivery_id,
        step.to,
        actor=caller.actor,
        now=clocks.now(),
        reason=said.reason or None,
        window=said.window,
    )
    if outcome != "done":
        raise Refused(outcome)
    if idempotency_key and not await keep_answer(
        session, caller.id, idempotency_key, asked, step.to, clocks.wall()
    ):
        raise Refused("This call is being carried out already; ask again for its answer.")
    return Moved(id=delivery_id, status=step.to)


async def _before(session: Session, caller: Caller, key: str, asked: str) -> str | None:
    answer = await answered(session, caller.id, key, asked)
    if answer == "":
        raise Refused("This Idempotency-Key was used for another call; take a new one.")
    return answer
