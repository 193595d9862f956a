"""`doorway export` as an operator types it; the work is in runtime/export.py."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

# As in cli.py: what a command needs is imported when it runs.
# ruff: noqa: PLC0415


def export(
    enrollment: Annotated[str, typer.Argument(help="Its id, as in the console's address.")],
    out_dir: Annotated[
        Path, typer.Option("--out", help="A folder that is not there yet, or is empty.")
    ],
) -> None:
    """Write one enrollment's documents as FHIR JSON and PDF, with a manifest.

    Screenings, social needs, care plan, coordination notes, referrals and letters. Social needs
    are in it only when the member has agreed that they are told outside.
    """
    from runtime import export as room
    from runtime.home import settings_here

    console = Console(highlight=False, soft_wrap=True)
    room.export(settings_here(), enrollment, out_dir, console)
