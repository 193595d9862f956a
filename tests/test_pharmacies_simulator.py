"""Simulated pharmacies move deliveries through the product's own queue."""

import json
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from simulated import MONDAY, Simulated, simulated

from simulator.pharmacies import NOBODY, REASONS, Pharmacies

KEY = "pharmacy-key"
HOUR = timedelta(hours=1)
NEXT = {"accept": "accepted", "pack": "packed", "send": "sent", "deliver": "delivered"}
BACK = {"attempt": "attempted", "return": "returned"}


class Queue:
    """The product's queue, reduced to what pharmacies see of it."""

    def __init__(self, count: int = 1, due_on: str = "2026-03-02") -> None:
        self.status = {f"d{n}": "ordered" for n in range(count)}
        self.due_on = due_on
        self.done: list[tuple[str, str]] = []
        self.reasons: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.headers.get("authorization") != f"Bearer {KEY}":
            return httpx.Response(401)
        if request.method == "GET":
            assert request.url.params["open"] == "true"
            rows = [
                {
                    "id": name,
                    "npi": "1234567893",
                    "status": status,
                    "due_on": self.due_on,
                    "attempts": self.done.count((name, "attempt")),
                }
                for name, status in self.status.items()
                if status not in {"delivered", "returned"}
            ]
            return httpx.Response(200, json={"deliveries": rows})
        name, action = request.url.path.split("/")[-2:]
        self.done.append((name, action))
        self.status[name] = {**NEXT, **BACK}.get(action, "failed")
        if action in ("fail", "attempt"):
            self.reasons.append(json.loads(request.content)["reason"])
        return httpx.Response(200, json={})


async def work(world: Simulated, pharmacies: Pharmacies, queue: Queue, hours: int) -> None:
    world.product.answer = queue
    for _ in range(hours):
        await pharmacies.look()
        await world.pass_time(HOUR)


async def test_a_delivery_is_accepted_packed_sent_and_brought_in_order(tmp_path: Path) -> None:
    queue = Queue()
    async with simulated(tmp_path, pharmacy_api_key=KEY) as world:
        pharmacies = world.world.pharmacies()
        await work(world, pharmacies, queue, 10)
        assert queue.done == [("d0", "accept")]
        await work(world, pharmacies, queue, 90)
    assert queue.done == [("d0", action) for action in NEXT]


async def test_some_fail_and_come_back_and_more_are_brought_twice_by_the_seed(
    tmp_path: Path,
) -> None:
    queue = Queue(count=200)
    async with simulated(tmp_path, pharmacy_api_key=KEY) as world:
        pharmacies = world.world.pharmacies()
        await work(world, pharmacies, queue, 240)
    ends, actions = list(queue.status.values()), [action for _, action in queue.done]
    assert set(ends) == {"delivered", "returned"}
    assert 3 <= ends.count("returned") == actions.count("fail") == actions.count("return") <= 20
    assert 12 <= actions.count("attempt") <= 40
    assert actions.count("send") == 200 + actions.count("attempt")
    assert len(queue.reasons) == actions.count("fail") + actions.count("attempt")
    assert set(queue.reasons) <= {*REASONS, *NOBODY}


async def test_nothing_leaves_before_the_day_ahead_of_its_due_date(tmp_path: Path) -> None:
    queue = Queue(due_on="2026-03-20")
    async with simulated(tmp_path, pharmacy_api_key=KEY) as world:
        pharmacies = world.world.pharmacies()
        await work(world, pharmacies, queue, 24 * 14)
        assert [action for _, action in queue.done] == ["accept", "pack"]
        await work(world, pharmacies, queue, 24 * 6)
    assert queue.status == {"d0": "delivered"}


async def test_a_step_a_person_took_meanwhile_is_left_out(tmp_path: Path) -> None:
    queue = Queue()
    async with simulated(tmp_path, pharmacy_api_key=KEY) as world:
        pharmacies = world.world.pharmacies()
        world.product.answer = queue
        await pharmacies.look()
        queue.status["d0"] = "accepted"
        await work(world, pharmacies, queue, 100)
    assert queue.done == [("d0", action) for action in ("pack", "send", "deliver")]


async def test_a_refused_step_is_tried_again_with_a_later_look(tmp_path: Path) -> None:
    queue = Queue()
    refusals = iter([500, 409])

    def product(request: httpx.Request) -> httpx.Response:
        if request.method == "POST" and (status := next(refusals, None)):
            return httpx.Response(status)
        return queue(request)

    async with simulated(tmp_path, pharmacy_api_key=KEY) as world:
        world.product.answer = product
        pharmacies = world.world.pharmacies()
        for _ in range(30):
            await pharmacies.look()
            await world.pass_time(HOUR)
    assert queue.done[0] == ("d0", "accept")


@pytest.mark.parametrize("answer", [httpx.Response(401), httpx.Response(200, text="<html>")])
async def test_a_closed_or_broken_queue_is_no_work(tmp_path: Path, answer: httpx.Response) -> None:
    async with simulated(tmp_path, pharmacy_api_key="wrong") as world:
        world.product.answer = lambda request: answer
        await world.world.pharmacies().look()
        assert len(world.world.agenda) == 0
        assert world.world.clock.now() == MONDAY
