"""What a printed coordination note says, as plain values for its layout."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from domain.note_medicines import is_late
from domain.notes import CoordinationNote
from domain.part2 import Permission

FITS = (
    (10.5, {"findings": 8, "medications": 12, "pressures": 8, "glucoses": 6, "needs": 6}),
    (9.5, {"findings": 6, "medications": 8, "pressures": 6, "glucoses": 4, "needs": 4}),
    (9.0, {"findings": 3, "medications": 4, "pressures": 4, "glucoses": 2, "needs": 2}),
)
"""Ways to fit one page, best first: point size and how many lines of each kind. Requests are
never cut, and a fax machine does not carry less than 9 point."""


def read_notices(path: Path) -> dict[str, str]:
    """The legal texts by their names; source and dates stay in the file for its reviewers."""
    notices = yaml.safe_load(path.read_text("utf-8"))
    return {name: " ".join(notice["text"].split()) for name, notice in notices.items()}


def note_page(note: CoordinationNote, notices: Mapping[str, str]) -> dict[str, Any]:
    """What is newest or late comes first: it survives a cut."""
    today = note.written_at.date()
    page: dict[str, Any] = asdict(replace(note.released(), permission=None)) | {
        "medications": [
            asdict(line) | {"runs_out": line.runs_out, "late": is_late(line, today)}
            for line in sorted(note.medications, key=lambda line: not is_late(line, today))
        ],
        "pressures": _with_day(sorted(note.pressures, key=lambda r: r.on, reverse=True)),
        "glucoses": _with_day(sorted(note.glucoses, key=lambda r: r.on, reverse=True)),
        "notices": [notices["confidential"]],
    }
    if said := part2_notice(note, notices):
        page["notices"] += [said]
    faced: dict[str, Any] = _faces(page)
    return faced


def part2_notice(note: CoordinationNote, notices: Mapping[str, str]) -> str:
    """The notice of 42 CFR 2.32 with the scope of the consent; empty when none is owed."""
    if not note.part2_notice:
        return ""
    allowed = note.released().permission
    assert allowed is not None
    return part2_notice_for(allowed, notices)


def part2_notice_for(allowed: Permission, notices: Mapping[str, str]) -> str:
    """What 42 CFR 2.32 wants with every disclosure under this permission."""
    return f"{notices['part2']} {notices[f'part2_consent_{allowed.scope}']}"


def _with_day(readings: Sequence[Any]) -> list[dict[str, Any]]:
    return [asdict(reading) | {"day": f"{reading.on:%b} {reading.on.day}"} for reading in readings]


def _faces(value: Any) -> Any:
    match value:
        case date():
            return f"{value:%B} {value.day}, {value.year}"
        case dict():
            return {key: _faces(part) for key, part in value.items()}
        case list() | tuple():
            return [_faces(part) for part in value]
    return value
