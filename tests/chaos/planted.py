"""Planted bugs: each a substitution in the product, by name, that the checker has to catch."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

import domain.gate
from activities import gate, polling, receiving, relay, sending, sent, settling
from activities.gate import Gate
from activities.receiving import Kept
from activities.relay import RelayActivities
from activities.sending import SendingActivities
from activities.time import Time
from api import twilio
from chaos.planted_breakers import BREAKER_BUGS
from domain.gate import GateFacts
from domain.replies import Reading, Stop, Text, read_reply
from gateways.print_spool import PrintSpool, SpooledLetter
from gateways.sms import NoAnswer, NotReached, Refused, SendResult
from store import enrollments, inbound
from store import sending as unsettled_store
from store.database import in_transaction
from store.gate import Situation, situations
from store.models import Enrollment, InboundText, Intent, Receipt

Swap = tuple[object, str, object]
"""An owner, a name in it, and what takes its place."""

_facts, _deliver, _record = Gate._facts, SendingActivities._deliver, sent.record_result
_store_once, _receipt, _list_letter = inbound.store_once, sent.take_receipt, PrintSpool._list
_in_transaction = in_transaction
SLOW = 2.0


def _answered_as(result: SendResult) -> object:
    async def record(session: AsyncSession, intent: str, given: SendResult, time: Time) -> None:
        await _record(session, intent, result if isinstance(given, NoAnswer) else given, time)

    return record


def _always_consented(self: Gate, *given: Any) -> GateFacts:
    return replace(_facts(self, *given), consented=True)


async def _without_lease(self: SendingActivities, taken: Any, carrier: Any) -> None:
    await _deliver(self, replace(taken, lease_until=datetime.max.replace(tzinfo=UTC)), carrier)


async def _store_again(session: AsyncSession, text: InboundText) -> bool:
    if not await _store_once(session, text):
        text.sid = f"{text.sid}-{uuid4().hex[:8]}"
        await _store_once(session, text)
    return True


async def _later(transaction: Any, work: Callable[[AsyncSession], Awaitable[Any]]) -> Kept:
    async def slowly() -> None:
        await asyncio.sleep(SLOW)
        await _in_transaction(transaction, work)

    _BACKGROUND.add(asyncio.create_task(slowly()))
    return Kept(new=True, silent=False)


_BACKGROUND: set[asyncio.Task[None]] = set()


async def drop_what_is_late() -> None:
    """End what a bug has put off, as a kill would."""
    for task in _BACKGROUND:
        task.cancel()
    await asyncio.gather(*_BACKGROUND, return_exceptions=True)
    _BACKGROUND.clear()


async def _nothing_in_flight(*given: Any) -> Mapping[str, Situation]:
    found = await situations(*given)
    return {intent: replace(each, in_flight=False) for intent, each in found.items()}


async def _all_texts(session: AsyncSession, enrollment_id: str) -> Sequence[InboundText]:
    rows = await session.scalars(
        select(InboundText).where(InboundText.enrollment_id == enrollment_id)
    )
    return list(rows)


async def _first_receipt_only(session: AsyncSession, intent_id: str, sid: str, *given: Any) -> None:
    if await session.scalar(select(Receipt.id).where(Receipt.sid == sid).limit(1)) is None:
        await _receipt(session, intent_id, sid, *given)


async def _receipt_of_another_day(*_given: Any) -> None: ...


async def _unproved(*_given: Any) -> bool:
    return False


async def _no_poll(*_given: Any) -> int:
    return 0


def _deaf_to_stop(body: str, *given: Any, **more: Any) -> Reading:
    reading = read_reply(body, *given, **more)
    return Text(body.lower()) if isinstance(reading, Stop) else reading


async def _forget_the_news(self: RelayActivities, enrollment: Enrollment) -> None:
    async with self.transaction() as session:
        (await enrollments.lock(session, enrollment.id)).nudged_at = None


def _list_unseen(self: PrintSpool, letter_id: str, letter: SpooledLetter, facts: Any) -> None:
    _list_letter(self, letter_id, letter, facts)
    self._listed.clear()


async def _unknown_only(session: AsyncSession, _wall: datetime) -> Sequence[Intent]:
    return list(await session.scalars(select(Intent).where(Intent.status == "unknown")))


async def _no_wait(*_given: Any) -> None: ...


@dataclass(frozen=True, slots=True)
class Bug:
    says: str
    swaps: tuple[Swap, ...]


def _no_settle_time() -> tuple[Swap, ...]:
    return ((sent, "SETTLE", timedelta(0)), (settling, "SETTLE", timedelta(0)))


BUGS: Mapping[str, Bug] = {
    "blind_retry": Bug(
        "an answer that did not come is taken for a text that did not leave",
        ((sending, "record_result", _answered_as(NotReached())),),
    ),
    "error_is_refusal": Bug(
        "a 5xx is taken for a refusal",
        ((sending, "record_result", _answered_as(Refused(20503))),),
    ),
    "consent_when_decided": Bug(
        "consent is looked at when a text is decided on, not at the door",
        ((Gate, "_facts", _always_consented),),
    ),
    "last_write_wins": Bug(
        "the receipt that comes last stands", ((sent, "newer", lambda *_: True),)
    ),
    "no_lease": Bug(
        "a sender that stood still writes its old text all the same",
        ((SendingActivities, "_deliver", _without_lease),),
    ),
    "hours_in_utc": Bug(
        "the members' hours are the server's", ((gate, "_zones", lambda *_: ("UTC",)),)
    ),
    "no_dedupe": Bug(
        "a webhook that comes again is another text", ((inbound, "store_once", _store_again),)
    ),
    "answered_before_kept": Bug(
        "the carrier is answered before the text is kept", ((twilio, "in_transaction", _later),)
    ),
    "stop_not_awaited": Bug(
        "a STOP is answered while a text to that phone is on its way",
        ((twilio, "_until_nothing_is_in_flight", _no_wait),),
    ),
    "stop_unread": Bug(
        "a STOP is taken for any other answer", ((receiving, "read_reply", _deaf_to_stop),)
    ),
    "no_settle_time": Bug(
        "a text missing in the carrier's list at once is sent again", _no_settle_time()
    ),
    "evidence_unread": Bug(
        "a text of unknown fate is sent again whatever list and receipts say",
        ((settling, "_proved", _unproved),),
    ),
    "dead_senders_forgotten": Bug(
        "a text whose sender died waits for ever",
        ((unsettled_store, "unsettled", _unknown_only),),
    ),
    "two_in_flight": Bug(
        "a second text leaves while the first one's fate is unknown",
        ((gate, "situations", _nothing_in_flight),),
    ),
    "applied_again": Bug(
        "a reply is applied at every step of its journey", ((inbound, "unapplied", _all_texts),)
    ),
    "receipts_by_sid": Bug(
        "a second receipt of a text is taken for the first one again",
        ((twilio, "take_receipt", _first_receipt_only),
         (polling, "take_receipt", _first_receipt_only)),
    ),
    "receipts_unkept": Bug(
        "a receipt is answered for and not kept",
        ((twilio, "take_receipt", _receipt_of_another_day),),
    ),
    "no_poll": Bug(
        "the carrier is never asked for texts whose webhooks were lost",
        ((relay, "poll", _no_poll),),
    ),
    "news_forgotten": Bug(
        "a journey's news counts as told before anybody heard it",
        ((RelayActivities, "_tell", _forget_the_news),),
    ),
    "letters_listed_again": Bug(
        "a letter printed again gets another line in the manifest",
        ((PrintSpool, "_catch_up", lambda _self: None), (PrintSpool, "_list", _list_unseen)),
    ),
    "no_caps": Bug(
        "nobody counts what a phone had already", ((domain.gate, "_cap", lambda *_: None),)
    ),
    **{name: Bug(*bug) for name, bug in BREAKER_BUGS.items()},
}  # fmt: skip


@contextmanager
def planted(*names: str) -> Iterator[None]:
    """These bugs as long as the block runs."""
    with ExitStack() as stack:
        for name in names:
            for owner, attribute, substitute in BUGS[name].swaps:
                stack.enter_context(patch.object(owner, attribute, substitute))
        yield


def plant(name: str) -> None:
    """For the rest of this process; SystemExit when there is no such bug."""
    if name not in BUGS:
        raise SystemExit(f"There is no planted bug {name}; there are {', '.join(sorted(BUGS))}.")
    for owner, attribute, substitute in BUGS[name].swaps:
        setattr(owner, attribute, substitute)
