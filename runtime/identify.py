"""`doorway identify`: from a claims folder to members found, and on request enrolled."""

import contextlib
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from claims.clean import settle_as_of
from claims.intake import open_folders
from claims.run import RunReport
from claims.run import identify as scan
from runtime import programs
from runtime.attribute_again import pharmacies_kept
from runtime.database import read_clock
from runtime.errors import Refusal
from runtime.loading import load_results
from runtime.settings import Settings

Step = Callable[[str], None]


def identify(
    settings: Settings,
    program: str,
    claims: Path,
    as_of: date,
    results: Path | None,
    start: bool,
    out: Console,
) -> None:
    """Scan, show what was found, and enroll when asked to."""
    if start and not settings.database_url:
        raise Refusal(
            "--start enrolls members in a database and none is known: start `doorway up` in the "
            "same DOORWAY_HOME first, or set DOORWAY_DATABASE_URL."
        )
    if start:
        # A scan may take minutes: what would fail after it is tried before.
        read_clock(settings.database_url)
    with (
        _folder(results) as folder,
        pharmacies_kept(settings, needed=start) as kept,
        steps(out) as step,
    ):
        report = find([program], [claims], folder, as_of, step, kept)
        if start:
            step("enrolling")
            enrolled = load_results(settings, folder, limit=None)
    show(report, out)
    if start:
        out.print(f"{enrolled} members were enrolled; their journeys begin now.")
    if results is not None:
        out.print(f"The results are in {results}.")


def find(
    names: Sequence[str], folders: Sequence[Path], results: Path, as_of: date | None, step: Step,
    kept: Path | None = None,
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
