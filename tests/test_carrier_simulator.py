"""The simulated carrier answers, delivers, calls back and remembers as Twilio documents it."""

from collections.abc import AsyncIterator
from datetime import timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx
import pytest
from simulated import (
    ACCOUNT,
    CALLBACK,
    MEMBER,
    MESSAGES,
    MONDAY,
    OURS,
    TOKEN,
    Simulated,
    form,
    settings,
    simulated,
)
from twilio.request_validator import RequestValidator

from simulator.carrier_log import read

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[Simulated]:
    async with simulated(tmp_path) as made:
        yield made


REFUSED = [
    pytest.param({"To": ""}, 21604, id="without a recipient"),
    pytest.param({"To": "6145550123"}, 21211, id="a number that is not E.164"),
    pytest.param({"To": "+0614555012"}, 21211, id="a country code of zero"),
    pytest.param({"To": OURS}, 21266, id="to itself"),
    pytest.param({"From": ""}, 21603, id="without a sender"),
    pytest.param({"From": "+16145550199"}, 21606, id="a number of somebody else"),
    pytest.param({"From": "pharmacy"}, 21212, id="a sender that is no number"),
    pytest.param({"Body": " "}, 21602, id="without words"),
    pytest.param({"Body": "x" * 1601}, 21617, id="more than 1600 characters"),
    pytest.param({"StatusCallback": "ftp://x"}, 21609, id="a callback that is not http"),
    pytest.param({"ValidityPeriod": "36001"}, 20001, id="valid for more than ten hours"),
    pytest.param({"ValidityPeriod": "soon"}, 20001, id="valid until a word"),
    pytest.param({"MessagingServiceSid": "MG1"}, 20001, id="a pool with a broken sid"),
    pytest.param({"IdempotencyKey": "1"}, 20001, id="a field Twilio does not have"),
]


@pytest.mark.parametrize(("change", "code"), REFUSED)
async def test_a_request_is_refused_with_twilios_code(
    world: Simulated, change: dict[str, str], code: int
) -> None:
    answer = await world.send(**change)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert answer.json().keys() == {"code", "message", "more_info", "status"}
    assert not world.world.carrier.book.messages


async def test_a_field_given_twice_is_refused(world: Simulated) -> None:
    raw = f"To=%2B16145550123&To=%2B16145550124&From=%2B{OURS[1:]}&Body=x"
    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer = await world.caller.post(MESSAGES, content=raw, headers=headers)
    assert answer.json()["code"] == 20001


async def test_only_the_account_itself_may_ask(world: Simulated) -> None:
    nobody, other = world.stranger(), world.stranger((ACCOUNT, "guess"))
    foreign = MESSAGES.replace(ACCOUNT, "AC" + "b2" * 16)
    assert (await nobody.post(MESSAGES)).json()["code"] == 20003
    assert (await other.get(MESSAGES)).status_code == 401
    assert (await world.caller.get(foreign)).status_code == 404


async def test_a_text_is_on_disk_before_the_answer(world: Simulated, tmp_path: Path) -> None:
    sid = (await world.send("Hi")).json()["sid"]
    (event,) = read(tmp_path / "carrier.jsonl")
    assert (event["kind"], event["sid"], event["to"]) == ("accepted", sid, MEMBER)
    assert (event["body"], event["status_callback"]) == ("Hi", CALLBACK)


async def test_a_text_is_sent_then_delivered_and_each_is_called_back(world: Simulated) -> None:
    sid = (await world.send()).json()["sid"]
    await world.pass_time(MINUTE)
    assert world.product.statuses == ["sent", "delivered"]
    shown = (await world.caller.get(MESSAGES.replace(".json", f"/{sid}.json"))).json()
    assert shown["status"] == "delivered"
    assert MONDAY < parsedate_to_datetime(shown["date_sent"]) < MONDAY + MINUTE


async def test_a_pool_shows_its_number_only_once_it_sent(world: Simulated) -> None:
    pool = {"From": "", "MessagingServiceSid": "MG" + "c3" * 16}
    answer = (await world.send(**pool)).json()
    assert (answer["status"], answer["from"]) == ("accepted", None)
    await world.pass_time(MINUTE)
    assert world.product.forms("/twilio/status")[0]["From"] == OURS


async def test_webhooks_are_signed_over_the_url_that_was_given(world: Simulated) -> None:
    await world.send()
    world.world.carrier.text_in(MEMBER, "¿Sí? 1 + 1", by="persona")
    await world.pass_time(MINUTE)
    validator = RequestValidator(TOKEN)
    urls = {"/twilio/status": CALLBACK, "/twilio/inbound": "http://product.example/twilio/inbound"}
    assert len(world.product.requests) == 3
    for request in world.product.requests:
        signed = request.headers["X-Twilio-Signature"]
        assert validator.validate(urls[request.url.path], form(request), signed)
        assert not validator.validate(urls[request.url.path] + "x", form(request), signed)


async def test_an_inbound_text_carries_what_twilio_sends(world: Simulated) -> None:
    sid = world.world.carrier.text_in(MEMBER, "1", by="persona").sid
    await world.pass_time(MINUTE)
    (sent,) = world.product.forms("/twilio/inbound")
    expected = {"MessageSid": sid, "SmsSid": sid, "AccountSid": ACCOUNT, "From": MEMBER}
    assert sent.items() >= (expected | {"To": OURS, "Body": "1", "NumMedia": "0"}).items()


