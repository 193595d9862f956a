"""The invitation on a member's page, and the counter's prompt in the pharmacy's hands."""

from collections.abc import AsyncIterator
from typing import Any

import make
import pytest_asyncio
from desk import Desk, open_desk, plain
from sqlalchemy import Connection, text

from runtime import programs
from store.models import Outcome


@pytest_asyncio.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    make.save(
        database_url, make.pharmacy(), make.member(), make.phone(), make.contact_point(),
        make.enrollment(state="outreach", reached_at=None),
    )  # fmt: skip
    async with open_desk(database_url) as opened:
        opened.app.state.programs = programs.all_programs()
        yield opened


def told(kind: str, rule: str, rung: int, **given: Any) -> Outcome:
    return make.outcome(kind=kind, rule=rule, detail={"rung": rung}, **given)


async def page_of(desk: Desk, enrollment_id: str = "e1") -> str:
    async with desk.signed_in() as coordinator:
        page = plain((await coordinator.get(f"/console/enrollments/{enrollment_id}")).text)
    return page[page.index("The invitation") : page.index("Consent to texts")]


async def test_each_rung_says_what_came_of_it(desk: Desk, database_url: str) -> None:
    make.save(
        database_url,
        told("outreach_attempt", "cadence", 1), told("rung_skipped", "not delivered", 2),
        told("rung_ended", "not_delivered", 1), told("outreach_attempt", "cadence", 3),
        told("outreach_attempt", "cadence", 4), told("rung_ended", "no_answer", 3),
    )  # fmt: skip
    page = await page_of(desk)
    for line in (
        "1 Text Welcome Thu, Feb 26, 10:00 AM Did not arrive",
        "Passed over: the text before it did not arrive",
        "3 Text to a second number Welcome Thu, Feb 26, 10:00 AM No answer",
        "4 Call by a coordinator Thu, Feb 26, 10:00 AM Waiting for an answer",
        "5 Text Final reminder 4 days after the one before Still to come",
        "7 Prompt at the pharmacy's counter 16 days after the one before Still to come",
    ):
        assert line in page, (line, page)


async def test_once_reached_the_other_rungs_are_not_needed(desk: Desk, database_url: str) -> None:
    make.save(
        database_url, make.member("m2"),
        make.enrollment("e2", "m2", program_version="2026-11"),
        told("outreach_attempt", "cadence", 1, enrollment_id="e2"),
        told("rung_ended", "reached", 1, enrollment_id="e2"),
    )  # fmt: skip
    page = await page_of(desk, "e2")
    assert "The member said yes" in page
    assert page.count("Not needed") == 4, "the ladder is the one the journey began with"


async def test_the_pharmacy_says_what_the_member_said_at_the_counter(
    desk: Desk, database_url: str, connection: Connection
) -> None:
    (task,) = make.save(
        database_url,
        make.task(
            key="outreach-counter", kind="outreach_counter", role="pharmacist",
            detail={"next_refill": "2026-03-12"},
        ),
    )  # fmt: skip
    async with desk.signed_in("pharmacist", make.NPI) as pharmacist:
        page = (await pharmacist.get("/console/tasks")).text
        assert "Invite the member when they next come to the counter" in page
        assert "What did the member say at the counter?" in page
        form = {"resolution": "spoke with her", "answer": "reached"}
        await pharmacist.post(f"/console/tasks/{task.id}/done", form)
    assert connection.execute(text("select resolution from tasks")).scalar_one() == "reached"
