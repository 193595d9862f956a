"""GET /fhir: who may read whom, what is kept back, and how a search is answered."""

import asyncio
import io
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import make
import pytest
import pytest_asyncio
from desk import Desk, open_desk
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.capabilitystatement import CapabilityStatement
from rich.console import Console
from sqlalchemy import Connection, text

from domain.fhir_search import BadSearch, matches, read_search
from runtime.errors import Refusal
from runtime.fhir_key import Asked, fhir_key
from runtime.settings import Settings
from store.models import Agreement

SEARCH = "/fhir/Observation?patient=m1"


def agreement(given: bool = True) -> Agreement:
    return Agreement(member_id="m1", given=given, at=make.NOW, how="voice", actor="staff:s1")


@pytest_asyncio.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    make.save(
        database_url, make.pharmacy(), make.pharmacy(make.OTHER_NPI, name="Other"), make.member(),
        make.enrollment(), make.member("m2", person_id="P-2"),
        make.enrollment("e2", "m2", pharmacy_npi=make.OTHER_NPI),
        make.screening(instrument="96777-8"), make.answer(1, item="88122-7", answers=["LA28397-0"]),
        make.need(), make.referral(1), make.reading(), make.medication(), make.note(),
        make.medication(ndc11="2", ingredient="buprenorphine", part2=True),
    )  # fmt: skip
    async with open_desk(database_url) as opened:
        yield opened


async def key(database_url: str, name: str = "k", npi: str = make.NPI) -> dict[str, str]:
    said = io.StringIO()
    asked = Asked(name, npi, not npi, revoke=False)
    console = Console(file=said, width=200)
    await asyncio.to_thread(fhir_key, Settings(database_url=database_url), asked, console)
    return {"Authorization": f"Bearer {said.getvalue().strip()}"}


async def get(
    desk: Desk, address: str, headers: dict[str, str] | None = None
) -> tuple[int, dict[str, Any]]:
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(desk.app), base_url="http://desk.test"
    ) as client:
        found = await client.get(address, headers=headers)
    assert found.headers["content-type"] == "application/fhir+json"
    body: dict[str, Any] = found.json()
    return found.status_code, body


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="nobody"),
        pytest.param({"Authorization": "Bearer wrong"}, id="a wrong key"),
        pytest.param({"Authorization": "Basic a2V5"}, id="another scheme"),
        pytest.param({"Authorization": "Bearer "}, id="an empty key"),
    ],
)
@pytest.mark.parametrize("address", [SEARCH, "/fhir/Patient/m1", "/fhir/Secrets/1"])
async def test_nobody_reads_without_a_key(
    desk: Desk, headers: dict[str, str], address: str
) -> None:
    status, body = await get(desk, address, headers)
    assert (status, body["resourceType"]) == (401, "OperationOutcome")


async def test_what_we_can_do_is_told_to_everybody(desk: Desk) -> None:
    status, body = await get(desk, "/fhir/metadata")
    assert status == 200
    CapabilityStatement.model_validate(body)


async def test_a_pharmacys_key_reads_its_own_members_only(desk: Desk, database_url: str) -> None:
    mine, theirs = await key(database_url), await key(database_url, "other", make.OTHER_NPI)
    everybody = await key(database_url, "all", "")
    for headers, statuses in ((mine, (200, 404)), (theirs, (404, 200)), (everybody, (200, 200))):
        seen = [(await get(desk, f"/fhir/Patient/{m}", headers))[0] for m in ("m1", "m2")]
        assert tuple(seen) == statuses
    for address in ("reading-1", "screening-1-88122-7"):
        assert (await get(desk, f"/fhir/Observation/{address}", theirs))[0] == 404
    assert (await get(desk, SEARCH, theirs))[1]["total"] == 0


async def test_a_revoked_key_opens_nothing(desk: Desk, database_url: str) -> None:
    headers = await key(database_url)
    quiet = Console(file=io.StringIO())
    asked = Asked("k", "", every_member=False, revoke=True)
    await asyncio.to_thread(fhir_key, Settings(database_url=database_url), asked, quiet)
    assert (await get(desk, SEARCH, headers))[0] == 401


async def test_a_key_that_ran_out_opens_nothing(
    desk: Desk, database_url: str, connection: Connection
) -> None:
    headers = await key(database_url)
    connection.execute(text("update fhir_keys set expires_at = '2020-01-01T00:00Z'"))
    assert (await get(desk, SEARCH, headers))[0] == 401


NEEDS = ("Condition/need-1", "Goal/goal-1", "ServiceRequest/referral-1", "Task/referral-1",
         "QuestionnaireResponse/screening-1", "Observation/screening-1-88122-7")  # fmt: skip


