"""Canaries in every Part 2 source, looked for in every sink: out without consent, never else."""

import asyncio
import io
from collections.abc import Callable
from pathlib import Path

import make
import pytest
from desk import Desk, open_desk
from fakes import TEMPLATES, House, open_house
from part2_canaries import (
    CANARIES,
    DOCTOR,
    IN_A_NOTE,
    IN_AN_EXPORT,
    NOTICE,
    SCOPE,
    answered,
    consent,
    known_programs,
    logged,
    member,
    read,
    told,
    words_of,
)
from rich.console import Console
from test_fhir_api import get, key
from test_notes_activities import LINKS
from test_providers_api import send

from activities.letters import LetterActivities, PrintLetterRequest
from activities.notes import NoteActivities, WriteNoteRequest
from api.auth import digest
from domain.passage import Channel
from gateways.note_spool import NoteSpool, SpoolTransport
from gateways.print_spool import PrintSpool
from gateways.typesetting import Typesetter
from runtime.export import export
from runtime.settings import Settings
from store import part2
from store.models import Disclosure, Intent
from store.pages.scope import EVERYTHING

NOTHING: set[str] = set()


async def noted(house: House, folder: Path) -> str:
    """The page, the document and the manifest of the note."""
    ways = {Channel.SPOOL: SpoolTransport(NoteSpool(folder))}
    typesetter = Typesetter(TEMPLATES)
    notes = NoteActivities(house.transaction, known_programs(), typesetter, ways, LINKS, house.time)
    await notes.write_note(WriteNoteRequest("n1"))
    return read(folder)


async def test_a_note_without_consent_tells_of_nothing_protected(
    database_url: str, tmp_path: Path
) -> None:
    async with open_house(database_url) as house:
        house.given(*member())
        with logged() as logs:
            said = await noted(house, tmp_path)
        assert await house.all(Disclosure) == []
    assert "lisinopril" in said.lower()
    assert told(said) == NOTHING
    assert "note_sent" in logs.getvalue()
    assert told(logs.getvalue()) == NOTHING


async def test_a_note_with_consent_tells_what_it_may_with_the_notice_and_the_logs_still_nothing(
    database_url: str, tmp_path: Path
) -> None:
    async with open_house(database_url) as house:
        house.given(*member(), consent())
        with logged() as logs:
            said = await noted(house, tmp_path)
        line = await house.only(Disclosure)
    assert told(said) == IN_A_NOTE
    assert said.count(NOTICE) >= 3, "in the page, in the document and in the manifest"
    assert said.count(SCOPE) >= 3
    assert line.kinds == ["conditions", "medications", "requests"]
    assert told(logs.getvalue()) == NOTHING


@pytest.mark.parametrize(
    "with_consent", [False, True], ids=["without consent", "even with consent"]
)
async def test_texts_and_letters_tell_of_nothing_protected(
    database_url: str, tmp_path: Path, with_consent: bool
) -> None:
    async with open_house(database_url) as house:
        house.given(*member(), *((consent(),) if with_consent else ()))
        letters = LetterActivities(
            house.transaction, known_programs(), Typesetter(TEMPLATES), PrintSpool(tmp_path),
            house.time,
        )  # fmt: skip
        with logged() as logs:
            await letters.print_letter(PrintLetterRequest("l1"))
            await house.advance()
            await house.send_all()
        texts = [f"{row.step} {row.template} {row.body}" for row in await house.all(Intent)]
    assert texts, "some text was decided on"
    assert "Ana Lopez" in read(tmp_path)
    assert told("\n".join([read(tmp_path), *texts, logs.getvalue()])) == NOTHING


def exported(database_url: str, out: Path, to: str) -> tuple[str, str]:
    said = io.StringIO()
    settings = Settings(database_url=database_url)
    export(settings, "e1", out, Console(file=said, width=200), to=to)
    return read(out), said.getvalue()


@pytest.mark.parametrize(
    ("rows", "to"),
    [
        pytest.param((consent,), "", id="for nobody named"),
        pytest.param((consent,), make.OTHER_NPI, id="for somebody else than it names"),
        pytest.param((), DOCTOR, id="without any consent"),
    ],
)
def test_an_export_without_consent_for_its_recipient_tells_of_nothing_protected(
    database_url: str, tmp_path: Path, rows: tuple[Callable[[], object], ...], to: str
) -> None:
    make.save(database_url, *member(**answered()), *(row() for row in rows))  # type: ignore[misc]
    said, console = exported(database_url, tmp_path / "out", to)
    assert "lisinopril" in said
    assert told(said + console) == NOTHING
    assert "records under 42 CFR Part 2; no consent that names the recipient" in console


