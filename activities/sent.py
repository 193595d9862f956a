"""What came of a text: the carrier's answer, its receipts, and the evidence when neither came."""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from activities.time import Time
from domain.carrier_codes import Trouble, trouble
from domain.outbox import Status, newer
from gateways.sms import Accepted, NoAnswer, NotReached, Refused, SendResult
from store import consents, enrollments, outcomes, tasks
from store.models import ContactPoint, Enrollment, Intent, Phone, Receipt

log = structlog.get_logger()

# Longer than a client's time-out, the list's lag and a lease together: until then a text missing
# in the carrier's list may still appear there.
SETTLE = timedelta(seconds=20)
PROMPT_OPEN = timedelta(days=3)
"""How long a question keeps others off the phone."""
TRY_AGAIN = timedelta(minutes=2)
BLOCKED_FOR = timedelta(hours=1)
PERSON_WITHIN = timedelta(hours=24)
ARRIVED = ("delivered", "read")
LANDLINE_CODES = (30006, 21614)


async def record_result(
    session: AsyncSession, intent_id: str, result: SendResult, time: Time
) -> None:
    intent = await session.get_one(Intent, intent_id, with_for_update=True)
    if intent.status not in (Status.SENDING, Status.UNKNOWN):
        return  # A receipt was faster, and has settled it.
    match result:
        case Accepted(sid, status):
            await accept(session, intent, sid, status, time.now())
        case NotReached():
            intent.status, intent.due_at = Status.PENDING, time.now() + TRY_AGAIN
        case NoAnswer():
            intent.status, intent.settle_at = Status.UNKNOWN, time.wall() + SETTLE
            log.warning("text_unknown", intent_id=intent.id)
        case Refused(code):
            await refuse(session, intent, code, time.now())


async def accept(
    session: AsyncSession, intent: Intent, sid: str, status: str, now: datetime
) -> None:
    """The carrier has it: from now on it counts, and its question is open on the phone."""
    intent.status, intent.sid, intent.accepted_at = Status.ACCEPTED, sid, now
    intent.lease_until = intent.settle_at = intent.reason = None
    if newer(intent.carrier_status, status):
        intent.carrier_status = status
    if intent.asks:
        await session.execute(
            update(Phone)
            .where(Phone.phone == intent.phone)
            .values(open_prompt=intent.id, open_until=now + PROMPT_OPEN)
        )
    await _note(session, intent, "text_accepted", now)
    log.info("text_accepted", intent_id=intent.id, enrollment_id=intent.enrollment_id)


async def refuse(session: AsyncSession, intent: Intent, code: int, now: datetime) -> None:
    """A refusal is an answer: the text was not taken."""
    intent.error_code, intent.lease_until = code, None
    log.warning("text_refused", intent_id=intent.id, code=code)
    match trouble(code):
        case Trouble.CAPACITY | Trouble.BLOCKED | Trouble.MAYBE_LATER as kind:
            wait = TRY_AGAIN if kind is Trouble.CAPACITY else BLOCKED_FOR
            intent.status, intent.due_at, intent.reason = Status.PENDING, now + wait, kind
        case kind:
            await _fail(session, intent, kind, code, now)


async def take_receipt(
    session: AsyncSession, intent_id: str, sid: str, status: str, code: int | None, now: datetime
) -> None:
    """One callback, in whatever order and number they come: the same final row."""
    new = await session.execute(
        insert(Receipt)
        .values(sid=sid, intent_id=intent_id, status=status, error_code=code, at=now)
        .on_conflict_do_nothing()
        .returning(Receipt.id)
    )
    if new.first() is None:
        return
    intent = await session.get(Intent, intent_id, with_for_update=True)
    if intent is None:
        return
    # It proves that the carrier took the text, even where that was given up and it is to go again.
    if intent.sid is None and intent.tries and intent.status != Status.FAILED:
        await accept(session, intent, sid, status, now)
    await follow(session, intent, sid, status, code, now)


async def follow(
    session: AsyncSession, intent: Intent, sid: str, status: str, code: int | None, now: datetime
) -> None:
    """What the carrier says of a text it has; the highest status it ever said stands."""
    if intent.sid != sid:
        return
    if status in ARRIVED:
        intent.delivered_at = intent.delivered_at or now
        if intent.status == Status.FAILED:
            intent.status, intent.reason, intent.error_code = Status.ACCEPTED, None, None
    if newer(intent.carrier_status, status):
        intent.carrier_status = status
    if intent.carrier_status != status or intent.status != Status.ACCEPTED:
        return
    if status in ("undelivered", "failed"):
        intent.error_code = code
        await _fail(session, intent, trouble(code), code, now)


async def _fail(
    session: AsyncSession, intent: Intent, kind: Trouble, code: int | None, now: datetime
) -> None:
    intent.status, intent.reason = Status.FAILED, kind
    if kind is Trouble.CONSENT_GONE and intent.phone:
        consents.record(
            session, intent.phone, given=False, at=now, how="carrier", actor="carrier",
            evidence=intent.id,
        )  # fmt: skip
    if kind is Trouble.BAD_NUMBER:
        dead = "landline" if code in LANDLINE_CODES else "unreachable"
        await session.execute(
            update(ContactPoint)
            .where(ContactPoint.phone == intent.phone)
            .values(status=dead, status_at=now)
        )
    if kind is Trouble.UNKNOWN and intent.enrollment_id:
        await tasks.open_task(
            session,
            intent.enrollment_id,
            key=f"refused-{intent.step}-{intent.attempt}",
            kind="text_refused",
            role="coordinator",
            within=PERSON_WITHIN,
            now=now,
            detail={"code": str(code)},
        )
    await session.execute(
        update(Phone)
        .where(Phone.open_prompt == intent.id)
        .values(open_prompt=None, open_until=None)
    )
    await _note(session, intent, "text_failed", now, code)
    await _nudge(session, intent, now)


async def _note(
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
