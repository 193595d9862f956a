"""From claims folders to identified members: every step in order, all of it or nothing."""

import json
import resource
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import duckdb

from claims import attribution, outputs
from claims.adherence import follow_adherence
from claims.asthma import follow_asthma
from claims.clean import clean, settle_as_of
from claims.codes import diagnosis_columns
from claims.conditions import find_conditions, look_back
from claims.coverage import cover
from claims.criteria import Criteria
from claims.errors import BadInput
from claims.fills import read_fills
from claims.intake import DATABASE, connect, count, digests, look, make_views
from claims.medications import follow_supplies
from claims.members import excluded_members, identify_members, short_histories
from claims.people import know_people
from claims.physicians import find_physicians
from claims.results_folder import REPORT, results_folder
from claims.risk_groups import RiskGroups, find_risk_groups, no_risk_groups
from claims.scores import score
from claims.sources import Found
from claims.sources_plain import LOOK
from claims.steps import Steps, made_of
from claims.valuesets import ValueSets

MEMORY = "700MB"
"""What the engine may hold before it spills to disk; the process as a whole stays below 1 GB."""

MEMORY_BESIDE = "400MB"


@dataclass(frozen=True, slots=True)
class RunReport:
    """What a run read, left out and found; the same as run.json. Ids of claims, never names."""

    as_of: date
    layout: str
    missing: tuple[str, ...]
    rows: dict[str, int]
    inputs: dict[str, str]
    """SHA-256 of every file that was read, by its place in its folder."""
    dropped: dict[str, int]
    examples: dict[str, list[str]]
    identified: dict[str, int]
    excluded: dict[str, dict[str, int]]
    insufficient_history: dict[str, int]
    """Covered persons in whom nothing was found, their claims going back too short a time."""
    attributed: int
    unattributed: int
    timings: dict[str, float]
    """Seconds per step."""
    peak_rss_mb: int
    versions: dict[str, str]
    """Of every rule that decided: conditions, adherence and each program's score."""


def identify(
    criteria: Sequence[Criteria],
    folders: Sequence[Path],
    out: Path,
    *,
    sets: ValueSets,
    as_of: date | None = None,
    progress: Callable[[str], None] = lambda step: None,
    kept: Path | None = None,
    risk: RiskGroups | None = None,
) -> RunReport:
    """Finds the members of the programs and writes them as Parquet into `out`.

    The first folder holds the claims; later ones fill in kinds of files it lacks. `out` appears
    whole or not at all: an earlier run in it is replaced at the end; anything else in it, never.
    A run that was killed leaves its finished steps beside `out`; one of the same takes them up.
    `kept` is a CSV file of the pharmacies members have: person_id, program, npi. With `risk`
    members.parquet has the columns hcc and rxhcc.
    Raises BadInput.
    """
    if not criteria:
        raise BadInput("No program was named; name at least one program to identify for.")
    found = look(folders)
    _needs(found, folders[0])
    inputs = digests(found)
    rules = made_of(inputs, kept, criteria, sets, as_of, risk)
    with results_folder(out, outputs.NAMES, rules) as scratch:
        asked = _Asked(criteria, found, sets, as_of, kept, risk)
        report = _work_through(asked, scratch, inputs, progress, folders[0])
        text = json.dumps(asdict(report), indent=2, default=date.isoformat)
        (scratch / "out" / REPORT).write_text(text + "\n", encoding="utf-8")
        return report


@dataclass(frozen=True, slots=True)
class _Asked:
    criteria: Sequence[Criteria]
    found: Found
    sets: ValueSets
    as_of: date | None
    kept: Path | None
    risk: RiskGroups | None


def _work_through(
    asked: _Asked, scratch: Path, inputs: dict[str, str], progress: Callable[[str], None],
    folder: Path,
) -> RunReport:  # fmt: skip
    con = _connect(scratch)
    try:
        return _identify(con, asked, scratch, inputs, progress)
    except (duckdb.DataError, duckdb.OperationalError) as failed:
        raise BadInput(
            f"The claims in {folder} could not be worked through "
            f"({type(failed).__name__}); check the files' contents and the free disk space."
        ) from None  # what the engine says may quote a row
    finally:
        con.close()


def _connect(scratch: Path) -> duckdb.DuckDBPyConnection:
    """The run's database, which may hold steps of a process that was killed."""
    try:
        con = connect(scratch)
    except duckdb.Error:  # killed before it was a database
        for file in scratch.glob(f"{DATABASE}*"):
            file.unlink()
        con = connect(scratch)
    con.execute(f"set memory_limit = '{MEMORY}'")
    # What a run makes is read a few times; to press it together costs more than it saves.
    con.execute("set force_compression = 'uncompressed'")
    con.execute(f"set variable {LOOK} = true")
    return con


