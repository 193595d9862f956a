"""How a member may safely be reached, written down on its page and minded on every task."""

import uuid
from collections.abc import AsyncIterator
from typing import Any

import make
import pytest_asyncio
from desk import Desk, Visitor, open_desk, plain
from sqlalchemy import Connection, text

PHONE = "+16145550134"
PAGE = "/console/safe-contact/e1"


@pytest_asyncio.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    make.save(
        database_url, make.pharmacy(), make.pharmacy(make.OTHER_NPI), make.member(), make.phone(),
        make.contact_point(), make.enrollment(),
        make.enrollment("e2", program="medicaid-high-risk"), make.inbound(), make.task(),
    )  # fmt: skip
    async with open_desk(database_url) as opened:
        yield opened


async def write(visitor: Visitor, **form: str) -> Any:
    return await visitor.post(PAGE, {"form_id": str(uuid.uuid4()), **form})


async def test_what_the_member_said_holds_in_every_program_and_stands_on_every_task(
    desk: Desk, connection: Connection
) -> None:
    async with desk.signed_in("pharmacist", make.NPI) as pharmacist:
        said = {"phone": PHONE, "opens": "17", "closes": "20", "no_messages": "true"}
        page = await write(pharmacist, **said, no_letters="true", not_by_services="true")
        minded = "Only at (614) 555-0134. Only from 17:00 to 20:00, their time. Leave no message."
        assert minded in plain(page.text)
        tasks = plain((await pharmacist.get("/console/tasks")).text)
        assert f"Safe contact: {minded}" in tasks
        form = (await pharmacist.get(PAGE)).text
        assert 'value="17" selected' in form
        needs = plain((await pharmacist.get("/console/needs/e1")).text)
        assert "services must not contact this member" in needs
    (row,) = connection.execute(text("select * from safe_contacts"))
    assert (row.phone, row.opens, row.closes) == (PHONE, 17, 20)
    assert (row.messages, row.letters, row.by_services, row.texts) == (False, False, False, True)
    nudged = connection.execute(text("select nudged_at from enrollments")).scalars()
    assert None not in list(nudged)


async def test_a_form_sent_twice_is_one_line_and_the_next_takes_it_back(
    desk: Desk, connection: Connection
) -> None:
    async with desk.signed_in() as coordinator:
        form_id = str(uuid.uuid4())
        for _ in range(2):
            await write(coordinator, form_id=form_id, no_texts="true")
        await write(coordinator)
        assert "nothing is said against any way" in plain((await coordinator.get(PAGE)).text)
    rows = connection.execute(text("select texts from safe_contacts order by id"))
    assert [row.texts for row in rows] == [False, True]


async def test_hours_without_an_end_are_refused_in_a_sentence(
    desk: Desk, connection: Connection
) -> None:
    async with desk.signed_in() as coordinator:
        page = await write(coordinator, opens="9")
    assert page.status_code in (400, 422)
    assert "Give both hours, from and to, or neither." in plain(page.text)
    assert connection.execute(text("select count(*) from safe_contacts")).scalar_one() == 0


async def test_another_pharmacys_pharmacist_sees_and_writes_nothing(
    desk: Desk, connection: Connection
) -> None:
    async with desk.signed_in("pharmacist", make.OTHER_NPI) as other:
        assert (await other.get(PAGE)).status_code == 404
        assert (await write(other, no_texts="true")).status_code == 404
    assert connection.execute(text("select count(*) from safe_contacts")).scalar_one() == 0
