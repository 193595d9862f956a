"""At the desk: why this pharmacy, another one, a refusal; the pharmacy's system; state by state."""

import uuid
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import make
import pytest
import pytest_asyncio
from desk import Desk, Visitor, open_desk, plain
from sqlalchemy import Connection, text
from test_pharmacy_api import KEY, machine

from activities.attribution import Rerouting
from runtime import programs
from store.models import Attribution
from store.pharmacy_systems import set_up

NEAR, MIDDLE, FAR = make.NPI, make.OTHER_NPI, "1000000020"
PAGE = "/console/enrollments/e1"


def pharmacy(npi: str, name: str, latitude: float, **given: Any) -> Any:
    return make.pharmacy(
        npi, name=name, latitude=latitude, longitude=-83.0, cpesn_from=date(2020, 1, 1),
        services=["medication_management"], **given,
    )  # fmt: skip


def identified(**given: Any) -> Attribution:
    return Attribution(
        **{
            "enrollment_id": "e1", "at": make.NOW - make.DAY, "rule": "identified",
            "actor": "identification", "pharmacy_npi": NEAR, "distance_km": 11.1, "code": "nearest",
            "reason": "nearest of 3",
            "alternatives": [{"npi": MIDDLE, "km": 22.2, "why": "farther"}],
            **given,
        }
    )  # fmt: skip


@pytest_asyncio.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    make.save(
        database_url, pharmacy(NEAR, "Corner Pharmacy", 40.1, weekly_capacity=1),
        pharmacy(MIDDLE, "Hill Drugs", 40.2), pharmacy(FAR, "Lake Drugs", 40.3),
        make.member(), make.enrollment(), identified(),
    )  # fmt: skip
    async with open_desk(database_url, pharmacy_key="s3cret-key") as opened:
        opened.app.state.programs = programs.all_programs()
        opened.app.state.rerouting = Rerouting(
            programs.all_programs(), programs.reroute_rules(), lambda: {"43215": (40.0, -83.0)}
        )
        yield opened


def of_ana(connection: Connection) -> str | None:
    query = text("select pharmacy_npi from enrollments where id = 'e1'")
    found: str | None = connection.execute(query).scalar_one()
    return found


def form(**given: str) -> dict[str, str]:
    return {"form_id": str(uuid.uuid4()), "reason": "near her work", **given}


async def test_the_page_says_why_and_what_else_there_was(desk: Desk) -> None:
    async with desk.signed_in() as coordinator:
        page = plain((await coordinator.get(PAGE)).text)
    assert "Why this pharmacy Corner Pharmacy, Columbus" in page
    assert "Next in rank: Hill Drugs, Columbus, 22.2 km (farther)" in page


@pytest.mark.parametrize(
    ("given", "npi"),
    [
        pytest.param({"npi": MIDDLE}, MIDDLE, id="one of the alternatives"),
        pytest.param({"other": FAR}, FAR, id="another by its NPI"),
        pytest.param({"npi": MIDDLE, "other": FAR}, FAR, id="both: what was typed"),
    ],
)
async def test_a_coordinator_writes_down_what_the_member_wants(
    desk: Desk, connection: Connection, given: dict[str, str], npi: str
) -> None:
    async with desk.signed_in() as coordinator:
        sent = form(**given)
        for _ in range(2):
            page = await coordinator.post(f"{PAGE}/pharmacy", sent)
        assert page.status_code == 200
        assert "chosen by the member by Coordinator — near her work" in plain(page.text)
        assert "Another pharmacy serves the member" in plain(page.text)
    assert of_ana(connection) == npi
    count = text("select count(*) from attributions where rule = 'chosen'")
    assert connection.execute(count).scalar_one() == 1


@pytest.mark.parametrize(
    ("given", "status", "says"),
    [
        pytest.param({}, 422, "Pick one of the pharmacies", id="none is named"),
        pytest.param({"other": "12"}, 422, "", id="a number that is none"),
        pytest.param({"other": "1999999984"}, 409, "check the number", id="an unknown pharmacy"),
        pytest.param({"npi": NEAR}, 409, "has this pharmacy already", id="the same one"),
        pytest.param({"npi": MIDDLE, "reason": "x"}, 422, "", id="without a reason"),
    ],
)
async def test_a_choice_that_cannot_be_is_refused_in_words(
    desk: Desk, connection: Connection, given: dict[str, str], status: int, says: str
) -> None:
    async with desk.signed_in() as coordinator:
        page = await coordinator.post(f"{PAGE}/pharmacy", form(**given))
    assert page.status_code == status
    assert says in plain(page.text)
    assert of_ana(connection) == NEAR


async def test_only_coordinators_choose(desk: Desk, connection: Connection) -> None:
    async with desk.signed_in("pharmacist", NEAR) as pharmacist:
        assert "The member wants another" not in (await pharmacist.get(PAGE)).text
        page = await pharmacist.post(f"{PAGE}/pharmacy", form(npi=MIDDLE))
    assert (page.status_code, of_ana(connection)) == (403, NEAR)


async def test_a_pharmacist_hands_a_new_member_back_from_the_queue(
    desk: Desk, connection: Connection
) -> None:
    async with desk.signed_in("pharmacist", NEAR) as pharmacist:
        queue = await pharmacist.get("/console/queue")
        assert "New members" in queue.text
        assert "Ana Lopez" in plain(queue.text)
        page = await refuse(pharmacist, NEAR)
        assert (page.status_code, page.url.path) == (200, "/console/queue")
        assert "Ana Lopez" not in page.text
        assert (await pharmacist.get(PAGE)).status_code == 404
    assert of_ana(connection) == MIDDLE


