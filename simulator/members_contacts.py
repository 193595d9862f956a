"""Phones the simulated members own, read from the same contact files the product reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb


class BadContacts(ValueError):
    """A contacts file that cannot be used, in one sentence."""


@dataclass(frozen=True, slots=True)
class Contact:
    line_type: str
    language: str


def read_contacts(files: Sequence[Path]) -> dict[str, Contact]:
    """By phone in E.164; a phone in several rows keeps its first row's facts."""
    contacts: dict[str, Contact] = {}
    for file in files:
        for phone, line_type, language in _rows(file):
            contacts.setdefault(phone, Contact(line_type, language))
    return contacts


def _rows(file: Path) -> list[tuple[str, str, str]]:
    if not file.exists():
        raise BadContacts(f"{file}: there is no such file; give the path of a member_contact file.")
    reader = "read_parquet(?)" if file.suffix == ".parquet" else "read_csv(?, all_varchar = true)"
    with duckdb.connect() as database:
        try:
            found = database.execute(f"SELECT * FROM {reader} LIMIT 0", [str(file)])
            columns = {c[0] for c in found.description or ()}
            if "phone_e164" not in columns:
                raise BadContacts(f"{file}: there is no column phone_e164; add it.")
            kind = "type" if "type" in columns else "NULL"
            language = "preferred_language" if "preferred_language" in columns else "NULL"
            return database.execute(
                f"SELECT phone_e164, lower(coalesce({kind}, 'unknown')),"
                f" lower(coalesce({language}, 'en')) FROM {reader}"
                " WHERE phone_e164 IS NOT NULL AND phone_e164 <> ''",
                [str(file)],
            ).fetchall()
        except duckdb.Error:
            raise BadContacts(f"{file}: this is not a readable CSV or Parquet file.") from None
