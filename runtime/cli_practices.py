"""`doorway practices` as an operator types it."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

# As in cli.py: what a command needs is imported when it runs.
# ruff: noqa: PLC0415


def practices(
    file: Annotated[
        Path,
        typer.Argument(
            help="CSV with the columns npi, name, channel, fax, mail, fhir_url and code."
        ),
    ],
) -> None:
    """Load how practices want their notes: spool, fax, secure_mail, secure_page or fhir.

    A line for each prescriber. All lines are loaded, or none and one sentence says why.
    """
    from runtime import practices as room
    from runtime.home import settings_here

    room.load(settings_here(), file, Console(highlight=False, soft_wrap=True))
