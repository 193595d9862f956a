"""`doorway export`, `fhir-key` and `pharmacy-system` as an operator types them."""

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
    to: Annotated[
        str, typer.Option("--to", help="NPI of the practice or pharmacy it is for.")
    ] = "",
) -> None:
    """Write one enrollment's documents as FHIR JSON and PDF, with a manifest.

    Screenings, social needs, care plan, coordination notes, referrals and letters. Social needs
    are in it only when the member has agreed that they are told outside. Records under 42 CFR
    Part 2 are in it only with --to and a consent that names this recipient; the disclosure is
    recorded.
    """
    from runtime import export as room
    from runtime.home import settings_here

    console = Console(highlight=False, soft_wrap=True)
    room.export(settings_here(), enrollment, out_dir, console, to=to)


def fhir_key(
    name: Annotated[str, typer.Argument(help="Who will hold it; shown in lists, never a secret.")],
    pharmacy: Annotated[
        str, typer.Option(help="NPI of the pharmacy whose members it may read.")
    ] = "",
    every_member: Annotated[
        bool, typer.Option("--every-member", help="It may read every pharmacy's members.")
    ] = False,
    revoke: Annotated[bool, typer.Option("--revoke", help="End the key of this name.")] = False,
) -> None:
    """Make a bearer key for GET /fhir, shown once, or end one.

    It reads one pharmacy's members; social needs only of those who agreed to be told of.
    """
    from runtime import fhir_key as room
    from runtime.home import settings_here

    asked = room.Asked(name, pharmacy, every_member, revoke)
    room.fhir_key(settings_here(), asked, Console(highlight=False, soft_wrap=True))


def pharmacy_system(
    npi: Annotated[str, typer.Argument(help="NPI of the pharmacy whose system it is.")],
    url: Annotated[str, typer.Option(help="Where it is told of its deliveries, by HTTPS.")] = "",
    end: Annotated[bool, typer.Option("--end", help="Its key and address end.")] = False,
) -> None:
    """Give a pharmacy's own system a key to /api/pharmacy and, with --url, signed webhooks.

    Both secrets are shown once; asking again makes new ones, and the old ones open nothing.
    """
    from runtime import pharmacy_system as room
    from runtime.home import settings_here

    asked = room.Asked(npi, url, end)
    room.pharmacy_system(settings_here(), asked, Console(highlight=False, soft_wrap=True))