async def test_needs_are_told_outside_only_after_the_members_yes(
    desk: Desk, database_url: str
) -> None:
    headers = await key(database_url)
    for word, status in ((None, 404), (True, 200), (False, 404)):
        if word is not None:
            make.save(database_url, agreement(word))
        for address in NEEDS:
            assert (await get(desk, f"/fhir/{address}", headers))[0] == status, (word, address)
        _, plan = await get(desk, "/fhir/CarePlan/plan-e1", headers)
        assert ("goal" in plan) is (status == 200)
    assert (await get(desk, "/fhir/Observation/reading-1", headers))[0] == 200


async def test_staff_see_needs_and_a_pharmacist_their_own_members(desk: Desk) -> None:
    async with desk.signed_in("pharmacist", make.OTHER_NPI) as other:
        assert (await other.get("/fhir/Condition/need-1")).status_code == 404
    async with desk.signed_in("coordinator") as viewer:
        for address in NEEDS:
            assert (await viewer.get(f"/fhir/{address}")).status_code == 200, address


async def test_a_part_2_record_is_told_to_nobody(desk: Desk, database_url: str) -> None:
    make.save(database_url, agreement())
    headers = await key(database_url)
    for kind in ("MedicationDispense", "CarePlan", "Condition"):
        _, body = await get(desk, f"/fhir/{kind}?patient=m1", headers)
        assert "buprenorphine" not in str(body)
    assert (await get(desk, "/fhir/MedicationDispense/fill-2", headers))[0] == 404


async def test_pages_follow_one_another_and_hold_everything_once(
    desk: Desk, database_url: str
) -> None:
    make.save(database_url, *(make.reading(message_id=f"SM{n}") for n in range(2, 6)))
    headers = await key(database_url)
    address, seen = f"{SEARCH}&date=ge2026-03-04&_count=2", []
    while address:
        _, body = await get(desk, address, headers)
        Bundle.model_validate(body)
        assert body["total"] == 5
        seen += [entry["resource"]["id"] for entry in body["entry"]]
        address = next((link["url"] for link in body["link"] if link["relation"] == "next"), "")
    assert seen == [f"reading-{n}" for n in range(1, 6)]


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("", "`patient` is needed"),
        ("patient=m1&name=Lopez", "'name' is not known"),
        ("patient=m1&date=soon", "`date` must be a day"),
        ("patient=m1&_count=-1", "`_count` must be"),
    ],
)
async def test_a_search_nobody_can_answer_is_refused(
    desk: Desk, database_url: str, query: str, says: str
) -> None:
    status, body = await get(desk, f"/fhir/Observation?{query}", await key(database_url))
    assert status == 400
    assert says in body["issue"][0]["diagnostics"]


READING = {
    "resourceType": "Observation", "id": "r", "status": "final",
    "effectiveDateTime": "2026-03-04T23:30:00-05:00",
    "code": {"coding": [{"system": "http://loinc.org", "code": "85354-9"}]},
    "category": [{"coding": [{"system": "s", "code": "vital-signs"}]}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param({"date": "2026-03-05"}, True, id="the day in UTC"),
        pytest.param({"date": "gt2026-03-05"}, False, id="a day later"),
        pytest.param({"date": "lt2026-03-06"}, True, id="before the next"),
        pytest.param({"code": "http://loinc.org|85354-9"}, True, id="a code with its system"),
        pytest.param({"code": "http://other|85354-9"}, False, id="a code of another system"),
        pytest.param({"category": "survey,vital-signs"}, True, id="one of two categories"),
        pytest.param({"status": "preliminary"}, False, id="another status"),
        pytest.param({"_id": "x"}, False, id="another id"),
    ],
)
def test_what_a_search_finds(query: dict[str, str], found: bool) -> None:
    asked = read_search("Observation", [("patient", "Patient/m1"), *query.items()])
    assert matches(READING, asked) is found


def test_what_has_no_date_cannot_be_searched_by_it() -> None:
    with pytest.raises(BadSearch, match="has no date"):
        read_search("Patient", [("_id", "m1"), ("date", "2026-03-04")])


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        pytest.param(Asked("n", "", False, False), "Say whom", id="whom is not said"),
        pytest.param(Asked("n", "99", False, False), "No pharmacy has", id="no such pharmacy"),
        pytest.param(Asked("n", "", False, True), "No key in use", id="no such key"),
    ],
)
def test_a_key_that_cannot_be_made_is_refused(database_url: str, asked: Asked, says: str) -> None:
    with pytest.raises(Refusal, match=says):
        fhir_key(Settings(database_url=database_url), asked, Console(file=io.StringIO()))
