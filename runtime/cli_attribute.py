"""`doorway attribute` as an operator types it; the work is in runtime/attribute.py."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

# As in cli.py: what a command needs is imported when it runs.
# ruff: noqa: PLC0415


def attribute(
    members: Annotated[
        Path,
        typer.Option(
            help="CSV or Parquet: person_id, state, zip_code or latitude and longitude, needs "
            "(services separated by ;), language, tier, current_npi."
        ),
    ],
    pharmacies: Annotated[
        Path, typer.Option(help="CSV or Parquet; docs/attribution.md lists the columns.")
    ],
    out_file: Annotated[
        Path, typer.Option("--out", help="Write the answers here, as .csv or .parquet.")
    ],
    network: Annotated[
        list[str] | None,
        typer.Option(help="A network it must be in; repeat for more; cpesn goes by its dates."),
    ] = None,
    on: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The day networks and licences must hold on. "
            "Default: today."),
    ] = None,
    capacity_factor: Annotated[
        float, typer.Option(min=0, help="How many weeks of weekly capacity a pharmacy takes.")
    ] = 1.0,
) -> None:  # fmt: skip
    """Give each member of a file a pharmacy, with the reason, as short a way as room allows.

    Needs no claims and no database, and changes nothing but the file it writes.
    """
    from runtime import attribute as room
    from runtime.clock import wall_now

    day = (on or wall_now()).date()
    asked = room.Asked(members, pharmacies, out_file, network or [], day, capacity_factor)
    room.attribute(asked, Console(highlight=False, soft_wrap=True))
