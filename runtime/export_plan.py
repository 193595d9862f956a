"""The facts of the eCare plan in an export: those of the newest note, drawn as of now."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from activities.note_facts import draw
from domain.export import Document
from domain.export_plan import ecare_plan
from domain.fhir_record import Released
from domain.notes import CoordinationNote, disclosable
from domain.program import Program
from store.models import Enrollment, Note
from store.notes import prescriber_of

WITHOUT = ("the eCare plan", "no prescriber, pharmacy or birth date is known, or nothing is asked")


class Plan(NamedTuple):
    note: CoordinationNote
    document: Document


async def plan(
    session: AsyncSession,
    enrollment: Enrollment,
    program: Program | None,
    released: Released | None,
    now: datetime,
) -> Plan | None:
    """None where a plan has nobody to be for, or nothing remains that may be told."""
    if program is None or "coordination" not in program.plans or enrollment.pharmacy_npi is None:
        return None
    row = await _newest(session, enrollment.id) or await _unsent(session, enrollment, program, now)
    drawn = await draw(session, row, enrollment, program)
    note = disclosable(drawn, released.permission if released else None) if drawn else None
    if note is None:
        return None
    return Plan(note, ecare_plan(note, released.notice if released else "", now))


async def _newest(session: AsyncSession, enrollment_id: str) -> Note | None:
    newest = select(Note).where(Note.enrollment_id == enrollment_id).order_by(Note.ordinal.desc())
    found: Note | None = await session.scalar(newest.limit(1))
    return found


async def _unsent(
    session: AsyncSession, enrollment: Enrollment, program: Program, now: datetime
) -> Note:
    """As the note would be if it were planned now; it is not kept."""
    return Note(
        id=f"plan-{enrollment.id}",
        enrollment_id=enrollment.id,
        prescriber_npi=await prescriber_of(session, enrollment.member_id),
        created_at=now,
        reply_by=now + program.plans["coordination"].reply_within,
    )
