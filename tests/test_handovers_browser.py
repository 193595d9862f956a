"""A task offered and taken over in a real browser, and a member who rests, looked at by axe."""

from pathlib import Path
from typing import Any

import make
import pytest
from browser import chromium, look, served, sign_in
from make import DAY, HOUR, NOW

from store.models import Handover

RESTS = {
    "rung": 7,
    "resting": {"since": (NOW - 20 * DAY).isoformat(), "numbers": 1, "other_number": False},
}


def test_a_task_is_offered_and_accepted(database_url: str, request: pytest.FixtureRequest) -> None:
    folder = request.config.getoption("--basetemp")
    pictures = Path(folder).with_suffix(".pictures") if folder else None
    make.save(
        database_url, make.pharmacy(), make.member(), make.phone(), make.contact_point(),
        make.enrollment(state="resting", reached_at=None),
        make.stage("e1", "outreach", state=RESTS, why="outreach_rest", due_at=NOW + 70 * DAY),
        make.task(kind="slipping_call", due_at=NOW + 48 * HOUR),
        make.task(kind="unclear_reply", due_at=NOW + 20 * HOUR),
    )  # fmt: skip
    (task, *_) = make.save(database_url, make.task(key="t3", kind="refill_call"))
    make.save(
        database_url,
        Handover(
            task_id=task.id, offered_by="staff:s9", to="manager", to_role="manager",
            why="I am away from noon on", offered_at=NOW, answer_by=NOW + 4 * HOUR,
        ),
    )  # fmt: skip
    with chromium() as page, served(database_url) as address:
        sign_in(page, address)
        page.get_by_role("heading", name="Offered to you").wait_for()
        look(page, "offered", pictures)
        accept(page)
        offer(page)
        look(page, "offering", pictures)
        page.goto(f"{address}/console/enrollments/e1")
        page.get_by_text("Resting until another invitation").first.wait_for()
        look(page, "resting", pictures)


def accept(page: Any) -> None:
    page.locator("#offered ~ .tasks").get_by_role("button", name="Accept this task").click()
    page.get_by_role("heading", name="Offered to you").wait_for(state="detached")


def offer(page: Any) -> None:
    card = page.locator(".task").filter(has_text="nobody has heard from").first
    card.locator("summary").filter(has_text="Hand over").click()
    card.get_by_label("To whom?").select_option("pharmacist")
    card.get_by_label("Why?").fill("She asks about her tablets")
    card.get_by_role("button", name="Offer this task").click()
    page.get_by_text("Offered", exact=True).first.wait_for()
