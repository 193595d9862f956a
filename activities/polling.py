"""Asks the carrier for what lost webhooks did not bring: texts of members, fates of our own."""

from datetime import timedelta

import structlog
from sqlalchemy import select

from activities.receiving import Incoming, Receiver
from activities.sent import take_receipt
from activities.time import Time
from domain.outbox import Status
from gateways.sms import CarrierListUnavailable, SmsGateway
from store import listening
from store.database import Transaction
from store.models import InboundText, Intent

log = structlog.get_logger()

RECENT = 2_000
FINAL = ("delivered", "undelivered", "failed", "read", "canceled")


async def poll(
    transaction: Transaction, carrier: SmsGateway, receiver: Receiver, time: Time
) -> int | None:
    """How many texts were found that no webhook had brought; None when the list was not read."""
    begun = time.wall()
    async with transaction() as session:
        recent = select(InboundText.sid).order_by(InboundText.received_at.desc()).limit(RECENT)
        known = set(await session.scalars(recent))
    try:
        inbox = await carrier.received(known)
    except CarrierListUnavailable:
        return None
    found = 0
    for text in reversed(inbox.texts):
        async with transaction() as session:
            incoming = Incoming(text.sid, text.phone, text.body, text.media, found_by="poll")
            found += (await receiver.receive(session, incoming)).new
    if inbox.whole:
        # Only now: what the list held is kept, a STOP among it in the ledger.
        async with transaction() as session:
            await listening.listed(session, begun)
    await _fates(transaction, carrier, time)
    if found:
        log.warning("texts_found_by_poll", count=found)
    return found if inbox.whole else None


async def _fates(transaction: Transaction, carrier: SmsGateway, time: Time) -> None:
    """Accepted texts that have stayed without a final receipt for hours."""
    async with transaction() as session:
        waiting = await session.execute(
            select(Intent.id, Intent.phone, Intent.sid)
            .where(
                Intent.status == Status.ACCEPTED,
                Intent.carrier_status.not_in(FINAL),
                Intent.accepted_at < time.now() - timedelta(hours=1),
                Intent.accepted_at > time.now() - timedelta(days=3),
            )
            .limit(20)
        )
        rows = list(waiting)
    for intent_id, phone, sid in rows:
        try:
            listed = await carrier.sent_to(phone or "", set())
        except CarrierListUnavailable:
            return
        fate = next((text for text in listed if text.sid == sid), None)
        if fate is not None and fate.status in FINAL:
            async with transaction() as session:
                await take_receipt(
                    session, intent_id, fate.sid, fate.status, fate.error_code, time.now()
                )
