"""`doorway attribute`: a pharmacy for each member of a file, without claims or a database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.table import Table

from claims.attribution_files import AttributionReport, Request, attribute_files, check_networks
from runtime import programs
from runtime.identify import steps


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line says."""

    members: Path
    pharmacies: Path
    out: Path
    networks: Sequence[str]
    on: date
    capacity_factor: float


def attribute(asked: Asked, out: Console) -> None:
    """Match, write the file, and show what came of it."""
    request = Request(
        asked.members,
        asked.pharmacies,
        asked.out,
        asked.on,
        check_networks(asked.networks),
        asked.capacity_factor,
    )
    with steps(out) as step:
        report = attribute_files(request, programs.attribution_rules(), step)
    show(report, out)
    out.print(f"The answers are in {asked.out}.")


def show(report: AttributionReport, out: Console) -> None:
    """Counts, as a person reads them."""
    table = Table(box=None, show_header=False, pad_edge=False)
    for reason, rows in report.dropped.items():
        table.add_row("found in the files", f"{rows:,} rows: {reason}")
    table.add_row("pharmacies", f"{report.pharmacies:,}")
    table.add_row("with a pharmacy", f"{report.attributed:,}")
    table.add_row("without one", f"{report.unattributed:,}")
    if report.mean_km is not None:
        table.add_row("mean way", f"{report.mean_km:,} km")
    for state, status in sorted(report.one_by_one.items()):
        table.add_row(f"{state} was shared out one by one", f"the solver says {status}")
    out.print(table)
