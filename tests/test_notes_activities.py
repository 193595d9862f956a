"""Coordination notes: written once with one link, and nothing told that may not be told."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import make
import pytest
import pytest_asyncio
from fakes import House, ana, open_house
from make_journeys import DAY, NOW

from activities.notes import NoteActivities, ReplyLinks, WriteNoteRequest
from domain.notes import CoordinationNote
from domain.passage import Channel
from gateways.note_spool import NoteSpool, SpoolTransport
from gateways.typesetting import NoteTooLong
from runtime import programs
from store.models import Agreement, Enrollment, Note, Outcome, Task
from store.notes import token_hash

LINKS = ReplyLinks("https://doorway.example", b"a key")
QUIET = "99999000404"
NOTICE = "42 CFR part 2 prohibits unauthorized use or disclosure of these records."


@dataclass
class Press:
    wrong: Exception | None = None
    written: list[CoordinationNote] = field(default_factory=list)

    def note(self, note: CoordinationNote, *, link: str, second_factor: str) -> bytes:
        if self.wrong:
            raise self.wrong
        self.written.append(note)
        return f"{link} {second_factor}".encode()

    def part2_notice(self, note: CoordinationNote) -> str:
        return NOTICE if note.part2_notice else ""


@pytest_asyncio.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    async with open_house(database_url) as opened:
        opened.given(
            *ana(),
            make.medication(prescriber_npi="1000000020"),
            make.medication(ndc11=QUIET, ingredient="buprenorphine", part2=True),
            make.evidence(),
            make.evidence(condition="oud", rule="OUD", part2=True),
            make.need(),
            make.note(sent_at=None, created_at=NOW, content={}, status="pending"),
        )
        yield opened


def works(house: House, press: Press, folder: Path) -> NoteActivities:
    transports = {Channel.SPOOL: SpoolTransport(NoteSpool(folder))}
    return NoteActivities(
        house.transaction, programs.all_programs(), press, transports, LINKS, house.time  # type: ignore[arg-type]
    )  # fmt: skip


def manifests(folder: Path) -> list[Path]:
    return [path for path in folder.glob("*.json") if not path.name.endswith(".fhir.json")]


def left_in(folder: Path) -> str:
    return "\n".join(p.read_bytes().decode("latin-1") for p in folder.iterdir()).lower()


async def test_a_note_leaves_once_and_its_answer_is_expected(house: House, tmp_path: Path) -> None:
    press = Press()
    notes = works(house, press, tmp_path)
    for _ in range(2):
        await notes.write_note(WriteNoteRequest("n1"))
    row = await house.one(Note, "n1")
    assert (row.sent_at, row.problem) == (NOW, None)
    assert row.token_hash == token_hash(LINKS.token("n1"))
    assert row.content["second_factor"] == LINKS.second_factor("n1")
    assert [asked["id"] for asked in row.content["requests"]] == ["medication_list"]
    assert len(press.written) == 1
    assert [o.kind for o in await house.all(Outcome)] == ["note_sent"]
    assert len(manifests(tmp_path)) == 1


async def test_a_note_tried_again_after_a_crash_has_the_same_link(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object, **__: object) -> None:
        raise RuntimeError("the power went out")

    notes = works(house, Press(), tmp_path)
    monkeypatch.setattr("activities.note_step.outcomes.record", crash)
    with pytest.raises(RuntimeError, match="power"):
        await notes.write_note(WriteNoteRequest("n1"))
    (first,) = manifests(tmp_path)
    left = first.read_bytes()
    assert (await house.one(Note, "n1")).sent_at is None
    monkeypatch.undo()
    await notes.write_note(WriteNoteRequest("n1"))
    assert first.read_bytes() == left
    assert json.loads(left)["link"] == LINKS.link("n1")
    assert (await house.one(Note, "n1")).sent_at == NOW


async def test_without_written_consent_nothing_of_substance_use_leaves(
    house: House, tmp_path: Path
) -> None:
    press = Press()
    await works(house, press, tmp_path).write_note(WriteNoteRequest("n1"))
    (note,) = press.written
    assert [line.ndc for line in note.medications] == ["99999000101"]
    assert "oud" not in [line.text for line in note.conditions]
    assert note.needs == (), "nobody has agreed that a need be told"
    said = left_in(tmp_path)
    assert "lisinopril" in said
    assert not any(word in said for word in ("buprenorphine", QUIET, "oud", "opioid"))


async def test_a_medicine_stopped_long_ago_is_not_on_the_list(house: House, tmp_path: Path) -> None:
    old = date(2025, 3, 1)
    house.given(make.medication(ndc11="99999000888", ingredient="cefalexin", last_fill_on=old))
    press = Press()
    await works(house, press, tmp_path).write_note(WriteNoteRequest("n1"))
    assert [line.ingredient for line in press.written[0].medications] == ["lisinopril"]


async def test_needs_the_member_agreed_to_share_and_days_covered_by_fills_are_told(
    house: House, tmp_path: Path
) -> None:
    house.given(
        Agreement(member_id="m1", given=True, at=NOW, how="text", actor="member"),
        make.need(domain="utilities", refuted_at=NOW, refuted_by="staff:s1"),
    )
    reasons = ["8|PDC_80|fills of statins cover 71% of days", "20|MOUD_GAP|ran out 9 days ago"]
    await house.change(Enrollment, "e1", reasons=reasons)
    press = Press()
    await works(house, press, tmp_path).write_note(WriteNoteRequest("n1"))
    (note,) = press.written
    assert [line.text for line in note.needs] == [
        "Food (by the member's own words, not yet signed)"
    ]
    assert [line.text for line in note.findings] == [
        "By claims, fills of statins cover 71% of days."
    ]


async def test_the_newest_word_counts_when_the_member_takes_the_yes_back(
    house: House, tmp_path: Path
) -> None:
    for given in (True, False):
        house.given(Agreement(member_id="m1", given=given, at=NOW, how="text", actor="member"))
    press = Press()
    await works(house, press, tmp_path).write_note(WriteNoteRequest("n1"))
    assert press.written[0].needs == ()


@pytest.mark.parametrize(
    ("note", "wrong", "problem"),
    [
        pytest.param({"prescriber_npi": None}, None, "no_prescriber", id="nobody prescribes"),
        pytest.param({}, NoteTooLong("3 pages"), "NoteTooLong", id="more than its page holds"),
    ],
)
async def test_what_cannot_be_written_is_a_pharmacists(
    house: House, tmp_path: Path, note: dict[str, None], wrong: Exception | None, problem: str
) -> None:
    for name, value in note.items():
        await house.change(Note, "n1", **{name: value})
    notes = works(house, Press(wrong), tmp_path)
    for _ in range(2):
        await notes.write_note(WriteNoteRequest("n1"))
    row = await house.one(Note, "n1")
    assert (row.problem, row.sent_at) == (problem, None)
    task = await house.only(Task)
    assert (task.kind, task.role, task.due_at) == ("note_problem", "pharmacist", NOW + DAY)
    assert manifests(tmp_path) == []


async def test_a_note_that_left_before_the_crash_stands_as_it_left_and_its_link_works(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object, **__: object) -> None:
        raise RuntimeError("the power went out")

    notes = works(house, Press(), tmp_path)
    monkeypatch.setattr("activities.note_step.outcomes.record", crash)
    with pytest.raises(RuntimeError, match="power"):
        await notes.write_note(WriteNoteRequest("n1"))
    monkeypatch.undo()
    house.given(make.medication(ndc11="99999000777", last_fill_on=date(2026, 3, 3)))
    await notes.write_note(WriteNoteRequest("n1"))
    row = await house.one(Note, "n1")
    assert (row.status, row.sent_at, row.problem) == ("sent", NOW, None)
    assert row.token_hash == token_hash(LINKS.token("n1"))
    assert await house.all(Task) == []
    assert len(manifests(tmp_path)) == 1


def test_a_link_opens_nothing_of_another_note_and_is_typed_from_a_fax() -> None:
    assert LINKS.token("n1") != LINKS.token("n2")
    assert LINKS.second_factor("n1") != LINKS.second_factor("n2")
    assert ReplyLinks("https://doorway.example", b"other").token("n1") != LINKS.token("n1")
    assert len(LINKS.token("n1")) == 16
    assert LINKS.token("n1").isalnum()
    assert LINKS.link("n1").startswith("https://doorway.example/provider/notes/")
