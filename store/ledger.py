"""What a member told a person about texts: a line in the ledger, obeyed as a STOP is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.outbox import Purpose
from store import consents, outbox, outcomes
from store.enrollments import nudge, of_phone
from store.models import ContactPoint, Enrollment, StaffAction
from store.pages.scope import Scope

WAYS = ("voice", "letter", "counter")
ACTION = "action "
"""Begins the evidence of a line whose words are a staff action's reason: "action 17"."""


@dataclass(frozen=True, slots=True)
class Told:
    """`phone` empty: every number of the member. `everywhere`: in every program."""

    given: bool
    how: str
    reason: str
    form_id: str
    phone: str = ""
    everywhere: bool = True


async def record_told(
    session: AsyncSession,
    scope: Scope,
    enrollment_id: str,
    told: Told,
    *,
    actor: str,
    now: datetime,
) -> int | None:
    """The id of the recorded action, the same for the same form.

    None when the enrollment is not this viewer's, or the number not this member's.
    """
    query = select(Enrollment).where(Enrollment.id == enrollment_id)
    enrollment: Enrollment | None = await session.scalar(scope.limit(query))
    numbers = await _numbers(session, enrollment, told.phone) if enrollment else ()
    if enrollment is None or not numbers:
        return None
    action_id, first = await _action(session, enrollment_id, told, actor, now)
    if not first:
        return action_id
    program = None if told.everywhere else enrollment.program
    # In one order, so that two who revoke for one household never wait for each other in a ring.
    for phone in numbers:
        await outbox.lock_phone(session, phone)
        consents.record(
            session, phone, given=told.given, at=now, how=told.how, actor=actor,
            evidence=f"{ACTION}{action_id}", program=program,
        )  # fmt: skip
    holders = await _holders(session, numbers, program)
    if not told.given:
        await _cancel(session, numbers, holders, everywhere=told.everywhere)
    kind = "opted_in" if told.given else "opted_out"
    detail: dict[str, str | int | None] = {"action_id": action_id}
    for each in holders:
        if each.ended_at is None or each.id == enrollment_id:
            outcomes.record(session, each, kind, at=now, rule=told.how, actor=actor, detail=detail)
            nudge(each, now)
    return action_id


async def _numbers(session: AsyncSession, enrollment: Enrollment, phone: str) -> Sequence[str]:
    query = select(ContactPoint.phone).where(ContactPoint.member_id == enrollment.member_id)
    if phone:
        query = query.where(ContactPoint.phone == phone)
    return (await session.scalars(query.order_by(ContactPoint.phone))).all()


async def _action(
    session: AsyncSession, enrollment_id: str, told: Told, actor: str, now: datetime
) -> tuple[int, bool]:
    """Its id, and whether this form is new. It asks nothing of the journey: it is done already."""
    row = insert(StaffAction).values(
        enrollment_id=enrollment_id,
        form_id=told.form_id,
        kind="consent_given" if told.given else "consent_revoked",
        reason=told.reason,
        actor=actor,
        at=now,
        applied_at=now,
        answer="done",
    )
    keys = [StaffAction.enrollment_id, StaffAction.form_id]
    new: int | None = await session.scalar(
        row.on_conflict_do_nothing(index_elements=keys).returning(StaffAction.id)
    )
    if new is not None:
        return new, True
    known = select(StaffAction.id).where(
        StaffAction.enrollment_id == enrollment_id, StaffAction.form_id == told.form_id
    )
    return (await session.execute(known)).scalar_one(), False


async def _holders(
    session: AsyncSession, numbers: Sequence[str], program: str | None
) -> Sequence[Enrollment]:
    """Every enrollment that the words reach: of whoever holds a number, in the program if one."""
    found = {each.id: each for phone in numbers for each in await of_phone(session, phone)}
    return [found[key] for key in sorted(found) if program in (None, found[key].program)]


async def _cancel(
    session: AsyncSession,
    numbers: Sequence[str],
    holders: Sequence[Enrollment],
    *,
    everywhere: bool,
) -> None:
    ids = [each.id for each in holders]
    if everywhere:
        for phone in numbers:
            await outbox.cancel_for_phone(session, phone, ids, whole=True)
        return
    for enrollment_id in ids:
        keep = (Purpose.SAFETY, Purpose.STOP)
        await outbox.cancel_pending(session, enrollment_id, "revoked", keep=keep)
        await outbox.close_prompts_of(session, enrollment_id)
