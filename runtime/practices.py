"""`doorway practices`: how practices want their notes, read from a CSV file, all of it or none."""

import asyncio
import csv
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from rich.console import Console

from domain.practices import COLUMNS, BadPractice, PracticeCard, read_practice
from runtime.errors import Refusal
from runtime.settings import Settings
from runtime.wiring import read_time
from store import practices
from store.database import engine, transactions


def load(settings: Settings, path: Path, console: Console) -> None:
    """Refusal with the line and field of the first mistake; then nothing was loaded."""
    cards = read(path)
    asyncio.run(_load(settings, cards, read_time(settings).now()))
    console.print(f"{len(cards)} practices are loaded; their next notes go as the file says.")


def read(path: Path) -> Sequence[PracticeCard]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = csv.DictReader(file)
            _check_columns(path, rows.fieldnames or ())
            cards = [read_practice(row, f"{path}, line {rows.line_num}") for row in rows]
    except OSError as failed:
        raise Refusal(f"{path} cannot be read: {failed.strerror}.") from None
    except (UnicodeDecodeError, csv.Error):
        raise Refusal(f"{path} is no CSV file in UTF-8.") from None
    except BadPractice as wrong:
        raise Refusal(str(wrong)) from None
    twice = {card.npi for card in cards if [each.npi for each in cards].count(card.npi) > 1}
    if twice:
        raise Refusal(f"{path}: the NPI {min(twice)} is in it twice; keep the line that holds.")
    return cards


def _check_columns(path: Path, found: Sequence[str]) -> None:
    missing = [name for name in COLUMNS if name not in found]
    if missing:
        raise Refusal(f"{path}: the first line must name the columns {', '.join(COLUMNS)}.")


async def _load(settings: Settings, cards: Sequence[PracticeCard], now: datetime) -> None:
    opened = engine(settings.database_url, size=1)
    try:
        async with transactions(opened).begin() as session:
            await practices.load(session, cards, now)
    finally:
        await opened.dispose()
