"""Today, tasks and the queue: what waits for whom, and how it is done."""

from collections.abc import AsyncIterator
from datetime import date

import make
import pytest
import pytest_asyncio
from desk import Desk, open_desk, plain
from sqlalchemy import Connection, text


@pytest_asyncio.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    async with open_desk(database_url) as opened:
        yield opened


@pytest.fixture
def ana(database_url: str) -> str:
    """One member in one running journey."""
    make.save(
        database_url, make.pharmacy(), make.member(), make.phone(), make.contact_point(),
        make.enrollment(), make.stage(),
    )  # fmt: skip
    return "e1"


async def test_today_shows_my_tasks_the_late_before_the_rest(
    desk: Desk, ana: str, database_url: str
) -> None:
    make.save(
        database_url,
        make.task(kind="referral", due_at=make.NOW - make.DAY),
        make.task(kind="unclear_reply"),
        make.task(kind="danger_emergency", urgent=True, due_at=make.NOW + make.HOUR),
        make.task(kind="reading", role="pharmacist"),
    )
    async with desk.signed_in() as coordinator:
        page = (await coordinator.get("/console/")).text
    wanted = ("Speak with the member now", "Find help for a social need", "nobody understood")
    places = [page.index(words) for words in wanted]
    assert places == sorted(places)
    assert "1 day late" in page
    assert "Look at a reading" not in page


async def test_todays_counts_are_those_of_the_last_day(
    desk: Desk, ana: str, database_url: str
) -> None:
    make.save(
        database_url,
        make.intent("i1", delivered_at=make.NOW - make.HOUR),
        make.intent("i2", accepted_at=make.NOW - 2 * make.DAY, created_at=make.NOW - 2 * make.DAY),
        make.intent("i3", status="failed", accepted_at=None),
        make.intent("i4", status="pending", accepted_at=None, created_at=make.NOW - 9 * make.DAY),
        make.inbound("SM1"),
        make.inbound("SM2", received_at=make.NOW - 2 * make.DAY),
    )
    async with desk.signed_in() as coordinator:
        page = plain((await coordinator.get("/console/")).text)
    assert "Sent 1 Arrived 1 Did not arrive 1 Received 1 Waiting to be sent 1" in page
    assert "Medicare cardiometabolic Active in the program 1" in page


async def test_an_empty_day_says_so_kindly(desk: Desk) -> None:
    async with desk.signed_in() as coordinator:
        pages = [plain((await coordinator.get(f"/console/{name}")).text)
                 for name in ("", "members", "tasks", "queue", "runs")]  # fmt: skip
    for page, words in zip(
        pages,
        ("Nothing waits for you", "Nobody matches", "No open task here", "No delivery is open",
         "No run yet"), strict=True,
    ):  # fmt: skip
        assert words in page


@pytest.mark.parametrize("sending_on", [True, False], ids=["on", "off"])
async def test_every_page_says_when_sending_is_off_and_what_day_it_is(
    database_url: str, sending_on: bool
) -> None:
    phone_url = "http://127.0.0.1:9/phone"
    async with (
        open_desk(database_url, sending_on=sending_on, phone_url=phone_url) as desk,
        desk.signed_in("manager") as manager,
    ):
        for name in ("", "members", "tasks", "queue", "runs", "staff", "nowhere"):
            page = (await manager.get(f"/console/{name}")).text
            assert ("Sending is switched off" in page) is not sending_on
            assert "Wednesday, Mar 4, 2026, 15:00 UTC" in page
            assert (phone_url in page) is (name != "nowhere")


async def test_a_closed_task_moves_its_journey_and_is_closed_once(
    desk: Desk, ana: str, database_url: str, connection: Connection
) -> None:
    (task,) = make.save(database_url, make.task(kind="referral"))
    async with desk.signed_in() as coordinator:
        first = await coordinator.post(
            f"/console/tasks/{task.id}/done", {"resolution": "Food bank"}
        )
        second = await coordinator.post(f"/console/tasks/{task.id}/done", {"resolution": "Again"})
    assert (first.status_code, second.status_code) == (200, 409)
    done = connection.execute(text("select done_at, done_by, resolution from tasks")).one()
    assert done.done_at == make.NOW
    assert done.done_by.startswith("staff:s_")
    assert done.resolution == "Food bank"
    assert connection.execute(text("select kind from outcomes")).scalars().all() == ["task_done"]
    assert connection.execute(text("select nudged_at from enrollments")).scalar_one() == make.NOW


