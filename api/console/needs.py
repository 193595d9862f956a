"""Social needs of a member: signed by a pharmacist, referred, and what came of it."""

import uuid
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Form, Path, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from api.auth import AnyStaff, Viewer, only
from api.deps import Clocks, Session
from api.fhir import FhirWords
from api.pages import render_page
from api.problems import NotFound, Refused
from domain.fhir_facts import MemberFacts, Record
from domain.needs import OPEN, Status
from domain.needs_directory import Match, Seeker
from store import needs, referrals, resources
from store.models import Enrollment

router = APIRouter(prefix="/console/needs", tags=["console"])

# Z55-Z65 may rest on the member's own words only when a clinician has signed.
Clinician = Annotated[Viewer, Depends(only("pharmacist"))]
EnrollmentId = Annotated[str, Path(max_length=200)]
RowId = Annotated[int, Field(ge=1, lt=2**63)]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid")

    csrf: str = ""


class AgreementForm(_Form):
    form_id: uuid.UUID
    word: Literal["given", "withdrawn"]
    how: Literal["voice", "letter", "counter"]


class SignForm(_Form):
    need_id: RowId
    verdict: Literal["confirmed", "refuted"]


class ReferForm(_Form):
    need_id: RowId


class MoveForm(_Form):
    referral_id: RowId
    to: Status
    reason: str = Field("", max_length=40)
    service_id: str = Field("", max_length=100)


@router.get("")
async def overview(request: Request, viewer: AnyStaff, session: Session) -> Response:
    lines = await referrals.lines(session, viewer.scope)
    return render_page(request, "console/needs.html", lines=lines)


@router.get("/{enrollment_id}")
async def page(
    request: Request, enrollment_id: EnrollmentId, viewer: AnyStaff, session: Session,
    clocks: Clocks,
) -> Response:  # fmt: skip
    enrollment = await _mine(session, viewer, enrollment_id)
    record = await resources.record(session, enrollment, enrollment.program)
    words: FhirWords = request.app.state.fhir
    return render_page(
        request,
        "console/needs_member.html",
        enrollment=enrollment,
        record=record,
        words=words.book.words,
        reasons=words.book.reasons,
        matches=_matches(words, record, clocks.now().date()),
        open=OPEN,
        form_id=str(uuid.uuid4()),
        may_sign=viewer.role == "pharmacist",
    )


def _matches(words: FhirWords, record: Record, today: date) -> dict[int, Any]:
    """By need, the community services that fit this member."""
    seeker = _seeker(record.member, today)
    book = words.book
    found: dict[int, list[Match]] = {}
    for need in record.needs:
        terms = book.words(need.domain, need.z_code).terms
        found[need.id] = list(
            words.directory.find(
                terms, seeker, today, book.call_first_after_days, book.show_at_most
            )
        )
    return found


def _seeker(member: MemberFacts, today: date) -> Seeker:
    born = member.birth_date
    age = None
    if born:
        age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return Seeker(member.zip_code, member.state, member.language, age)


@router.post("/{enrollment_id}/agreement")
async def agreement(
    enrollment_id: EnrollmentId, form: Annotated[AgreementForm, Form()], viewer: AnyStaff,
    session: Session, clocks: Clocks,
) -> Response:  # fmt: skip
    enrollment = await _mine(session, viewer, enrollment_id)
    await needs.agree(
        session, enrollment, given=form.word == "given", how=form.how, actor=viewer.actor,
        evidence=str(form.form_id), now=clocks.now(),
    )  # fmt: skip
    return _back(enrollment_id)


@router.post("/{enrollment_id}/sign")
async def sign(
    enrollment_id: EnrollmentId, form: Annotated[SignForm, Form()], viewer: Clinician,
    session: Session, clocks: Clocks,
) -> Response:  # fmt: skip
    enrollment = await _mine(session, viewer, enrollment_id)
    done = await needs.sign(
        session, enrollment, form.need_id, confirmed=form.verdict == "confirmed",
        actor=viewer.actor, now=clocks.now(),
    )  # fmt: skip
    if done == "unknown":
        raise NotFound
    if done == "already":
        raise Refused("A pharmacist has already decided about this need. Nothing was changed.")
    return _back(enrollment_id)


@router.post("/{enrollment_id}/refer")
async def refer(
    enrollment_id: EnrollmentId, form: Annotated[ReferForm, Form()], viewer: AnyStaff,
    session: Session, clocks: Clocks,
) -> Response:  # fmt: skip
    enrollment = await _mine(session, viewer, enrollment_id)
    await _only_with_a_yes(session, enrollment)
    done = await referrals.refer(
        session, enrollment, form.need_id, actor=viewer.actor, now=clocks.now()
    )
    if done == "unknown":
        raise NotFound
    if done != "done":
        raise Refused("Help is looked for already, was given, or the need was found to be none.")
    return _back(enrollment_id)


@router.post("/{enrollment_id}/move")
async def move(
    request: Request, enrollment_id: EnrollmentId, form: Annotated[MoveForm, Form()],
    viewer: AnyStaff, session: Session, clocks: Clocks,
) -> Response:  # fmt: skip
    enrollment = await _mine(session, viewer, enrollment_id)
    words: FhirWords = request.app.state.fhir
    if form.to is Status.ACCEPTED:
        await _only_with_a_yes(session, enrollment)
    service = next((s for s in words.directory.services if s.id == form.service_id), None)
    refused = await referrals.move(
        session, enrollment, form.referral_id, form.to, reason=form.reason,
        reasons=words.book.reasons, actor=viewer.actor, now=clocks.now(),
        service={"id": service.id, "name": service.name, "phone": service.phone}
        if service else None,
    )  # fmt: skip
    if refused:
        raise Refused(refused.says)
    return _back(enrollment_id)


async def _only_with_a_yes(session: AsyncSession, enrollment: Enrollment) -> None:
    if not await needs.shares(session, enrollment.member_id):
        raise Refused("Ask the member first: they have not agreed that their needs are told.")


async def _mine(session: AsyncSession, viewer: Viewer, enrollment_id: str) -> Enrollment:
    """Locked, as a journey's step locks it: two who lock in one order never wait in a ring."""
    query = select(Enrollment).where(Enrollment.id == enrollment_id)
    found: Enrollment | None = await session.scalar(
        viewer.scope.limit(query).with_for_update(key_share=True)
    )
    if found is None:
        raise NotFound
    return found


def _back(enrollment_id: str) -> Response:
    return RedirectResponse(f"/console/needs/{enrollment_id}", status_code=303)
