"""Simulated practices open a note's secure page and answer it through its form."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import httpx
import pytest
from simulated import MONDAY, Simulated, form, settings, simulated

from simulator.providers import after_business_days
from simulator.providers_form import posted_form

DAY = timedelta(days=1)
REQUESTS = [{"id": "r1", "text": "Review"}, {"id": "r2", "text": "Confirm"}]
ASK_FACTOR = """<form method="get" action="/help"><input name="q"></form>
<form method="post" action=""><input type="hidden" name="csrf" value="c1">
<label>Fax number <input name="second_factor"></label><button>Go</button></form>"""
ASK_ANSWERS = """<form method="post" action="/n/answer"><input type="hidden" name="csrf" value="c2">
<input type="radio" name="answer-r1" value="accept"><input type="radio" name="answer-r1"
value="decline"><textarea name="comment-r1"></textarea>
<input type="radio" name="answer-r2" value="accept"></form>"""


Page = Callable[[httpx.Request], httpx.Response]


class SecurePage:
    """Lets in whoever has the second factor, by cookie, and takes the answers."""

    def __init__(self) -> None:
        self.answers: list[tuple[str, dict[str, str]]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        note = request.url.path.split("/")[2]
        if request.method == "POST" and request.headers.get("origin") != "http://product.example":
            return httpx.Response(403)
        if request.url.path.endswith("/answer"):
            inside = request.headers.get("cookie") == f"in={note}"
            self.answers.append((note, form(request)))
            return httpx.Response(200 if inside else 403, text="Thank you")
        if request.method == "POST":
            given = form(request)
            if given != {"csrf": "c1", "second_factor": "4321"}:
                return httpx.Response(200, text=ASK_FACTOR)
            page = ASK_ANSWERS.replace("/n/answer", f"/n/{note}/answer")
            return httpx.Response(200, text=page, headers={"set-cookie": f"in={note}; Path=/"})
        return httpx.Response(200, text=ASK_FACTOR)


def write_notes(folder: Path, count: int, second_factor: str = "4321") -> None:
    folder.mkdir(exist_ok=True)
    for n in range(count):
        manifest = {
            "note_id": f"n{n}",
            "link": f"http://product.example/n/n{n}",
            "second_factor": second_factor,
            "reply_by": "2026-03-16",
            "requests": REQUESTS,
        }
        (folder / f"n{n}.fhir.json").write_text("{}", "utf-8")
        (folder / f"n{n}.json").write_text(json.dumps(manifest), "utf-8")


async def look(world: Simulated, notes: Path, page: Page, stretch: timedelta) -> None:
    def browser() -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.MockTransport(page))

    providers = world.world.providers(notes, browser)
    await providers.look()
    await providers.look()
    await world.pass_time(stretch)


async def test_about_two_thirds_answer_every_request_within_business_days(tmp_path: Path) -> None:
    write_notes(tmp_path / "notes", 60)
    page = SecurePage()
    async with simulated(tmp_path) as world:
        await look(world, tmp_path / "notes", page, 8 * DAY)
    answered = [note for note, _ in page.answers]
    assert len(answered) == len(set(answered))
    assert 30 <= len(answered) <= 48
    for _, given in page.answers:
        assert given.keys() == {"csrf", "answer-r1", "comment-r1", "answer-r2", "comment-r2"}
        assert given["csrf"] == "c2"
        assert {given["answer-r1"], given["answer-r2"]} <= {"accept", "modify", "decline"}
        assert bool(given["comment-r1"]) == (given["answer-r1"] != "accept")


@pytest.mark.parametrize("away", ["refused", "error"])
async def test_a_product_that_is_away_is_tried_again(tmp_path: Path, away: str) -> None:
    write_notes(tmp_path / "notes", 10)
    page, calls = SecurePage(), count()

    def product(request: httpx.Request) -> httpx.Response:
        if next(calls) % 4:
            return page(request)
        if away == "refused":
            raise httpx.ConnectError("refused", request=request)
        return httpx.Response(502)

    async with simulated(tmp_path) as world:
        await look(world, tmp_path / "notes", page, timedelta(0))
        expected = len(world.world.agenda)
    async with simulated(tmp_path / "again") as world:
        await look(world, tmp_path / "notes", product, 12 * DAY)
    assert len({note for note, _ in page.answers}) == expected > 0


async def test_a_wrong_second_factor_gets_no_further(tmp_path: Path) -> None:
    write_notes(tmp_path / "notes", 5, second_factor="0000")
    page = SecurePage()
    async with simulated(tmp_path) as world:
        await look(world, tmp_path / "notes", page, 8 * DAY)
    assert page.answers == []


async def test_a_restart_answers_what_is_left_and_nothing_twice(tmp_path: Path) -> None:
    write_notes(tmp_path / "notes", 40)
    page = SecurePage()
    async with simulated(tmp_path) as world:
        await look(world, tmp_path / "notes", page, 3 * DAY)
        before = len(page.answers)
        again = Simulated(settings(tmp_path), wall=[world.wall])
        await look(again, tmp_path / "notes", page, 8 * DAY)
        await again.close()
    answered = [note for note, _ in page.answers]
    assert 0 < before < len(answered)
    assert len(answered) == len(set(answered))


async def test_a_manifest_half_written_is_left_for_the_next_look(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    write_notes(notes, 20)
    whole = {file: file.read_text() for file in notes.glob("n?.json")}
    for file, text in whole.items():
        file.write_text(text[:30])
    page = SecurePage()
    async with simulated(tmp_path) as world:
        providers = world.world.providers(
            notes, lambda: httpx.AsyncClient(transport=httpx.MockTransport(page))
        )
        await providers.look()
        for file, text in whole.items():
            file.write_text(text)
        await providers.look()
        await world.pass_time(8 * DAY)
    assert page.answers


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        pytest.param(MONDAY, 1, MONDAY + DAY, id="Monday and one is Tuesday"),
        pytest.param(MONDAY + 4 * DAY, 1, MONDAY + 7 * DAY, id="Friday and one is Monday"),
        pytest.param(MONDAY, 5, MONDAY + 7 * DAY, id="five are a week"),
        pytest.param(MONDAY + 4 * DAY, 0.5, MONDAY + 7 * DAY, id="Friday night is Monday"),
    ],
)
def test_business_days_leave_weekends_out(start: datetime, days: float, end: datetime) -> None:
    found = after_business_days(start, days)
    assert found.date() == end.date()
    assert found.weekday() < 5


def test_a_form_is_read_with_what_it_presets() -> None:
    html = """<form method="POST" action="/a?b=1"><input type="hidden" name="csrf" value="x&amp;y">
    <input type="radio" name="r" value="1"><input type="radio" name="r" value="2" checked>
    <input type="checkbox" name="c"><input type="submit" name="go" value="Go"></form>
    <input name="outside">"""
    found = posted_form(html)
    assert found is not None
    assert (found.action, found.values) == ("/a?b=1", {"csrf": "x&y", "r": "2"})
    assert found.names == {"csrf", "r", "c", "go"}
    assert posted_form("<form action='/'></form>") is None


def test_the_form_that_asks_is_chosen_among_several() -> None:
    sign_out = '<form method="post" action="/out"><input type="hidden" name="csrf"></form>'
    code = posted_form(sign_out + ASK_FACTOR)
    answers = posted_form(ASK_FACTOR + ASK_ANSWERS)
    assert code is not None
    assert answers is not None
    assert "second_factor" in code.names
    assert answers.action == "/n/answer"
