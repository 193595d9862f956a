"""Many rows into a table at once: COPY into a stage table, then one `insert ... on conflict`."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from psycopg import Connection

NOTHING = "on conflict do nothing"


def copy_rows(
    raw: "Connection[Any]",
    table: str,
    columns: Sequence[str],
    rows: Iterable[Mapping[str, Any]],
    *,
    conflict: str = NOTHING,
) -> int:
    """How many rows are new or changed; `stage_<table>` stays until the transaction ends."""
    stage(raw, table, columns, rows)
    names = ", ".join(f'"{column}"' for column in columns)
    with raw.cursor() as cursor:
        cursor.execute(
            f"insert into {table} ({names}) select {names} from stage_{table} {conflict}"
        )
        return cursor.rowcount


def stage(
    raw: "Connection[Any]", table: str, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]
) -> None:
    names = ", ".join(f'"{column}"' for column in columns)
    with raw.cursor() as cursor:
        cursor.execute(
            f"create temp table stage_{table} on commit drop as select {names} from {table} limit 0"
        )
        with cursor.copy(f"copy stage_{table} ({names}) from stdin") as copy:
            for row in rows:
                copy.write_row([row[column] for column in columns])


def renewing(table: str, key: str, *columns: str) -> str:
    """On conflict, these columns follow the new row; a row that says nothing new is not written."""
    changes = ", ".join(f"{column} = excluded.{column}" for column in columns)
    old = ", ".join(f"{table}.{column}" for column in columns)
    new = ", ".join(f"excluded.{column}" for column in columns)
    return f"on conflict ({key}) do update set {changes} where ({old}) is distinct from ({new})"
