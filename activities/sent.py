"""What came of a text: the carrier's answer, its receipts, and the evidence when neither came."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from activities.breaking import count_failure, count_success
from activities.failed import TRY_AGAIN, fail, note, refuse
from activities.time import Time
from domain.breakers import Cause, Proof
from domain.carrier_codes import trouble
from domain.outbox import Status, newer
from gateways.sms import Accepted, NoAnswer, NotReached, Refused, SendResult
from store import outbox, pacing, sending
from store.models import Intent, Phone, Receipt

log = structlog.get_logger()

# Longer than a client's time-out, the list's lag and a lease together: until then a text missing
# in the carrier's list may still appear there.
SETTLE = timedelta(seconds=20)
PROMPT_OPEN = timedelta(days=3)
"""How long a question keeps others off the phone."""
ARRIVED = ("delivered", "read")


Answer = tuple[str, SendResult]
"""An intent's id, and what came of asking the carrier."""


async def record_accepted(
    session: AsyncSession, answers: Sequence[Answer], time: Time
) -> Collection[str]:
    """Those that the carrier plainly took, together; the ids of those that are recorded by that.

    Anything else than a yes, and a yes while something is held, is looked at one by one.
    """
    plain = [
        (intent_id, result.sid, result.status)
        for intent_id, result in answers
        if isinstance(result, Accepted)
    ]
    if not plain or await pacing.tripped(session):
        return ()
    now = time.now()
    accepted = await sending.accept(session, plain, now + PROMPT_OPEN, now)
    for intent_id, enrollment_id in accepted.items():
        log.info("text_accepted", intent_id=intent_id, enrollment_id=enrollment_id)
    return accepted.keys()


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
            await count_failure(session, intent, Cause.NO_ANSWER, time.now())
        case NoAnswer():
            intent.status, intent.settle_at = Status.UNKNOWN, time.wall() + SETTLE
            log.warning("text_unknown", intent_id=intent.id)
            await count_failure(session, intent, Cause.NO_ANSWER, time.now())
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
    await note(session, intent, "text_accepted", now)
    await count_success(session, intent, Proof.ACCEPTED, now)
    log.info("text_accepted", intent_id=intent.id, enrollment_id=intent.enrollment_id)


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
            await outbox.cancel_again(session, intent)
        await count_success(session, intent, Proof.ARRIVED, now)
    if newer(intent.carrier_status, status):
        intent.carrier_status = status
    if intent.carrier_status != status or intent.status != Status.ACCEPTED:
        return
    if status in ("undelivered", "failed"):
        intent.error_code = code
        await fail(session, intent, trouble(code), code, now)
