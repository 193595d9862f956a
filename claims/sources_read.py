"""Reads found files as typed views: absent columns are NULL, what cannot be read is told."""

import csv
import re
from collections.abc import Sequence
from pathlib import Path

import duckdb

from claims import sources_guard as guard
from claims.errors import BadInput
from claims.layout import CANONICAL, Column
from claims.sources import Source, literal, path_literal
from claims.sources_plain import MANY, PLAIN, plain_texts, quoted
from claims.written import COLUMNS, PREFIX

_NUMBER = re.compile(r"(U?(TINY|SMALL|BIG|HUGE)?INT|U?INTEGER|DOUBLE|FLOAT|DECIMAL\(.*\))$")


def read(con: duckdb.DuckDBPyConnection, source: Source, columns: Sequence[Column]) -> None:
    """Makes the view `in_<kind>`: every column of the layout, typed; absent ones are NULL.

    Dates come with a second column `<name>_unreadable`: there was text, and no date in it.
    """
    for file in source.files:
        guard.check(con, file)
    scan = _scan(source)
    if not _is_parquet(source):
        for file in source.files:
            guard.check_text(file)
    try:
        described = con.execute(f"describe select * from {scan}").fetchall()
        if not _is_parquet(source):
            con.execute(f"create table raw_{source.kind} as select * from {scan}")
            scan = f"raw_{source.kind}"
        present = {str(name).strip().lower(): (str(name), str(t)) for name, t, *_ in described}
        _check(source, columns, present)
        _forget_unused(con, scan, columns, present)
    except duckdb.Error as refused:
        raise BadInput(guard.unreadable(source.where, _is_parquet(source), refused)) from None
    _view(con, source.kind, scan, columns, present)


def read_table(con: duckdb.DuckDBPyConnection, kind: str, table: str) -> None:
    """Makes the canonical view `in_<kind>` over a table of ours, whose columns are text."""
    described = con.execute(f"describe {table}").fetchall()
    present = {str(name).lower(): (str(name), str(t)) for name, t, *_ in described}
    _forget_unused(con, table, CANONICAL[kind], present)
    _view(con, kind, table, CANONICAL[kind], present)


def _view(
    con: duckdb.DuckDBPyConnection, kind: str, scan: str, columns: Sequence[Column],
    present: dict[str, tuple[str, str]],
) -> None:  # fmt: skip
    present = {**present, **plain_texts(con, kind, scan, present)}
    selected = ", ".join(part for column in columns for part in _select(column, present))
    con.execute(f"create view in_{kind} as select {selected} from {scan}")
    apart = [
        f"{_text(*present[name])} as {name}"
        for column in columns
        for name in column.numbered
        if name in present
    ]
    apart += _as_written(columns, present)
    if apart and kind in CANONICAL:
        con.execute(f"create view flat_{kind} as select {selected}, {', '.join(apart)} from {scan}")


def _as_written(columns: Sequence[Column], present: dict[str, tuple[str, str]]) -> list[str]:
    """Texts untouched, for whoever judges a text once and not once a row."""
    names = [
        name
        for c in columns
        for name in (c.numbered if c.repeat else [c.name])
        if name in present and (name in COLUMNS or c.repeat)
    ]
    return [f"{quoted(present[name][0])}::varchar as {PREFIX}{name}" for name in names]


def _forget_unused(
    con: duckdb.DuckDBPyConnection, scan: str, columns: Sequence[Column],
    present: dict[str, tuple[str, str]],
) -> None:  # fmt: skip
    """Takes numbered columns that hold nothing out of `present`.

    Most extracts have 25 columns of diagnoses and fill a few; lists of 25 cost eight times as much.
    """
    asked = [name for c in columns for name in c.numbered if name in present]
    if not asked:
        return
    counts = ", ".join(f"count({quoted(present[name][0])})" for name in asked)
    held = con.execute(f"select {counts} from {scan}").fetchall()[0]
    for name, times in zip(asked, held, strict=True):
        if not times:
            del present[name]


def empty(con: duckdb.DuckDBPyConnection, view: str, columns: Sequence[Column]) -> None:
    """Makes a view of a kind's columns and no rows."""
    selected = ", ".join(part for column in columns for part in _select(column, {}))
    con.execute(f"create view {view} as select {selected} where false")


def like(con: duckdb.DuckDBPyConnection, kind: str, select: str) -> None:
    """A canonical view of a selection, with the columns that the selection lacks as NULL."""
    con.execute(
        f"create view in_{kind} as (select * from nothing_{kind}) union all by name ({select})"
    )


def header(file: Path) -> tuple[list[str], str]:
    """The column names of a text file and what parts them; nothing else of it is guessed."""
    line = guard.first_line(file)
    if not line.strip():
        raise BadInput(f"{file} is empty; it needs a first line of column names.")
    delimiter = max(",\t|", key=line.count)
    try:
        return next(csv.reader([line.strip("\r\n")], delimiter=delimiter, strict=True)), delimiter
    except csv.Error:
        raise BadInput(
            f"{file} has a first line that holds no column names; check that its quotes close "
            "and that its lines end with a line feed, not with a carriage return alone."
        ) from None


