"""The API of a pharmacy's own system: its new members by id, and a refusal."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.deps import Clocks, Reroutes, Session
from api.pharmacy_keys import PharmacySystem
from api.problems import NotFound, Refused
from store.pages.attribution import new_members
from store.pages.enrollments import may_see
from store.pages.scope import EVERYTHING, Scope

router = APIRouter(prefix="/api/pharmacy", tags=["pharmacy"])

Npi = Annotated[str, StringConstraints(pattern=r"^\d{10}$")]


class NewMemberOut(BaseModel):
    """Ids and codes only: who it is, the pharmacy sees in the console."""

    id: str
    npi: str
    program: str
    since: datetime


class NewMembers(BaseModel):
    members: Sequence[NewMemberOut]


class Refusal(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    npi: Npi
    reason: Annotated[str, StringConstraints(strip_whitespace=True)] = Field(
        min_length=3, max_length=500
    )


class RefusalTaken(BaseModel):
    id: str
    refused: bool = True


@router.get("/members")
async def list_members(
    caller: PharmacySystem, session: Session, clocks: Clocks, npi: Npi | None = None
) -> NewMembers:
    """Members given to the pharmacy `npi`, or to any, within the last seven days."""
    if npi is not None and not caller.scope.covers(npi):
        raise NotFound("This key is not of that pharmacy.")
    scope = caller.scope if npi is None else Scope(pharmacy_npi=npi)
    found = await new_members(session, scope, clocks.now(), limit=1000)
    return NewMembers(
        members=[
            NewMemberOut(
                id=each.enrollment.id,
                npi=each.pharmacy.npi,
                program=each.enrollment.program,
                since=each.since,
            )
            for each in found
        ]
    )


@router.post("/members/{enrollment_id}/refuse")
async def refuse(
    enrollment_id: Annotated[str, Path(max_length=200)],
    refusal: Refusal,
    caller: PharmacySystem,
    session: Session,
    clocks: Clocks,
    reroutes: Reroutes,
) -> RefusalTaken:
    """Saying it twice changes nothing and is no error."""
    if not caller.scope.covers(refusal.npi):
        raise NotFound("This key is not of that pharmacy.")
    if not await may_see(session, EVERYTHING, enrollment_id):
        raise NotFound("No member has this id.")
    answer = await reroutes.refuse(
        session,
        enrollment_id,
        refusal.npi,
        words=refusal.reason,
        actor=caller.actor,
        now=clocks.now(),
    )
    # Who has refused sees the member no more, and may still say so again.
    if answer != "done" and not await may_see(session, caller.scope, enrollment_id):
        raise NotFound("No member has this id.")
    if answer != "done":
        raise Refused(answer)
    return RefusalTaken(id=enrollment_id)
