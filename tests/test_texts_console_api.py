"""Previews of the texts: what members would read, what is wrong with it, what is missing."""

import io
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace

import make
import pytest
import pytest_asyncio
from desk import TEMPLATES, Desk, open_desk, plain
from pypdf import PdfReader

from activities.letter_previews import LetterPreviews
from activities.texts import Texts
from runtime import programs

LETTERS = ("goodbye", "introduction")


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
    desk.app.state.letter_previews = LetterPreviews(
        templates if (templates / "letters").exists() else TEMPLATES, texts
    )


async def test_every_text_is_shown_in_every_language_without_a_problem(desk: Desk) -> None:
    async with desk.signed_in() as coordinator:
        page = (await coordinator.get("/console/texts")).text
    catalogue = programs.rules().texts
    every = len(catalogue.templates) + len(LETTERS)
    assert page.count('lang="en"') - 1 == page.count('lang="es"') == every
    assert "none with a problem" in page
    assert 'class="wrong"' not in page
    assert "Maria Guadalupe" in page
    assert "at most 4 segments" in plain(page)


async def test_the_languages_members_speak_say_what_is_missing(desk: Desk) -> None:
    async with desk.signed_in() as coordinator:
        page = plain((await coordinator.get("/console/texts")).text)
    total = len(programs.rules().texts.templates)
    assert (
        f"English 1 {total} of {total} none 2 of 2 none Spanish 0 {total} of {total} none" in page
    )
    assert f"Vietnamese 1 0 of {total} every text 0 of 2 every letter" in page
    assert f"Arabic 0 0 of {total} every text 2 of 2 none; drafts, not printed: Goodbye" in page
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


async def test_a_text_is_shown_to_each_made_up_member_and_counted_for_the_longest(
    desk: Desk,
) -> None:
    async with desk.signed_in() as coordinator:
        short = plain((await coordinator.get("/console/texts?member=short+names")).text)
        accents = plain((await coordinator.get("/console/texts?member=accents")).text)
    assert "Hi Jo, this is Oak Drugs" in short
    assert "2 segments" in short
    assert "1 segment (up to 2)" in short, "another member's name costs a second segment"
    assert "Farmacia Peñon" in accents, "in the letters that a text may have"


async def test_letters_are_shown_with_their_level_and_a_draft_says_so(desk: Desk) -> None:
    async with desk.signed_in() as coordinator:
        page = plain((await coordinator.get("/console/texts")).text)
    assert page.count("Arabic draft, not printed") == len(LETTERS)
    assert "Dear Maria Guadalupe Hernandez-Villanueva," in page
    assert "grade 1 or lower" in page
    assert "reading ease" in page
    assert "reading level not measured" in page


async def test_a_letter_that_reads_hard_or_names_a_condition_is_named(
    desk: Desk, tmp_path: Path
) -> None:
    shutil.copytree(TEMPLATES, tmp_path / "templates")
    letter = tmp_path / "templates" / "letters" / "goodbye.en.yaml"
    hard = "Interdisciplinary pharmacotherapeutic coordination of hypertension necessitates "
    letter.write_text(
        f"version: 2\nsubject: {hard * 3}\ngreeting: Dear {{{{ member.name }}}}\n"
        "parts: []\nclosing: Bye.\n".replace("Dear {{", "'Dear {{").replace("}}\n", "}}'\n")
    )
    furnish(desk, tmp_path / "templates")
    async with desk.signed_in() as coordinator:
        page = (await coordinator.get("/console/texts")).text
    wrong = re.findall(r'class="wrong">([^<]+)<', page)
    assert wrong == [
        "it holds a word that may not be in a text",
        "it is harder to read than it may be",
    ]


@pytest.mark.parametrize("language", ["en", "es", "ar"])
async def test_a_letter_can_be_seen_as_it_is_printed(desk: Desk, language: str) -> None:
    async with desk.signed_in() as coordinator:
        answer = await coordinator.get(f"/console/texts/letters/introduction/{language}?large=true")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert PdfReader(io.BytesIO(answer.content)).pages
    assert answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("page", ["introduction/vi", "nothing/en", "words/en", "../x/en"])
async def test_a_letter_that_is_not_there_is_not_found(desk: Desk, page: str) -> None:
    async with desk.signed_in() as coordinator:
        assert (await coordinator.get(f"/console/texts/letters/{page}")).status_code == 404


async def test_nobody_sees_a_letter_without_signing_in(desk: Desk) -> None:
    async with desk.browser() as browser:
        answer = await browser.get("/console/texts/letters/introduction/en")
    assert "application/pdf" not in answer.headers["Content-Type"]
