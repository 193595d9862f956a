"""A task handed over stays with the first until the other accepts; silence reaches a manager."""

import re
from collections.abc import AsyncIterator

import make
import pytest_asyncio
from desk import Desk, Visitor, open_desk, plain
from make import HOUR, NOW
from sqlalchemy import Connection, text

from activities.handover import escalate

OFFER = {"to": "pharmacist", "why": "She asks about her tablets", "back": "/console/"}


@pytest_asyncio.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    make.save(
        database_url, make.pharmacy(), make.member(), make.enrollment(),
        make.task(kind="slipping_call", role="coordinator", due_at=NOW + 48 * HOUR),
    )  # fmt: skip
    async with open_desk(database_url) as opened:
        yield opened


def task(connection: Connection) -> tuple[str, str | None]:
    row = connection.execute(text("select role, holder from tasks order by id limit 1")).one()
    return row.role, row.holder


async def answers(who: Visitor, said: str) -> int:
    page = (await who.get("/console/")).text
    found = re.search(r'action="(/console/handovers/\d+/answer)"', page)
    assert found, "nothing is offered"
    return (await who.post(found[1], {"said": said, "back": "/console/"})).status_code


async def test_it_stays_with_the_first_until_it_is_accepted(
    desk: Desk, connection: Connection
) -> None:
    async with desk.signed_in() as sam, desk.signed_in("pharmacist", make.NPI) as kim:
        page = plain((await sam.post("/console/tasks/1/hand-over", OFFER)).text)
        assert "Offered to a pharmacist by Coordinator" in page
        assert "Until then it stays with the coordinator" in page
        assert task(connection) == ("coordinator", None)
        offered = plain((await kim.get("/console/")).text)
        assert "Offered to you" in offered
        assert OFFER["why"] in offered
        assert await answers(kim, "accepted") == 200
        role, holder = task(connection)
        assert role == "pharmacist"
        assert holder
        assert "Offered to you" not in plain((await kim.get("/console/")).text)
    told = connection.execute(text("select kind from outcomes order by id")).scalars().all()
    assert told == ["handover_offered", "handover_accepted"]


async def test_sent_back_it_is_the_first_ones_as_before(desk: Desk, connection: Connection) -> None:
    async with desk.signed_in() as sam, desk.signed_in("pharmacist", make.NPI) as kim:
        await sam.post("/console/tasks/1/hand-over", OFFER)
        assert await answers(kim, "declined") == 200
        assert task(connection) == ("coordinator", None)
        again = await sam.post("/console/tasks/1/hand-over", OFFER)
        assert again.status_code == 200


async def test_another_pharmacy_neither_sees_nor_accepts_it(
    desk: Desk, database_url: str, connection: Connection
) -> None:
    make.save(database_url, make.pharmacy(make.OTHER_NPI, name="Other"))
    async with desk.signed_in() as sam, desk.signed_in("pharmacist", make.OTHER_NPI) as other:
        await sam.post("/console/tasks/1/hand-over", OFFER)
        assert "Offered to you" not in plain((await other.get("/console/")).text)
        said = await other.post("/console/handovers/1/answer", {"said": "accepted"})
        assert said.status_code == 404
    assert task(connection) == ("coordinator", None)


async def test_a_colleague_asked_by_name_is_the_only_one_who_may_accept(
    desk: Desk, connection: Connection
) -> None:
    async with (
        desk.signed_in() as sam, desk.signed_in(login="eva") as eva,
        desk.signed_in(login="ida") as ida,
    ):  # fmt: skip
        wanted = text("select 'staff:' || id from staff where login = 'eva'")
        named = {**OFFER, "to": str(connection.scalar(wanted))}
        await sam.post("/console/tasks/1/hand-over", named)
        taken = await ida.post("/console/handovers/1/answer", {"said": "accepted"})
        assert taken.status_code == 409
        assert "offered to somebody else" in plain(taken.text)
        assert await answers(eva, "accepted") == 200
        assert task(connection) == ("coordinator", named["to"])
        twice = await eva.post("/console/handovers/1/answer", {"said": "accepted"})
        assert twice.status_code == 409


async def test_an_offer_nobody_answers_reaches_a_manager_once(
    desk: Desk, connection: Connection
) -> None:
    transaction = desk.app.state.sessions.begin
    async with desk.signed_in() as sam, desk.signed_in("pharmacist", make.NPI) as kim:
        await sam.post("/console/tasks/1/hand-over", OFFER)
        assert await escalate(transaction, NOW + 3 * HOUR) == 0
        assert await escalate(transaction, NOW + 4 * HOUR) == 1
        assert await escalate(transaction, NOW + 9 * HOUR) == 0
        asked = text("select kind, role, done_at from tasks where key = 'handover-1'")
        assert connection.execute(asked).one() == ("handover_unanswered", "manager", None)
        assert task(connection) == ("coordinator", None)
        assert await answers(kim, "accepted") == 200
        assert connection.execute(asked).one().done_at is not None


async def test_a_task_that_was_done_is_offered_to_nobody(
    desk: Desk, connection: Connection
) -> None:
    async with desk.signed_in() as sam, desk.signed_in("pharmacist", make.NPI) as kim:
        await sam.post("/console/tasks/1/hand-over", OFFER)
        await sam.post("/console/tasks/1/done", {"resolution": "Called her myself"})
        assert "Offered to you" not in plain((await kim.get("/console/")).text)
        late = await kim.post("/console/handovers/1/answer", {"said": "accepted"})
        assert late.status_code == 409
    assert connection.scalar(text("select answer from handovers")) == "withdrawn"
    assert await escalate(desk.app.state.sessions.begin, NOW + 9 * HOUR) == 0
