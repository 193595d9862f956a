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
                "days_supply": 30, "ndc11": "99999000101",
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


async def test_an_unknown_delivery_is_not_found(system: httpx2.AsyncClient) -> None:
    assert (await system.post(f"{QUEUE}/999/accept", headers=KEY)).status_code == 404