def columns_of(file: Path) -> frozenset[str]:
    """The column names of a CSV or Parquet file, in lower case."""
    if file.suffix.lower() != ".parquet":
        return frozenset(name.strip().lower() for name in header(file)[0])
    with duckdb.connect() as con:
        guard.check(con, file)
        found = con.execute(f"describe select * from read_parquet({path_literal(file)})").fetchall()
    return frozenset(str(name).strip().lower() for name, *_ in found)


def _is_parquet(source: Source) -> bool:
    return source.files[0].suffix.lower() == ".parquet"


def _scan(source: Source) -> str:
    if _is_parquet(source):
        files = ", ".join(path_literal(p) for p in source.files)
        return f"read_parquet([{files}], union_by_name = true)"
    parts = " union all by name ".join(f"select * from {_csv(p)}" for p in source.files)
    return f"({parts})"


def _csv(file: Path) -> str:
    """A scan of text columns."""
    names, delimiter = header(file)
    twice = [n for n in names if [m.strip().lower() for m in names].count(n.strip().lower()) > 1]
    if twice:
        raise BadInput(f"{file} has the column {twice[0]} twice; keep one of them.")
    columns = ", ".join(f"{literal(name)}: 'varchar'" for name in names)
    return (
        f"read_csv({path_literal(file)}, columns = {{{columns}}}, auto_detect = false, "
        f"header = true, delim = {literal(delimiter)}, quote = '\"', escape = '\"', "
        f"max_line_size = {guard.MAX_LINE})"
    )


def _check(source: Source, columns: Sequence[Column], present: dict[str, tuple[str, str]]) -> None:
    names = [c.numbered[0] if c.repeat else c.name for c in columns if c.required]
    lacking = [name for name in names if name not in present]
    if lacking:
        raise BadInput(
            f"{source.where} has no column {', '.join(lacking)}; add it or rename the column "
            f"that holds it (a {source.kind} file needs {', '.join(names)})."
        )


def _select(column: Column, present: dict[str, tuple[str, str]]) -> list[str]:
    if column.repeat:
        texts = [_text(*present[name]) for name in column.numbered if name in present]
        return [f"[{', '.join(texts)}]::varchar[] as {column.name}"]
    if column.name not in present:
        types = {"date": "date", "number": "double", "flag": "boolean", "words": "varchar[]"}
        nothing = f"null::{types.get(column.type, 'varchar')} as {column.name}"
        spare = [f"false as {column.name}_unreadable"] if column.type == "date" else []
        return [nothing, *spare]
    return _typed(column, *present[column.name])


def _typed(column: Column, name: str, kind: str) -> list[str]:
    text = _text(name, kind)
    match column.type:
        case "date" if kind == "DATE" or kind.startswith("TIMESTAMP"):
            day = quoted(name)
            return [f"{day}::date as {column.name}", f"false as {column.name}_unreadable"]
        case "date":
            # CMS's research files write 05-Mar-2024.
            forms = "['%Y%m%d', '%m/%d/%Y', '%d-%b-%Y']"
            day = f"coalesce(try_cast({text} as date), try_strptime({text}, {forms})::date)"
            unreadable = f"({day} is null and {text} is not null)"
            return [f"{day} as {column.name}", f"{unreadable} as {column.name}_unreadable"]
        case "number":
            value = (
                f"{quoted(name)}::double" if _NUMBER.match(kind) else f"try_cast({text} as double)"
            )
            # Infinite and absurd numbers are none; they would stop the run where they are counted.
            return [f"case when abs({value}) < 1e9 then {value} end as {column.name}"]
        case "flag":
            yes = f"lower({text}) in ('1', 'y', 'yes', 't', 'true')"
            return [f"({yes}) as {column.name}"]
        case "words" if kind == "VARCHAR[]":
            return [f"{quoted(name)} as {column.name}"]
        case "words":
            split = f"[trim(w) for w in string_split({text}, ';') if trim(w) <> '']"
            return [f"{split} as {column.name}"]
        case _:
            return [f"{text} as {column.name}"]


def _text(name: str, kind: str) -> str:
    if kind == PLAIN:
        return quoted(name)
    if _NUMBER.match(kind):
        return f"{quoted(name)}::varchar"
    if name.strip().lower() in MANY and kind == "VARCHAR":
        text = quoted(name)
        plain = f"{text} >= '!' and not suffix({text}, ' ') and strlen({text}) = length({text})"
        return f"if({plain}, {text}, nullif(trim({text}), ''))"
    return f"nullif(trim({quoted(name)}{'' if kind == 'VARCHAR' else '::varchar'}), '')"