def _identify(
    con: duckdb.DuckDBPyConnection, asked: _Asked, scratch: Path, inputs: dict[str, str],
    progress: Callable[[str], None],
) -> RunReport:  # fmt: skip
    steps = Steps(con, progress)
    steps.take("reading claims", lambda: make_views(con, asked.found, scratch))
    rows = count(con, asked.found)
    day = settle_as_of(con, asked.as_of)
    look_back(con, asked.sets)
    _find(con, asked.criteria, asked.sets, steps)
    steps.take("attributing pharmacies", lambda: _attribute(con, asked.criteria, asked.kept))
    _group_risks(con, asked.risk, steps)
    folder = scratch / "out"
    folder.mkdir()
    steps.last("writing results", lambda: outputs.write(con, folder, risk=asked.risk is not None))
    return _report(con, asked, rows, inputs, day, steps.seconds)


def _find(
    con: duckdb.DuckDBPyConnection, criteria: Sequence[Criteria], sets: ValueSets, steps: Steps
) -> None:
    windows = criteria[0].scoring
    year, carry = windows.year_days, windows.carry_days
    steps.take("cleaning claims", lambda: clean(con), lambda: cover(con))
    steps.take(
        "finding conditions",
        lambda: find_conditions(con, sets),
        lambda: identify_members(con, criteria, sets),
    )
    steps.take(
        "following supplies",
        lambda: read_fills(con),
        lambda: follow_supplies(con, year_days=year, carry_days=carry),
    )
    steps.take(
        "measuring adherence",
        lambda: follow_adherence(con, sets.adherence, year_days=year),
        lambda: follow_asthma(con, sets.adherence, year_days=year),
    )
    steps.take("scoring members", lambda: score(con, criteria))


def _attribute(
    con: duckdb.DuckDBPyConnection, criteria: Sequence[Criteria], kept: Path | None
) -> None:
    know_people(con)
    find_physicians(con, months=criteria[0].scoring.physician_months)
    # The matching holds its own arrays beside what the engine holds.
    con.execute(f"set memory_limit = '{MEMORY_BESIDE}'")
    attribution.attribute(con, criteria, kept)
    con.execute(f"set memory_limit = '{MEMORY}'")


def _group_risks(con: duckdb.DuckDBPyConnection, risk: RiskGroups | None, steps: Steps) -> None:
    if risk is None:
        no_risk_groups(con)
        return
    steps.take(
        "asking for risk groups", lambda: find_risk_groups(con, risk, diagnosis_columns(con))
    )


def _needs(found: Found, folder: Path) -> None:
    for kind, what in (("medical_claim", "diagnoses"), ("eligibility", "coverage")):
        if kind in found.missing:
            raise BadInput(
                f"{folder} holds no {kind} file, and without {what} nobody can be identified; "
                f"add {kind}.csv or {kind}.parquet."
            )


def _report(
    con: duckdb.DuckDBPyConnection, asked: _Asked, rows: dict[str, int], inputs: dict[str, str],
    as_of: date, seconds: dict[str, float],
) -> RunReport:  # fmt: skip
    criteria = asked.criteria
    dropped = con.execute("select reason, times, examples from dropped order by 1").fetchall()
    members = con.execute("select program, count(*) from scored group by 1").fetchall()
    served, unserved = attribution.attributed(con)
    return RunReport(
        as_of=as_of,
        layout=asked.found.layout,
        missing=asked.found.missing,
        rows=rows,
        inputs=inputs,
        dropped={reason: times for reason, times, _ in dropped},
        examples={reason: ids for reason, _, ids in dropped if ids},
        identified={c.program: dict(members).get(c.program, 0) for c in criteria},
        excluded=excluded_members(con, criteria),
        insufficient_history=short_histories(con),
        attributed=served,
        unattributed=unserved,
        timings=dict(seconds),
        peak_rss_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        versions=_versions(criteria, asked.sets, asked.risk),
    )


def _versions(
    criteria: Sequence[Criteria], sets: ValueSets, risk: RiskGroups | None
) -> dict[str, str]:
    own = {f"condition {name}": c.version for name, c in sets.conditions.items()}
    scores = {f"score of {c.program}": c.scoring.version for c in criteria}
    groups = {"risk groups": risk.version} if risk else {}
    shared = {"conditions": sets.version, "adherence": sets.adherence.version}
    return {**shared, **groups, **scores, **own}
