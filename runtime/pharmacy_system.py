"""`doorway pharmacy-system`: a pharmacy's own system gets a key and an address, or loses them."""

import asyncio
import secrets
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from rich.console import Console

from gateways.pharmacy_system import hook_secret
from runtime.errors import Refusal
from runtime.settings import Settings
from runtime.wiring import PHARMACY_HOOKS, read_time, secret
from store import pharmacy_systems
from store.database import engine, transactions

LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class Asked:
    npi: str
    url: str
    end: bool


def pharmacy_system(settings: Settings, asked: Asked, console: Console) -> None:
    """Refusal for an address that is no HTTPS address, or an NPI nobody has."""
    _check(asked)
    key = secrets.token_urlsafe(32)
    generation = asyncio.run(_keep(settings, asked, key, read_time(settings).wall()))
    if generation is None:
        known = "has a system in use" if asked.end else "is known"
        raise Refusal(f"No pharmacy with the NPI {asked.npi!r} {known}; check the number.")
    if asked.end:
        console.print("Its key opens nothing any more, and it is told nothing.", markup=False)
        return
    console.print(f"key: {key}", markup=False)
    if asked.url:
        told = hook_secret(secret(settings, PHARMACY_HOOKS), asked.npi, generation)
        console.print(f"webhook secret: {told}", markup=False)


def _check(asked: Asked) -> None:
    parts = urlsplit(asked.url)
    plain = parts.scheme == "http" and parts.hostname in LOOPBACK
    if asked.url and not (parts.hostname and (parts.scheme == "https" or plain)):
        raise Refusal(f"--url {asked.url!r} is no https address; give one the system answers at.")
    if parts.username or parts.password:
        raise Refusal(
            "--url holds a name or password; leave them out, the signature says who we are."
        )


async def _keep(settings: Settings, asked: Asked, key: str, wall: datetime) -> int | None:
    opened = engine(settings.database_url, size=1)
    try:
        async with transactions(opened).begin() as session:
            if asked.end:
                return 0 if await pharmacy_systems.end(session, asked.npi, wall) else None
            system = await pharmacy_systems.set_up(session, asked.npi, key, asked.url or None, wall)
            return system.generation if system else None
    finally:
        await opened.dispose()