async def test_a_pharmacist_refuses_for_no_other_pharmacy(
    desk: Desk, connection: Connection
) -> None:
    async with desk.signed_in("pharmacist", FAR) as stranger:
        assert (await refuse(stranger, NEAR)).status_code == 404
    async with desk.signed_in() as coordinator:
        assert (await refuse(coordinator, FAR)).status_code == 409
    assert of_ana(connection) == NEAR


async def refuse(visitor: Visitor, npi: str) -> Any:
    return await visitor.post(f"{PAGE}/refusal", {"npi": npi, "reason": "no pharmacist"})


async def test_what_a_pharmacy_accepted_it_still_sees_and_finishes(
    desk: Desk, database_url: str
) -> None:
    (delivery,) = make.save(database_url, make.delivery(status="accepted"))
    async with desk.signed_in("pharmacist", NEAR) as pharmacist:
        await refuse(pharmacist, NEAR)
        queue = plain((await pharmacist.get("/console/queue")).text)
        assert "has another pharmacy now; yours to finish" in queue
        page = await pharmacist.post(f"/console/deliveries/{delivery.id}/pack")  # type: ignore[attr-defined]
        assert page.status_code == 200
    async with desk.signed_in("pharmacist", MIDDLE, login="hill") as other:
        assert "Due" not in plain((await other.get("/console/queue")).text)


async def test_a_pharmacys_system_lists_its_new_members_and_refuses_one(
    desk: Desk, connection: Connection
) -> None:
    async with machine(desk) as system:
        listed = await system.get(f"/api/pharmacy/members?npi={NEAR}", headers=KEY)
        (found,) = listed.json()["members"]
        assert found == {
            "id": "e1", "npi": NEAR, "program": "medicare-cardiometabolic",
            "since": found["since"],
        }  # fmt: skip
        address = "/api/pharmacy/members/e1/refuse"
        body = {"npi": NEAR, "reason": "no pharmacist"}
        assert (await system.post(address, json=body)).status_code == 401
        wrong = {"npi": FAR, "reason": "no pharmacist"}
        assert (await system.post(address, json=wrong, headers=KEY)).status_code == 409
        for _ in range(2):
            answer = await system.post(address, json=body, headers=KEY)
            assert (answer.status_code, answer.json()) == (200, {"id": "e1", "refused": True})
        gone = await system.post("/api/pharmacy/members/nobody/refuse", json=body, headers=KEY)
        assert gone.status_code == 404
        assert (await system.get(f"/api/pharmacy/members?npi={NEAR}", headers=KEY)).json() == {
            "members": []
        }
    assert of_ana(connection) == MIDDLE


async def test_a_key_of_one_pharmacy_lists_and_refuses_for_it_alone(
    desk: Desk, connection: Connection
) -> None:
    async with desk.app.state.sessions.begin() as session:
        for npi, key in ((NEAR, "near-key"), (FAR, "far-key")):
            await set_up(session, npi, key, None, make.NOW)
    near, far = ({"Authorization": f"Bearer {name}-key"} for name in ("near", "far"))
    address = "/api/pharmacy/members/e1/refuse"
    body = {"npi": NEAR, "reason": "no pharmacist"}
    async with machine(desk) as system:
        assert (await system.get("/api/pharmacy/members", headers=far)).json() == {"members": []}
        other = await system.get(f"/api/pharmacy/members?npi={NEAR}", headers=far)
        assert other.status_code == 404
        assert (await system.post(address, json=body, headers=far)).status_code == 404
        mine = {"npi": FAR, "reason": "no pharmacist"}
        assert (await system.post(address, json=mine, headers=far)).status_code == 404
        assert of_ana(connection) == NEAR
        for _ in range(2):
            assert (await system.post(address, json=body, headers=near)).status_code == 200
    assert of_ana(connection) == MIDDLE


async def test_states_tell_who_is_served_who_is_not_why_and_what_room_is_left(
    desk: Desk, database_url: str
) -> None:
    make.save(
        database_url, make.member("m2"), make.enrollment("e2", "m2", distance_km=5.0),
        make.member("m3"), make.enrollment("e3", "m3", pharmacy_npi=None, started_at=None),
        identified(enrollment_id="e3", pharmacy_npi=None, code="no_room"),
        make.member("m4", state="IN"),
        make.enrollment("e4", "m4", pharmacy_npi=None, started_at=None, distance_km=None),
        make.member("m5", state=None), make.enrollment("e5", "m5", ended_at=make.NOW),
    )  # fmt: skip
    async with desk.signed_in() as coordinator:
        page = plain((await coordinator.get("/console/attribution?state=OH")).text)
    weeks = max(each.capacity_weeks for each in programs.all_programs().values())
    assert f"OH 2 1 1 no room 4.1 3 2 of {weeks}" in page
    assert "IN 0 1 1 no reason was kept 0" in page
    assert "OH 66 %" in page
    assert f"Corner Pharmacy Columbus {NEAR} 2 {weeks}" in page
    assert f"Hill Drugs Columbus {MIDDLE} 0 no limit" in page
    async with desk.signed_in("pharmacist", NEAR) as pharmacist:
        assert (await pharmacist.get("/console/attribution")).status_code == 403
