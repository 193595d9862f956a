"""What follows when a text is refused or reported as not arrived: by the class of its code."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from activities.breaking import count_failure
from domain.breakers import cause_of
from domain.carrier_codes import Trouble, next_try, trouble
from domain.outbox import Purpose, Status
from store import consents, enrollments, outbox, outcomes, tasks
from store.models import ContactPoint, Enrollment, Intent, Phone

log = structlog.get_logger()

TRY_AGAIN = timedelta(minutes=2)
BLOCKED_FOR = timedelta(hours=1)
PERSON_WITHIN = timedelta(hours=24)
SAFETY_WITHIN = timedelta(hours=1)
"""Who cried for help and could not be answered is called; how soon is a judgement of ours."""
LANDLINE_CODES = (30006, 21614)


async def refuse(session: AsyncSession, intent: Intent, code: int, now: datetime) -> None:
    """A refusal is an answer: the text was not taken."""
    intent.error_code, intent.lease_until = code, None
    log.warning("text_refused", intent_id=intent.id, code=code)
    match trouble(code):
        case Trouble.CAPACITY | Trouble.BLOCKED as kind:
            # Nothing of it has left: the same intent goes once we may send again.
            wait = TRY_AGAIN if kind is Trouble.CAPACITY else BLOCKED_FOR
            intent.status, intent.due_at, intent.reason = Status.PENDING, now + wait, kind
            if intent.purpose == Purpose.SAFETY:
                await _call(session, intent, now)
            await count_failure(session, intent, cause_of(code), now)
        case kind:
            await fail(session, intent, kind, code, now)


async def fail(
    session: AsyncSession, intent: Intent, kind: Trouble, code: int | None, now: datetime
) -> None:
    """This text has not arrived. Where that may pass, the same one goes anew, as another intent."""
    intent.status, intent.reason = Status.FAILED, kind
    await _close_prompt(session, intent)
    await note(session, intent, "text_failed", now, code)
    await _nudge(session, intent, now)
    if intent.purpose == Purpose.SAFETY:
        await _call(session, intent, now)
    wait = next_try(kind, intent.again)
    if wait and now + wait < intent.expires_at:
        if await outbox.intend_again(session, intent, now + wait):
            await note(session, intent, "text_again", now, code)
    else:
        await _lost(session, intent, kind, code, now)
    await count_failure(session, intent, cause_of(code), now)


async def _lost(
    session: AsyncSession, intent: Intent, kind: Trouble, code: int | None, now: datetime
) -> None:
    """It has failed for good."""
    match kind:
        case Trouble.CONSENT_GONE:
            await _revoke(session, intent, now)
        case Trouble.BAD_NUMBER:
            await _bury(session, intent, code, now)
        case Trouble.MAYBE_LATER:
            pass  # The ladder goes on, to a letter in the end.
        case _:
            await _ask(session, intent, "text_refused", now, {"code": str(code)})


async def _revoke(session: AsyncSession, intent: Intent, now: datetime) -> None:
    """The carrier holds a STOP: it is one of ours from now on, whatever waits for the phone."""
    if intent.phone is None:
        return
    found = await enrollments.of_phone(session, intent.phone)
    await outbox.lock_phone(session, intent.phone)
    consents.record(
        session, intent.phone, given=False, at=now, how="carrier", actor="carrier",
        evidence=intent.id,
    )  # fmt: skip
    await outbox.cancel_for_phone(session, intent.phone, [each.id for each in found], whole=True)
    for each in found:
        if each.ended_at is None:
            outcomes.record(session, each, "opted_out", at=now, rule="carrier", actor="carrier")
            enrollments.nudge(each, now)


async def _bury(session: AsyncSession, intent: Intent, code: int | None, now: datetime) -> None:
    """The number is dead for everybody; somebody looks for another way to this member."""
    dead = "landline" if code in LANDLINE_CODES else "unreachable"
    buried = await session.execute(
        update(ContactPoint)
        .where(ContactPoint.phone == intent.phone, ContactPoint.status == "active")
        .values(status=dead, status_at=now)
        .returning(ContactPoint.id)
    )
    if buried.first() is not None:
        await _ask(session, intent, "number_dead", now, {"reason": dead})


async def _call(session: AsyncSession, intent: Intent, now: datetime) -> None:
    await _ask(session, intent, "safety_unsent", now, urgent=True, within=SAFETY_WITHIN)


async def _ask(
    session: AsyncSession,
    intent: Intent,
    kind: str,
    now: datetime,
    detail: Mapping[str, str] | None = None,
    *,
    urgent: bool = False,
    within: timedelta = PERSON_WITHIN,
) -> None:
    """A coordinator's task, once for each text of the journey; nobody is asked about strangers."""
    if intent.enrollment_id is None:
        return
    await tasks.open_task(
        session,
        intent.enrollment_id,
        key=f"{kind}-{intent.step}-{intent.attempt}",
        kind=kind,
        role="coordinator",
        within=within,
        now=now,
        urgent=urgent,
        detail=detail,
    )


async def _close_prompt(session: AsyncSession, intent: Intent) -> None:
    await session.execute(
        update(Phone)
        .where(Phone.open_prompt == intent.id)
        .values(open_prompt=None, open_until=None)
    )


async def note(
    session: AsyncSession, intent: Intent, kind: str, now: datetime, code: int | None = None
) -> None:
    if intent.enrollment_id is None:
        return
    enrollment = await session.get_one(Enrollment, intent.enrollment_id)
    detail = {"intent": intent.id, "template": intent.template, "code": code}
    outcomes.record(session, enrollment, kind, at=now, rule=intent.step, detail=detail)


async def _nudge(session: AsyncSession, intent: Intent, now: datetime) -> None:
    if intent.enrollment_id:
        found = await session.scalar(
            select(Enrollment).where(Enrollment.id == intent.enrollment_id)
        )
        if found:
            enrollments.nudge(found, now)