async def test_how_a_call_ended_is_the_resolution_the_journey_reads(
    desk: Desk, ana: str, database_url: str, connection: Connection
) -> None:
    (task,) = make.save(database_url, make.task(kind="outreach_call"))
    form = {"resolution": "She comes on Friday", "answer": "reached"}
    async with desk.signed_in() as coordinator:
        page = await coordinator.post(
            f"/console/tasks/{task.id}/done", {**form, "back": "/console/enrollments/e1"}
        )
    assert page.url.path == "/console/enrollments/e1"
    assert "Reached — She comes on Friday" in plain(page.text)
    assert connection.execute(text("select resolution from tasks")).scalar_one() == "reached"


@pytest.mark.parametrize(
    "back",
    [
        "https://evil.example/",
        "//evil.example",
        "/console/enrollments//evil",
        "/\\evil.example",
        "",
    ],
)
async def test_a_form_leads_back_to_our_own_pages_only(
    desk: Desk, ana: str, database_url: str, back: str
) -> None:
    (task,) = make.save(database_url, make.task())
    async with desk.signed_in() as coordinator:
        page = await coordinator.post(
            f"/console/tasks/{task.id}/done", {"resolution": "Read it", "back": back}
        )
    assert str(page.url).endswith("desk.test/console/tasks")


async def test_a_task_shows_the_words_it_is_about(desk: Desk, ana: str, database_url: str) -> None:
    make.save(
        database_url,
        make.inbound("SM7", enrollment_id=None, phone="+16145550177", body="who <is> this"),
        make.task(None, kind="unknown_sender", message_id="SM7"),
    )
    async with desk.signed_in() as coordinator:
        page = (await coordinator.get("/console/tasks?kind=unknown_sender")).text
    assert "who &lt;is&gt; this" in page
    assert "(614) 555-0177" in page


async def test_the_queue_says_at_its_top_how_much_waits_and_never_hides_the_rest(
    desk: Desk, ana: str, database_url: str
) -> None:
    make.save(
        database_url,
        make.delivery(),
        *(make.task(ana, kind="reading", role="pharmacist", key=f"k{n}") for n in range(27)),
    )
    async with desk.signed_in("pharmacist", make.NPI) as pharmacist:
        page = (await pharmacist.get("/console/queue")).text
        tasks = (await pharmacist.get("/console/tasks?kind=reading")).text
    assert 'href="#clinical">To look at <strong>27<' in page
    assert 'href="#deliveries">Deliveries <strong>1<' in page
    assert page.count("Look at a reading</strong>") == 25
    assert "See all 27" in page
    assert "27 open" in tasks
    assert tasks.count("Look at a reading</strong>") == 27


@pytest.mark.parametrize(
    ("kind", "leads"), [("referral", True), ("referral_nudge", True), ("reading", False)],
    ids=["help to find leads to the needs", "help to ask after does too", "a reading does not"],
)  # fmt: skip
async def test_a_task_about_a_need_leads_where_it_is_done(
    desk: Desk, ana: str, database_url: str, kind: str, leads: bool
) -> None:
    make.save(database_url, make.task(ana, kind=kind))
    async with desk.signed_in() as coordinator:
        page = (await coordinator.get("/console/tasks")).text
    assert (f'href="/console/needs/{ana}"' in page) == leads


async def test_the_queue_moves_a_delivery_step_by_step_and_wants_a_reason_for_failure(
    desk: Desk, ana: str, database_url: str, connection: Connection
) -> None:
    later, sooner = make.save(
        database_url,
        make.delivery(due_on=date(2026, 3, 9), ndc11="99999000202"),
        make.delivery(),
        make.medication(),
    )[:2]
    steps = f"/console/deliveries/{sooner.id}"
    async with desk.signed_in("pharmacist", make.NPI) as pharmacist:
        page = (await pharmacist.get("/console/queue")).text
        accepted = await pharmacist.post(f"{steps}/accept")
        early = await pharmacist.post(f"{steps}/deliver")
        silent = await pharmacist.post(f"{steps}/fail")
        failed = await pharmacist.post(f"{steps}/fail", {"reason": "Nobody at home"})
    assert page.index(f"delivery-{sooner.id}") < page.index(f"delivery-{later.id}")
    assert "lisinopril" in page
    assert "Named in your own record only" in page  # what no claim speaks of
    statuses = [answer.status_code for answer in (accepted, early, silent, failed)]
    assert statuses == [200, 409, 422, 200]
    row = connection.execute(
        text("select status, reason from deliveries where id = :id"), {"id": sooner.id}
    ).one()
    assert tuple(row) == ("failed", "Nobody at home")
