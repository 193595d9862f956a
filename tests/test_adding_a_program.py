"""The program that the documentation adds really runs, from claims to the first invitation."""

import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType

import pytest
import yaml
from make_claims import ClaimsFolder, rows, run

from claims.criteria import EXCLUSIONS
from domain import journey
from domain.effects import SendText
from domain.note_requests import signals
from domain.notes import GlucoseReading, MedicationLine, PressureReading
from domain.outreach import Channel
from domain.program import Program
from domain.stages import Do, Facts, Wait
from runtime import programs
from runtime.errors import Refusal

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "adding-a-program.md").read_text()
NAME = "medicaid-breathing"
NOW = datetime(2027, 1, 5, 16, tzinfo=UTC)


def written() -> str:
    """The YAML a reader copies from the page."""
    blocks: list[str] = re.findall(r"```yaml\n(.*?)```", PAGE, re.S)
    assert len(blocks) == 1
    return blocks[0]


def forget(room: ModuleType) -> None:
    for thing in vars(room).values():
        if hasattr(thing, "cache_clear"):
            thing.cache_clear()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of `programs/` that the reader has added the page's file to."""
    copy = tmp_path / "programs"
    shutil.copytree(ROOT / "programs", copy)
    (copy / f"{NAME}.yaml").write_text(written())
    monkeypatch.setattr(programs, "PROGRAMS", copy)
    forget(programs)
    yield copy
    forget(programs)


@pytest.fixture
def added(folder: Path) -> Program:
    return programs.program(NAME)


def test_the_program_stands_beside_the_shipped_ones(folder: Path) -> None:
    shipped = {"medicare-cardiometabolic", "medicaid-high-risk"}
    assert shipped | {NAME} <= set(programs.all_programs())


def test_the_file_is_named_as_the_program_is(added: Program) -> None:
    assert added.id == NAME


@pytest.mark.parametrize(
    ("code", "payer", "found"),
    [
        pytest.param("J45909", "medicaid", 1, id="a Medicaid member with asthma is found"),
        pytest.param("E119", "medicaid", 0, id="a member with diabetes alone is not"),
        pytest.param("J45909", "medicare", 0, id="a Medicare member is not"),
    ],
)
def test_claims_find_its_members(
    folder: Path, tmp_path: Path, code: str, payer: str, found: int
) -> None:
    claims = ClaimsFolder(tmp_path / "claims")
    claims.member("p1", payer_type=payer)
    for day in ("2026-01-05", "2026-03-05"):
        claims.diagnosed("p1", day, code)
    claims.pharmacy("1111111112", services="coaching;screening", networks="carelonrx")
    report = run(claims.write(), tmp_path / "out", programs.criteria(NAME))
    assert report.identified == {NAME: found}
    assert [row["npi"] for row in rows(tmp_path / "out", "attribution")] == ["1111111112"] * found


def test_what_the_page_excludes_is_left_out(folder: Path, tmp_path: Path) -> None:
    claims = ClaimsFolder(tmp_path / "claims")
    claims.member("p1", payer_type="medicaid", hospice_flag="1")
    for day in ("2026-01-05", "2026-03-05"):
        claims.diagnosed("p1", day, "J45909")
    report = run(claims.write(), tmp_path / "out", programs.criteria(NAME))
    assert report.excluded == {NAME: {"hospice": 1}}


def test_the_journey_begins_with_the_pages_first_rung(added: Program) -> None:
    begins = journey.STAGES["outreach"].begins
    decided = journey.next_step(added, "outreach", begins, Facts(), NOW)
    assert isinstance(decided, Do)
    assert SendText("outreach-1", "welcome") in decided.effects


def test_a_reached_member_goes_through_the_pages_stages_and_no_others(added: Program) -> None:
    facts = Facts(reached_at=NOW, done={"outreach": "reached"}, conditions=("asthma",))
    assert journey.running(added, facts) == ("screening", "coaching")
    for stage in journey.running(added, facts):
        begins = journey.STAGES[stage].begins
        assert isinstance(journey.next_step(added, stage, begins, facts, NOW), Do | Wait)


@pytest.mark.parametrize("language", ["en", "es"])
def test_each_rung_has_its_words(added: Program, language: str) -> None:
    for rung in added.plans["outreach"].rungs:
        match rung.channel:
            case Channel.SMS | Channel.SECOND_NUMBER:
                assert rung.template in programs.read("sms.yaml")["templates"]
                assert (ROOT / f"templates/sms/{rung.template}.{language}.txt").exists()
            case Channel.LETTER:
                assert (ROOT / f"templates/letters/{rung.template}.{language}.yaml").exists()


OPTIONAL = {"source", "exclusions", "capacity_weeks"}


@pytest.mark.parametrize("line", sorted(set(yaml.safe_load(written())) - OPTIONAL))
def test_a_missing_line_is_one_sentence(folder: Path, line: str) -> None:
    data = yaml.safe_load(written())
    del data[line]
    (folder / f"{NAME}.yaml").write_text(yaml.safe_dump(data))
    with pytest.raises(Refusal, match=f"programs/{NAME}.yaml: .*`{line}` is missing"):
        programs.program(NAME)


def test_the_page_names_every_exclusion_and_signal_there_is() -> None:
    today = NOW.date()
    known = signals(
        [PressureReading(today, 150, 95)],
        [GlucoseReading(today, 148)],
        [MedicationLine("a", "1", today, 30), MedicationLine("b", "2", today, 30, part2=True)],
        today=today,
        window=timedelta(days=30),
        enough_readings=1,
    )
    assert [name for name in (*EXCLUSIONS, *known) if f"`{name}`" not in PAGE] == []
    assert len(known) == 5
