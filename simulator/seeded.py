"""A DuckDB session whose chance is a hash of seed, row and question, whatever the threads do."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import accumulate
from pathlib import Path

import duckdb

SLOTS = 1000
"""A weighted choice is a table of so many equal slots, joined by number."""

_SQL = Path(__file__).parent / "sql"

Cell = str | int | float | date | None


def session(scratch: Path, *, seed: int, as_of: date) -> duckdb.DuckDBPyConnection:
    """A connection with the macros of `sql/macros.sql`; what does not fit in memory goes to
    `scratch`."""
    con = duckdb.connect(":memory:")
    con.execute("set threads = 2")
    con.execute("set memory_limit = '1200MB'")
    con.execute("set enable_progress_bar = false")
    con.execute(f"set temp_directory = {quoted(scratch)}")
    con.execute(f"set variable seed = {seed:d}::bigint")
    con.execute(f"set variable as_of = date '{as_of.isoformat()}'")
    script(con, "macros")
    return con


def script(con: duckdb.DuckDBPyConnection, name: str) -> None:
    """Run `sql/<name>.sql`."""
    con.execute((_SQL / f"{name}.sql").read_text(encoding="utf-8"))


def table(con: duckdb.DuckDBPyConnection, name: str, rows: Iterable[Mapping[str, Cell]]) -> None:
    """Make a small look-up table out of rows that all have the keys of the first."""
    all_rows = list(rows)
    columns = list(all_rows[0])
    values = ", ".join(
        "(" + ", ".join(_literal(row[column]) for column in columns) + ")" for row in all_rows
    )
    heads = ", ".join(columns)
    con.execute(f"create or replace table {name} as select * from (values {values}) t({heads})")


def slot_table(
    con: duckdb.DuckDBPyConnection, name: str, rows: Iterable[Mapping[str, Cell]]
) -> None:
    """Make a table of weighted rows as `slots` returns them, one row for every slot."""
    table(con, "spread", rows)
    con.execute(
        f"create or replace table {name} as select * exclude (first_slot, past_slot), "
        "unnest(range(first_slot, past_slot))::integer as slot from spread"
    )


def slots(rows: Sequence[tuple[Mapping[str, Cell], float]]) -> list[dict[str, Cell]]:
    """Share SLOTS slots among rows by weight; each row gains `first_slot` and `past_slot`."""
    total = sum(weight for _, weight in rows)
    ends = [round(SLOTS * end / total) for end in accumulate(weight for _, weight in rows)]
    return [
        {**row, "first_slot": start, "past_slot": end}
        for (row, _), start, end in zip(rows, [0, *ends], ends, strict=False)
    ]


def write(con: duckdb.DuckDBPyConnection, query: str, target: Path) -> None:
    """Write an ordered query as one Parquet file."""
    con.execute(
        f"copy ({query}) to {quoted(target)} "
        "(format parquet, compression zstd, row_group_size 122880)"
    )


def quoted(path: Path) -> str:
    """A path as an SQL string."""
    return _literal(str(path))


def _literal(value: Cell) -> str:
    if value is None:
        return "null"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, date):
        return f"date '{value.isoformat()}'"
    return repr(value)
