"""A pharmacy's own system: told of its deliveries in order, signed, again until taken; its key."""

import asyncio
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256

import httpx
import httpx2
import make
import pytest
import pytest_asyncio
from desk import open_desk
from fakes import House, open_house

from activities.pharmacy_systems import LEASE, MOST_TRIES, PharmacyHooks
from domain.delivery_steps import Status
from domain.effects import OrderDelivery
from gateways.pharmacy_system import SignedPosts, hook_secret
from store import deliveries, pharmacy_systems
from store.models import Delivery, Enrollment, PharmacyNews, PharmacySystem, Task

KEY, URL = b"k" * 32, "https://pharmacy.example/doorway"
QUEUE = "/api/pharmacy/deliveries"


@dataclass
class Pharmacy:
    """Its web server: what it was sent, and whether it takes the next."""

    up: bool = True
    sent: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request)
        return httpx.Response(200 if self.up else 503)

    @property
    def told(self) -> list[tuple[int, str]]:
        bodies = [json.loads(request.content) for request in self.sent]
        return [(body["id"], body["type"]) for body in bodies]


@pytest_asyncio.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    async with open_house(database_url) as opened:
        opened.given(make.pharmacy(), make.pharmacy(make.OTHER_NPI), make.member(),
                     make.enrollment(), make.medication())  # fmt: skip
        yield opened


async def hooked(house: House, pharmacy: Pharmacy, url: str | None = URL) -> PharmacyHooks:
    async with house.transaction() as session:
        await pharmacy_systems.set_up(session, make.NPI, "own-key", url, house.time.wall())
    gateway = SignedPosts(httpx.MockTransport(pharmacy))
    return PharmacyHooks(house.transaction, gateway, KEY, house.time)


async def order(house: House) -> int:
    async with house.transaction() as session:
        enrollment = await session.get_one(Enrollment, "e1")
        asked = OrderDelivery("99999000101", 30, make.NOW.date())
        assert await deliveries.order(session, enrollment, asked, house.time.now())
    return (await house.only(Delivery)).id


async def move(house: House, delivery: int, to: Status, actor: str = "staff:s1") -> None:
    async with house.transaction() as session:
        done = await deliveries.move_delivery(
            session, delivery, to, actor=actor, now=house.time.now(), reason="x"
        )
    assert done == "done"


async def test_an_order_is_told_with_a_signature_over_time_and_body(house: House) -> None:
    pharmacy = Pharmacy()
    hooks = await hooked(house, pharmacy)
    delivery = await order(house)
    assert await hooks.tell_all() == 1
    (request,) = pharmacy.sent
    seconds, signed = (part[2:] for part in request.headers["Doorway-Signature"].split(","))
    secret = hook_secret(KEY, make.NPI, 1)
    expected = hmac.new(secret.encode(), f"{seconds}.".encode() + request.content, sha256)
    assert signed[1:] == expected.hexdigest()
    assert int(seconds) == int(house.time.wall().timestamp())
    news = await house.only(PharmacyNews)
    assert request.headers["Doorway-News"] == str(news.id)
    body = json.loads(request.content)
    assert body == {
        "id": news.id, "type": "delivery.ordered", "delivery": delivery, "npi": make.NPI,
        "at": house.time.now().isoformat(),
    }  # fmt: skip
    assert await hooks.tell_all() == 0


async def test_what_was_not_taken_is_told_again_later_under_the_same_id_and_in_order(
    house: House,
) -> None:
    pharmacy = Pharmacy(up=False)
    hooks = await hooked(house, pharmacy)
    delivery = await order(house)
    await move(house, delivery, Status.ACCEPTED)
    await hooks.tell_all()
    assert await hooks.tell_all() == 0
    pharmacy.up = True
    house.time.pass_by(LEASE)
    while await hooks.tell_all():
        pass
    first, again, second = pharmacy.told
    assert first == again
    assert [kind for _, kind in pharmacy.told[1:]] == ["delivery.ordered", "delivery.accepted"]
    assert pharmacy.sent[0].content == pharmacy.sent[1].content
    assert second[0] > first[0]


