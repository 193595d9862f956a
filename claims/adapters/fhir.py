"""Files of FHIR resources, one a line (BCDA, BFD, CARIN): reads their ExplanationOfBenefits."""

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb

from claims import sources_guard as guard
from claims.adapters.eob import tell
from claims.adapters.netting import count_drops
from claims.adapters.staging import Stage
from claims.errors import BadInput
from claims.sources import Source

MAX_LINE = 16_000_000
"""Bytes. The longest claims, with hundreds of lines, are under two million."""
_MAX_DEPTH_ERRORS = (json.JSONDecodeError, UnicodeDecodeError, RecursionError)
_EOB = re.compile(rb'"resourceType"\s*:\s*"ExplanationOfBenefit"')


def look(folder: Path, spoken_for: frozenset[Path]) -> list[Source]:
    """Files ending in .ndjson whose first line is an ExplanationOfBenefit."""
    here = sorted(p for p in folder.iterdir() if p.suffix.lower() == ".ndjson" and p.is_file())
    files = tuple(p for p in here if p not in spoken_for and _EOB.search(_start(p)))
    gives = ("medical_claim", "pharmacy_claim")
    return [Source("fhir_eob", files, "fhir-eob", gives)] if files else []


def _start(file: Path) -> bytes:
    try:
        with file.open("rb") as lines:
            return lines.readline(MAX_LINE)
    except OSError:
        raise BadInput(f"{file} cannot be opened; check that it may be read.") from None


def make(con: duckdb.DuckDBPyConnection, sources: Sequence[Source], scratch: Path) -> None:
    """Makes in_medical_claim and in_pharmacy_claim, of those that nobody else gives."""
    for source in sources:
        stages = {kind: Stage(kind, scratch) for kind in ("medical_claim", "pharmacy_claim")}
        con.execute("create table fhir_drop (kind varchar, claim_id varchar, reason varchar)")
        con.execute("create table fhir_taken_back (claim_id varchar)")
        with stages["medical_claim"] as medical, stages["pharmacy_claim"] as fills:
            _read(con, source, medical, fills)
        for kind, stage in stages.items():
            if kind in source.gives:
                stage.load(con)
                _take_back(con, stage)
                dropped = f"select claim_id, reason from fhir_drop where kind = '{kind}'"
                count_drops(con, kind, dropped)
                stage.show(con)


def _read(con: duckdb.DuckDBPyConnection, source: Source, medical: Stage, fills: Stage) -> None:
    drops: list[tuple[str, str, str]] = []
    taken: list[tuple[str]] = []
    for resource in _resources(con, source.files):
        told = tell(resource)
        stage = fills if told.kind == "pharmacy_claim" else medical
        for row in told.rows:
            stage.row(row)
        if told.reason:
            drops.append((told.kind, told.claim_id, told.reason))
        taken += [(claim,) for claim in told.takes_back]
        if len(drops) + len(taken) >= 10_000:
            _keep(con, drops, taken)
    _keep(con, drops, taken)


def _keep(
    con: duckdb.DuckDBPyConnection, drops: list[tuple[str, str, str]], taken: list[tuple[str]]
) -> None:
    for table, rows in (("fhir_drop", drops), ("fhir_taken_back", taken)):
        if rows:
            con.executemany(f"insert into {table} values ({', '.join('?' * len(rows[0]))})", rows)
    drops.clear()
    taken.clear()


def _take_back(con: duckdb.DuckDBPyConnection, stage: Stage) -> None:
    gone = "claim_id in (select claim_id from fhir_taken_back)"
    said = "replaced by a later claim"
    claims = f"select distinct claim_id, '{said}' as reason from {stage.table} where {gone}"
    con.execute(f"insert into fhir_drop select '{stage.kind}', claim_id, reason from ({claims})")
    con.execute(f"delete from {stage.table} where {gone}")


def _resources(con: duckdb.DuckDBPyConnection, files: Sequence[Path]) -> Iterator[dict[str, Any]]:
    for file in files:
        guard.check(con, file)
        with file.open("rb") as lines:
            number = 0
            while line := lines.readline(MAX_LINE):
                number += 1
                if line.strip():
                    yield _resource(file, number, line)


def _resource(file: Path, number: int, line: bytes) -> dict[str, Any]:
    if len(line) == MAX_LINE and not line.endswith(b"\n"):
        raise BadInput(
            f"{file} has a line of more than {MAX_LINE:,} bytes (line {number}); write one "
            "resource a line."
        )
    try:
        resource = json.loads(line)
    except _MAX_DEPTH_ERRORS:
        raise BadInput(
            f"{file} has a line that is no JSON (line {number}); export it again, one resource a "
            "line."
        ) from None
    if not isinstance(resource, dict) or resource.get("resourceType") != "ExplanationOfBenefit":
        raise BadInput(
            f"{file} has a line that is no ExplanationOfBenefit (line {number}); keep other "
            "resources in files of their own."
        )
    return resource
