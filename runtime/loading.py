"""From an identification's result folder into the database."""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from sqlalchemy import create_engine

from runtime import programs
from runtime.clock import load_clock, wall_now
from runtime.settings import Settings
from store.database import dialect_url
from store.loading import Results, load

BATCH = 10_000


def load_results(settings: Settings, folder: Path, *, limit: int | None) -> int:
    """Load members, claims facts, pharmacies and enrollments; how many enrollments are new.

    Journeys of those that have a pharmacy begin as soon as a worker runs.
    """
    report = json.loads((folder / "run.json").read_text("utf-8"))
    sets = programs.value_sets()
    results = Results(
        people=_rows(folder, "people"),
        contacts=_rows(folder, "contacts"),
        medications=_rows(folder, "medications"),
        evidence=_rows(folder, "evidence"),
        pharmacies=_rows(folder, "pharmacies"),
        members=list(_rows(folder, "members")),
        attribution=list(_rows(folder, "attribution")),
        report=report,
        part2_conditions=frozenset(
            name for name, condition in sets.conditions.items() if condition.part2
        ),
        as_of=date.fromisoformat(report["as_of"]),
    )
    versions = {name: each.version for name, each in programs.all_programs().items()}
    engine = create_engine(dialect_url(settings.database_url))
    try:
        with engine.connect() as connection:
            clock = load_clock(connection)
        return load(engine, results, versions, clock.at(wall_now()), limit)
    finally:
        engine.dispose()


def _rows(folder: Path, name: str) -> Iterator[Mapping[str, Any]]:
    with duckdb.connect() as con:
        con.execute("select * from read_parquet(?)", [str(folder / f"{name}.parquet")])
        columns = [each[0] for each in con.description or ()]
        while rows := con.fetchmany(BATCH):
            for row in rows:
                yield dict(zip(columns, row, strict=True))