async def test_two_workers_tell_it_once(house: House) -> None:
    pharmacy = Pharmacy()
    hooks = await hooked(house, pharmacy)
    await order(house)
    await asyncio.gather(*(hooks.tell_all() for _ in range(4)))
    assert len(pharmacy.sent) == 1


async def test_a_system_that_never_answers_becomes_a_persons_task(house: House) -> None:
    pharmacy = Pharmacy(up=False)
    hooks = await hooked(house, pharmacy)
    await order(house)
    await house.change(PharmacyNews, (await house.only(PharmacyNews)).id, tries=MOST_TRIES - 1)
    await hooks.tell_all()
    house.time.pass_by(timedelta(days=2))
    assert await hooks.tell_all() == 0
    assert (await house.only(PharmacyNews)).taken is False
    assert (await house.only(Task)).kind == "pharmacy_system"


@pytest.mark.parametrize(
    "case",
    [
        pytest.param("no address", id="one that asks for itself"),
        pytest.param("ended", id="one that has ended"),
        pytest.param("its own", id="of what it said itself"),
    ],
)
async def test_a_system_is_not_told(house: House, case: str) -> None:
    pharmacy = Pharmacy()
    hooks = await hooked(house, pharmacy, None if case == "no address" else URL)
    if case == "ended":
        async with house.transaction() as session:
            assert await pharmacy_systems.end(session, make.NPI, house.time.wall())
    delivery = await order(house)
    await move(house, delivery, Status.ACCEPTED, "pharmacy-api")
    while await hooks.tell_all():
        pass
    assert [kind for _, kind in pharmacy.told] == (
        ["delivery.ordered"] if case == "its own" else []
    )


async def test_a_new_key_has_a_new_secret(house: House) -> None:
    await hooked(house, Pharmacy())
    await hooked(house, Pharmacy())
    assert (await house.only(PharmacySystem)).generation == 2
    assert hook_secret(KEY, make.NPI, 1) != hook_secret(KEY, make.NPI, 2)


@pytest_asyncio.fixture
async def calls(database_url: str, house: House) -> AsyncIterator[httpx2.AsyncClient]:
    await hooked(house, Pharmacy(), None)
    async with open_desk(database_url) as desk:
        transport = httpx2.ASGITransport(desk.app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://desk.test") as client:
            client.headers["Authorization"] = "Bearer own-key"
            yield client


async def test_a_key_of_its_own_reaches_its_own_deliveries_alone(
    calls: httpx2.AsyncClient, house: House
) -> None:
    mine = await order(house)
    assert [d["id"] for d in (await calls.get(QUEUE)).json()["deliveries"]] == [mine]
    await house.change(Enrollment, "e1", pharmacy_npi=make.OTHER_NPI)
    await house.change(Delivery, mine, pharmacy_npi=make.OTHER_NPI)
    assert (await calls.get(QUEUE)).json() == {"deliveries": []}
    assert (await calls.post(f"{QUEUE}/{mine}/accept")).status_code == 404
    others = await calls.get(f"/api/pharmacy/members?npi={make.OTHER_NPI}")
    assert others.status_code == 404
    calls.headers["Authorization"] = "Bearer another"
    assert (await calls.get(QUEUE)).status_code == 401


async def test_under_one_key_an_attempt_counts_once_whatever_happened_since(
    calls: httpx2.AsyncClient, house: House
) -> None:
    delivery = await order(house)
    for step in ("accept", "pack", "send"):
        await calls.post(f"{QUEUE}/{delivery}/{step}")
    once, vain = {"Idempotency-Key": "try-1"}, {"reason": "nobody home"}
    first = await calls.post(f"{QUEUE}/{delivery}/attempt", json=vain, headers=once)
    await calls.post(f"{QUEUE}/{delivery}/send")
    again = await calls.post(f"{QUEUE}/{delivery}/attempt", json=vain, headers=once)
    assert (first.json(), first.status_code) == (again.json(), again.status_code)
    found = await house.one(Delivery, delivery)
    assert (found.attempts, found.status) == (1, "out")
    other = await calls.post(f"{QUEUE}/{delivery}/deliver", headers=once)
    assert other.status_code == 409
    assert (await house.one(Delivery, delivery)).status == "out"
