"""Nothing leaves until a STOP that was missed would be known, but for what is never held."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from fakes import PHONE, STATUS_URL, House, ana, open_house
from make_journeys import due
from sqlalchemy.exc import OperationalError

from activities.listening import Listening
from activities.sending import SendingActivities
from api.listening import Ears
from gateways.sms import Inbox, ListedText
from runtime import programs
from store import listening
from store.models import Intent, ListeningRow

RULES = programs.rules().sending.listening
SECOND = timedelta(seconds=1)


@pytest_asyncio.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    async with open_house(database_url) as opened:
        opened.given(*ana())
        listens = Listening(opened.time, RULES)
        opened.sending = SendingActivities(
            opened.transaction, opened.gate, opened.carrier, STATUS_URL, opened.time,
            listening=listens,
        )  # fmt: skip
        opened.relay.listening = listens
        yield opened


def ears(house: House) -> Ears:
    return Ears(house.transaction, RULES, house.time)


async def seconds(house: House, count: int, *taking: Ears) -> None:
    for _ in range(count):
        for each in taking:
            await each.beat()
        await house.relay.poll_when_due()
        await house.send_all()
        house.time.pass_by(SECOND)


async def test_without_anybody_who_takes_webhooks_only_what_is_never_held_leaves(
    house: House,
) -> None:
    house.given(due(), due("help", purpose="safety", asks=None, template="crisis"))
    await seconds(house, 90)
    assert (await house.one(Intent, "i1")).status == "pending"
    assert (await house.one(Intent, "help")).status == "accepted"


async def test_a_stop_that_no_webhook_brought_is_known_before_anything_leaves(
    house: House,
) -> None:
    house.carrier.inbox.append(ListedText("SM-in", PHONE, "STOP", "received", None, False))
    house.given(due())
    await seconds(house, 20, ears(house))
    sent = [(await house.one(Intent, "i1")).status, *(each.body for each in house.carrier.taken)]
    assert sent[0] == "cancelled"
    assert len(sent) == 2
    assert "no more texts" in sent[1]


async def test_with_ears_and_the_list_read_texts_leave_within_seconds(house: House) -> None:
    house.given(due())
    await seconds(house, int(RULES.list_lag.total_seconds()), taker := ears(house))
    assert house.carrier.taken == []
    await seconds(house, 5, taker)
    assert len(house.carrier.taken) == 1


@pytest.mark.parametrize("list_down", [True, False])
async def test_a_list_that_cannot_be_read_in_whole_lets_nothing_leave(
    house: House, list_down: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def cut_short(_known: object) -> Inbox:
        return Inbox([], whole=False)

    house.carrier.list_down = list_down
    if not list_down:
        monkeypatch.setattr(house.carrier, "received", cut_short)
    house.given(due())
    await seconds(house, 20, taker := ears(house))
    assert house.carrier.taken == []
    monkeypatch.undo()
    house.carrier.list_down = False
    await seconds(house, 5, taker)
    assert len(house.carrier.taken) == 1


async def test_a_list_that_was_not_read_for_minutes_holds_until_it_is(house: House) -> None:
    await seconds(house, 20, taker := ears(house))
    house.carrier.list_down = True
    await seconds(house, 310, taker)
    house.given(due())
    await seconds(house, 5, taker)
    assert house.carrier.taken == []
    house.carrier.list_down = False
    await seconds(house, 5, taker)
    assert len(house.carrier.taken) == 1


@pytest.mark.parametrize(
    ("pause", "again"),
    [
        pytest.param(timedelta(seconds=5), False, id="a breath between two signs of life"),
        pytest.param(timedelta(seconds=9), True, id="a pause in which webhooks may be lost"),
    ],
)
async def test_a_pause_of_whoever_takes_webhooks_begins_a_new_wait(
    house: House, pause: timedelta, again: bool
) -> None:
    taker, began = ears(house), house.time.wall()
    await taker.beat()
    house.time.pass_by(pause)
    await taker.beat()
    row = await house.one(ListeningRow, "main")
    assert row.taking_since == (house.time.wall() if again else began)


async def test_a_new_process_and_one_that_could_not_write_begin_a_new_wait(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = ears(house), ears(house)
    await first.beat()
    house.time.pass_by(SECOND)
    await second.beat()
    started = house.time.wall()
    assert (await house.one(ListeningRow, "main")).taking_since == started

    async def down(*_given: object, **_more: object) -> None:
        raise OperationalError("update", {}, OSError())

    monkeypatch.setattr(listening, "taking", down)
    await second.beat()
    monkeypatch.undo()
    house.time.pass_by(SECOND)
    await first.beat()
    assert (await house.one(ListeningRow, "main")).taking_since == started
    await second.beat()
    assert (await house.one(ListeningRow, "main")).taking_since == house.time.wall()


async def test_the_list_of_a_quiet_house_is_read_each_minute_and_no_more_often(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    received = house.carrier.received

    async def counted(known: set[str]) -> Inbox:
        asked.append(house.time.wall())
        return await received(known)

    monkeypatch.setattr(house.carrier, "received", counted)
    await seconds(house, 181, ears(house))
    # One before the ears are open, one when the list may be believed, then one a minute.
    assert len(asked) == 4
