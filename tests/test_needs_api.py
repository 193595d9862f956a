"""Needs at the console: signed by a pharmacist, told only after a yes, referred and ended."""

from collections.abc import AsyncIterator
from typing import Any

import make
import pytest
import pytest_asyncio
from desk import Desk, Visitor, open_desk, plain
from sqlalchemy import Connection, text

PAGE = "/console/needs/e1"
YES = {"form_id": "6f1c1e7e-3a0e-4a83-9a53-0a4f3f3f3f3f", "word": "given", "how": "voice"}
NO = {**YES, "form_id": "6f1c1e7e-3a0e-4a83-9a53-0a4f3f3f3f40", "word": "withdrawn"}


@pytest_asyncio.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    make.save(
        database_url, make.pharmacy(), make.pharmacy(make.OTHER_NPI, name="Other"), make.member(),
        make.enrollment(), make.need(),
    )  # fmt: skip
    async with open_desk(database_url) as opened:
        yield opened


def row(connection: Connection, table: str) -> dict[str, Any]:
    found = connection.execute(text(f"select * from {table} order by id desc limit 1"))
    return dict(found.mappings().one())


async def agreed(viewer: Visitor) -> None:
    assert (await viewer.post(f"{PAGE}/agreement", YES)).status_code == 200


@pytest.mark.parametrize(
    ("role", "npi", "status"),
    [
        pytest.param("pharmacist", make.NPI, 200, id="their pharmacist signs"),
        pytest.param("pharmacist", make.OTHER_NPI, 404, id="another pharmacy's does not see it"),
        pytest.param("coordinator", None, 403, id="a coordinator is no clinician"),
        pytest.param("manager", None, 403, id="nor is a manager"),
    ],
)
async def test_who_may_sign_a_need(
    desk: Desk, connection: Connection, role: str, npi: str | None, status: int
) -> None:
    async with desk.signed_in(role, npi) as viewer:
        form = {"need_id": "1", "verdict": "confirmed"}
        answer = await viewer.post(f"{PAGE}/sign", form)
    assert answer.status_code == status
    assert (row(connection, "needs")["confirmed_at"] is not None) is (status == 200)


async def test_a_need_is_decided_about_once(desk: Desk, connection: Connection) -> None:
    async with desk.signed_in("pharmacist", make.NPI) as viewer:
        page = await viewer.post(f"{PAGE}/sign", {"need_id": "1", "verdict": "refuted"})
        assert "found to be no need" in plain(page.text)
        again = await viewer.post(f"{PAGE}/sign", {"need_id": "1", "verdict": "confirmed"})
        await agreed(viewer)
        refer = await viewer.post(f"{PAGE}/refer", {"need_id": "1"})
    assert (again.status_code, refer.status_code) == (409, 409)
    assert row(connection, "needs")["confirmed_at"] is None


async def test_nothing_is_asked_of_anybody_before_the_members_yes(
    desk: Desk, connection: Connection
) -> None:
    async with desk.signed_in() as viewer:
        refused = await viewer.post(f"{PAGE}/refer", {"need_id": "1"})
        assert (refused.status_code, "Ask the member first" in plain(refused.text)) == (409, True)
        await agreed(viewer)
        assert (await viewer.post(f"{PAGE}/refer", {"need_id": "1"})).status_code == 200
        await viewer.post(f"{PAGE}/agreement", NO)
        taken = await viewer.post(f"{PAGE}/move", {"referral_id": "1", "to": "accepted"})
    assert taken.status_code == 409
    assert row(connection, "referrals")["status"] == "requested"


async def test_a_double_click_records_one_word(desk: Desk, connection: Connection) -> None:
    async with desk.signed_in() as viewer:
        await agreed(viewer)
        await agreed(viewer)
    assert connection.execute(text("select count(*) from agreements")).scalar_one() == 1


async def test_a_referral_goes_to_a_service_and_ends_with_help(
    desk: Desk, connection: Connection
) -> None:
    async with desk.signed_in() as viewer:
        await agreed(viewer)
        page = plain((await viewer.post(f"{PAGE}/refer", {"need_id": "1"})).text)
        assert "Sample Pantry Downtown, 614-555-0161" in page
        assert "Sample Statewide Food Line" in page
        assert "call first" in page
        assert "Sample Closed Pantry" not in page
        service = desk.app.state.fhir.directory.services[0]
        form = {"referral_id": "1", "to": "accepted", "service_id": service.id}
        page = plain((await viewer.post(f"{PAGE}/move", form)).text)
        assert "a service has taken it on , Sample Pantry Downtown" in page
        done = await viewer.post(f"{PAGE}/move", {"referral_id": "1", "to": "completed"})
        late = await viewer.post(f"{PAGE}/move", {"referral_id": "1", "to": "failed",
                                                  "reason": "no_capacity"})  # fmt: skip
    assert (done.status_code, late.status_code) == (200, 409)
    kept = row(connection, "referrals")
    assert (kept["status"], kept["service"]["name"]) == ("completed", "Sample Pantry Downtown")
    assert kept["closed_at"] is not None


async def test_after_a_failure_with_its_reason_help_is_looked_for_again(
    desk: Desk, connection: Connection
) -> None:
    async with desk.signed_in() as viewer:
        await agreed(viewer)
        await viewer.post(f"{PAGE}/refer", {"need_id": "1"})
        twice = await viewer.post(f"{PAGE}/refer", {"need_id": "1"})
        bare = await viewer.post(f"{PAGE}/move", {"referral_id": "1", "to": "failed"})
        odd = {"referral_id": "1", "to": "failed", "reason": "because"}
        assert (await viewer.post(f"{PAGE}/move", odd)).status_code == 409
        failed = await viewer.post(f"{PAGE}/move", {**odd, "reason": "no_capacity"})
        assert "The service has no room" in plain(failed.text)
        again = await viewer.post(f"{PAGE}/refer", {"need_id": "1"})
    assert (twice.status_code, bare.status_code, again.status_code) == (409, 409, 200)
    kept = connection.execute(text("select ordinal, status from referrals order by id")).all()
    assert [tuple(each) for each in kept] == [(1, "failed"), (2, "requested")]


async def test_the_overview_names_whom_something_is_open_for(desk: Desk) -> None:
    async with desk.signed_in() as viewer:
        page = plain((await viewer.get("/console/needs")).text)
        assert "Ana Lopez" in page
        assert "1 not yet signed by a pharmacist" in page
    async with desk.signed_in("pharmacist", make.OTHER_NPI) as viewer:
        assert "Ana" not in (await viewer.get("/console/needs")).text
        assert (await viewer.get(PAGE)).status_code == 404
