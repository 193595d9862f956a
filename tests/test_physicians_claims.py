"""The doctor a member sees most, found on claims, kept with the member and written to."""

from datetime import date, timedelta
from pathlib import Path

import make
import pytest
from fakes import ana, open_house
from make_claims import AS_OF, ClaimsFolder, medicaid, medicare, rows, run
from make_journeys import NOW
from sqlalchemy import select

from store import notes
from store.models import Enrollment, Member, Note

CMS = Path(__file__).parents[2] / "shared" / "data" / "claimsdb"
A, B = "1000000004", "1000000012"


def day(ago: int) -> str:
    return (AS_OF - timedelta(days=ago)).isoformat()


CASES: dict[str, tuple[list[tuple[str, int]], str | None]] = {
    "most visits": ([(A, 100), (A, 90), (B, 1)], A),
    "two lines of one day are one visit": ([(A, 100), (A, 100), (B, 30), (B, 20)], B),
    "a tie goes to the one seen last": ([(A, 100), (B, 30)], B),
    "a tie on the same days goes to the lowest number": ([(B, 30), (A, 30)], A),
    "visits longer ago than 24 months do not count": ([(A, 740), (A, 750), (B, 30)], B),
    "a number that is no NPI is nobody": ([("12345", 30), ("UNKNOWN", 20), ("", 10)], None),
}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str | None]:
    path = tmp_path_factory.mktemp("physicians")
    folder = ClaimsFolder(path / "claims")
    for person, (visits, _) in CASES.items():
        folder.member(person)
        for ago in (400, 500):
            folder.diagnosed(person, day(ago), "E119", rendering_npi="")
        for npi, ago in visits:
            folder.diagnosed(person, day(ago), "Z0000", rendering_npi=npi)
    run(folder.write(), path / "out")
    return {row["person_id"]: row["physician_npi"] for row in rows(path / "out", "people")}


@pytest.mark.parametrize("name", CASES)
def test_the_doctor_seen_most(name: str, found: dict[str, str | None]) -> None:
    assert found[name] == CASES[name][1]


def test_whom_a_member_sees_for_substance_use_is_not_told(tmp_path: Path) -> None:
    folder = ClaimsFolder(tmp_path / "claims")
    folder.member("p1", payer_type="medicaid")
    for ago in (100, 90, 80):
        folder.diagnosed("p1", day(ago), "F1120", rendering_npi=A)
    for ago in (100, 90):
        folder.diagnosed("p1", day(ago), "J45909", rendering_npi=B)
    run(folder.write(), tmp_path / "out", medicare(), medicaid())
    assert [row["physician_npi"] for row in rows(tmp_path / "out", "people")] == [B]


@pytest.mark.skipif(not CMS.exists(), reason="CMS's sample is not beside the checkout")
def test_members_of_the_sample_of_cms_have_somebody_to_write_to(tmp_path: Path) -> None:
    run(CMS, tmp_path / "out", medicare(), as_of=date(2009, 12, 31))
    people = rows(tmp_path / "out", "people")
    known = [row["physician_npi"] for row in people if row["physician_npi"]]
    assert len(known) > 0.95 * len(people)


@pytest.mark.parametrize(
    ("medicines", "written_to"),
    [
        pytest.param([{"prescriber_npi": B}], B, id="whoever prescribes, when known"),
        pytest.param([{"prescriber_npi": None}], A, id="else the doctor seen most"),
        pytest.param([{"prescriber_npi": B, "part2": True}], A,
            id="never the prescriber of a substance-use medicine"),
    ],
)  # fmt: skip
async def test_who_gets_the_note(
    database_url: str, medicines: list[dict[str, object]], written_to: str
) -> None:
    async with open_house(database_url) as house:
        house.given(*ana(), *(make.medication(**medicine) for medicine in medicines))
        async with house.transaction() as session:
            (await session.get_one(Member, "m1")).physician_npi = A
            enrollment = await session.get_one(Enrollment, "e1")
            assert await notes.plan(session, enrollment, NOW, NOW)
        async with house.transaction() as session:
            assert await session.scalar(select(Note.prescriber_npi)) == written_to