@pytest.mark.parametrize("word", ["STOP", "stop", "Unsubscribe", "STOP."])
async def test_the_carrier_blocks_a_number_that_opted_out(
    world: Simulated, tmp_path: Path, word: str
) -> None:
    world.world.carrier.text_in(MEMBER, word, by="persona")
    assert (await world.send()).json()["code"] == 21610
    again = Simulated(settings(tmp_path))
    assert (await again.send()).json()["code"] == 21610, "a restart keeps the block"
    again.world.carrier.text_in(MEMBER, "START", by="persona")
    assert (await again.send()).status_code == 201
    await again.close()


@pytest.mark.parametrize("words", ["stop please", "no mas mensajes", "ALTO", "bus stop"])
async def test_the_carrier_knows_single_words_only(world: Simulated, words: str) -> None:
    world.world.carrier.text_in(MEMBER, words, by="persona")
    assert (await world.send()).status_code == 201


async def test_nobody_listening_is_tried_again_and_the_reply_is_not_lost(
    world: Simulated, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    def away_twice(request: httpx.Request) -> httpx.Response:
        if len(world.product.requests) < 3:
            raise httpx.ConnectError("refused", request=request)
        return httpx.Response(200)

    monkeypatch.setattr(world.world.carrier._webhooks, "_sleep", pause)
    world.product.answer = away_twice
    world.world.carrier.text_in(MEMBER, "1", by="persona")
    await world.pass_time(MINUTE)
    assert len(pauses) == 2
    (inbound,) = [e for e in world.world.log.events() if e["kind"] == "inbound"]
    assert (inbound["acked"], inbound["body"]) == (200, "1")


async def test_an_error_answer_is_not_tried_again(world: Simulated) -> None:
    world.product.answer = lambda request: httpx.Response(503)
    world.world.carrier.text_in(MEMBER, "1", by="persona")
    await world.pass_time(MINUTE)
    assert len(world.product.requests) == 1
    assert world.world.carrier.book.counts["unacknowledged"] == 1


async def test_a_restart_finishes_what_was_under_way(world: Simulated, tmp_path: Path) -> None:
    sid = (await world.send()).json()["sid"]
    world.world.carrier.text_in(MEMBER, "1", by="person")
    with (tmp_path / "carrier.jsonl").open("a") as log:
        log.write('{"kind": "accepted", "sid": "SM-torn')
    again = Simulated(settings(tmp_path))
    again.world.carrier.resume()
    await again.pass_time(MINUTE)
    assert again.world.carrier.book.messages[sid].status == "delivered"
    assert again.product.statuses == ["sent", "delivered"]
    assert again.product.replies == ["1"]
    assert again.world.carrier.is_played(MEMBER)
    await again.close()
    kinds = [event["kind"] for event in read(tmp_path / "carrier.jsonl")]
    assert kinds.count("status") == 2, "the torn line is gone and all others are whole"


async def test_a_text_planned_twice_is_delivered_once(world: Simulated) -> None:
    await world.send()
    world.world.carrier.resume()
    await world.pass_time(MINUTE)
    assert world.product.statuses == ["sent", "delivered"]


async def test_the_list_is_filtered_and_paged_newest_first(world: Simulated) -> None:
    other = "+16145550124"
    for number in range(5):
        await world.send(f"text {number}")
        await world.send("aside", to=other)
        await world.pass_time(MINUTE)
    first = (await world.caller.get(MESSAGES, params={"To": MEMBER, "PageSize": "2"})).json()
    await world.send("newer than the first page")
    second = (await world.caller.get(first["next_page_uri"])).json()
    third = (await world.caller.get(second["next_page_uri"])).json()
    pages = [[m["body"] for m in p["messages"]] for p in (first, second, third)]
    assert pages == [["text 4", "text 3"], ["text 2", "text 1"], ["text 0"]]
    assert third["next_page_uri"] is None


@pytest.mark.parametrize(
    ("query", "count"),
    [
        pytest.param({"DateSent": "2026-03-02"}, 2, id="of a day"),
        pytest.param({"DateSent": "2026-03-03"}, 0, id="of another day"),
        pytest.param({"DateSent>": "2026-03-02"}, 2, id="since a day"),
        pytest.param({"DateSent<": "2026-03-01"}, 0, id="until a day"),
        pytest.param({"DateSent>": "2026-03-02T14:00:00Z"}, 2, id="since a moment"),
        pytest.param({"DateSent<": "Mon, 02 Mar 2026 14:00:00 +0000"}, 0, id="until a moment"),
        pytest.param({"From": OURS}, 1, id="from our number"),
        pytest.param({"From": MEMBER}, 1, id="from the member"),
        pytest.param({"To": OURS}, 1, id="to our number"),
        pytest.param({"To": MEMBER}, 1, id="to the member"),
        pytest.param({"To": MEMBER, "From": OURS}, 1, id="from us to the member"),
        pytest.param({"To": "+16145559999"}, 0, id="to nobody"),
        pytest.param({}, 2, id="without a filter"),
    ],
)
async def test_the_list_filters(world: Simulated, query: dict[str, str], count: int) -> None:
    await world.send()
    world.world.carrier.text_in(MEMBER, "1", by="persona")
    await world.pass_time(MINUTE)
    assert len((await world.caller.get(MESSAGES, params=query)).json()["messages"]) == count


@pytest.mark.parametrize("query", [{"Phone": MEMBER}, {"DateSent": "today"}, {"PageSize": "0"}])
async def test_the_list_refuses_what_it_has_not(world: Simulated, query: dict[str, str]) -> None:
    assert (await world.caller.get(MESSAGES, params=query)).json()["code"] == 20001
