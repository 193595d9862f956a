"""`doorway fhir-key`: a bearer key for the read-only FHIR service is made or ended."""

import asyncio
import secrets
from dataclasses import dataclass
from datetime import datetime

from rich.console import Console

from runtime.errors import Refusal
from runtime.settings import Settings
from runtime.wiring import read_time
from store import fhir_keys
from store.database import engine, transactions


@dataclass(frozen=True, slots=True)
class Asked:
    name: str
    pharmacy: str
    every_member: bool
    revoke: bool


def fhir_key(settings: Settings, asked: Asked, console: Console) -> None:
    """Refusal when it is not said whom it may read, or the name or pharmacy will not do."""
    if not asked.revoke and bool(asked.pharmacy) == asked.every_member:
        raise Refusal("Say whom the key may read: --pharmacy NPI, or --every-member.")
    secret = secrets.token_urlsafe(32)
    wall = read_time(settings).wall()
    answer = asyncio.run(_keep(settings, asked, secret, wall))
    if answer == "taken":
        raise Refusal(f"There is a key named {asked.name!r} already; choose another name.")
    if answer == "no pharmacy":
        raise Refusal(f"No pharmacy has the NPI {asked.pharmacy!r}; check the number.")
    if answer == "unknown":
        raise Refusal(f"No key in use is named {asked.name!r}; check the name.")
    if asked.revoke:
        console.print(f"The key {asked.name!r} opens nothing any more.", markup=False)
    else:
        console.print(secret, markup=False)


async def _keep(settings: Settings, asked: Asked, secret: str, wall: datetime) -> str:
    opened = engine(settings.database_url, size=1)
    try:
        async with transactions(opened).begin() as session:
            if asked.revoke:
                done = await fhir_keys.revoke(session, asked.name, wall)
                return "done" if done else "unknown"
            return await fhir_keys.add(session, asked.name, secret, asked.pharmacy or None, wall)
    finally:
        await opened.dispose()
