"""`doorway identify`: from a claims folder to members found, and on request enrolled."""

import contextlib
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import file_digest, sha256
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from claims.clean import settle_as_of
from claims.errors import BadInput
from claims.intake import open_folders
from claims.risk_groups import RiskGroups
from claims.roster import NAME, write_roster
from claims.run import RunReport
from claims.run import identify as scan
from runtime import programs
from runtime.attribute_again import pharmacies_kept
from runtime.data import PROGRAMS
from runtime.database import read_clock
from runtime.errors import Refusal
from runtime.loading import load_results
from runtime.preflight import look_ahead, show_preflight
from runtime.settings import Settings
from store.loading import Loaded
from store.runs import RunRecord

Step = Callable[[str], None]

STARTED = "their journeys begin now"
READY = "they wait until a coordinator starts the cohort on the console"


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for on the command line."""

    program: str
    claims: Path
    as_of: date
    results: Path | None
    start: bool = False
    ready: bool = False
    """Enroll, but let nobody begin before a coordinator starts the cohort."""
    hcc: bool = False


def identify(settings: Settings, asked: Asked, out: Console) -> None:
    """Scan, show what was found, and enroll when asked to."""
    loads = asked.start or asked.ready
    if loads and not settings.database_url:
        raise Refusal(
            "--start and --ready enroll members in a database and none is known: start "
            "`doorway up` in the same DOORWAY_HOME first, or set DOORWAY_DATABASE_URL."
        )
    if loads:
        # A scan may take minutes: what would fail after it is tried before.
        read_clock(settings.database_url)
    with (
        _folder(asked.results) as folder,
        pharmacies_kept(settings, needed=loads) as kept,
        steps(out) as step,
    ):
        risk = programs.risk_groups() if asked.hcc else None
        report = find([asked.program], [asked.claims], folder, asked.as_of, step, kept, risk)
        loaded = _load(settings, asked, folder, step) if loads else None
        flight = None if loads else look_ahead(settings, folder, asked.program)
    show(report, out)
    if flight is not None:
        show_preflight(flight, out)
    if loaded is not None:
        say_loaded(loaded, READY if asked.ready else STARTED, out)
    if asked.results is not None:
        out.print(f"The results are in {asked.results}.")


def _load(settings: Settings, asked: Asked, folder: Path, step: Step) -> Loaded:
    made_of = fingerprint(asked.claims, [asked.program], asked.as_of)
    with everybody([asked.claims], asked.as_of, step) as roster:
        step("enrolling")
        record = RunRecord("command", made_of)
        hold = [asked.program] if asked.ready else []
        return load_results(settings, folder, roster=roster, record=record, hold=hold)


def say_loaded(loaded: Loaded, begins: str, out: Console) -> None:
    """Who is new (`begins`: what they do now), and who leaves."""
    out.print(f"{loaded.new} members were enrolled; {begins}.")
    for diff in loaded.diff.values():
        for reason, members in sorted(diff.gone.items()):
            out.print(f"{members} no longer fit: {reason.replace('_', ' ')}.")
        if leaving := sum(diff.leaving.values()):
            out.print(
                f"{leaving} leave: their journeys end, or pause while coverage may come back."
            )
        if withheld := sum(diff.withheld.values()):
            out.print(
                f"{withheld} would leave, which is too many for one run: a coordinator must look "
                "at the run's page first."
            )


@contextlib.contextmanager
def everybody(folders: Sequence[Path], as_of: date, step: Step) -> Iterator[Path]:
    """A file, for a while, with everybody the folders' eligibility names."""
    step("reading who is covered")
    with tempfile.TemporaryDirectory(prefix="doorway-roster-") as made:
        roster = Path(made) / NAME
        write_roster(folders, roster, as_of)
        yield roster


def fingerprint(claims: Path, names: Sequence[str], as_of: date) -> str:
    """Of the files, the rules and the day: the same again would find the same. BadInput."""
    told = sha256(f"{as_of.isoformat()} {' '.join(sorted(names))}".encode())
    try:
        for folder in (claims, PROGRAMS):
            for file in sorted(path for path in folder.rglob("*") if path.is_file()):
                told.update(file.relative_to(folder).as_posix().encode())
                with file.open("rb") as content:
                    told.update(file_digest(content, "sha256").digest())
    except OSError as failed:
        raise BadInput(
            f"The files in {claims} cannot be read ({failed.strerror}); check who may read them."
        ) from None
    return told.hexdigest()


def find(
    names: Sequence[str], folders: Sequence[Path], results: Path, as_of: date | None, step: Step,
    kept: Path | None = None, risk: RiskGroups | None = None,
) -> RunReport:  # fmt: skip
    """One scan for several programs. `kept`: the pharmacies members have (`pharmacies_kept`)."""
    criteria = [programs.criteria(name) for name in names]
    return scan(
        criteria,
        folders,
        results,
        sets=programs.value_sets(),
        as_of=as_of,
        progress=step,
        kept=kept,
        risk=risk,
    )


def last_day_of_service(folder: Path) -> date:
    """The newest date on the claims of a folder."""
    with tempfile.TemporaryDirectory(prefix="doorway-dates-") as scratch:
        intake = open_folders([folder], Path(scratch))
        try:
            return settle_as_of(intake.con, None)
        finally:
            intake.con.close()


def show(report: RunReport, out: Console) -> None:
    """What came in and who was found, as a person reads it."""
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_row("claims as of", f"{report.as_of:%Y-%m-%d} ({report.layout})")
    for kind, rows in sorted(report.rows.items()):
        table.add_row(f"  {kind}", f"{rows:,} rows")
    for kind in report.missing:
        table.add_row(f"  {kind}", "not in the folder")
    for reason, rows in sorted(report.dropped.items()):
        table.add_row("  dropped", f"{rows:,} rows: {reason}")
    for name, members in sorted(report.identified.items()):
        table.add_row(f"found for {name}", f"{members:,} members")
    table.add_row("with a pharmacy", f"{report.attributed:,}")
    table.add_row("without one", f"{report.unattributed:,}")
    out.print(table)


@contextlib.contextmanager
def steps(out: Console) -> Iterator[Step]:
    """A moving line that names the step at work and how long all of it has taken."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=out, transient=True) as progress:
        task = progress.add_task("reading")
        yield lambda step: progress.update(task, description=step)


@contextlib.contextmanager
def _folder(results: Path | None) -> Iterator[Path]:
    if results is not None:
        yield results
        return
    with tempfile.TemporaryDirectory(prefix="doorway-identify-") as made:
        yield Path(made) / "results"
