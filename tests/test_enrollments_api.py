"""A member's page: where the journey stands, and everything that happened."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import make
import pytest
import pytest_asyncio
from desk import Desk, open_desk, plain

from api.wordlists import WORDS
from domain.gate import Reason
from domain.journey import STAGES, State
from domain.outbox import Status
from store.pages.timeline import PAGE


@pytest_asyncio.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    make.save(database_url, make.pharmacy(), make.member(), make.phone(), make.contact_point())
    async with open_desk(database_url) as opened:
        yield opened


async def page_of(desk: Desk, path: str = "/console/enrollments/e1") -> str:
    async with desk.signed_in() as coordinator:
        answer = await coordinator.get(path)
    assert answer.status_code == 200
    return answer.text


def strip_of(page: str) -> str:
    return plain(page.split('class="strip"')[1].split("</dl>")[0])


@pytest.mark.parametrize(
    ("enrollment", "stages", "shown"),
    [
        pytest.param(
            {}, [{"name": "coaching", "why": "coaching_next_week"}],
            "Now Active in the program Next The next question of coaching goes out. "
            "Fri, Mar 6, 10:00 AM Why The next question comes on its day of the curriculum.",
            id="the stage that acts first says what comes next",
        ),
        pytest.param(
            {}, [{"name": "coaching"},
                 {"name": "delivery", "why": "refill_answer", "due_at": make.NOW + make.HOUR}],
            "Next Without an answer, a pharmacist is asked to call. today, 11:00 AM",
            id="of several stages the soonest counts",
        ),
        pytest.param(
            {}, [{"name": "coaching", "why": "coaching_after_screening", "due_at": None}],
            "Next Nothing by itself. Why Coaching begins when the screening is over.",
            id="a stage that waits for somebody says for what",
        ),
        pytest.param(
            {"held_at": make.NOW, "hold": "safety"}, [{"name": "coaching"}],
            "Now Active in the program, paused Next Nothing until it is resumed. "
            "Why On hold for safety.",
            id="a hold outranks every stage",
        ),
        pytest.param(
            {"state": "opted_out", "ended_at": make.NOW, "ended_because": "opted_out"},
            [{"name": "coaching"}],
            "Now Opted out Next Nothing: the journey is over.",
            id="an ended journey has no next",
        ),
        pytest.param(
            {"state": "identified", "started_at": None, "reached_at": None}, [],
            "Next The journey starts. Why It has not been started yet.",
            id="a journey not yet started",
        ),
    ],
)  # fmt: skip
async def test_the_strip_says_now_next_and_why(
    desk: Desk,
    database_url: str,
    enrollment: dict[str, Any],
    stages: list[dict[str, Any]],
    shown: str,
) -> None:
    make.save(database_url, make.enrollment(**enrollment), *(make.stage(**s) for s in stages))
    assert shown in strip_of(await page_of(desk))


@pytest.mark.parametrize(
    ("kind", "codes"),
    [("state", State), ("stage", STAGES), ("gate", Reason), ("text_status", Status)],
    ids=["every state", "every stage", "every verdict's reason", "every status of a text"],
)
def test_every_code_has_its_words(kind: str, codes: Any) -> None:
    assert set(map(str, codes)) <= set(WORDS[kind])


async def test_one_timeline_holds_all_that_happened_newest_first(
    desk: Desk, database_url: str
) -> None:
    make.save(database_url, make.enrollment(), make.outcome(), make.letter())
    screening, need = make.save(database_url, make.screening(), make.need())
    make.save(
        database_url, make.answer(screening.id), make.referral(need.id), make.note(),
        make.delivery(status="failed", reason="nobody home"),
        make.intent(created_at=make.NOW - 9 * make.DAY), make.gate_decision(),
        make.inbound(), make.reading(at=make.NOW - make.HOUR),
        make.task(done_at=make.NOW, done_by="staff:s_1", resolution="Called her"),
    )  # fmt: skip
    page = plain((await page_of(desk)).split('class="timeline"')[1])
    wanted = [
        "Task closed: Read a text nobody understood · Called her",
        "Blood pressure: 150/95 mmHg",
        "Text from the member",
        "Text to the member · Sent",
        "Put off, it is outside the hours",
        "Note to the prescriber · sent",
        "Screening · completed",
        "Letter · Introduction, English, printed",
        "An invitation was decided on",
    ]
    places = [page.index(words) for words in wanted]
    assert places == sorted(places)
    for words in ("Delivery due Mar 6, 2026 · Failed", "nobody home", "A need was found: Food",
                  "Referral · Requested", "Task for a coordinator"):  # fmt: skip
        assert words in page


async def test_an_outcome_that_another_line_tells_is_not_told_twice(
    desk: Desk, database_url: str
) -> None:
    kinds = ("staff_hold", "task_opened", "text_decided", "delivery_out", "reply")
    make.save(database_url, make.enrollment(), *(make.outcome(kind=kind) for kind in kinds))
    assert 'class="timeline"' not in await page_of(desk)


async def test_older_pages_hold_every_event_once(desk: Desk, database_url: str) -> None:
    count = PAGE * 2 + 5
    times = [make.NOW - timedelta(minutes=number // 3) for number in range(count)]
    make.save(
        database_url, make.enrollment(),
        *(make.inbound(f"SM{n}", body=f"text-{n}.", received_at=at) for n, at in enumerate(times)),
    )  # fmt: skip
    seen: list[str] = []
    path: str | None = "/console/enrollments/e1"
    async with desk.signed_in() as coordinator:
        while path:
            page = (await coordinator.get(path)).text
            seen += re.findall(r"text-\d+\.", page)
            older = re.search(r'href="(\?before=[^"]+)"', page)
            path = f"/console/enrollments/e1{older.group(1)}" if older else None
    assert sorted(seen) == sorted(f"text-{n}." for n in range(count))


async def test_times_are_the_members(desk: Desk, database_url: str) -> None:
    make.save(
        database_url,
        make.member("m2", time_zone="Pacific/Honolulu"),
        make.enrollment("e2", "m2"),
        make.inbound(enrollment_id="e2", received_at=make.NOW),
    )
    page = plain(await page_of(desk, "/console/enrollments/e2"))
    assert "5:00 AM there now (Hawaii time)" in page
    assert "today, 5:00 AM Text from the member" in page


async def test_a_labelled_reason_is_protected_when_its_evidence_is_gone(
    desk: Desk, database_url: str
) -> None:
    reasons = ["3|ip_stay|1 hospital stay", "20|GAP|treatment medicine ran out 9 days ago|part2"]
    make.save(database_url, make.enrollment(reasons=reasons))
    page = await page_of(desk)
    assert page.count("protected source") == 1
    assert "1 hospital stay" in page
    assert "ran out 9 days ago" not in page


async def test_what_part_2_protects_is_shown_without_words(desk: Desk, database_url: str) -> None:
    make.save(
        database_url,
        make.evidence(condition="opioid_use_disorder", part2=True, rule="OUD-dx"),
        make.enrollment(
            conditions=["hypertension", "opioid_use_disorder"],
            reasons=["2|oud|Opioid use disorder in claims", "1|opioid_use_disorder|2 conditions"],
        ),
    )
    page = await page_of(desk)
    assert page.count("protected source") == 2
    assert "42 CFR Part 2" in page
    for word in ("pioid", "OUD-dx"):
        assert word not in page
