"""The pharmacy's own system: a key, ids and codes, and steps in their order."""

from collections.abc import AsyncIterator

import httpx2
import make
import pytest
import pytest_asyncio
from desk import Desk, open_desk
from sqlalchemy import Connection, text

QUEUE = "/api/pharmacy/deliveries"
KEY = {"Authorization": "Bearer s3cret-key"}


@pytest.fixture
def delivery(database_url: str) -> int:
    """One refill that Ana's pharmacy has to bring."""
    rows = make.save(
        database_url, make.pharmacy(), make.member(), make.enrollment(), make.medication(),
        make.delivery(),
    )  # fmt: skip
    found: int = rows[-1].id  # type: ignore[attr-defined]
    return found


@pytest_asyncio.fixture
async def system(database_url: str, delivery: int) -> AsyncIterator[httpx2.AsyncClient]:
    async with open_desk(database_url, pharmacy_key="s3cret-key") as desk, machine(desk) as opened:
        yield opened


def machine(desk: Desk) -> httpx2.AsyncClient:
    """A client that is no browser: no cookies, no Origin."""
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(desk.app), base_url="http://desk.test")


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="no key"),
        pytest.param({"Authorization": "Bearer wrong"}, id="another key"),
        pytest.param({"Authorization": "Basic s3cret-key"}, id="the key in another scheme"),
        pytest.param({"Authorization": "Bearer "}, id="an empty key"),
    ],
)
async def test_without_the_key_nothing_is_told(
    system: httpx2.AsyncClient, delivery: int, headers: dict[str, str]
) -> None:
    listed = await system.get(QUEUE, headers=headers)
    moved = await system.post(f"{QUEUE}/{delivery}/accept", headers=headers)
    assert (listed.status_code, moved.status_code) == (401, 401)


async def test_with_no_key_configured_the_api_is_closed(database_url: str) -> None:
    async with open_desk(database_url) as desk, machine(desk) as system:
        for key in ("", "s3cret-key"):
            answer = await system.get(QUEUE, headers={"Authorization": f"Bearer {key}"})
            assert answer.status_code == 404


async def test_the_list_holds_ids_and_codes_and_no_name(
    system: httpx2.AsyncClient, delivery: int
) -> None:
    answer = await system.get(QUEUE, params={"open": "true"}, headers=KEY)
    assert answer.json() == {
        "deliveries": [
            {
                "id": delivery, "npi": make.NPI, "status": "ordered", "due_on": "2026-03-06",
                "days_supply": 30, "ndc11": "99999000101", "cold_chain": False, "window": None,
                "attempts": 0, "next_attempt_on": None, "address_check": None, "packaging": None,
            }
        ]
    }  # fmt: skip


async def test_a_protected_medicine_is_not_named(
    system: httpx2.AsyncClient, connection: Connection
) -> None:
    connection.execute(text("update medications set part2 = true"))
    answer = await system.get(QUEUE, headers=KEY)
    assert answer.json()["deliveries"][0]["ndc11"] is None


async def test_steps_follow_one_another_to_the_door(
    system: httpx2.AsyncClient, delivery: int, connection: Connection
) -> None:
    for step, status in (("accept", "accepted"), ("pack", "packed"), ("send", "out"),
                         ("deliver", "delivered")):  # fmt: skip
        for _ in ("once", "and the retry of a pharmacy that heard no answer"):
            moved = await system.post(f"{QUEUE}/{delivery}/{step}", json={}, headers=KEY)
            assert (moved.status_code, moved.json()["status"]) == (200, status)
    assert connection.execute(text("select count(*) from outcomes")).scalar_one() == 4
    assert (await system.get(QUEUE, headers=KEY)).json() == {"deliveries": []}
    everything = await system.get(QUEUE, params={"open": "false"}, headers=KEY)
    assert [line["status"] for line in everything.json()["deliveries"]] == ["delivered"]


@pytest.mark.parametrize(
    ("step", "body", "status"),
    [
        pytest.param("deliver", {}, 409, id="what was not packed cannot be delivered"),
        pytest.param("fail", {}, 422, id="a failure needs a reason"),
        pytest.param("fail", {"reason": "nobody home", "x": 1}, 422, id="an unknown field"),
        pytest.param("fail", {"reason": "nobody home"}, 200, id="a failure with its reason"),
        pytest.param("steal", {}, 422, id="a step there is not"),
    ],
)
async def test_a_step_is_answered(
    system: httpx2.AsyncClient, delivery: int, step: str, body: dict[str, object], status: int
) -> None:
    answer = await system.post(f"{QUEUE}/{delivery}/{step}", json=body, headers=KEY)
    assert answer.status_code == status
    if status != 200:
        assert answer.json()["title"]


async def call(system: httpx2.AsyncClient, delivery: int, step: str, **body: object) -> int:
    answer = await system.post(f"{QUEUE}/{delivery}/{step}", json=body, headers=KEY)
    return answer.status_code


async def bring(system: httpx2.AsyncClient, delivery: int) -> None:
    for step in ("accept", "pack", "send"):
        assert await call(system, delivery, step) == 200


async def one(system: httpx2.AsyncClient) -> dict[str, object]:
    found: dict[str, object] = (await system.get(QUEUE, headers=KEY)).json()["deliveries"][0]
    return found


async def test_what_nobody_took_is_counted_and_brought_again(
    system: httpx2.AsyncClient, delivery: int
) -> None:
    await bring(system, delivery)
    for _ in ("once", "and the retry of a pharmacy that heard no answer"):
        assert await call(system, delivery, "attempt", reason="nobody home") == 200
    assert (await one(system))["attempts"] == 1
    assert await call(system, delivery, "send", window="evening") == 200
    assert ((await one(system))["status"], (await one(system))["window"]) == ("out", "evening")


async def test_goods_that_were_outside_stay_in_the_queue_until_they_are_back(
    system: httpx2.AsyncClient, delivery: int
) -> None:
    await bring(system, delivery)
    assert await call(system, delivery, "fail", reason="refused") == 200
    assert (await one(system))["status"] == "failed"
    assert await call(system, delivery, "return") == 200
    assert (await system.get(QUEUE, headers=KEY)).json() == {"deliveries": []}


async def test_an_address_that_does_not_match_keeps_the_package_in(
    system: httpx2.AsyncClient, delivery: int, connection: Connection
) -> None:
    async def said(words: str) -> httpx2.Response:
        return await system.post(f"{QUEUE}/{delivery}/address", json={"said": words}, headers=KEY)

    for step in ("accept", "pack"):
        await call(system, delivery, step)
    assert (await said("99999")).json() == {"id": delivery, "address_check": "mismatch"}
    assert await call(system, delivery, "send") == 409
    assert (await said("12")).json()["address_check"] == "house_number"
    assert await call(system, delivery, "send") == 200
    told = connection.execute(text("select rule, detail from outcomes order by id desc")).all()
    assert "99999" not in str(told)


async def test_addresses_cannot_be_guessed_at(system: httpx2.AsyncClient, delivery: int) -> None:
    codes = [
        (
            await system.post(f"{QUEUE}/{delivery}/address", json={"said": f"{n}"}, headers=KEY)
        ).status_code
        for n in range(90, 95)
    ]
    assert codes == [200, 200, 200, 409, 409]


async def test_an_unknown_delivery_is_not_found(system: httpx2.AsyncClient) -> None:
    assert (await system.post(f"{QUEUE}/999/accept", headers=KEY)).status_code == 404
