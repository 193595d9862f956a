"""What the post reports of a letter: its way, its arrival, its return."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.letters import Mail, newer
from domain.program import Program
from store import enrollments, outcomes, tasks
from store.models import Enrollment, Letter, Member

log = structlog.get_logger()

FAILED = "Failed"
# What is worth a line of its own; the rest of the way only moves the letter's status.
TOLD = {Mail.DELIVERED: "letter_delivered", Mail.RETURNED: "letter_returned"}
TASKS = {
    Mail.RETURNED: "returned_mail",
    Mail.FAILED: "letter_problem",
    Mail.RE_ROUTED: "address_check",
}


@dataclass(frozen=True, slots=True)
class LetterEvent:
    """`letter_id`: our own, as the vendor was given it: a report may come before its answer."""

    vendor_id: str
    letter_id: str | None
    status: Mail


async def take_letter_event(
    session: AsyncSession, event: LetterEvent, programs: Mapping[str, Program], now: datetime
) -> bool:
    """One report, in whatever order and number they come; False for a letter that is not ours."""
    enrollment_id = await session.scalar(select(Letter.enrollment_id).where(_of(event)))
    if enrollment_id is None:
        return False
    # The enrollment first, as everybody who locks both.
    enrollment = await enrollments.lock(session, enrollment_id)
    row = (await session.scalars(select(Letter).where(_of(event)).with_for_update())).one()
    if row.vendor_id is None:
        # It proves that the letter was taken, though the answer was lost.
        row.vendor_id, row.printer = event.vendor_id, "lob"
        row.spooled_at = row.spooled_at or now
    if not newer(row.vendor_status, event.status):
        return True
    row.vendor_status, row.vendor_at = event.status, now
    if event.status in TOLD:
        kind = TOLD[event.status]
        outcomes.record(
            session,
            enrollment,
            kind,
            at=now,
            rule=row.step,
            actor="post",
            detail={"letter": row.id},
        )
    if event.status is Mail.RETURNED:
        await _came_back(session, enrollment, row, now)
    if event.status is Mail.FAILED:
        row.problem = FAILED
        enrollments.nudge(enrollment, now)
    if event.status in TASKS:
        await _ask_a_person(session, row, programs[enrollment.program], event.status, now)
    log.info("letter_reported", enrollment_id=enrollment_id, reason=event.status.value)
    return True


def _of(event: LetterEvent) -> ColumnElement[bool]:
    known: ColumnElement[bool] = Letter.vendor_id == event.vendor_id
    if event.letter_id is None:
        return known
    return known | ((Letter.id == event.letter_id) & Letter.vendor_id.is_(None))


async def _came_back(
    session: AsyncSession, enrollment: Enrollment, row: Letter, now: datetime
) -> None:
    """No more letters go there; returned mail alone never ends care: the ladder goes on."""
    row.returned_at = now
    member = await session.get_one(
        Member, enrollment.member_id, with_for_update={"key_share": True}
    )
    member.bad_address = row.sent_to
    enrollments.nudge(enrollment, now)


async def _ask_a_person(
    session: AsyncSession, row: Letter, program: Program, status: Mail, now: datetime
) -> None:
    kind = TASKS[status]
    detail = {"problem": FAILED, "language": row.language} if status is Mail.FAILED else {}
    key = f"address-{row.step}" if kind == "address_check" else f"{kind}-{row.step}"
    await tasks.open_task(
        session,
        row.enrollment_id,
        key=key,
        kind=kind,
        role="coordinator",
        within=program.read_within,
        now=now,
        detail=detail,
    )