async def test_an_export_with_consent_tells_what_it_may_with_the_notice_and_is_accounted(
    database_url: str, tmp_path: Path
) -> None:
    async with open_house(database_url) as house:
        house.given(*member(**answered()), consent())
        said, _ = await asyncio.to_thread(exported, database_url, tmp_path / "out", DOCTOR)
        line = await house.only(Disclosure)
    assert told(said) == IN_AN_EXPORT
    assert holding_without_notice(tmp_path / "out") == []
    assert (line.sink, line.recipient_npi, line.consent_id) == ("export", DOCTOR, 1)
    assert line.kinds == [
        "Condition", "MedicationDispense", "Observation", "QuestionnaireResponse", "conditions",
        "medications",
    ]  # fmt: skip


def holding_without_notice(folder: Path) -> list[str]:
    files = [path for path in folder.iterdir() if told(words_of(path))]
    assert len(files) >= 3
    return [path.name for path in files if NOTICE not in words_of(path)]


CONSOLE = (
    "/console/", "/console/members", "/console/tasks", "/console/enrollments/e1",
    "/console/enrollments/e1/live", "/console/part2/e1", "/console/needs/e1", "/console/queue",
    "/console/delivery",
)  # fmt: skip


async def pages(desk: Desk, role: str) -> str:
    npi = make.NPI if role == "pharmacist" else None
    async with desk.signed_in(role, npi) as visitor:
        found = [await visitor.get(address) for address in CONSOLE]
    assert {page.status_code for page in found} == {200}
    return "\n".join(page.text for page in found)


@pytest.mark.parametrize("role", ["coordinator", "manager"])
async def test_a_console_page_for_a_role_without_clearance_tells_of_nothing_protected(
    database_url: str, role: str
) -> None:
    make.save(database_url, *member(**answered()), consent(), make.delivery(ndc11="98765000321"))
    with logged() as logs:
        async with open_desk(database_url) as desk:
            said = await pages(desk, role)
    assert "Protected source" in said
    assert "Protected answers" in said
    assert "Protected request" in said
    assert told(said + logs.getvalue()) == NOTHING


async def test_the_members_own_pharmacist_sees_what_the_call_and_the_answers_are_about(
    database_url: str,
) -> None:
    make.save(database_url, *member(**answered()))
    async with open_desk(database_url) as desk:
        said = await pages(desk, "pharmacist")
    seen = {"task text", "curriculum", "screening answer", "screening question"}
    assert told(said) == seen | {"answer of the practice"}


async def test_fhir_tells_of_nothing_protected_consent_or_not(database_url: str) -> None:
    make.save(database_url, *member(**answered()), consent())
    headers = await key(database_url, npi="")
    kinds = (
        "Condition", "MedicationDispense", "Observation", "QuestionnaireResponse", "Communication",
        "CarePlan", "Goal", "Task", "ServiceRequest", "Procedure",
    )  # fmt: skip
    async with open_desk(database_url) as desk:
        said = ""
        for kind in kinds:
            status, body = await get(desk, f"/fhir/{kind}?patient=m1", headers)
            assert status in (200, 404)
            said += str(body)
    assert "lisinopril" in said
    assert told(said) == NOTHING


@pytest.mark.parametrize(
    ("revoked", "expected"),
    [
        pytest.param(False, {"request"}, id="shown with the notice while the consent stands"),
        pytest.param(True, NOTHING, id="taken away once it is revoked"),
    ],
)
async def test_the_practices_page_asks_what_a_standing_consent_lets_it_ask(
    database_url: str, revoked: bool, expected: set[str]
) -> None:
    token = "abcdefghijklmnopqrstuvwxyz012345"
    open_note = {**answered(), "answered_at": None, "answers": None, "token_hash": digest(token)}
    make.save(database_url, *member(**open_note), consent())
    async with open_desk(database_url) as desk:
        if revoked:
            async with desk.app.state.sessions.begin() as session:
                await part2.revoke(
                    session, EVERYTHING, "e1", 1, how="told", actor="staff:s1", now=make.NOW
                )
        async with desk.browser() as browser:
            page = await send(browser, "123456")
    assert "Please send the list." in page.text
    assert told(page.text) == expected
    assert (NOTICE in page.text) is not revoked


def test_every_source_has_a_canary_that_some_sink_or_reader_shows() -> None:
    """Or the canary itself would be dead, and its absence would prove nothing."""
    shown = IN_A_NOTE | IN_AN_EXPORT | {"task text", "curriculum", "answer of the practice"}
    assert set(CANARIES) - shown == {"diagnosis code", "drug class"}
