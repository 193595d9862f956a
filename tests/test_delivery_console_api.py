"""The page of messages: counts by program, day and reason, and the lists behind them."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import make
import pytest
import pytest_asyncio
from desk import Desk, open_desk, plain

from store.models import ClockRow

MINUTE = timedelta(minutes=1)


@pytest_asyncio.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    make.save(
        database_url, make.pharmacy(), make.pharmacy(make.OTHER_NPI, name="Hill Drugs"),
        make.member(), make.phone(), make.contact_point(), make.enrollment(),
        make.member("m2", first_name="Ben"),
        make.enrollment("e2", "m2", program="medicaid-high-risk", pharmacy_npi=make.OTHER_NPI),
    )  # fmt: skip
    async with open_desk(database_url) as opened:
        yield opened


def week(database_url: str) -> None:
    """Texts of a week, and one from before it."""
    arrived = {"delivered_at": make.NOW - make.HOUR}
    make.save(
        database_url,
        make.intent("i1", **arrived),
        make.intent("i2"),
        make.intent("i3", status="failed", reason="bad_number", error_code=30006),
        make.intent("i4", "e2", status="withheld", reason="opted_out", accepted_at=None),
        make.intent("i5", "e2", accepted_at=make.NOW - 2 * make.DAY, **arrived),
        make.intent("i6", accepted_at=make.NOW - 8 * make.DAY, **arrived),
        make.intent("i7", status="failed", reason="blocked", accepted_at=None,
                    due_at=make.NOW - 3 * make.DAY),
        make.intent("i8", status="pending", reason="quiet_hours", accepted_at=None,
                    due_at=make.NOW + 20 * make.HOUR),
        make.intent("i9", None, status="pending", reason="quiet_hours", accepted_at=None,
                    due_at=make.NOW + 18 * make.HOUR),
    )  # fmt: skip


async def test_the_page_counts_today_and_the_week_by_what_became_of_texts(
    desk: Desk, database_url: str
) -> None:
    week(database_url)
    async with desk.signed_in() as coordinator:
        page = plain((await coordinator.get("/console/delivery")).text)
    assert "Sent (the carrier took them) 3 4" in page
    assert "Arrived 1 2 Did not arrive 1 2 Withheld by the gate 1 1" in page
    assert "Did not arrive the number cannot receive texts 1 1" in page
    assert "Did not arrive the carrier blocked it 0 1" in page
    assert "Withheld by the gate the member opted out 1 1" in page
    assert (
        "it is outside the hours in which members may be texted 2 tomorrow, 9:00 AM UTC "
        "tomorrow, 11:00 AM UTC" in page
    )


async def test_every_day_of_a_program_has_its_bar_and_its_numbers_beside_it(
    desk: Desk, database_url: str
) -> None:
    week(database_url)
    async with desk.signed_in() as coordinator:
        page = (await coordinator.get("/console/delivery")).text
    assert page.count('<svg class="bar"') == 14
    assert "Mar 4, 2026 3 1 1 0" in plain(page)
    assert "Mar 2, 2026 1 1 0 0" in plain(page)
    # Three texts of one day are the most: each is a third of the width.
    today = page[page.index('<svg class="bar"') :].split("</svg>")[13]
    assert re.findall(r'class="(\w+)" x="(\d+)" width="(\d+)"', today) == [
        ("arrived", "0", "80"), ("open", "80", "80"), ("failed", "160", "80"),
    ]  # fmt: skip


async def test_each_count_links_to_as_many_texts_as_it_says(desk: Desk, database_url: str) -> None:
    week(database_url)
    async with desk.signed_in() as coordinator:
        page = (await coordinator.get("/console/delivery")).text
        links = re.findall(r'<a href="(/console/delivery/texts[^"]+)">(\d+)</a>', page)
        assert len(links) > 15
        for address, count in links:
            found = await coordinator.get(address.replace("&amp;", "&"))
            assert found.status_code == 200, address
            rows = found.text.split("<tbody>")[1].count("<tr>")
            assert (address, rows) == (address, int(count))


async def test_a_list_says_who_what_why_and_when_in_the_members_time(
    desk: Desk, database_url: str
) -> None:
    week(database_url)
    async with desk.signed_in() as coordinator:
        page = await coordinator.get("/console/delivery/texts?view=failed&reason=bad_number")
        empty = await coordinator.get("/console/delivery/texts?view=failed&reason=capacity")
        wrong = await coordinator.get("/console/delivery/texts?view=everything")
    said = plain(page.text)
    assert "1 text · the number cannot receive texts" in said
    assert "Ana Lopez Bp prompt Did not arrive the number cannot receive texts" in said
    assert "carrier's code 30006) today, 7:00 AM Eastern time" in said
    assert "No such text" in empty.text
    assert wrong.status_code == 422


async def test_a_pharmacist_counts_only_their_own_members_texts(
    desk: Desk, database_url: str
) -> None:
    week(database_url)
    async with desk.signed_in("pharmacist", make.OTHER_NPI) as pharmacist:
        page = plain((await pharmacist.get("/console/delivery")).text)
        listed = plain((await pharmacist.get("/console/delivery/texts?view=accepted")).text)
    assert "Sent (the carrier took them) 0 1" in page
    assert "Medicare" not in page
    assert "1 text" in listed
    assert "Ana" not in listed


async def test_a_house_without_texts_says_so_kindly(desk: Desk) -> None:
    async with desk.signed_in() as coordinator:
        page = plain((await coordinator.get("/console/delivery")).text)
    for words in ("Nothing is stuck", "No text failed", "No text waits", "No text was due"):
        assert words in page


async def test_what_is_stuck_says_what_it_means_and_what_to_do(
    desk: Desk, database_url: str
) -> None:
    wall = desk.time.wall()
    long_ago, just_now = wall - 2 * MINUTE, wall - MINUTE / 2
    make.save(
        database_url,
        make.intent("i1", status="unknown", accepted_at=None, lease_until=long_ago),
        make.intent("i2", status="unknown", accepted_at=None, lease_until=just_now),
        make.intent("i3", "e2", status="sending", accepted_at=None, lease_until=long_ago),
        make.intent("i4", status="pending", accepted_at=None, due_at=make.NOW - 6 * MINUTE),
        make.intent("i5", status="pending", accepted_at=None, due_at=make.NOW - 4 * MINUTE),
        make.letter(spooled_at=None, problem="AddressTooLong"), make.task(kind="letter_problem"),
        make.note(sent_at=None, problem="no_prescriber"), make.task(kind="note_problem"),
        make.member("m3", first_name="Cy"),
        make.enrollment("e3", "m3", nudged_at=make.NOW - 2 * MINUTE),
        make.member("m4", first_name="Di"), make.enrollment("e4", "m4", nudged_at=make.NOW),
    )  # fmt: skip
    async with desk.signed_in() as coordinator:
        page = (await coordinator.get("/console/delivery")).text
    shown = {name: plain(part) for name, part in
             re.findall(r'id="stuck-(\w+)"(.*?)</li>\s*(?=<li class="task"|</ul>\s*</section>)',
                        page, re.S)}  # fmt: skip
    assert list(shown) == ["unknown", "sending", "overdue", "letter", "note", "nudge"]
    for each in shown.values():
        assert "What to do:" in each
    assert "It is not known whether these texts left 1" in shown["unknown"]
    assert "never sent again by guess" in shown["unknown"]
    assert "Ben Lopez : Bp prompt" in shown["sending"]
    assert "nobody takes them 1" in shown["overdue"]
    assert "the address does not fit the window" in shown["letter"]
    assert "no prescriber is known" in shown["note"]
    assert "Cy Lopez" in shown["nudge"]
    assert "Di Lopez" not in page


@pytest.mark.parametrize(
    "closed",
    [
        pytest.param({"done_at": make.NOW}, id="its task is closed"),
        pytest.param({"kind": "referral"}, id="its task is about something else"),
    ],
)
async def test_a_letter_somebody_has_dealt_with_is_stuck_no_more(
    desk: Desk, database_url: str, closed: dict[str, object]
) -> None:
    task = make.task(**{"kind": "letter_problem", **closed})
    make.save(database_url, make.letter(spooled_at=None, problem="AddressTooLong"), task)
    async with desk.signed_in() as coordinator:
        assert "Nothing is stuck" in (await coordinator.get("/console/delivery")).text


async def test_on_a_fast_clock_only_what_waits_long_on_the_wall_is_stuck(
    desk: Desk, database_url: str
) -> None:
    make.save(
        database_url,
        ClockRow(one=1, wall=desk.time.wall(), business=make.NOW, rate=1440.0, promised=make.NOW),
        make.intent("i1", status="pending", accepted_at=None, due_at=make.NOW - 4 * make.DAY),
        make.intent("i2", status="pending", accepted_at=None, due_at=make.NOW - 6 * make.DAY),
    )
    async with desk.signed_in() as coordinator:
        page = plain((await coordinator.get("/console/delivery")).text)
    assert "These texts are due and nobody takes them 1" in page


async def test_while_sending_is_off_overdue_texts_wait_for_the_carriers_account(
    database_url: str,
) -> None:
    make.save(
        database_url, make.pharmacy(), make.member(), make.phone(), make.enrollment(),
        make.intent(status="pending", accepted_at=None, due_at=make.NOW - make.HOUR),
    )  # fmt: skip
    async with open_desk(database_url, sending_on=False) as desk, desk.signed_in() as coordinator:
        page = plain((await coordinator.get("/console/delivery")).text)
    assert "set up the carrier account" in page
