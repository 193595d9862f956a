"""Nominations: a coordinator or a pharmacist proposes a member; what came of the newest ones."""

import uuid
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, Request
from pydantic import BaseModel, ConfigDict, StringConstraints
from starlette.responses import Response

from api.auth import AnyStaff, Viewer
from api.deps import Clocks, Nominates, Session
from api.pages import render_page
from api.problems import NotFound
from domain.nominations import WORDS, Nomination, Why
from store.models import NominationRow
from store.nominations import newest
from store.pages.enrollments import names_of_staff

router = APIRouter(prefix="/console/nominations", tags=["console"])


class NominationForm(BaseModel):
    """`what`: a program and one of its conditions, as the page offers them together."""

    model_config = ConfigDict(extra="forbid")

    csrf: str = ""
    form_id: uuid.UUID
    what: Annotated[str, StringConstraints(pattern=r"^[\w-]+/[\w-]+$", max_length=200)]
    person_id: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)
    ]
    birth_date: date
    npi: Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^(\d{10})?$")] = ""
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)]


@router.get("")
async def page(request: Request, viewer: AnyStaff, session: Session, door: Nominates) -> Response:
    return await _page(request, viewer, session, door, None)


@router.post("")
async def nominate(
    request: Request,
    form: Annotated[NominationForm, Form()],
    viewer: AnyStaff,
    session: Session,
    clocks: Clocks,
    door: Nominates,
) -> Response:
    """Answers with the page and the verdict: an id of the payer's belongs into no address."""
    program, _, condition = form.what.partition("/")
    if program not in door.programs:
        raise NotFound("There is no such program.")
    # A pharmacist nominates for their own pharmacy and for no other.
    npi = viewer.scope.pharmacy_npi or form.npi or None
    nomination = Nomination(
        f"console/{form.form_id}", program, form.person_id, form.birth_date, (condition,),
        form.reason, npi,
    )  # fmt: skip
    row = await door.nominate(
        session, nomination, how="console", actor=viewer.actor, now=clocks.now()
    )
    return await _page(request, viewer, session, door, row)


async def _page(
    request: Request, viewer: Viewer, session: Session, door: Nominates, row: NominationRow | None
) -> Response:
    found = await newest(session, None if viewer.coordinates else viewer.actor)
    return render_page(
        request,
        "console/nominations.html",
        verdict=row,
        words={why.value: words for why, words in WORDS.items()},
        accepted=Why.ACCEPTED.value,
        offered=[(name, door.conditions[name]) for name in sorted(door.programs)],
        own_npi=viewer.scope.pharmacy_npi,
        nominations=found,
        protected=lambda each: not viewer.cleared and bool(door.part2 & set(each.conditions)),
        form_id=str(uuid.uuid4()),
        staff=await names_of_staff(session, {each.actor for each in found}),
    )
