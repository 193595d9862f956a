"""From claims folders to identified members: every step in order, all of it or nothing."""

import json
import resource
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import duckdb

from claims import attribution, outputs
from claims.adherence import follow_adherence
from claims.asthma import follow_asthma
from claims.clean import clean, settle_as_of
from claims.codes import diagnosis_columns
from claims.conditions import find_conditions
from claims.coverage import cover
from claims.criteria import Criteria
from claims.errors import BadInput
from claims.fills import read_fills
from claims.intake import Intake, open_folders
from claims.medications import follow_supplies
from claims.members import identify_members, short_histories
from claims.people import know_people
from claims.physicians import find_physicians
from claims.results_folder import REPORT, results_folder
from claims.risk_groups import RiskGroups, find_risk_groups, no_risk_groups
from claims.scores import score
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


class _Steps:
    """Tells the caller which step runs and keeps how long each took."""

    def __init__(self, progress: Callable[[str], None]) -> None:
        self.seconds: dict[str, float] = {}
        self._progress = progress

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        self._progress(name)
        started = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - started, 3)


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
    `kept` is a CSV file of the pharmacies members have: person_id, program, npi. With `risk`
    members.parquet has the columns hcc and rxhcc.
    Raises BadInput.
    """
    if not criteria:
        raise BadInput("No program was named; name at least one program to identify for.")
    with results_folder(out, outputs.NAMES) as scratch:
        return _identify(criteria, folders, scratch, sets, as_of, _Steps(progress), kept, risk)


def _identify(
    criteria: Sequence[Criteria], folders: Sequence[Path], scratch: Path, sets: ValueSets,
    as_of: date | None, steps: _Steps, kept: Path | None, risk: RiskGroups | None,
) -> RunReport:  # fmt: skip
    with steps.step("reading claims"):
        intake = open_folders(folders, scratch)
        _needs(intake, folders[0])
    con = intake.con
    con.execute(f"set memory_limit = '{MEMORY}'")
    # What a run makes is read a few times; to press it together costs more than it saves.
    con.execute("set force_compression = 'uncompressed'")
    try:
        day = settle_as_of(con, as_of)
        excluded = _find(con, criteria, sets, steps)
        with steps.step("attributing pharmacies"):
            know_people(con)
            find_physicians(con, months=criteria[0].scoring.physician_months)
            # The matching holds its own arrays beside what the engine holds.
            con.execute(f"set memory_limit = '{MEMORY_BESIDE}'")
            attribution.attribute(con, criteria, kept)
            con.execute(f"set memory_limit = '{MEMORY}'")
        _group_risks(con, risk, steps)
        with steps.step("writing results"):
            (scratch / "out").mkdir()
            outputs.write(con, scratch / "out", risk=risk is not None)
        report = _report(con, intake, day, criteria, excluded, steps.seconds, sets, risk)
    except (duckdb.DataError, duckdb.OperationalError) as failed:
        raise BadInput(
            f"The claims in {folders[0]} could not be worked through "
            f"({type(failed).__name__}); check the files' contents and the free disk space."
        ) from None  # what the engine says may quote a row
    finally:
        con.close()
    text = json.dumps(asdict(report), indent=2, default=date.isoformat)
    (scratch / "out" / REPORT).write_text(text + "\n", encoding="utf-8")
    return report


def _find(
    con: duckdb.DuckDBPyConnection, criteria: Sequence[Criteria], sets: ValueSets, steps: _Steps
) -> dict[str, dict[str, int]]:
    windows = criteria[0].scoring
    with steps.step("cleaning claims"):
        clean(con)
        cover(con)
    with steps.step("finding conditions"):
        find_conditions(con, sets)
        excluded = identify_members(con, criteria, sets)
    with steps.step("following supplies"):
        read_fills(con)
        follow_supplies(con, year_days=windows.year_days, carry_days=windows.carry_days)
    with steps.step("measuring adherence"):
        follow_adherence(con, sets.adherence, year_days=windows.year_days)
        follow_asthma(con, sets.adherence, year_days=windows.year_days)
    with steps.step("scoring members"):
        score(con, criteria)
    return excluded


def _group_risks(con: duckdb.DuckDBPyConnection, risk: RiskGroups | None, steps: _Steps) -> None:
    if risk is None:
        no_risk_groups(con)
        return
    with steps.step("asking for risk groups"):
        find_risk_groups(con, risk, diagnosis_columns(con))


def _needs(intake: Intake, folder: Path) -> None:
    for kind, what in (("medical_claim", "diagnoses"), ("eligibility", "coverage")):
        if kind in intake.found.missing:
            raise BadInput(
                f"{folder} holds no {kind} file, and without {what} nobody can be identified; "
                f"add {kind}.csv or {kind}.parquet."
            )


def _report(
    con: duckdb.DuckDBPyConnection, intake: Intake, as_of: date, criteria: Sequence[Criteria],
    excluded: dict[str, dict[str, int]], seconds: dict[str, float], sets: ValueSets,
    risk: RiskGroups | None,
) -> RunReport:  # fmt: skip
    dropped = con.execute("select reason, times, examples from dropped order by 1").fetchall()
    members = con.execute("select program, count(*) from scored group by 1").fetchall()
    served, unserved = attribution.attributed(con)
    return RunReport(
        as_of=as_of,
        layout=intake.found.layout,
        missing=intake.found.missing,
        rows=intake.rows,
        inputs=intake.inputs(),
        dropped={reason: times for reason, times, _ in dropped},
        examples={reason: ids for reason, _, ids in dropped if ids},
        identified={c.program: dict(members).get(c.program, 0) for c in criteria},
        excluded=excluded,
        insufficient_history=short_histories(con),
        attributed=served,
        unattributed=unserved,
        timings=dict(seconds),
        peak_rss_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        versions=_versions(criteria, sets, risk),
    )


def _versions(
    criteria: Sequence[Criteria], sets: ValueSets, risk: RiskGroups | None
) -> dict[str, str]:
    own = {f"condition {name}": c.version for name, c in sets.conditions.items()}
    scores = {f"score of {c.program}": c.scoring.version for c in criteria}
    groups = {"risk groups": risk.version} if risk else {}
    shared = {"conditions": sets.version, "adherence": sets.adherence.version}
    return {**shared, **groups, **scores, **own}
