"""Letters: set and spooled once, or handed to a person who is told why."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import make
import pytest
import pytest_asyncio
from fakes import TEMPLATES, House, ana, open_house
from make_journeys import DAY, NOW

from activities.letters import LetterActivities, PrintLetterRequest, plain_phone
from gateways.letter_words import MissingTranslation
from gateways.print_spool import MANIFEST, PrintSpool
from gateways.typesetting import AddressTooLong, Typesetter
from runtime import programs
from store.models import Letter, Member, Outcome, Task


@dataclass
class Press:
    """Sets every letter on the one page it was given; `wrong` is what it refuses with."""

    page: bytes
    wrong: Exception | None = None
    words: str = ""
    asked: list[tuple[str, str, Mapping[str, Any], bool]] = field(default_factory=list)

    def letter(
        self, name: str, language: str, data: Mapping[str, Any], *, large_print: bool
    ) -> bytes:
        self.asked.append((name, language, data, large_print))
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
    monkeypatch.setattr("activities.letters.outcomes.record", crash)
    with pytest.raises(RuntimeError, match="power"):
        await letters.print_letter(PrintLetterRequest("l1"))
    assert (await house.one(Letter, "l1")).spooled_at is None
    monkeypatch.undo()
    await letters.print_letter(PrintLetterRequest("l1"))
    assert (await house.one(Letter, "l1")).spooled_at == NOW
    assert len((tmp_path / "letters" / MANIFEST).read_text().splitlines()) == 1


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
    monkeypatch.setattr("activities.letters.outcomes.record", crash)
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
