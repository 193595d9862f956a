"""The console in a real browser: walked as its people walk it, and looked at by axe."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import make
import pytest
from browser import chromium, look, served, sign_in
from sqlalchemy import create_engine, text

from api.auth import digest

HOSTILE = (
    "<script>window.hit=1</script>",
    "<img src=x onerror=window.hit=1>",
    '"><svg onload=window.hit=1>',
    "javascript:window.hit=1",
    "{{ 7*7 }} {% raw %}",
    "</blockquote><iframe srcdoc='<script>parent.hit=1</script>'>",
    "<a href='javascript:window.hit=1' autofocus onfocus=window.hit=1>x</a>",
    "<div hx-get='/console/' hx-trigger='load' hx-on::load='window.hit=1'>",
)
PROVIDER_TOKEN = "abcdefghijklmnopqrstuvwxyz012345"


@pytest.fixture
def people(database_url: str) -> str:
    """A day at the desk: several members, one of whom texts hostile HTML."""
    make.save(
        database_url, make.pharmacy(), make.member(), make.phone(), make.contact_point(),
        make.medication(), make.evidence(),
        make.evidence(condition="oud", part2=True, rule="dx"),
        make.enrollment(conditions=["hypertension", "oud"],
                        reasons=["3|ip_stay|1 hospital stay in 12 months", "2|oud|OUD found"]),
        make.stage(), make.stage(name="outreach", done="reached", due_at=None),
        make.stage(name="delivery", why="refill_answer", due_at=make.NOW + make.DAY),
        make.intent(), make.gate_decision(),
        make.gate_decision(verdict="send", reason="clear", at=make.NOW - 3 * make.HOUR),
        make.intent("i2", status="pending", body=None, accepted_at=None, template="refill_due",
                    due_at=make.NOW + make.HOUR, created_at=make.NOW - make.HOUR),
        make.inbound(), make.reading(), make.letter(), make.need(), make.delivery(),
        make.note(token_hash=digest(PROVIDER_TOKEN)), make.outcome(),
        make.task(kind="unclear_reply", detail={"why": "unreadable"}),
        make.task(kind="reading", role="pharmacist", urgent=True,
                  due_at=make.NOW + make.HOUR, detail={"level": "same_hour"}),
        make.task(kind="outreach_call", due_at=make.NOW - 2 * make.HOUR),
    )  # fmt: skip
    for ordinal, hostile in enumerate(HOSTILE):
        make.save(database_url, make.inbound(f"SMX{ordinal}", body=hostile, understood=False))
    make.save(
        database_url,
        make.member("m2", first_name=HOSTILE[0], last_name=HOSTILE[2], address=HOSTILE[1]),
        make.enrollment("e2", "m2", state="outreach", reached_at=None,
                        pharmacy_reason=HOSTILE[1], reasons=[f"1|x|{HOSTILE[0]}"]),
    )  # fmt: skip
    return database_url


@pytest.fixture
def page() -> Iterator[Any]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def pictures(request: pytest.FixtureRequest) -> Path | None:
    folder = request.config.getoption("--basetemp")
    return Path(folder).with_suffix(".pictures") if folder else None


def test_a_day_at_the_desk(people: str, page: Any, pictures: Path | None) -> None:
    if pictures:
        pictures.mkdir(parents=True, exist_ok=True)
    with served(people) as address:
        page.goto(f"{address}/sign-in")
        look(page, "sign-in", pictures)
        sign_in(page, address)
        look(page, "today", pictures)
        hold_and_resume(page, people, pictures)
        finish_a_task(page, address, pictures)
        work_the_queue(page, address, pictures)
        for name in ("runs", "staff"):
            page.goto(f"{address}/console/{name}")
            look(page, name, pictures)
        page.goto(f"{address}/console/enrollments/e2")
        look(page, "hostile", pictures)
        page.goto(f"{address}/console/enrollments/nobody")
        page.complaints.clear()
        look(page, "not-found", pictures)
        page.get_by_role("button", name="Sign out").click()
        page.get_by_text("You are signed out").wait_for()


def hold_and_resume(page: Any, database_url: str, pictures: Path | None) -> None:
    page.get_by_role("link", name="Members").click()
    page.get_by_label("Name, last digits").fill("lopez")
    page.get_by_role("button", name="Find").click()
    page.get_by_text("1 member", exact=True).wait_for()
    look(page, "members", pictures)
    page.get_by_role("link", name="Ana Lopez").click()
    page.get_by_text("The member was asked whether to deliver.").first.wait_for()
    page.get_by_text("What the gate said (2)").click()
    look(page, "member", pictures)
    for action, reason in (("Hold", "Daughter asked us to wait"), ("Resume", "She is home again")):
        if action == "Resume":
            _journey_obeys_hold(page, database_url)
        page.locator("summary").filter(has_text=action).click()
        page.get_by_label("Why?").locator("visible=true").fill(reason)
        page.get_by_role("button", name=action, exact=True).locator("visible=true").last.click()
        page.get_by_text(f"{action}: recorded.").wait_for()
        page.get_by_text(reason).first.wait_for()
    look(page, "member-held", pictures)


def _journey_obeys_hold(page: Any, database_url: str) -> None:
    """What the journey would write; the open page sees it come without being loaded again."""
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("update enrollments set held_at = now(), hold = 'hold'"))
        connection.execute(
            text(
                "insert into outcomes (enrollment_id, at, kind, actor, rule, program_version, "
                "detail) values ('e1', now(), 'x', 'journey', 'x', '1', '{}')"
            )
        )
    engine.dispose()
    page.locator("summary").filter(has_text="Resume").wait_for()


def finish_a_task(page: Any, address: str, pictures: Path | None) -> None:
    page.goto(f"{address}/console/tasks")
    look(page, "tasks", pictures)
    card = page.locator(".task").filter(has_text="Call the member and invite them")
    card.locator("summary").filter(has_text="Done").click()
    card.get_by_label("The member wants to take part").check()
    card.get_by_label("What was done?").fill("She will come on Friday")
    look(page, "task-open", pictures)
    card.get_by_role("button", name="Close this task").click()
    card.wait_for(state="detached")


def press(page: Any, button: str) -> None:
    page.get_by_role("button", name=f"{button}, due").click()


def work_the_queue(page: Any, address: str, pictures: Path | None) -> None:
    page.goto(f"{address}/console/queue")
    look(page, "queue", pictures)
    press(page, "Accept")
    press(page, "Packed")
    page.locator("summary").filter(has_text="Check the address").click()
    page.get_by_label("ZIP code or house number").fill("12")
    page.get_by_role("button", name="Compare").click()
    page.get_by_text("The member confirmed the house number").wait_for()
    page.get_by_label("When it comes").select_option("evening")
    press(page, "Out for delivery")
    page.locator("summary").filter(has_text="Nobody took it").click()
    page.get_by_label("Why?").locator("visible=true").fill("nobody home")
    look(page, "queue-in-vain", pictures)
    page.get_by_role("button", name="It was brought in vain").click()
    page.get_by_text("Brought in vain once: nobody home").wait_for()
    look(page, "queue-again", pictures)
    press(page, "Out for delivery")
    press(page, "Delivered")
    page.get_by_text("No delivery is open").wait_for()


def test_a_provider_answers_a_note(people: str, page: Any, pictures: Path | None) -> None:
    with served(people) as address:
        page.goto(f"{address}/provider/notes/{PROVIDER_TOKEN}")
        look(page, "provider-code", pictures)
        page.get_by_label("Six digits").fill("123456")
        page.get_by_role("button", name="Open the note").click()
        look(page, "provider-note", pictures)
        for request, answer in (("blood pressure", "Accept"), ("statin", "Decline")):
            group = page.get_by_role("group").filter(has_text=request)
            group.get_by_label(answer, exact=True).check()
        page.get_by_role("button", name="Send the answer").click()
        page.get_by_text("Your answer was received").wait_for()
        look(page, "provider-answered", pictures)
        page.goto(f"{address}/provider/notes/{PROVIDER_TOKEN[:-1]}x")
        page.complaints.clear()
        look(page, "provider-closed", pictures)


def test_a_phone_at_night_shows_the_same_desk(
    people: str, page: Any, pictures: Path | None
) -> None:
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 390, "height": 844})
    with served(people) as address:
        sign_in(page, address)
        for name, path in (("night-today", ""), ("night-member", "enrollments/e1"),
                           ("night-members", "members"), ("night-queue", "queue")):  # fmt: skip
            page.goto(f"{address}/console/{path}")
            look(page, name, pictures)
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= 390, name
