"""What a coordination note says: drawn from the member's facts at the moment it is written."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from activities.letters import plain_phone
from domain.coordination import CoordinationPlan
from domain.note_medicines import in_use
from domain.note_requests import requests, signals
from domain.notes import (
    ConditionLine,
    CoordinationNote,
    CoverageFace,
    DraftNote,
    Finding,
    GlucoseReading,
    MedicationLine,
    MemberFace,
    NeedLine,
    PharmacyFace,
    PrescriberFace,
    PressureReading,
    Request,
)
from domain.program import Program
from store.models import (
    Agreement,
    Enrollment,
    Evidence,
    Medication,
    Member,
    Need,
    Note,
    Pharmacy,
    Reading,
)

WHY_NOW = "Your patient has begun to work with our pharmacy on their medicines."
COVERED_DAYS = "PDC_"
"""Codes of programs/scoring.yaml that say which part of the days fills cover."""
LATEST = 6
"""Readings on the page; all of them count for the averages."""
GENDERS = {"m": "male", "f": "female", "male": "male", "female": "female"}


async def draw(
    session: AsyncSession, row: Note, enrollment: Enrollment, program: Program
) -> DraftNote | None:
    """The whole note, Part 2 records included and labelled; None when nobody prescribes."""
    member = await session.get_one(Member, enrollment.member_id)
    pharmacy = await session.get_one(Pharmacy, enrollment.pharmacy_npi)
    if row.prescriber_npi is None or member.birth_date is None:
        return None
    plan: CoordinationPlan = program.plans["coordination"]
    medications = in_use(
        await _medications(session, member.id),
        today=row.created_at.date(),
        window=plan.medicine_window,
    )
    readings = await _readings(session, enrollment.id)
    pressures = tuple(_pressure(r) for r in readings if r.kind == "bp")
    glucoses = tuple(_glucose(r) for r in readings if r.kind == "glucose")
    whole = CoordinationNote(
        note_id=row.id,
        written_at=row.created_at,
        program=program.title,
        member=_member(member),
        pharmacy=_pharmacy(pharmacy, program),
        prescriber=PrescriberFace(row.prescriber_npi),
        why_now=Finding(WHY_NOW, _day(enrollment.reached_at)),
        requests=_requests(plan, row, medications, pressures, glucoses),
        reply_by=row.reply_by.date(),
        conditions=await _conditions(session, member.id),
        medications=medications,
        pressures=pressures[:LATEST],
        glucoses=glucoses[:LATEST],
        findings=_findings(enrollment),
        needs=await _needs(session, enrollment),
        coverage=_coverage(member),
    )
    return DraftNote(whole)


def _requests(
    plan: CoordinationPlan,
    row: Note,
    medications: Sequence[MedicationLine],
    pressures: Sequence[PressureReading],
    glucoses: Sequence[GlucoseReading],
) -> tuple[Request, ...]:
    known = signals(
        pressures,
        glucoses,
        medications,
        today=row.created_at.date(),
        window=plan.reading_window,
        enough_readings=plan.enough_readings,
    )
    return requests(plan.requests, known)


def _coverage(member: Member) -> CoverageFace:
    kind = (member.payer_type or "").title()
    return CoverageFace(member.payer or kind, kind, member.person_id)


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _member(member: Member) -> MemberFace:
    name = f"{member.first_name} {member.last_name}".strip()
    gender = GENDERS.get((member.gender or "").lower(), "unknown")
    return MemberFace(name, member.birth_date or date.min, gender, member.person_id)


def _pharmacy(pharmacy: Pharmacy, program: Program) -> PharmacyFace:
    town = f"{pharmacy.city or ''}, {pharmacy.state or ''} {pharmacy.zip_code or ''}".strip(", ")
    lines = tuple(line for line in (pharmacy.address, town) if line)
    phone = plain_phone(pharmacy.phone or program.phone)
    return PharmacyFace(pharmacy.npi, pharmacy.name, phone, None, lines)


async def _conditions(session: AsyncSession, member_id: str) -> tuple[ConditionLine, ...]:
    """By claims, as words: the codes behind them stay with the evidence."""
    rows = await session.scalars(
        select(Evidence).where(Evidence.member_id == member_id).order_by(Evidence.condition)
    )
    return tuple(ConditionLine("", "", row.condition.replace("_", " "), row.part2) for row in rows)


async def _medications(session: AsyncSession, member_id: str) -> tuple[MedicationLine, ...]:
    rows = await session.scalars(select(Medication).where(Medication.member_id == member_id))
    return tuple(
        MedicationLine(
            row.ingredient or f"NDC {row.ndc11}",
            row.ndc11,
            row.last_fill_on,
            row.days_supply,
            row.part2,
            row.drug_class is not None or row.part2,
        )
        for row in rows
    )


async def _readings(session: AsyncSession, enrollment_id: str) -> list[Reading]:
    rows = await session.scalars(
        select(Reading).where(Reading.enrollment_id == enrollment_id).order_by(Reading.at.desc())
    )
    return list(rows)


def _pressure(row: Reading) -> PressureReading:
    return PressureReading(row.at.date(), row.systolic or 0, row.diastolic or 0)


def _glucose(row: Reading) -> GlucoseReading:
    return GlucoseReading(row.at.date(), row.mg_dl or 0)


async def _needs(session: AsyncSession, enrollment: Enrollment) -> tuple[NeedLine, ...]:
    """Told only where the member's newest word allows it; a refuted need is none."""
    newest = (
        select(Agreement.given)
        .where(Agreement.member_id == enrollment.member_id)
        .order_by(Agreement.id.desc())
        .limit(1)
    )
    agreed = bool(await session.scalar(newest))
    rows = await session.scalars(
        select(Need)
        .where(Need.enrollment_id == enrollment.id, Need.refuted_at.is_(None))
        .order_by(Need.id)
    )
    return tuple(_need(row, agreed=agreed) for row in rows)


def _need(row: Need, *, agreed: bool) -> NeedLine:
    said = row.domain.replace("-", " ").replace("_", " ").capitalize()
    unsigned = "" if row.confirmed_at else " (by the member's own words, not yet signed)"
    return NeedLine(row.z_code or "", said + unsigned, agreed=agreed)


def _findings(enrollment: Enrollment) -> tuple[Finding, ...]:
    """Days covered by fills, as identification counted them: reasons of these codes alone, none
    of whose medicines falls under 42 CFR Part 2."""
    split = [line.split("|", 2) for line in enrollment.reasons]
    return tuple(
        Finding(f"By claims, {reason[2]}.", enrollment.identified_on)
        for reason in split
        if len(reason) == 3 and reason[1].startswith(COVERED_DAYS)
    )
