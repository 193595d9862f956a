"""Letters by a mailing house: never two, not after a death, and what the post then says of them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import make
import pytest
import pytest_asyncio
from fakes import House, ana, open_house
from lob import BUSY, LOSE, REFUSE, TAKE_AND_LOSE, FakeLob
from make_journeys import DAY, NOW
from test_letters_activities import Press

from activities.letter_news import LetterEvent, take_letter_event
from activities.letter_post import AGAIN_AFTER, MOST_TRIES, HouseAway, LetterPost
from activities.letters import LetterActivities, PrintLetterRequest
from domain.letters import Mail
from domain.outreach_rungs import Ending
from gateways.lob import Lob
from gateways.print_spool import PrintSpool
from runtime import programs
from store import facts
from store.models import Enrollment, Letter, Member, Outcome, Task

PAGE = b"%PDF-1.7 /Type /Page "
LETTER = PrintLetterRequest("l1")


@dataclass
class Post:
    house: House
    lob: FakeLob
    letters: LetterActivities

    async def row(self) -> Letter:
        return await self.house.one(Letter, "l1")

    async def report(self, status: Mail, letter_id: str | None = None) -> bool:
        sent = self.lob.mailed.get("l1", {"id": "ltr_unknown"})
        async with self.house.transaction() as session:
            return await take_letter_event(
                session, LetterEvent(sent["id"], letter_id, status), programs.all_programs(),
                self.house.time.now(),
            )  # fmt: skip

    async def kinds(self) -> list[str]:
        return [task.kind for task in await self.house.all(Task)]


@pytest_asyncio.fixture
async def post(database_url: str, tmp_path: Path) -> AsyncIterator[Post]:
    async with open_house(database_url) as house:
        house.given(*ana(), make.letter(step="outreach-6", spooled_at=None, created_at=NOW))
        fake = FakeLob()
        lob = Lob("https://lob.example", "a key", fake.transport())
        letters = LetterActivities(
            house.transaction, programs.all_programs(), Press(PAGE), PrintSpool(tmp_path),  # type: ignore[arg-type]
            house.time, LetterPost(house.transaction, lob, house.time),
        )  # fmt: skip
        yield Post(house, fake, letters)
        await lob.close()


async def test_a_letter_leaves_once_however_often_it_is_tried(post: Post) -> None:
    for _ in range(3):
        await post.letters.print_letter(LETTER)
    row = await post.row()
    assert (row.printer, row.vendor_id, row.spooled_at) == ("lob", "ltr_" + "0" * 16, NOW)
    assert row.sent_to == "12 OAK AVE COLUMBUS OH 43215"
    assert len(post.lob.asked) == 1
    assert [o.kind for o in await post.house.all(Outcome)] == ["letter_spooled"]


@pytest.mark.parametrize(
    ("mood", "taken"),
    [
        pytest.param(TAKE_AND_LOSE, True, id="taken, and the answer lost"),
        pytest.param(LOSE, False, id="lost before it was taken"),
        pytest.param(BUSY, False, id="too many at once"),
    ],
)
async def test_a_lost_answer_never_makes_two_letters(post: Post, mood: str, taken: bool) -> None:
    post.lob.moods.append(mood)
    await post.letters.print_letter(LETTER)
    row = await post.row()
    assert (row.spooled_at, row.problem, row.next_try_at) == (None, None, NOW + AGAIN_AFTER)
    await post.letters.print_letter(LETTER)
    assert len(post.lob.asked) == 1, "it is left in peace until then"
    post.house.time.pass_by(AGAIN_AFTER)
    await post.letters.print_letter(LETTER)
    assert (await post.row()).vendor_id
    assert len(post.lob.mailed) == 1
    methods = [request.method for request in post.lob.asked]
    assert methods == (["POST", "GET"] if taken else ["POST", "GET", "POST"])
    assert {r.headers["Idempotency-Key"] for r in post.lob.asked if r.method == "POST"} == {"l1"}


async def test_a_house_that_cannot_say_what_it_has_gets_no_second_copy(post: Post) -> None:
    post.lob.moods.append(TAKE_AND_LOSE)
    await post.letters.print_letter(LETTER)
    post.house.time.pass_by(AGAIN_AFTER)
    post.lob.away = True
    await post.letters.print_letter(LETTER)
    assert [request.method for request in post.lob.asked] == ["POST", "GET"]


async def test_a_silent_house_becomes_a_persons(post: Post) -> None:
    await post.house.change(Letter, "l1", tries=MOST_TRIES - 1)
    post.lob.moods.append(LOSE)
    await post.letters.print_letter(LETTER)
    assert (await post.row()).problem == "PrinterSilent"
    assert await post.kinds() == ["letter_problem"]


async def test_after_the_journeys_end_the_activity_itself_is_tried_again(post: Post) -> None:
    await post.house.change(
        Enrollment, "e1", state="declined", ended_because="declined", ended_at=NOW
    )
    post.lob.moods.append(LOSE)
    with pytest.raises(HouseAway):
        await post.letters.print_letter(LETTER)


@pytest.mark.parametrize(
    ("mood", "may_cancel", "problem", "left"),
    [
        pytest.param(LOSE, True, "withheld", 0, id="that never arrived"),
        pytest.param(TAKE_AND_LOSE, True, "withheld", 0, id="that can still be called back"),
        pytest.param(TAKE_AND_LOSE, False, None, 1, id="that is past calling back"),
    ],
)
async def test_a_death_while_an_answer_is_lost_withholds_a_letter(
    post: Post, mood: str, may_cancel: bool, problem: str | None, left: int
) -> None:
    post.lob.moods.append(mood)
    post.lob.may_cancel = may_cancel
    await post.letters.print_letter(LETTER)
    await post.house.change(Member, "m1", death_date=NOW.date())
    post.house.time.pass_by(AGAIN_AFTER)
    await post.letters.print_letter(LETTER)
    row = await post.row()
    assert (row.problem, row.spooled_at is not None) == (problem, bool(left))
    assert len(post.lob.mailed) - len(post.lob.cancelled) == left


async def test_a_letter_waits_for_a_holds_end(post: Post) -> None:
    await post.house.change(Enrollment, "e1", held_at=NOW, hold="safety")
    await post.letters.print_letter(LETTER)
    assert not post.lob.asked
    assert (await post.row()).problem is None


async def test_a_refusal_is_a_persons_and_the_ladder_goes_on(post: Post) -> None:
    post.lob.moods.append(REFUSE)
    await post.letters.print_letter(LETTER)
    assert (await post.row()).problem == "Refused"
    assert await post.kinds() == ["letter_problem"]
    assert (await post.house.one(Enrollment, "e1")).nudged_at == NOW


@pytest.mark.parametrize(
    ("change", "asked"),
    [
        pytest.param({}, False, id="spelled otherwise"),
        pytest.param({"recipient_moved": True, "address_zip": "43017"}, True, id="moved"),
    ],
)
async def test_a_corrected_address_is_held_for_a_person_and_never_applied(
    post: Post, change: dict[str, object], asked: bool
) -> None:
    post.lob.to = {**post.lob.to, **change}
    await post.letters.print_letter(LETTER)
    assert await post.kinds() == (["address_check"] if asked else [])
    assert ((await post.row()).corrected is not None) is asked
    member = await post.house.one(Member, "m1")
    assert (member.address, member.zip_code) == ("12 Oak Ave", "43215")


async def test_a_letter_that_came_back_ends_the_letters_to_its_address(post: Post) -> None:
    await post.letters.print_letter(LETTER)
    post.house.time.pass_by(5 * DAY)
    for status in (Mail.IN_TRANSIT, Mail.DELIVERED, Mail.RETURNED, Mail.IN_TRANSIT, Mail.RETURNED):
        assert await post.report(status)
    row = await post.row()
    assert (row.vendor_status, row.returned_at) == (Mail.RETURNED, NOW + 5 * DAY)
    assert await post.kinds() == ["returned_mail"]
    told = [o.kind for o in await post.house.all(Outcome)]
    assert told == ["letter_spooled", "letter_delivered", "letter_returned"]
    enrollment = await post.house.one(Enrollment, "e1")
    assert enrollment.nudged_at
    assert enrollment.ended_at is None, "returned mail alone never ends care"
    post.house.given(make.letter(id="l2", step="again", spooled_at=None, created_at=NOW))
    await post.letters.print_letter(PrintLetterRequest("l2"))
    assert (await post.house.one(Letter, "l2")).problem == "BadAddress"
    await post.house.change(Member, "m1", address="9 Elm St")
    post.house.given(make.letter(id="l3", step="moved", spooled_at=None, created_at=NOW))
    await post.letters.print_letter(PrintLetterRequest("l3"))
    assert (await post.house.one(Letter, "l3")).spooled_at, "another address is not bad"


async def test_the_journey_sees_that_its_letter_came_back(post: Post) -> None:
    await post.letters.print_letter(LETTER)
    await post.report(Mail.RETURNED)
    async with post.house.transaction() as session:
        enrollment = await session.get_one(Enrollment, "e1")
        known = await facts.load(session, enrollment, timedelta(days=30), NOW)
    assert known.letters["outreach-6"].lost
    assert known.letters["outreach-6"].returned
    assert Ending.RETURNED == "returned"


async def test_a_report_proves_that_a_letter_was_taken_though_the_answer_was_lost(
    post: Post,
) -> None:
    post.lob.moods.append(TAKE_AND_LOSE)
    await post.letters.print_letter(LETTER)
    assert await post.report(Mail.CREATED, letter_id="l1")
    post.house.time.pass_by(AGAIN_AFTER)
    await post.letters.print_letter(LETTER)
    row = await post.row()
    assert (row.vendor_id, row.spooled_at) == (post.lob.mailed["l1"]["id"], NOW)
    assert len(post.lob.asked) == 1


async def test_a_letter_the_house_gives_up_is_a_persons(post: Post) -> None:
    await post.letters.print_letter(LETTER)
    assert await post.report(Mail.FAILED)
    assert (await post.row()).problem == "Failed"
    assert await post.kinds() == ["letter_problem"]


async def test_a_report_of_a_letter_that_is_not_ours_changes_nothing(post: Post) -> None:
    assert not await post.report(Mail.RETURNED, letter_id="l9")
    assert (await post.row()).returned_at is None
