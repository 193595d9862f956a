"""`doorway identify`, `nightly` and `nominate` as an operator types them; others do the work."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from runtime.errors import Refusal

# As in cli.py: what a command needs is imported when it runs.
# ruff: noqa: PLC0415

out = Console(highlight=False, soft_wrap=True)


def identify(
    program: Annotated[str, typer.Argument(help="Name of a file in programs/, without .yaml.")],
    claims: Annotated[
        Path, typer.Option(help="Folder of claims files: Tuva's input layer or DE-SynPUF.")
    ],
    as_of: Annotated[
        datetime, typer.Option(formats=["%Y-%m-%d"], help="The day the claims are looked at from.")
    ],
    out_dir: Annotated[
        Path | None, typer.Option("--out", help="Keep the Parquet results in this folder.")
    ] = None,
    start: Annotated[
        bool, typer.Option("--start", help="Also enroll the members found; their journeys begin.")
    ] = False,
    ready: Annotated[
        bool,
        typer.Option("--ready", help="Enroll them, but wait until the console starts the cohort."),
    ] = False,
    hcc: Annotated[
        bool, typer.Option("--hcc", help="Add the CMS risk groups (HCC, RxHCC) to members.parquet.")
    ] = False,
) -> None:
    """Find the members a program is for, with the evidence, and a pharmacy for each.

    Without --start or --ready nothing is written but the results: a dry run. With one of them
    members who no longer fit leave the program, as docs/identification.md tells.
    """
    from runtime import identify as room
    from runtime.home import settings_here

    if start and ready:
        raise Refusal("--start and --ready exclude each other; give one of them.")
    asked = room.Asked(program, claims, as_of.date(), out_dir, start, ready, hcc)
    room.identify(settings_here(), asked, out)


def nightly() -> None:
    """Make tonight's run now: all programs, from DOORWAY_CLAIMS_DIR, as of today.

    A worker does so by itself every night. The same files, rules and day again change nothing.
    """
    from runtime import nightly as room
    from runtime.home import settings_here
    from runtime.processes import watch_parent

    watch_parent()
    room.nightly(settings_here(), out)


def nominate(
    program: Annotated[str, typer.Argument(help="Name of a file in programs/, without .yaml.")],
    file: Annotated[
        Path,
        typer.Argument(
            help="CSV: person_id, birth_date, conditions (separated by ;), pharmacy_npi, reason."
        ),
    ],
) -> None:
    """Propose members for a program whom claims do not show.

    Coverage and exclusions are checked as for anybody; a line that is refused is told why.
    """
    from runtime import nominate as room
    from runtime.home import settings_here

    settings = settings_here()
    if not settings.database_url:
        raise Refusal(
            "Nominations are kept in a database and none is known: start `doorway up` in the same "
            "DOORWAY_HOME first, or set DOORWAY_DATABASE_URL."
        )
    room.nominate(settings, program, file, out)
