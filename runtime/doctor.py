"""`doorway doctor`: one line a thing, what is wrong with it and what to do, in a sentence."""

import asyncio
import importlib.util
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from domain.clock import REAL
from runtime.clock import load_clock, wall_now
from runtime.doctor_hearing import hearing
from runtime.doctor_settings import named
from runtime.doctor_wording import wording
from runtime.encryption import temporal_key
from runtime.errors import Refusal
from runtime.findings import COLORS, Finding, Verdict, fail, ok, warn
from runtime.migrations import is_current
from runtime.postgres_programs import bin_dir
from runtime.settings import Settings
from runtime.temporal import connect
from runtime.temporal_server import temporal_binary

LEAST_FREE_BYTES = 1_000_000_000
MOST_SKEW_SECONDS = 5.0
FONTS = ("fontpkg_noto_sans", "fontpkg_atkinson_hyperlegible", "fontpkg_almarai")
LOCAL = ("http://127.0.0.1", "http://localhost", "http://[::1]")


def doctor(settings: Settings, out: Console) -> int:
    """Print every finding; 1 when one of them is a failure, else 0."""
    worst = 0
    for finding in findings(settings):
        color = COLORS[finding.verdict]
        out.print(f"[{color}]{finding.verdict:<4}[/]  {finding.about}: ", end="")
        out.print(finding.sentence, markup=False)
        worst = max(worst, int(finding.verdict is Verdict.FAIL))
    return worst


def findings(settings: Settings) -> Iterator[Finding]:
    yield _python()
    yield _home(settings.home)
    yield from _database(settings)
    yield _temporal(settings)
    yield _key(settings)
    yield from _carrier(settings)
    yield from hearing(settings)
    yield _letters(settings)
    yield _pharmacies(settings)
    yield from named(settings)
    yield _fonts()
    yield from wording()


def _python() -> Finding:
    return ok("Python", f"{sys.version.split()[0]}, in {sys.prefix}.")


def _home(home: Path) -> Finding:
    try:
        home.mkdir(parents=True, exist_ok=True)
        probe = home / ".probe"
        probe.write_text("")
        probe.unlink()
    except OSError as failed:
        return fail(
            "Home", f"nothing can be written in {home} ({failed.strerror}); set DOORWAY_HOME."
        )
    free = shutil.disk_usage(home).free
    if free < LEAST_FREE_BYTES:
        return warn("Home", f"{home} has only {free // 1_000_000} MB left; free some space.")
    return ok("Home", f"{home}, {free // 1_000_000_000} GB free.")


def _database(settings: Settings) -> Iterator[Finding]:
    if not settings.database_url:
        try:
            programs = bin_dir()
        except Refusal as refused:
            yield fail("PostgreSQL", str(refused))
        else:
            yield ok("PostgreSQL", f"embedded, from {programs}; it runs while `doorway up` does.")
        return
    try:
        engine = create_engine(settings.database_url)
        with engine.connect() as connection:
            yield _server(connection)
            yield _tables(connection, settings.database_url)
            yield _clock(connection)
        engine.dispose()
    except SQLAlchemyError:
        yield fail(
            "PostgreSQL",
            "it does not answer; check that it runs and that host, port, user, password and "
            "database name in DOORWAY_DATABASE_URL are right.",
        )


def _server(connection: Connection) -> Finding:
    told = connection.execute(text("SHOW server_version")).scalar_one()
    if int(told.split(".")[0]) < 15:
        return fail("PostgreSQL", f"version {told} is too old; Doorway needs 15 or newer.")
    return ok("PostgreSQL", f"version {told} answers.")


def _tables(connection: Connection, database_url: str) -> Finding:
    if is_current(connection, database_url):
        return ok("Tables", "those of this version.")
    return fail("Tables", "not those of this version; run `doorway migrate`.")


