"""Rows made one by one in Python, laid on disk as text and read back as a canonical view."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType

import duckdb

from claims.layout import CANONICAL
from claims.sources import literal, path_literal
from claims.sources_read import read_table

DIAGNOSES = 25
"""Columns of a canonical row."""


class Stage:
    """Writes rows of one canonical kind to a file of its own; memory holds one row at a time."""

    def __init__(self, kind: str, scratch: Path, extra: Sequence[str] = ()) -> None:
        self.kind = kind
        self.table = f"staged_{kind}"
        self._file = scratch / f"{self.table}.csv"
        self._columns = [n for c in CANONICAL[kind] for n in (c.numbered or [c.name])] + [*extra]

    def __enter__(self) -> "Stage":
        self._out = self._file.open("w", encoding="utf-8", newline="")
        self._writer = csv.DictWriter(self._out, self._columns)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self._out.close()

    def row(self, row: Mapping[str, object]) -> None:
        """Columns that are left out are blank."""
        self._writer.writerow(row)

    def load(self, con: duckdb.DuckDBPyConnection) -> str:
        """Makes the table of what was written (after leaving the block) and returns its name."""
        columns = ", ".join(f"{literal(name)}: 'varchar'" for name in self._columns)
        con.execute(
            f"create table {self.table} as select * from read_csv({path_literal(self._file)}, "
            f"columns = {{{columns}}}, auto_detect = false, header = false, delim = ',', "
            "quote = '\"', escape = '\"')"
        )
        self._file.unlink()
        return self.table

    def show(self, con: duckdb.DuckDBPyConnection) -> None:
        """The canonical view of the table."""
        read_table(con, self.kind, self.table)


def spread(line: str, codes: Sequence[str], procedures: Sequence[str]) -> Iterator[dict[str, str]]:
    """The code columns of one line; a claim with more codes than columns takes further rows."""
    first = 0
    while first == 0 or first < max(len(codes), len(procedures)):
        row = {"claim_line_number": line if first == 0 else f"{line}+{first // DIAGNOSES}"}
        for name, held in (("diagnosis_code", codes), ("procedure_code", procedures)):
            part = held[first : first + DIAGNOSES]
            row |= {f"{name}_{n}": code for n, code in enumerate(part, start=1)}
        yield row
        first += DIAGNOSES
