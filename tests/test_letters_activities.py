"""Letters: set and spooled once, or handed to a person who is told why."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import make
import pytest
import pytest_asyncio
from fakes import TEMPLATES, House, ana, open_house
from make_journeys import DAY, NOW, action, consent
from sqlalchemy import create_engine, text

from activities.letters import LetterActivities, PrintLetterRequest, plain_phone
from gateways.letter_words import MissingTranslation
from gateways.print_spool import MANIFEST, PrintSpool
from gateways.typesetting import AddressTooLong, Typesetter
from runtime import programs
from store.models import Base, Enrollment, Letter, Member, Outcome, Task


@dataclass
class Press:
    """Sets every letter on the one page it was given; `wrong` is what it refuses with."""

    page: bytes
    wrong: Exception | None = None
    words: str = ""
    meanwhile: Callable[[], None] = lambda: None
    """What happens in the house while the letter is being set."""
    asked: list[tuple[str, str, Mapping[str, Any], bool]] = field(default_factory=list)

    def letter(
        self, name: str, language: str, data: Mapping[str, Any], *, large_print: bool
    ) -> bytes:
        self.asked.append((name, language, data, large_print))
        self.meanwhile()
        if self.wrong:
            raise self.wrong
        return self.page + self.words.encode()

    def version(self, name: str, language: str) -> str:
        return "1-abc"


@pytest.fixture(scope="module")
def page() -> bytes:
    data = {
        "letter_id": "l", "date": NOW.date(),
        "sender": {"name": "S", "address": ["A"], "phone": "1"},
        "recipient": {"name": "R", "address": ["A"]}, "member": {"name": "R"},
        "pharmacy": {"name": "P", "phone": "1", "address": ["A"]},
    }  # fmt: skip
    return Typesetter(TEMPLATES).letter("introduction", "en", data, large_print=False)


@pytest_asyncio.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    async with open_house(database_url) as opened:
        opened.given(*ana(), make.letter(spooled_at=None, created_at=NOW))
        yield opened


def works(house: House, press: Press, folder: Path) -> LetterActivities:
    return LetterActivities(
        house.transaction, programs.all_programs(), press, PrintSpool(folder), house.time  # type: ignore[arg-type]
    )  # fmt: skip


def pdfs(folder: Path) -> dict[str | None, bytes]:
    return {str(path): path.read_bytes() for path in folder.glob("*.pdf")}


async def test_a_letter_is_spooled_once_however_often_it_is_tried(
    house: House, page: bytes, tmp_path: Path
) -> None:
    press = Press(page)
    letters = works(house, press, tmp_path / "letters")
    request = PrintLetterRequest("l1")
    await asyncio.gather(letters.print_letter(request), letters.print_letter(request))
    await letters.print_letter(request)
    row = await house.one(Letter, "l1")
    assert (row.spooled_at, row.template_version, row.pages) == (NOW, "1-abc", 1)
    assert pdfs(tmp_path / "letters") == {row.path: page}
    assert len((tmp_path / "letters" / MANIFEST).read_text().splitlines()) == 1
    assert [o.kind for o in await house.all(Outcome)] == ["letter_spooled"]


async def test_a_letter_spooled_before_a_crash_is_only_written_down(
    house: House, page: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    letters = works(house, Press(page), tmp_path / "letters")
    monkeypatch.setattr("activities.letter_door.outcomes.record", crash)
    with pytest.raises(RuntimeError, match="power"):
        await letters.print_letter(PrintLetterRequest("l1"))
    assert (await house.one(Letter, "l1")).spooled_at is None
    monkeypatch.undo()
    await letters.print_letter(PrintLetterRequest("l1"))
    assert (await house.one(Letter, "l1")).spooled_at == NOW
    assert len((tmp_path / "letters" / MANIFEST).read_text().splitlines()) == 1


async def test_no_letter_leaves_to_a_member_who_called_letters_unsafe(
    house: House, page: bytes, tmp_path: Path
) -> None:
    house.given(make.safe_contact(letters=False))
    await works(house, Press(page), tmp_path / "letters").print_letter(PrintLetterRequest("l1"))
    row = await house.one(Letter, "l1")
    assert (row.spooled_at, row.problem) == (None, "withheld")
    assert pdfs(tmp_path / "letters") == {}
    (told,) = await house.all(Outcome)
    assert (told.kind, told.rule) == ("letter_withheld", "unsafe")
    assert (await house.one(Enrollment, "e1")).nudged_at == NOW


def crash(*_: object, **__: object) -> None:
    raise RuntimeError("the power went out")


async def test_what_is_on_the_letter_comes_from_the_members_row(
    house: House, page: bytes, tmp_path: Path
) -> None:
    press = Press(page)
    await house.change(Letter, "l1", language="es", large_print=True)
    await works(house, press, tmp_path).print_letter(PrintLetterRequest("l1"))
    ((name, language, data, large),) = press.asked
    assert (name, language, large) == ("introduction", "es", True)
    assert data["recipient"] == {
        "name": "Ana Lopez", "address": ["12 Oak Ave", "Columbus, OH 43215"],
    }  # fmt: skip
    assert data["pharmacy"]["phone"] == "614-555-0100"
    assert data["date"] == NOW.date()


@pytest.mark.parametrize(
    ("wrong", "address", "problem"),
    [
        pytest.param(
            MissingTranslation("introduction"), "12 Oak Ave", "MissingTranslation",
            id="no wording in the member's language",
        ),
        pytest.param(
            AddressTooLong("..."), "12 Oak Ave", "AddressTooLong", id="an address that does not fit"
        ),
        pytest.param(None, None, "MissingData", id="no address"),
    ],
)  # fmt: skip
async def test_what_cannot_be_printed_is_a_persons(
    house: House, page: bytes, tmp_path: Path, wrong: Exception | None, address: str | None,
    problem: str,
) -> None:  # fmt: skip
    await house.change(Member, "m1", address=address)
    press = Press(page, wrong)
    letters = works(house, press, tmp_path)
    for _ in range(2):
        await letters.print_letter(PrintLetterRequest("l1"))
    assert len(press.asked) == (1 if address else 0), "what is a person's is not tried again"
    row = await house.one(Letter, "l1")
    assert (row.problem, row.spooled_at) == (problem, None)
    task = await house.only(Task)
    assert (task.kind, task.due_at) == ("letter_problem", NOW + DAY)
    assert task.detail == {"problem": problem, "language": "en"}


async def test_a_letter_that_lies_in_the_spool_with_other_pages_is_a_persons(
    house: House, page: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    press = Press(page)
    letters = works(house, press, tmp_path)
    monkeypatch.setattr("activities.letter_door.outcomes.record", crash)
    with pytest.raises(RuntimeError, match="power"):
        await letters.print_letter(PrintLetterRequest("l1"))
    monkeypatch.undo()
    press.words = "another address"
    house.time.pass_by(timedelta(hours=1))
    await letters.print_letter(PrintLetterRequest("l1"))
    assert (await house.only(Task)).detail["problem"] == "LetterConflict"
    assert len(pdfs(tmp_path)) == 1


@pytest.mark.parametrize(
    ("phone", "read"),
    [
        pytest.param("+16145550134", "614-555-0134", id="as people read it aloud"),
        pytest.param("+441632960001", "+441632960001", id="a foreign one as it is"),
    ],
)
def test_how_a_number_is_printed(phone: str, read: str) -> None:
    assert plain_phone(phone) == read


STOP = consent(given=False, how="text", actor="member")
ENDED = "update enrollments set state = '{0}', ended_because = '{0}', ended_at = created_at"


@pytest.mark.parametrize(
    ("happens", "problem", "printed"),
    [
        pytest.param(
            "update members set death_date = '2026-03-04'", "withheld", False, id="a death"
        ),
        pytest.param(STOP, "withheld", False, id="a STOP"),
        pytest.param(action("stop", answer="done", applied_at=NOW), "withheld", False,
                     id="a stop by staff"),
        pytest.param(
            "update members set coverage_end = '2026-01-01'", "withheld", False,
            id="coverage whose grace is over",
        ),
        pytest.param(ENDED.format("opted_out"), "withheld", False, id="an opt-out's end"),
        pytest.param(ENDED.format("unable_to_contact"), None, True,
                     id="the end of a ladder, whose letter still goes"),
        pytest.param(
            "update enrollments set held_at = created_at, hold = 'safety'", None, False,
            id="a hold, which keeps it for later",
        ),
        pytest.param(action("hold"), None, False, id="a hold that is not obeyed yet"),
    ],
)  # fmt: skip
async def test_what_happens_while_a_letter_is_set_is_heeded_at_the_door(
    house: House, database_url: str, page: bytes, tmp_path: Path, happens: Base | str,
    problem: str | None, printed: bool,
) -> None:  # fmt: skip
    press = Press(page, meanwhile=lambda: befall(database_url, happens))
    await works(house, press, tmp_path).print_letter(PrintLetterRequest("l1"))
    row = await house.one(Letter, "l1")
    assert (row.problem, row.spooled_at is not None) == (problem, printed)
    assert len(pdfs(tmp_path)) == int(printed)
    withheld = [o for o in await house.all(Outcome) if o.kind == "letter_withheld"]
    assert len(withheld) == int(problem == "withheld")
    assert not await house.all(Task), "nobody need do anything about it"


def befall(database_url: str, happens: Base | str) -> None:
    if isinstance(happens, Base):
        make.save(database_url, clone(happens))
        return
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text(happens))
    engine.dispose()


def clone(row: Base) -> Base:
    """A row is saved once; each test saves its own."""
    kept = {name: value for name, value in vars(row).items() if not name.startswith("_")}
    return type(row)(**kept)


async def test_a_letter_kept_by_a_hold_is_printed_after_it(
    house: House, page: bytes, tmp_path: Path
) -> None:
    await house.change(Enrollment, "e1", held_at=NOW, hold="hold")
    letters = works(house, Press(page), tmp_path)
    await letters.print_letter(PrintLetterRequest("l1"))
    assert not pdfs(tmp_path)
    await house.change(Enrollment, "e1", held_at=None, hold=None)
    await letters.print_letter(PrintLetterRequest("l1"))
    assert len(pdfs(tmp_path)) == 1


@pytest.mark.parametrize("listed", [True, False], ids=["in the manifest", "only as a file"])
async def test_a_death_after_a_crash_withholds_only_what_the_printer_never_saw(
    house: House, database_url: str, page: bytes, tmp_path: Path, listed: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    letters = works(house, Press(page), tmp_path)
    broken = "activities.letter_door.outcomes.record" if listed else "gateways.print_spool.json"
    monkeypatch.setattr(broken, crash)
    with pytest.raises((RuntimeError, AttributeError)):
        await letters.print_letter(PrintLetterRequest("l1"))
    monkeypatch.undo()
    assert len(pdfs(tmp_path)) == 1
    await house.change(Member, "m1", death_date=NOW.date())
    await letters.print_letter(PrintLetterRequest("l1"))
    row = await house.one(Letter, "l1")
    assert (row.spooled_at is not None, row.problem) == (
        (True, None) if listed else (False, "withheld")
    )
    assert len(pdfs(tmp_path)) == int(listed)