def _clock(connection: Connection) -> Finding:
    wall = wall_now()
    theirs = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    skew = abs((theirs - wall).total_seconds())
    if skew > MOST_SKEW_SECONDS:
        return fail(
            "Clock", f"this machine and the database differ by {skew:.0f} s; set the clocks right."
        )
    try:
        clock = load_clock(connection)
    except SQLAlchemyError:
        return warn("Clock", "it is kept in a table that is not there yet; migrate first.")
    if clock == REAL:
        return ok("Clock", f"real time; it is {wall:%Y-%m-%d %H:%M} UTC.")
    return warn(
        "Clock",
        f"a rehearsal: a day lasts {86_400 / clock.rate:g} s and it is "
        f"{clock.at(wall):%Y-%m-%d %H:%M} UTC; do not point it at a real carrier.",
    )


def _temporal(settings: Settings) -> Finding:
    if not settings.temporal_address:
        try:
            program = temporal_binary()
        except Refusal as refused:
            return fail("Temporal", str(refused))
        return ok("Temporal", f"embedded, from {program}; it runs while `doorway up` does.")
    try:
        asyncio.run(connect(settings))
    except Refusal as refused:
        return fail("Temporal", str(refused))
    return ok("Temporal", f"{settings.temporal_address} answers.")


def _key(settings: Settings) -> Finding:
    path = settings.home / "keys" / "temporal.key"
    given = bool(settings.temporal_key.get_secret_value())
    if not given and not path.exists():
        return ok("Payload key", "none yet; the first start makes one in DOORWAY_HOME.")
    try:
        temporal_key(settings)
    except Refusal as refused:
        return fail("Payload key", str(refused))
    if not given and path.stat().st_mode & 0o077:
        return fail("Payload key", f"others may read {path}; run `chmod 600` on it.")
    where = "DOORWAY_TEMPORAL_KEY" if given else str(path)
    return ok("Payload key", f"in {where}; keep a copy, journeys cannot be read without it.")


def _carrier(settings: Settings) -> Iterator[Finding]:
    twilio = settings.twilio
    needed = {
        "DOORWAY_TWILIO__ACCOUNT_SID": twilio.account_sid,
        "DOORWAY_TWILIO__AUTH_TOKEN": twilio.auth_token.get_secret_value(),
        "DOORWAY_TWILIO__FROM_NUMBER": twilio.from_number,
    }
    lacking = [name for name, value in needed.items() if not value]
    if lacking:
        names = " and ".join(lacking)
        yield warn(
            "Carrier",
            f"sending is switched off because {names} {'is' if len(lacking) == 1 else 'are'} "
            "not set; what is due is kept.",
        )
        return
    yield ok("Carrier", f"texts leave through {twilio.api_base}.")
    if not settings.public_base_url or settings.public_base_url.startswith(LOCAL):
        local = twilio.api_base.startswith(LOCAL)
        yield (ok if local else warn)(
            "Webhooks",
            "the carrier is on this machine too."
            if local
            else "DOORWAY_PUBLIC_BASE_URL is no address the carrier can reach; replies arrive "
            "only when they are looked for.",
        )
    else:
        yield ok("Webhooks", f"expected, and their signatures checked, at "
                  f"{settings.public_base_url}.")  # fmt: skip


def _letters(settings: Settings) -> Finding:
    key = settings.lob.api_key.get_secret_value()
    secret = settings.lob.webhook_secret.get_secret_value()
    if not key:
        return ok("Letters", f"go to the print spool in {settings.letters}.")
    if not secret:
        return warn(
            "Letters",
            f"leave through {settings.lob.api_base}, but DOORWAY_LOB__WEBHOOK_SECRET is not set: "
            "nobody hears of a letter that comes back.",
        )
    return ok("Letters", f"leave through {settings.lob.api_base}; its reports are checked.")


def _pharmacies(settings: Settings) -> Finding:
    if settings.pharmacy_api_key.get_secret_value():
        return ok("Pharmacy API", "open to whoever holds its key.")
    return warn(
        "Pharmacy API",
        "closed because DOORWAY_PHARMACY_API_KEY is not set; pharmacies use the console.",
    )


def _fonts() -> Finding:
    lacking = [name for name in (*FONTS, "typst") if importlib.util.find_spec(name) is None]
    if lacking:
        return fail("Letters", f"{lacking[0]} is not installed; run `make setup`.")
    return ok("Letters", "typesetter and fonts are here.")
