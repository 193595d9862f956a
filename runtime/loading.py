"""From an identification's result folder into the database."""

import asyncio
import contextlib
import json
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
from sqlalchemy import Engine, create_engine

from activities.identification import finish_runs
from claims.criteria import Scoring
from runtime import programs
from runtime.clock import load_clock, wall_now
from runtime.following import follow
from runtime.settings import Settings
from store.database import dialect_url, transactions
from store.database import engine as async_engine
from store.loading import Loaded, Results, load
from store.runs import RunRecord

BATCH = 10_000


def part2_codes() -> frozenset[str]:
    rules = Scoring.from_data(programs.read("scoring.yaml"))
    return frozenset(rule.code for rule in rules.points if rule.part2)


def load_results(
    settings: Settings,
    folder: Path,
    *,
    limit: int | None = None,
    roster: Path | None = None,
    record: RunRecord | None = None,
    hold: Collection[str] = (),
) -> Loaded:
    """Load members, claims facts, pharmacies and enrollments.

    Journeys of those that have a pharmacy begin as soon as a worker runs, unless their program is
    one to `hold`. With a `roster` what is known of old members is renewed, and those who no longer
    fit leave.
    """
    report = json.loads((folder / "run.json").read_text("utf-8"))
    sets = programs.value_sets()
    results = Results(
        people=_rows(folder / "people.parquet"),
        contacts=_rows(folder / "contacts.parquet"),
        medications=_rows(folder / "medications.parquet"),
        evidence=_rows(folder / "evidence.parquet"),
        pharmacies=_rows(folder / "pharmacies.parquet"),
        members=list(_rows(folder / "members.parquet")),
        attribution=list(_rows(folder / "attribution.parquet")),
        report=report,
        part2_conditions=frozenset(
            name for name, condition in sets.conditions.items() if condition.part2
        ),
        as_of=date.fromisoformat(report["as_of"]),
        part2_codes=part2_codes(),
        roster=_rows(roster) if roster else None,
    )
    versions = {name: each.version for name, each in programs.all_programs().items()}
    rules = follow(list(report["identified"]))
    with opened(settings) as (engine, now):
        loaded = load(engine, results, versions, now, limit, record=record, follow=rules, hold=hold)
    asyncio.run(finish(settings, now))
    return loaded


async def finish(settings: Settings, now: datetime) -> None:
    """Carry out what loaded runs found of members who leave or stay."""
    opened = async_engine(settings.database_url, size=1)
    try:
        await finish_runs(transactions(opened).begin, now)
    finally:
        await opened.dispose()


@contextlib.contextmanager
def opened(settings: Settings) -> Iterator[tuple[Engine, datetime]]:
    """An engine for a while, and the moment it is in the members' calendar."""
    engine = create_engine(dialect_url(settings.database_url))
    try:
        with engine.connect() as connection:
            clock = load_clock(connection)
        yield engine, clock.at(wall_now())
    finally:
        engine.dispose()


def _rows(file: Path) -> Iterator[Mapping[str, Any]]:
    with duckdb.connect() as con:
        con.execute("select * from read_parquet(?)", [str(file)])
        columns = [each[0] for each in con.description or ()]
        while rows := con.fetchmany(BATCH):
            for row in rows:
                yield dict(zip(columns, row, strict=True))
