"""Proposals at the pharmacy: decided at the desk by a pharmacist or by its own system, once."""

from collections.abc import AsyncIterator
from datetime import date

import httpx2
import make
import pytest
import pytest_asyncio
from desk import Desk, open_desk, plain
from sqlalchemy import Connection, text

from store.models import SyncPlan

KEY = {"Authorization": "Bearer s3cret-key"}
REFILL = "99999000101/2026-03-06"


@pytest.fixture
def rows(database_url: str) -> str:
    plan = SyncPlan(
        enrollment_id="e1", on_date=date(2026, 3, 20), status="proposed", proposed_at=make.NOW,
        fills=[{"refill": REFILL, "days": 14}, {"refill": "99999000404/2026-03-06", "days": 14}],
    )  # fmt: skip
    make.save(
        database_url, make.pharmacy(), make.pharmacy(make.OTHER_NPI), make.member(),
        make.enrollment(), make.medication(),
        make.medication(ndc11="99999000404", ingredient="buprenorphine", part2=True),
        make.delivery(packaging="proposed"),
        make.delivery(packaging="proposed", ndc11="99999000202"), plan,
    )  # fmt: skip
    return database_url


@pytest_asyncio.fixture
async def desk(rows: str) -> AsyncIterator[Desk]:
    async with open_desk(rows, pharmacy_key="s3cret-key") as opened:
        yield opened


async def test_a_pharmacist_sees_and_decides_and_the_journey_hears(
    desk: Desk, connection: Connection
) -> None:
    async with desk.signed_in("pharmacist", make.NPI) as pharmacist:
        page = plain((await pharmacist.get("/console/queue")).text)
        assert "All on Mar 20, 2026 for Ana Lopez lisinopril, NDC 99999000101: 14 days" in page
        assert "buprenorphine" not in page
        assert "99999000404" not in page
        for _ in ("once", "and a double click"):
            done = await pharmacist.post("/console/sync-plans/1", {"answer": "accepted"})
            assert done.status_code == 200
        page = plain((await pharmacist.get("/console/queue")).text)
        assert "One date a month" not in page
        refused = await pharmacist.post("/console/sync-plans/1", {"answer": "declined"})
        assert refused.status_code == 409
    row = connection.execute(text("select status, decided_at is not null from sync_plans")).one()
    assert tuple(row) == ("accepted", True)
    assert connection.execute(text("select nudged_at is not null from enrollments")).scalar_one()


async def test_packaging_is_decided_for_every_open_order(
    desk: Desk, connection: Connection
) -> None:
    async with desk.signed_in("pharmacist", make.NPI) as pharmacist:
        page = plain((await pharmacist.get("/console/queue")).text)
        assert "pack them by time of day" in page
        await pharmacist.post("/console/deliveries/1/packaging", {"answer": "accepted"})
        page = plain((await pharmacist.get("/console/queue")).text)
        assert "Packed by time of day" in page
    said = connection.execute(text("select packaging from deliveries")).scalars().all()
    assert said == ["accepted", "accepted"]


@pytest.mark.parametrize(
    ("role", "npi", "status"),
    [
        pytest.param("pharmacist", make.OTHER_NPI, 404, id="another pharmacy's pharmacist"),
        pytest.param("coordinator", None, 403, id="a coordinator"),
    ],
)
async def test_nobody_else_decides(desk: Desk, role: str, npi: str | None, status: int) -> None:
    async with desk.signed_in(role, npi) as visitor:
        for address in ("/console/sync-plans/1", "/console/deliveries/1/packaging"):
            assert (await visitor.post(address, {"answer": "accepted"})).status_code == status


async def test_a_system_decides_by_its_key(desk: Desk) -> None:
    transport = httpx2.ASGITransport(desk.app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://desk.test") as system:
        listed = await system.get("/api/pharmacy/sync-plans", headers=KEY)
        assert listed.json() == {
            "sync_plans": [
                {
                    "id": 1, "npi": make.NPI, "on": "2026-03-20",
                    "fills": [{"ndc11": "99999000101", "supply_ends_on": "2026-03-06", "days": 14}],
                }
            ]
        }  # fmt: skip
        said = {"answer": "declined"}
        for address in ("sync-plans/1", "deliveries/1/packaging"):
            answer = await system.post(f"/api/pharmacy/{address}", json=said, headers=KEY)
            assert answer.json() == {"id": 1, "answer": "declined"}
        assert (await system.get("/api/pharmacy/sync-plans", headers=KEY)).json() == {
            "sync_plans": []
        }
        assert (await system.post("/api/pharmacy/sync-plans/1", json=said)).status_code == 401
