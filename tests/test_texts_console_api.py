"""Previews of the texts: what members would read, what is wrong with it, what is missing."""

import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace

import make
import pytest_asyncio
from desk import TEMPLATES, Desk, open_desk, plain

from activities.texts import Texts
from runtime import programs


@pytest_asyncio.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    make.save(
        database_url, make.pharmacy(), make.member(), make.enrollment(),
        make.member("m2", language="vi"), make.enrollment("e2", "m2", pharmacy_npi=None),
        make.member("m3", language="ko"),
        make.enrollment("e3", "m3", ended_at=make.NOW, ended_because="declined"),
    )  # fmt: skip
    async with open_desk(database_url) as opened:
        furnish(opened, TEMPLATES)
        yield opened


def furnish(desk: Desk, templates: Path) -> None:
    """The real programs and catalogue, with the texts of a folder."""
    texts = Texts(templates, programs.rules().texts)
    desk.app.state.receiver = SimpleNamespace(texts=texts)
    desk.app.state.programs = programs.all_programs()


async def test_every_text_is_shown_in_every_language_without_a_problem(desk: Desk) -> None:
    async with desk.signed_in() as coordinator:
        page = (await coordinator.get("/console/texts")).text
    catalogue = programs.rules().texts
    assert page.count('lang="en"') - 1 == page.count('lang="es"') == len(catalogue.templates)
    assert "none with a problem" in page
    assert 'class="wrong"' not in page
    assert "Maria Guadalupe" in page
    assert "at most 4 segments" in plain(page)


async def test_the_languages_members_speak_say_what_is_missing(desk: Desk) -> None:
    async with desk.signed_in() as coordinator:
        page = plain((await coordinator.get("/console/texts")).text)
    total = len(programs.rules().texts.templates)
    assert f"English 1 {total} of {total} none Spanish 0 {total} of {total} none" in page
    assert f"Vietnamese 1 0 of {total} every text : instead of each, a person is asked" in page
    assert "Korean" not in page


async def test_a_pharmacist_sees_the_languages_of_their_own_members(desk: Desk) -> None:
    async with desk.signed_in("pharmacist", make.NPI) as pharmacist:
        page = plain((await pharmacist.get("/console/texts")).text)
    assert "Vietnamese" not in page


async def test_a_text_speaks_in_the_voice_of_the_program_that_is_asked_for(desk: Desk) -> None:
    async with desk.signed_in() as coordinator:
        for name, program in desk.app.state.programs.items():
            page = plain((await coordinator.get(f"/console/texts?program={name}")).text)
            assert program.sender in page


async def test_a_text_with_a_problem_or_missing_in_one_language_is_named(
    desk: Desk, tmp_path: Path
) -> None:
    shutil.copytree(TEMPLATES / "sms", tmp_path / "sms")
    (tmp_path / "sms" / "goodbye.es.txt").unlink()
    (tmp_path / "sms" / "help.en.txt").write_text("Your diabetes team. <b>" + "x" * 400)
    furnish(desk, tmp_path)
    async with desk.signed_in() as coordinator:
        page = (await coordinator.get("/console/texts")).text
    wrong = re.findall(r'class="wrong">([^<]+)<', page)
    assert wrong == [
        "it is longer than it may be",
        "it does not name the pharmacy",
        "it holds a word that may not be in a text",
        "it does not say how to opt out",
    ]
    assert "1 with a problem" in page
    assert "&lt;b&gt;" in page
    total = len(programs.rules().texts.templates)
    assert f"Spanish 0 {total - 1} of {total} Goodbye" in plain(page)
