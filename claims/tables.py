"""Small tables of ours, made from rows."""

from collections.abc import Mapping, Sequence

import duckdb


def table(
    con: duckdb.DuckDBPyConnection, name: str, columns: str, rows: Sequence[Mapping[str, object]]
) -> None:
    """Makes a small table of ours; the rows' keys are the columns."""
    con.execute(f"create table {name} ({columns})")
    if rows:
        con.execute(
            f"insert into {name} by name select unnest($rows, recursive := true)",
            {"rows": list(rows)},
        )
