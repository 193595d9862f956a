"""The life of an intent: how long it may wait, what outranks what, when it is lost."""

from datetime import datetime, timedelta
from itertools import permutations

import pytest
from make_journeys import DAY, HOUR, NOW, accepted, lost, waiting

from domain.outbox import SETTLED, Purpose, SentText, Status, lifetime, newer


@pytest.mark.parametrize(
    ("purpose", "rate", "expected"),
    [
        pytest.param(Purpose.CARE, 1, 14 * DAY, id="a text of ours waits two weeks"),
        pytest.param(Purpose.REPLY, 1, 4 * DAY, id="a reply four days"),
        pytest.param(Purpose.SAFETY, 1, 12 * HOUR, id="an answer to danger half a day"),
        pytest.param(
            Purpose.STOP, 1, timedelta(minutes=5), id="the confirmation of a stop five minutes"
        ),
        pytest.param(
            Purpose.STOP, 21_600, 5 * DAY, id="and twenty seconds of the watch in a rehearsal"
        ),
    ],
)
def test_how_long_an_intent_may_wait(purpose: Purpose, rate: float, expected: timedelta) -> None:
    assert lifetime(purpose, rate) == expected


RISING = ("accepted", "queued", "sending", "sent", "undelivered", "delivered", "read")


@pytest.mark.parametrize("low", RISING)
@pytest.mark.parametrize("high", RISING)
def test_a_status_never_falls(low: str, high: str) -> None:
    assert newer(low, high) is (RISING.index(high) > RISING.index(low))


def test_any_status_is_news_when_none_is_known_and_an_unheard_of_one_outranks_none() -> None:
    assert newer(None, "queued")
    assert not newer("accepted", "teleported")
    assert newer("teleported", "accepted")


def test_the_highest_status_stands_in_whatever_order_they_come() -> None:
    for order in permutations(("queued", "sent", "delivered", "sending")):
        known: str | None = None
        for status in order:
            known = status if newer(known, status) else known
        assert known == "delivered"


@pytest.mark.parametrize(
    ("status", "gone"),
    [
        pytest.param(Status.PENDING, False, id="one that waits is not lost"),
        pytest.param(Status.SENDING, False, id="nor one on its way"),
        pytest.param(Status.UNKNOWN, False, id="nor one whose fate nobody knows"),
        pytest.param(Status.ACCEPTED, False, id="nor one the carrier has"),
        pytest.param(Status.WITHHELD, True, id="a withheld one is"),
        pytest.param(Status.FAILED, True, id="a failed one is"),
        pytest.param(Status.CANCELLED, True, id="a cancelled one is"),
    ],
)
def test_when_a_text_is_lost(status: Status, gone: bool) -> None:
    text = SentText("a", 1, status, NOW, None)
    assert text.lost is gone
    assert (status in SETTLED) is (gone or status is Status.ACCEPTED)


@pytest.mark.parametrize(
    ("text", "asked", "expected"),
    [
        pytest.param(accepted("a", NOW - DAY), None, NOW - DAY, id="from its acceptance"),
        pytest.param(accepted("a", NOW - DAY), NOW - 2 * DAY, NOW - DAY, id="not its decision"),
        pytest.param(
            accepted("a", NOW - DAY), NOW - HOUR, NOW - HOUR, id="unless a hold moved that on"
        ),
        pytest.param(waiting("a", NOW + DAY), None, NOW + DAY, id="from when it may leave"),
        pytest.param(waiting("a", NOW - DAY), None, NOW, id="from now while it has not left"),
        pytest.param(
            waiting("a", NOW - DAY), NOW + DAY, NOW, id="whatever was decided when, while it waits"
        ),
    ],
)
def test_from_when_an_answer_is_waited_for(
    text: SentText, asked: datetime | None, expected: datetime
) -> None:
    assert text.counts_from(NOW, asked) == expected


def test_a_lost_text_says_why() -> None:
    assert lost("a").reason == "unreachable"
