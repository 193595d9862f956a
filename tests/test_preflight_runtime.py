"""A dry run of `doorway identify` ends with the pre-flight of those it would enroll."""

import io
from pathlib import Path

import pytest
from make_claims import AS_OF, METFORMIN, ClaimsFolder
from rich.console import Console

from runtime.identify import Asked, identify
from runtime.settings import Settings

CARDIO = "medicare-cardiometabolic"


@pytest.fixture
def folder(tmp_path: Path) -> ClaimsFolder:
    """Three with diabetes: one with a mobile number, one with a landline, one with neither."""
    made = ClaimsFolder(tmp_path / "claims")
    made.drugs()
    for person in ("P1", "P2", "P3"):
        made.member(person)
        made.diagnosed(person, "2026-03-01", "E119")
        made.diagnosed(person, "2026-05-01", "E119")
        made.filled(person, "2026-05-02", METFORMIN)
    made.phone("P1", "+16145550134", preferred_language="spanish")
    made.phone("P2", "+16145550135", type="landline")
    made.pharmacy("1111111112", services="medication_management")
    return made


def told(settings: Settings, folder: ClaimsFolder, program: str = CARDIO) -> str:
    out = io.StringIO()
    identify(settings, Asked(program, folder.write(), AS_OF, None), Console(file=out, width=200))
    return " ".join(out.getvalue().split())


def test_a_dry_run_says_who_would_be_reached_and_what_stands_in_the_way(
    folder: ClaimsFolder, tmp_path: Path
) -> None:
    said = told(Settings(home=tmp_path), folder)
    assert "if they were enrolled now 3 members" in said
    assert "English 2, Spanish 1" in said
    assert "By text 1" in said
    assert "in the way Sending is switched off: 1" in said
    assert "in the way Only a landline: 1" in said
    assert "in the way No number at all: 1" in said
    assert "texts, at most day 1: 1" in said


def test_a_dry_run_that_finds_nobody_has_nothing_to_look_ahead_to(
    folder: ClaimsFolder, tmp_path: Path
) -> None:
    assert "if they were enrolled" not in told(
        Settings(home=tmp_path), folder, "medicaid-high-risk"
    )
