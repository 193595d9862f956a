"""The list of members: found by what a caller says of themselves, narrowed by filters."""

from collections.abc import AsyncIterator

import make
import pytest
import pytest_asyncio
from desk import Desk, open_desk

from store.pages.members import PAGE


@pytest_asyncio.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    make.save(
        database_url, make.pharmacy(), make.pharmacy(make.OTHER_NPI, name="Hill Pharmacy"),
        make.member(), make.phone(), make.contact_point(), make.enrollment(),
        make.member("m2", first_name="José", last_name="O'Brien-100%", language="es"),
        make.phone("+16145559876"), make.contact_point("m2", "+16145559876"),
        make.enrollment("e2", "m2", state="outreach", tier="low", held_at=make.NOW, hold="hold",
                        pharmacy_npi=make.OTHER_NPI, program="medicaid-high-risk"),
        make.inbound(enrollment_id="e2", understood=False),
    )  # fmt: skip
    async with open_desk(database_url) as opened:
        yield opened


ANA, JOSE = "Ana Lopez", "José O&#39;Brien-100%"


@pytest.mark.parametrize(
    ("search", "found"),
    [
        pytest.param("", {ANA, JOSE}, id="nothing: everybody"),
        pytest.param("ana", {ANA}, id="a first name"),
        pytest.param("LOPEZ, ana", {ANA}, id="last name first, with a comma"),
        pytest.param("lop", {ANA}, id="the beginning of a name"),
        pytest.param("josé", {JOSE}, id="an accent"),
        pytest.param("o'brien", {JOSE}, id="an apostrophe"),
        pytest.param("100%", {JOSE}, id="a percent sign is itself"),
        pytest.param("_na", set(), id="an underscore is no wildcard"),
        pytest.param("0134", {ANA}, id="the last four digits"),
        pytest.param("(614) 555-9876", {JOSE}, id="a whole number as people write it"),
        pytest.param("134", set(), id="three digits are too few"),
        pytest.param("p-m2", {JOSE}, id="the payer's id"),
        pytest.param("' or 1=1 --", set(), id="no SQL"),
    ],
)
async def test_a_search_finds(desk: Desk, search: str, found: set[str]) -> None:
    async with desk.signed_in() as coordinator:
        page = (await coordinator.post("/console/members", {"search": search})).text
    results = page.split('id="results"')[1]
    assert {name for name in (ANA, JOSE) if name in results} == found
    assert ("Nobody matches" in results) is (not found)


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        pytest.param("program=medicaid-high-risk", {JOSE}, id="program"),
        pytest.param("state=active", {ANA}, id="state"),
        pytest.param("tier=low", {JOSE}, id="tier"),
        pytest.param("language=es", {JOSE}, id="language"),
        pytest.param(f"pharmacy={make.NPI}", {ANA}, id="pharmacy"),
        pytest.param("held=true", {JOSE}, id="held"),
        pytest.param("unclear=true", {JOSE}, id="with a text nobody understood"),
        pytest.param("held=true&state=active", set(), id="two filters hold together"),
    ],
)
async def test_a_filter_narrows_also_as_a_link(desk: Desk, filters: str, found: set[str]) -> None:
    async with desk.signed_in() as coordinator:
        page = (await coordinator.get(f"/console/members?{filters}")).text
    assert {name for name in (ANA, JOSE) if name in page} == found


async def test_a_link_cannot_carry_a_name(desk: Desk) -> None:
    async with desk.signed_in() as coordinator:
        assert (await coordinator.get("/console/members?search=Lopez")).status_code == 422


async def test_pages_hold_everybody_once(desk: Desk, database_url: str) -> None:
    for number in range(PAGE + 3):
        member = make.member(f"x{number}", last_name=f"Zed-{number:03}.")
        make.save(database_url, member, make.enrollment(f"x{number}", f"x{number}"))
    seen = []
    async with desk.signed_in() as coordinator:
        for page in ("1", "2"):
            data = {"search": "zed", "page": page}
            found = (await coordinator.post("/console/members", data)).text
            seen += [n for n in range(PAGE + 3) if f"Zed-{n:03}." in found]
        past = await coordinator.post("/console/members", {"search": "zed", "page": "99"})
    assert seen == list(range(PAGE + 3))
    assert "page 2 of 2" in past.text
