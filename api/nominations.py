"""The API of a pharmacy's own system: it proposes a member, and is told what came of it."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.deps import Clocks, Nominates, Session
from api.pharmacy_keys import PharmacySystem
from api.problems import NotFound
from domain.nominations import WORDS, Nomination, Why

router = APIRouter(prefix="/api/pharmacy", tags=["pharmacy"])

Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class NominationIn(BaseModel):
    """`id`: of the sender's own making; the same twice is one nomination."""

    model_config = ConfigDict(extra="forbid")

    id: Code
    program: Code
    person_id: Code
    birth_date: date
    conditions: Annotated[list[Code], Field(min_length=1, max_length=10)]
    npi: Annotated[str, StringConstraints(pattern=r"^\d{10}$")]
    reason: Annotated[str, StringConstraints(strip_whitespace=True)] = Field(
        min_length=3, max_length=500
    )


class NominationOut(BaseModel):
    accepted: bool
    why: str
    words: str
    enrollment: str | None


@router.post("/nominations")
async def nominate(
    given: NominationIn, caller: PharmacySystem, session: Session, clocks: Clocks, door: Nominates
) -> NominationOut:
    """A refusal is an answer (200) with the reason; 404 for a program nobody knows."""
    if not caller.scope.covers(given.npi):
        raise NotFound("This key is not of that pharmacy.")
    if given.program not in door.programs:
        raise NotFound("There is no such program.")
    nomination = Nomination(
        f"api/{given.npi}/{given.id}", given.program, given.person_id, given.birth_date,
        tuple(given.conditions), given.reason, given.npi,
    )  # fmt: skip
    row = await door.nominate(session, nomination, how="api", actor=caller.actor, now=clocks.now())
    why = Why(row.why)
    return NominationOut(
        accepted=why is Why.ACCEPTED, why=why, words=WORDS[why], enrollment=row.enrollment_id
    )
