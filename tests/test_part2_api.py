"""Consent under 42 CFR Part 2 at the console: recorded from paper, revoked at once, accounted."""

import uuid
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any

import make
import pytest
import pytest_asyncio
from desk import Desk, Visitor, open_desk, plain
from sqlalchemy import Connection, text

from store.models import Disclosure, Part2Consent

DOCTOR = "1000000038"
PAGE = "/console/part2/e1"


@pytest_asyncio.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    make.save(
        database_url, make.pharmacy(), make.member(), make.enrollment(),
        make.enrollment("e2", program="medicaid-high-risk"),
        make.member("m2"), make.enrollment("e3", "m2"),
    )  # fmt: skip
    async with open_desk(database_url) as opened:
        yield opened


async def signed(visitor: Visitor, enrollment: str = "e1", **form: str) -> Any:
    said = {
        "recipients": "named", "npi": DOCTOR, "purpose": "treatment",
        "signed_on": "2026-03-01", "expires_on": "2026-12-31", "form_id": str(uuid.uuid4()),
    }  # fmt: skip
    return await visitor.post(f"/console/part2/{enrollment}", said | form)


def rows(connection: Connection, table: str) -> Sequence[Any]:
    return connection.execute(text(f"select * from {table}")).all()


@pytest.mark.parametrize("role", ["coordinator", "pharmacist"])
async def test_a_signed_consent_is_on_file_with_whom_and_what_for(
    desk: Desk, connection: Connection, role: str
) -> None:
    async with desk.signed_in(role, make.NPI if role == "pharmacist" else None) as visitor:
        page = await signed(visitor)
    (row,) = rows(connection, "part2_consents")
    assert (row.member_id, row.recipients, row.npi, row.purpose) == (
        "m1", "named", DOCTOR, "treatment",
    )  # fmt: skip
    assert (str(row.signed_on), str(row.expires_on)) == ("2026-03-01", "2026-12-31")
    assert f"The practice with the NPI {DOCTOR} , for treatment only in force" in plain(page.text)


async def test_a_form_sent_twice_is_one_consent(desk: Desk, connection: Connection) -> None:
    form_id = str(uuid.uuid4())
    async with desk.signed_in() as visitor:
        for _ in range(2):
            await signed(visitor, form_id=form_id)
    assert len(rows(connection, "part2_consents")) == 1
    kinds = connection.execute(text("select kind, rule from outcomes")).all()
    assert kinds == [("part2_consent", "treatment")]


async def test_a_revocation_holds_at_once_wakes_every_journey_and_stays_on_file(
    desk: Desk, connection: Connection
) -> None:
    async with desk.signed_in() as visitor:
        await signed(visitor)
        connection.execute(text("update enrollments set nudged_at = null"))
        connection.commit()
        form = {"consent_id": "1", "how": "Told at the counter"}
        page = await visitor.post(f"{PAGE}/revocation", form)
        again = await visitor.post(f"{PAGE}/revocation", form)
    assert page.status_code == again.status_code == 200
    (end,) = rows(connection, "part2_revocations")
    assert (end.consent_id, end.at, end.how) == (1, make.NOW, "Told at the counter")
    assert "revoked today, 10:00 AM" in plain(page.text)
    assert "Revoke this consent" not in page.text
    nudged = connection.execute(text("select id from enrollments where nudged_at is not null"))
    assert sorted(nudged.scalars()) == ["e1", "e2"]


@pytest.mark.parametrize(
    ("form", "said"),
    [
        pytest.param({"npi": "1000000039"}, "check digit", id="a mistyped recipient"),
        pytest.param({"expires_on": ""}, "names the day it ends", id="no end for one purpose"),
        pytest.param({"signed_on": "2026-03-05"}, "lies ahead", id="signed tomorrow"),
        pytest.param({"expires_on": "soon"}, "missing or too long", id="an end that is no day"),
        pytest.param({"purpose": "marketing"}, "missing or too long", id="no purpose of the law"),
        pytest.param({"recipients": "anybody"}, "missing or too long", id="no recipient"),
    ],
)
async def test_a_paper_that_says_too_little_is_not_recorded(
    desk: Desk, connection: Connection, form: dict[str, str], said: str
) -> None:
    async with desk.signed_in() as visitor:
        page = await signed(visitor, **form)
    assert page.status_code == 422
    assert said in plain(page.text)
    assert rows(connection, "part2_consents") == []


async def test_another_pharmacys_member_is_not_there(
    desk: Desk, database_url: str, connection: Connection
) -> None:
    make.save(database_url, consent(), make.pharmacy(make.OTHER_NPI))
    async with desk.signed_in("pharmacist", make.OTHER_NPI) as stranger:
        answers = [
            await stranger.get(PAGE),
            await signed(stranger),
            await stranger.post(f"{PAGE}/revocation", {"consent_id": "1", "how": "guessed"}),
        ]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert rows(connection, "part2_revocations") == []


async def test_a_consent_of_another_member_is_not_ended_from_this_page(
    desk: Desk, database_url: str, connection: Connection
) -> None:
    make.save(database_url, consent())
    async with desk.signed_in() as visitor:
        answer = await visitor.post(
            "/console/part2/e3/revocation", {"consent_id": "1", "how": "by mistake"}
        )
    assert answer.status_code == 404
    assert rows(connection, "part2_revocations") == []


async def test_the_account_says_who_was_told_what_when_and_by_which_consent(
    desk: Desk, database_url: str
) -> None:
    make.save(
        database_url, consent(),
        Disclosure(
            member_id="m1", consent_id=1, sink="note", item="n1", recipient_npi=DOCTOR,
            purpose="treatment", kinds=["medications"], at=make.NOW - timedelta(hours=2),
        ),
    )  # fmt: skip
    async with desk.signed_in() as visitor:
        page = plain((await visitor.get(PAGE)).text)
    assert (
        f"today, 8:00 AM {DOCTOR} a note to the prescriber medications for treatment only 1" in page
    )


async def test_a_page_without_consents_says_what_that_means(desk: Desk) -> None:
    async with desk.signed_in() as visitor:
        page = plain((await visitor.get(PAGE)).text)
        member = (await visitor.get("/console/enrollments/e1")).text
    assert "None. Nothing that rests on such records leaves." in page
    assert "Nothing, to nobody." in page
    assert f'href="{PAGE}"' in member


def consent(**given: Any) -> Part2Consent:
    row = {
        "member_id": "m1", "form_id": "f1", "recipients": "named", "npi": DOCTOR,
        "purpose": "treatment", "signed_on": make.NOW.date(), "expires_on": None,
        "at": make.NOW, "actor": "staff:s1",
    }  # fmt: skip
    return Part2Consent(**{**row, **given})
