"""Settles texts whose answer never came: by receipt, by the carrier's list, else by a person."""

from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from activities.failed import PERSON_WITHIN
from activities.sent import SETTLE, accept, follow
from activities.time import Time
from domain.outbox import Status
from gateways.sms import CarrierListUnavailable, ListedText, SmsGateway
from store import outbox, sending, tasks
from store.database import Transaction
from store.models import Intent

log = structlog.get_logger()

GIVE_UP = timedelta(minutes=30)
"""Wall time after which a person decides what evidence did not."""


async def settle(transaction: Transaction, carrier: SmsGateway, time: Time) -> int:
    """Look once at every unsettled text; how many were settled."""
    async with transaction() as session:
        waiting = await sending.unsettled(session, time.wall())
    settled = 0
    for intent in waiting:
        settled += await _settle(transaction, carrier, intent, time)
    return settled


async def _settle(transaction: Transaction, carrier: SmsGateway, seen: Intent, time: Time) -> bool:
    async with transaction() as session:
        known = await sending.known_sids(session, seen.phone or "")
    asked_at = time.wall()
    try:
        listed = await carrier.sent_to(seen.phone or "", known)
    except CarrierListUnavailable:
        listed = None
    async with transaction() as session:
        intent = await session.get_one(Intent, seen.id, with_for_update=True)
        if intent.status not in (Status.SENDING, Status.UNKNOWN):
            return True
        if intent.settle_at is None:
            # Its sender died: from its lease's end on, as long as any answer may still take.
            intent.status = Status.UNKNOWN
            intent.settle_at = (intent.lease_until or asked_at) + SETTLE
        if await _proved(session, intent, listed, time.now()):
            return True
        if listed is not None and asked_at >= intent.settle_at:
            # One in flight per phone: a text missing here after all that time was never taken.
            intent.status, intent.due_at, intent.settle_at = Status.PENDING, time.now(), None
            outbox.decided(session, intent.id, "evidence", "not_in_carrier_list", time.now())
            return True
        if asked_at > intent.settle_at + GIVE_UP and intent.enrollment_id:
            await _hand_over(session, intent, time.now())
        return False


async def _proved(
    session: AsyncSession, intent: Intent, listed: list[ListedText] | None, now: datetime
) -> bool:
    """Whether something proves that the carrier took it; then it counts as accepted."""
    receipt = await sending.receipt_of(session, intent.id)
    if receipt is not None:
        await accept(session, intent, receipt.sid, receipt.status, now)
        outbox.decided(session, intent.id, "evidence", "receipt", now)
        return True
    found = _match(intent, listed)
    if found is None:
        return False
    await accept(session, intent, found.sid, found.status, now)
    await follow(session, intent, found.sid, found.status, found.error_code, now)
    outbox.decided(session, intent.id, "evidence", "carrier_list", now)
    return True


async def _hand_over(session: AsyncSession, intent: Intent, now: datetime) -> None:
    await tasks.open_task(
        session,
        intent.enrollment_id,
        key=f"unsettled-{intent.step}-{intent.attempt}",
        kind="text_unsettled",
        role="coordinator",
        within=PERSON_WITHIN,
        now=now,
    )


def _match(intent: Intent, listed: list[ListedText] | None) -> ListedText | None:
    return next(
        (text for text in listed or () if text.sent_by_us and text.body == intent.body), None
    )
