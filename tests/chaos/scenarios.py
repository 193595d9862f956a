"""Short stories in which each planted bug has its chance; without it they must end clean."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

import make
from fakes import ACCEPT_THEN_LOSE, HANG, LOSE
from make_journeys import NOW, due

from activities.door import Taken
from chaos.held_back import (
    a_while_of_no,
    a_wording_is_taken_for_spam,
    one_no_and_many_due,
)
from chaos.long_troubles import a_stop_finds_nobody_up
from chaos.stage import Stage
from gateways.print_spool import LetterFacts, PrintSpool

Scenario = Callable[[Stage], Awaitable[None]]
PATIENCE = 3.0
"""Seconds a STOP that must not be answered yet is given to be answered wrongly."""


async def an_answer_is_lost(stage: Stage) -> None:
    """The carrier takes the text, its answer is lost, and its list shows it only later."""
    stage.carrier.lag = timedelta(seconds=10)
    stage.carrier.moods.append(ACCEPT_THEN_LOSE)
    stage.given(due())
    await stage.house.send_all()
    await stage.settle()
    stage.pass_by(minutes=3)
    await stage.settle()


async def a_sender_stands_still(stage: Stage) -> None:
    """Between the gate and the carrier for half a minute; meanwhile its text is settled."""
    stage.given(due())
    taken = await stage.house.sending._take()
    assert isinstance(taken, Taken)
    stage.pass_by(seconds=30)
    await stage.settle()
    await stage.house.sending._deliver(taken, stage.carrier)


async def a_sender_dies(stage: Stage) -> None:
    """It has the text from the gate and never writes it."""
    stage.given(due())
    assert isinstance(await stage.house.sending._take(), Taken)
    stage.pass_by(seconds=30)
    await stage.settle()


async def a_stop_meets_a_lost_text(stage: Stage) -> None:
    """The text never reached the carrier; before that is settled its member says STOP."""
    stage.carrier.moods.append(LOSE)
    stage.given(due())
    await stage.house.send_all()
    await stage.bring(stage.say("STOP"))
    # The lane may be faster than the journey that ends.
    stage.pass_by(seconds=40)
    await stage.house.relay.settle_texts()
    await stage.house.send_all()
    await stage.settle()


async def a_stop_meets_a_due_text(stage: Stage) -> None:
    """The STOP is answered just before the lane looks at what is due."""
    stage.given(due())
    await stage.bring(stage.say("STOP"))
    await stage.house.send_all()
    await stage.settle()


async def a_stop_meets_a_text_on_its_way(stage: Stage) -> None:
    """The text has passed the gate and hangs on its way to the carrier when the STOP comes."""
    stage.carrier.moods.append(HANG)
    stage.given(due())
    sending = asyncio.create_task(stage.house.send_all())
    await stage.carrier.writing.wait()
    stopping = asyncio.create_task(stage.bring(stage.say("STOP")))
    await asyncio.wait({stopping}, timeout=PATIENCE)
    stage.carrier.go_on.set()
    await sending
    await stopping
    await stage.settle()


async def receipts_come_in_any_order(stage: Stage) -> None:
    stage.given(due())
    await stage.house.send_all()
    (accepted,) = stage.carrier.accepted()
    for status in ("queued", "delivered", "sent", "delivered"):
        await stage.call_back(accepted, status)


async def it_is_night(stage: Stage) -> None:
    """Ten in the morning by UTC, five by the member's clock."""
    stage.given(due())
    stage.pass_by(hours=19)
    await stage.settle()


async def a_webhook_comes_twice(stage: Stage) -> None:
    texted = stage.say("what is this about?")
    await stage.bring(texted)
    await stage.bring(texted)
    await stage.settle()


async def a_webhook_is_lost(stage: Stage) -> None:
    stage.say("what is this about?")
    await stage.settle()


async def a_journey_hears_and_goes_on(stage: Stage) -> None:
    await stage.bring(stage.say("what is this about?"))
    await stage.settle()
    await stage.house.advance()


async def two_texts_of_the_same_words(stage: Stage) -> None:
    """The first never reached the carrier, of the second the answer is lost."""
    stage.carrier.moods.extend([LOSE, ACCEPT_THEN_LOSE])
    same = {"purpose": "reply", "asks": None, "template": "reading_thanks"}
    stage.given(due("i1", priority=1, **same), due("i2", priority=2, **same))
    await stage.house.send_all()
    stage.pass_by(minutes=1)
    await stage.house.send_all()
    await stage.settle()
    await stage.settle()


async def a_week_of_texts(stage: Stage) -> None:
    """Five that we begin, all due at once."""
    stage.given(*(due(f"i{n}", asks=None) for n in range(5)))
    for _ in range(4):
        await stage.house.send_all()
        stage.pass_by(days=1)
    await stage.house.send_all()


async def a_letter_is_printed_again(stage: Stage) -> None:
    """Its worker died between the spool and the table, and another prints it once more."""
    pdf = b"%PDF-1.7 a page"
    facts = LetterFacts("introduction", "1", "en", False, 1)
    for _ in range(2):
        PrintSpool(stage.spool).put("l1", pdf, facts)
    stage.given(make.letter(spooled_at=NOW, sha256=hashlib.sha256(pdf).hexdigest()))


CATCHES: Mapping[str, tuple[Scenario, str]] = {
    "blind_retry": (an_answer_is_lost, "duplicate"),
    "error_is_refusal": (an_answer_is_lost, "books"),
    "evidence_unread": (an_answer_is_lost, "duplicate"),
    "no_settle_time": (an_answer_is_lost, "duplicate"),
    "no_lease": (a_sender_stands_still, "duplicate"),
    "dead_senders_forgotten": (a_sender_dies, "stuck"),
    "consent_when_decided": (a_stop_meets_a_lost_text, "after_stop"),
    "answered_before_kept": (a_stop_meets_a_due_text, "after_stop"),
    "does_not_wait": (a_stop_finds_nobody_up, "overtaken"),
    "stop_unread": (a_stop_meets_a_due_text, "after_stop"),
    "stop_not_awaited": (a_stop_meets_a_text_on_its_way, "after_stop"),
    "last_write_wins": (receipts_come_in_any_order, "receipt"),
    "receipts_by_sid": (receipts_come_in_any_order, "receipt"),
    "receipts_unkept": (receipts_come_in_any_order, "receipt"),
    "hours_in_utc": (it_is_night, "hours"),
    "no_dedupe": (a_webhook_comes_twice, "reply"),
    "no_poll": (a_webhook_is_lost, "reply"),
    "news_forgotten": (a_webhook_comes_twice, "reply"),
    "applied_again": (a_journey_hears_and_goes_on, "reply"),
    "two_in_flight": (two_texts_of_the_same_words, "books"),
    "no_caps": (a_week_of_texts, "caps"),
    "breaker_never_opens": (a_while_of_no, "storm"),
    "breaker_never_closes": (one_no_and_many_due, "loss"),
    "template_trips_sender": (a_wording_is_taken_for_spam, "loss"),
    "letters_listed_again": (a_letter_is_printed_again, "letter"),
}
"""By bug: the story that brings it out, and the rule that must cry."""
