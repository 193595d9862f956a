"""`doorway nominate`: a CSV file of nominations, all of it or none; and what they are judged by."""

import asyncio
import csv
from collections.abc import Sequence
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path

from rich.console import Console

from activities.nominations import Nominating
from claims.errors import BadInput
from domain.nominations import WORDS, Nomination, Why
from runtime import programs
from runtime.following import fit_rules
from runtime.loading import opened
from runtime.settings import Settings
from store.database import engine, transactions

COLUMNS = ("person_id", "birth_date", "conditions", "pharmacy_npi", "reason")
MOST = 10_000
ACTOR = "command"


def nominating() -> Nominating:
    """By the programs, value sets and rules there are."""
    known, sets = programs.all_programs(), programs.value_sets()
    return Nominating(
        programs=known,
        rules={name: fit_rules(name) for name in known},
        conditions={name: tuple(sets.expand(each.conditions)) for name, each in known.items()},
        part2=frozenset(name for name, found in sets.conditions.items() if found.part2),
    )


def nominate(settings: Settings, program: str, file: Path, out: Console) -> None:
    """Say of each line that was refused why; the same line again is one nomination."""
    programs.program(program)
    told = read(file, program)
    with opened(settings) as (_, now):
        pass
    verdicts = asyncio.run(_nominate(settings, told, now))
    for line, why in enumerate(verdicts, 2):
        if why is not Why.ACCEPTED:
            out.print(f"Line {line} was refused. {WORDS[why]}", markup=False)
    accepted = sum(why is Why.ACCEPTED for why in verdicts)
    out.print(f"{accepted} of {len(verdicts)} were accepted; they are kept under Nominations.")


async def _nominate(settings: Settings, told: Sequence[Nomination], now: datetime) -> list[Why]:
    door, database = nominating(), engine(settings.database_url, size=1)
    try:
        async with transactions(database).begin() as session:
            return [
                Why((await door.nominate(session, each, how="file", actor=ACTOR, now=now)).why)
                for each in told
            ]
    finally:
        await database.dispose()


def read(file: Path, program: str) -> list[Nomination]:
    """BadInput names the first line that is off; then nobody is nominated."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = csv.DictReader(lines)
            lacking = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
            if lacking:
                raise BadInput(
                    f"{file} lacks the column {lacking[0]}; it needs {', '.join(COLUMNS)}."
                )
            found = [_nomination(row, program, f"{file}, line {rows.line_num}") for row in rows]
    except (OSError, UnicodeDecodeError, csv.Error) as failed:
        raise BadInput(
            f"{file} cannot be read as CSV in UTF-8 ({type(failed).__name__}); check the file."
        ) from None
    if not found or len(found) > MOST:
        raise BadInput(f"{file} holds {len(found)} nominations; give 1 to {MOST:,} of them.")
    return found


def _nomination(row: dict[str, str | None], program: str, where: str) -> Nomination:
    told = {name: (row[name] or "").strip() for name in COLUMNS}
    conditions = tuple(part.strip() for part in told["conditions"].split(";") if part.strip())
    npi = told["pharmacy_npi"] or None
    if not told["person_id"] or not conditions or len(told["reason"]) < 3:
        raise BadInput(f"{where}: person_id, conditions and a reason must be there; add them.")
    if npi is not None and not (npi.isdigit() and len(npi) == 10):
        raise BadInput(f"{where}: pharmacy_npi is not ten digits; correct it or leave it empty.")
    try:
        born = date.fromisoformat(told["birth_date"])
    except ValueError:
        raise BadInput(f"{where}: birth_date must be a date like 1951-05-06; correct it.") from None
    # The same line again is the same nomination, whatever file it comes in.
    whole = "\x1f".join([program, *told.values()])
    form_id = f"file/{sha256(whole.encode()).hexdigest()[:32]}"
    return Nomination(form_id, program, told["person_id"], born, conditions, told["reason"], npi)
