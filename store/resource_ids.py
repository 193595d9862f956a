"""Whose a FHIR resource is, by its logical id, within what the caller may read."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from store.models import (
    Agreement,
    Enrollment,
    Evidence,
    Medication,
    Need,
    Note,
    Reading,
    Referral,
    Screening,
)
from store.pages.scope import Scope


async def member_of(session: AsyncSession, kind: str, id: str, scope: Scope) -> str | None:
    """Whose a resource is, by its logical id; None: nobody's within the caller's scope."""
    prefix, _, number = id.partition("-")
    query: Any = None
    if kind == "Patient":
        query = select(Enrollment.member_id).where(Enrollment.member_id == id)
    elif kind == "Organization":
        query = select(Enrollment.member_id).where(Enrollment.pharmacy_npi == number)
    elif prefix == "plan":
        query = select(Enrollment.member_id).where(Enrollment.id == number)
    elif prefix == "note":
        own = select(Note.enrollment_id).where(Note.id == number)
        query = select(Enrollment.member_id).where(Enrollment.id.in_(own))
    elif (row := number.partition("-")[0]).isdigit() and len(row) < 19:
        query = _by_row(prefix, int(row))
    if query is None:
        return None
    found: str | None = await session.scalar(scope.limit(query).limit(1))
    return found


ROWS: dict[str, Any] = {
    "need": Need,
    "goal": Need,
    "referral": Referral,
    "screening": Screening,
    "reading": Reading,
}
OF_MEMBER: dict[str, Any] = {"fill": Medication, "claims": Evidence, "agreement": Agreement}


def _by_row(prefix: str, row: int) -> Any:
    if table := ROWS.get(prefix):
        own = select(table.enrollment_id).where(table.id == row)
        return select(Enrollment.member_id).where(Enrollment.id.in_(own))
    if table := OF_MEMBER.get(prefix):
        own = select(table.member_id).where(table.id == row)
        return select(Enrollment.member_id).where(Enrollment.member_id.in_(own))
    return None
