"""The facts of an enrollment for FHIR resources, and which enrollments a caller may read."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.fhir_facts import (
    AgreementFacts,
    ClaimFacts,
    FillFacts,
    MemberFacts,
    NeedFacts,
    NoteFacts,
    PharmacyFacts,
    ReadingFacts,
    Record,
    ReferralFacts,
    ScreeningFacts,
)
from store import safe_contact
from store.models import (
    Agreement,
    ContactPoint,
    Enrollment,
    Evidence,
    Medication,
    Member,
    Need,
    Note,
    Pharmacy,
    Reading,
    Referral,
    Screening,
    ScreeningAnswer,
    StaffMember,
)
from store.pages.scope import Scope


async def record(session: AsyncSession, enrollment: Enrollment, program: str) -> Record:
    """All of one enrollment; `program` is its title."""
    member = await session.get_one(Member, enrollment.member_id)
    npi = enrollment.pharmacy_npi
    pharmacy = await session.get(Pharmacy, npi) if npi else None
    return Record(
        enrollment_id=enrollment.id,
        program=program,
        begun_at=enrollment.created_at,
        ended_at=enrollment.ended_at,
        member=await _member(session, member),
        pharmacy=_pharmacy(pharmacy) if pharmacy else None,
        screenings=await _screenings(session, enrollment.id),
        needs=await _needs(session, enrollment.id),
        referrals=await _referrals(session, enrollment.id),
        readings=await _readings(session, enrollment.id),
        fills=await _fills(session, member.id),
        claims=await _claims(session, member.id),
        notes=await _notes(session, enrollment.id),
        agreements=await agreements(session, member.id),
        safe=await safe_contact.of_member(session, member.id),
    )


async def _rows(session: AsyncSession, table: Any, of: Any, id: str) -> Sequence[Any]:
    return (await session.scalars(select(table).where(of == id).order_by(table.id))).all()


async def _member(session: AsyncSession, member: Member) -> MemberFacts:
    phones = await session.scalars(
        select(ContactPoint.phone)
        .where(ContactPoint.member_id == member.id, ContactPoint.status == "active")
        .order_by(ContactPoint.rank, ContactPoint.id)
    )
    return MemberFacts(
        id=member.id,
        first_name=member.first_name,
        last_name=member.last_name,
        birth_date=member.birth_date,
        death_date=member.death_date,
        gender=member.gender,
        address=member.address,
        city=member.city,
        state=member.state,
        zip_code=member.zip_code,
        language=member.language,
        large_print=member.alt_format == "large_print",
        phones=tuple(phones),
    )


def _pharmacy(row: Pharmacy) -> PharmacyFacts:
    return PharmacyFacts(
        row.npi, row.name, row.phone, row.address, row.city, row.state, row.zip_code
    )


async def _screenings(session: AsyncSession, enrollment_id: str) -> tuple[ScreeningFacts, ...]:
    found = []
    for row in await _rows(session, Screening, Screening.enrollment_id, enrollment_id):
        answers = await session.scalars(
            select(ScreeningAnswer)
            .where(ScreeningAnswer.screening_id == row.id)
            .order_by(ScreeningAnswer.id)
        )
        given = [answer for answer in answers.all() if answer.absent != "unclear"]
        found.append(
            ScreeningFacts(
                id=row.id,
                instrument=row.instrument,
                started_at=row.started_at,
                ended_at=row.ended_at,
                completed=row.completed,
                channel=row.channel,
                part2=row.label == "part2",
                safety=row.label == "safety",
                answers={answer.item: tuple(answer.answers) for answer in given},
                answered_at={answer.item: answer.at for answer in given},
            )
        )
    return tuple(found)


async def _needs(session: AsyncSession, enrollment_id: str) -> tuple[NeedFacts, ...]:
    rows = await _rows(session, Need, Need.enrollment_id, enrollment_id)
    names = {row.confirmed_by.removeprefix("staff:") for row in rows if row.confirmed_by}
    known = await session.execute(
        select(StaffMember.id, StaffMember.name).where(StaffMember.id.in_(names))
    )
    signers = {f"staff:{staff}": name for staff, name in known}
    return tuple(
        NeedFacts(
            row.id,
            row.domain,
            row.item,
            row.z_code,
            row.found_at,
            row.confirmed_at,
            signers.get(row.confirmed_by or "", row.confirmed_by),
            row.refuted_at,
        )
        for row in rows
    )


async def _referrals(session: AsyncSession, enrollment_id: str) -> tuple[ReferralFacts, ...]:
    rows = await _rows(session, Referral, Referral.enrollment_id, enrollment_id)
    return tuple(
        ReferralFacts(
            id=row.id,
            need_id=row.need_id,
            status=row.status,
            requested_at=row.requested_at,
            changed_at=row.changed_at or row.requested_at,
            closed_at=row.closed_at,
            reason=row.reason,
            resource=(row.service or {}).get("name"),
            resource_phone=(row.service or {}).get("phone"),
        )
        for row in rows
    )


async def _readings(session: AsyncSession, enrollment_id: str) -> tuple[ReadingFacts, ...]:
    rows = await _rows(session, Reading, Reading.enrollment_id, enrollment_id)
    return tuple(
        ReadingFacts(row.id, row.kind, row.at, row.systolic, row.diastolic, row.mg_dl)
        for row in rows
    )


async def _fills(session: AsyncSession, member_id: str) -> tuple[FillFacts, ...]:
    rows = await _rows(session, Medication, Medication.member_id, member_id)
    return tuple(
        FillFacts(
            row.id,
            row.ndc11,
            row.ingredient,
            row.last_fill_on,
            row.days_supply,
            row.quantity,
            row.pharmacy_npi,
            row.part2,
        )
        for row in rows
    )


async def _claims(session: AsyncSession, member_id: str) -> tuple[ClaimFacts, ...]:
    rows = await _rows(session, Evidence, Evidence.member_id, member_id)
    return tuple(
        ClaimFacts(row.id, row.condition, max(row.dates, default=None), row.part2) for row in rows
    )


async def _notes(session: AsyncSession, enrollment_id: str) -> tuple[NoteFacts, ...]:
    rows = await _rows(session, Note, Note.enrollment_id, enrollment_id)
    return tuple(
        NoteFacts(
            row.id,
            row.prescriber_npi,
            row.created_at,
            row.sent_at,
            row.reply_by,
            row.answered_at,
            tuple(
                asked["text"] for asked in row.content.get("requests", ()) if not asked.get("part2")
            ),
        )
        for row in rows
    )


async def agreements(session: AsyncSession, member_id: str) -> tuple[AgreementFacts, ...]:
    """Oldest first."""
    rows = await _rows(session, Agreement, Agreement.member_id, member_id)
    return tuple(AgreementFacts(row.id, row.given, row.at, row.how) for row in rows)


async def enrollments_of(
    session: AsyncSession, scope: Scope, member_id: str
) -> Sequence[Enrollment]:
    """A member's enrollments within the caller's scope, the first one first."""
    query = select(Enrollment).where(Enrollment.member_id == member_id)
    ordered = scope.limit(query).order_by(Enrollment.created_at, Enrollment.id)
    return (await session.scalars(ordered)).all()
