"""`doorway ...`: what an operator types, each command teaching what it does."""

import asyncio
import re
import signal
import sys
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from pydantic_settings import SettingsError
from rich.console import Console

from claims.errors import BadInput
from runtime.cli_attribute import attribute
from runtime.cli_export import export, fhir_key, pharmacy_system
from runtime.cli_identify import identify, nightly, nominate
from runtime.cli_practices import practices
from runtime.errors import Refusal
from runtime.processes import watch_parent
from runtime.settings import Settings

# Commands import what they need when they run: `doorway --help` need not wait for DuckDB.
# ruff: noqa: PLC0415

app = typer.Typer(
    name="doorway",
    help="Outreach and care coordination between a pharmacy benefit manager and community "
    "pharmacies.\n\nNew here? `doorway demo` runs everything on made-up members. "
    "`doorway up` is the product alone; `doorway doctor` says what it still lacks.",
    no_args_is_help=True,
    add_completion=False,
    # Its tracebacks show local variables, and those may be a member's.
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
for _command in (
    identify, nightly, nominate, attribute, export, fhir_key, pharmacy_system, practices,
):  # fmt: skip
    app.command()(_command)
out = Console(highlight=False, soft_wrap=True)

Port = Annotated[
    int | None,
    typer.Option(min=1, max=65535, help="Of the API and console. Default: DOORWAY_PORT, 8765."),
]
DaySeconds = Annotated[
    float | None,
    typer.Option(
        min=0.05,
        max=86_400,
        help="How many seconds a day lasts: a rehearsal. Without it business time is real time.",
    ),
]


def _version(asked: bool) -> None:
    if asked:
        out.print(f"doorway {version('doorway')}")
        raise typer.Exit


@app.callback()
def root(
    _show_version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say it and stop.")
    ] = False,
) -> None: ...


@app.command()
def up(port: Port = None, day_seconds: DaySeconds = None) -> None:
    """Run the product: API, console and worker, without any simulator.

    PostgreSQL and Temporal run embedded, with their state in DOORWAY_HOME (default `.doorway/`),
    unless DOORWAY_DATABASE_URL and DOORWAY_TEMPORAL_ADDRESS name your own. A part that dies is
    started again. Ctrl-C or SIGTERM stops everything; the next start goes on where this one was.
    """
    from runtime import up as room

    watch_parent(signal.SIGTERM)
    room.up(_settings(port), day_seconds, out.print)


@app.command()
def demo(
    claims: Annotated[
        Path | None,
        typer.Option(help="Real-shaped claims to run on. Default: made-up ones are generated."),
    ] = None,
    members: Annotated[int, typer.Option(min=1, help="How many members at most.")] = 200,
    day_seconds: Annotated[
        float, typer.Option(min=0.05, max=86_400, help="Seconds a day lasts.")
    ] = 4.0,
    days: Annotated[
        float | None, typer.Option(min=0.01, help="Stop by itself after so many days.")
    ] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            help="The day the claims are looked at from; the demo begins the day after. "
            "Default: the last day of service, and yesterday for made-up claims.",
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed makes the same members.")] = 1,
    report: Annotated[Path | None, typer.Option(help="Write a JSON report here at last.")] = None,
    port: Port = None,
) -> None:
    """Run the product with a simulated carrier, members, pharmacies and providers.

    Nothing leaves this machine: every phone number is fictional and every letter goes to a
    folder. State lies in DOORWAY_HOME; a second start goes on where the first one stopped.
    """
    from runtime import demo as room

    plan = room.Plan(
        claims, members, day_seconds, days, seed, report, as_of.date() if as_of else None
    )
    watch_parent(signal.SIGTERM)
    room.demo(_settings(port), plan, out)


@app.command()
def worker() -> None:
    """Run the worker alone: journeys and sending. `doorway up` runs it for you."""
    from runtime import wiring
    from runtime.logging import set_up_logging

    watch_parent()
    settings = _settings_here()
    set_up_logging(settings.log_level, component="worker")
    asyncio.run(wiring.run_worker(settings, wiring.read_time(settings)))


@app.command()
def api(
    host: Annotated[str, typer.Option(help="Address; 0.0.0.0 in a container.")] = "127.0.0.1",
    port: Port = None,
) -> None:
    """Run the API and console alone. `doorway up` runs it for you."""
    import uvicorn

    from runtime import wiring
    from runtime.logging import set_up_logging

    watch_parent()
    settings = _settings_here(port)
    set_up_logging(settings.log_level, component="api")
    uvicorn.run(
        wiring.create_api(settings),
        host=host,
        port=settings.port,
        log_config=None,
        access_log=False,
        # Pages that listen for news never end by themselves.
        timeout_graceful_shutdown=2,
    )


@app.command()
def migrate() -> None:
    """Bring the database of DOORWAY_DATABASE_URL to the tables of this version."""
    from runtime import migrations

    settings = _settings_here()
    if not settings.database_url:
        raise Refusal(
            "No database is known: set DOORWAY_DATABASE_URL; "
            "`doorway up` migrates the embedded one by itself."
        )
    migrations.migrate(settings.database_url)
    out.print("The tables are those of this version.")


@app.command()
def doctor() -> None:
    """Check settings, servers, keys and clock; say in a sentence what is wrong."""
    from runtime import doctor as room

    try:
        settings = _settings_here()
    except (ValidationError, SettingsError) as wrong:
        out.print(f"fail  Settings: {_setting_in_words(wrong)}", markup=False)
        raise typer.Exit(1) from None
    raise typer.Exit(room.doctor(settings, out))


def _settings(port: int | None = None) -> Settings:
    from runtime.home import read_settings

    settings = read_settings()
    return settings if port is None else settings.model_copy(update={"port": port})


def _settings_here(port: int | None = None) -> Settings:
    from runtime.home import settings_here

    settings = settings_here()
    return settings if port is None else settings.model_copy(update={"port": port})


def main() -> None:
    """The console script: known refusals are one sentence and exit code 2."""
    try:
        app()
    except (Refusal, BadInput) as refused:
        refusal = str(refused)
    except (ValidationError, SettingsError) as wrong:
        if isinstance(wrong, ValidationError) and wrong.title != Settings.__name__:
            raise
        refusal = _setting_in_words(wrong)
    else:
        return
    Console(stderr=True, highlight=False, soft_wrap=True).print(refusal, markup=False)
    sys.exit(2)


def _setting_in_words(wrong: ValidationError | SettingsError) -> str:
    if isinstance(wrong, SettingsError):
        # A group of settings was given a value itself; what it says names the group alone.
        named = re.search(r'field "(\w+)"', str(wrong))
        group = f"DOORWAY_{named[1].upper()}" if named else "A group of settings"
        return f"{group} is a group of settings and holds no value; unset it (docs/settings.md)."
    first = wrong.errors(include_input=False, include_url=False)[0]
    name = "DOORWAY_" + "__".join(str(part) for part in first["loc"]).upper()
    what = first["msg"].removeprefix("Value error, ")
    return f"{name} cannot be used: {what[0].lower()}{what[1:]}; correct it or unset it."


if __name__ == "__main__":
    main()
