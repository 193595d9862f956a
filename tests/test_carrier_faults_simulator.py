"""What the simulated carrier does wrong when asked to, and only then."""

from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from simulated import (
    ACCOUNT,
    CALLBACK,
    MEMBER,
    MESSAGES,
    OURS,
    TOKEN,
    Product,
    forever,
    serving,
    settings,
    simulated,
)

from simulator.app import World, create_app

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("fault", "status", "accepted"), [("too_many", 429, 0), ("error_after", 503, 1)]
)
async def test_an_answer_can_be_an_error(
    tmp_path: Path, fault: str, status: int, accepted: int
) -> None:
    async with simulated(tmp_path, faults={fault: 1}) as world:
        assert (await world.send()).status_code == status
        assert len(world.world.carrier.book.messages) == accepted


@pytest.mark.parametrize(
    ("fault", "statuses"),
    [
        ("callback_duplicate", ["sent", "sent", "delivered", "delivered"]),
        ("callback_drop", []),
        ("callback_reorder", ["delivered", "sent"]),
    ],
)
async def test_callbacks_can_go_wrong(tmp_path: Path, fault: str, statuses: list[str]) -> None:
    async with simulated(tmp_path, faults={fault: 1}) as world:
        await world.send()
        await world.pass_time(MINUTE)
        assert world.product.statuses == statuses


async def test_a_dropped_webhook_leaves_the_reply_in_the_list_alone(tmp_path: Path) -> None:
    async with simulated(tmp_path, faults={"webhook_drop": 1}) as world:
        world.world.carrier.text_in(MEMBER, "1", by="persona")
        await world.pass_time(MINUTE)
        listed = await world.caller.get(MESSAGES, params={"From": MEMBER})
        assert world.product.replies == []
        assert [m["body"] for m in listed.json()["messages"]] == ["1"]
        (inbound,) = [e for e in world.world.log.events() if e["kind"] == "inbound"]
        assert inbound["acked"] is None


async def test_the_list_can_lag(tmp_path: Path) -> None:
    async with simulated(tmp_path, faults={"list_lag_seconds": 30}) as world:
        await world.send()
        assert (await world.caller.get(MESSAGES)).json()["messages"] == []
        await world.pass_time(MINUTE)
        assert len((await world.caller.get(MESSAGES)).json()["messages"]) == 1


@pytest.mark.parametrize(("fault", "accepted"), [("drop_before", 0), ("answer_lost", 1)])
async def test_the_line_can_be_cut(tmp_path: Path, fault: str, accepted: int) -> None:
    config = settings(tmp_path, faults={fault: 1})
    product = httpx.AsyncClient(
        transport=httpx.MockTransport(Product()), base_url=config.product_url
    )
    world = World(config, product)
    now = world.clock.wall()
    world.clock.learn(now, 1.0, asked=now, heard=now, read=now)
    form = {"To": MEMBER, "From": OURS, "Body": "x", "StatusCallback": CALLBACK}
    async with (
        serving(create_app(world, forever)) as address,
        httpx.AsyncClient(base_url=address) as caller,
    ):
        with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
            await caller.post(MESSAGES, data=form, auth=(ACCOUNT, TOKEN))
    assert len(world.carrier.book.messages) == accepted
