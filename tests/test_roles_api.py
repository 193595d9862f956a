"""Which role sees and moves what; a pharmacist only the members of their pharmacy."""

from collections.abc import AsyncIterator

import make
import pytest
import pytest_asyncio
from desk import Desk, open_desk


@pytest_asyncio.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    make.save(database_url, make.pharmacy(), make.member(), make.enrollment())
    async with open_desk(database_url) as opened:
        yield opened


PAGES = {
    "/console/": ("coordinator", "pharmacist", "manager"),
    "/console/today": ("coordinator", "pharmacist", "manager"),
    "/console/members": ("coordinator", "pharmacist", "manager"),
    "/console/tasks": ("coordinator", "pharmacist", "manager"),
    "/console/queue": ("coordinator", "pharmacist", "manager"),
    "/console/enrollments/e1": ("coordinator", "pharmacist", "manager"),
    "/console/enrollments/e1/live": ("coordinator", "pharmacist", "manager"),
    "/console/runs": ("coordinator", "manager"),
    "/console/staff": ("manager",),
}


@pytest.mark.parametrize("role", ["coordinator", "pharmacist", "manager"])
async def test_each_role_reaches_its_own_pages(desk: Desk, role: str) -> None:
    npi = make.NPI if role == "pharmacist" else None
    async with desk.signed_in(role, npi) as viewer:
        for path, allowed in PAGES.items():
            status = (await viewer.get(path)).status_code
            assert status == (200 if role in allowed else 403), path


@pytest.mark.parametrize(
    "npi", [make.OTHER_NPI, None], ids=["of another pharmacy", "without a pharmacy"]
)
async def test_a_pharmacist_sees_and_moves_only_their_own_members(
    desk: Desk, database_url: str, npi: str | None
) -> None:
    delivery, task = make.save(
        database_url, make.delivery(), make.task(role="pharmacist"), make.pharmacy(make.OTHER_NPI)
    )[:2]
    paths = {
        "/console/enrollments/e1": "get",
        "/console/enrollments/e1/live": "get",
        "/console/enrollments/e1/events": "get",
        f"/console/deliveries/{delivery.id}/accept": "post",
        f"/console/tasks/{task.id}/done": "post",
    }
    async with desk.signed_in("pharmacist", npi) as stranger:
        for path, method in paths.items():
            data = {"resolution": "looked at it"} if path.endswith("done") else {}
            answer = await (stranger.get(path) if method == "get" else stranger.post(path, data))
            assert answer.status_code == 404, path
        for path in ("/console/", "/console/members", "/console/tasks", "/console/queue"):
            assert "Lopez" not in (await stranger.get(path)).text, path
        found = await stranger.post("/console/members", {"search": "Lopez"})
    assert "Nobody matches" in found.text


async def test_a_pharmacist_cannot_hold_a_journey(desk: Desk) -> None:
    form = {"reason": "because", "form_id": "8b6f8f0e-6f0b-4b0e-9d0c-2f6d5c0b7a11"}
    async with desk.signed_in("pharmacist", make.NPI) as pharmacist:
        page = await pharmacist.get("/console/enrollments/e1")
        answer = await pharmacist.post("/console/enrollments/e1/hold", form)
    assert "Hold…" not in page.text
    assert answer.status_code == 403
    assert desk.journeys.asked == []
