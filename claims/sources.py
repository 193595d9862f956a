"""Finds the files of a claims folder and reads them as typed views, or says what is wrong."""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from claims.errors import BadInput
from claims.layout import CANONICAL, GIVES, SYNPUF, Column

_ACCEPTED = (".csv", ".parquet")


@dataclass(frozen=True, slots=True)
class Source:
    """The files of one kind, all of one format."""

    kind: str
    files: tuple[Path, ...]

    @property
    def where(self) -> str:
        """The file (or folder of files) to name in a sentence."""
        return str(self.files[0] if len(self.files) == 1 else self.files[0].parent)


@dataclass(frozen=True, slots=True)
class Found:
    """What the folders hold together: the first folder that has a kind gives it."""

    layout: str
    sources: dict[str, Source]
    missing: tuple[str, ...]


def find(folders: Sequence[Path]) -> Found:
    """Looks through the folders in order; raises BadInput when one is absent or holds nothing."""
    if not folders:
        raise BadInput("No claims folder was given; name a folder with medical_claim files.")
    sources: dict[str, Source] = {}
    layouts: list[str] = []
    given: set[str] = set()
    for folder in folders:
        layout, found = _look_into(folder)
        layouts.append(layout)
        for kind, source in found.items():
            if not given.intersection(GIVES.get(kind, (kind,))):
                sources[kind] = source
        given.update(name for kind in found for name in GIVES.get(kind, (kind,)))
    missing = tuple(kind for kind in CANONICAL if kind not in given)
    return Found(layouts[0], sources, missing)


def _look_into(folder: Path) -> tuple[str, dict[str, Source]]:
    if not folder.exists():
        raise BadInput(f"There is no folder {folder}; check the path of the claims folder.")
    if not folder.is_dir():
        raise BadInput(f"{folder} is a file; name the folder that holds the claims files.")
    for layout, kinds in (("canonical", CANONICAL), ("de-synpuf", SYNPUF)):
        found = {kind: source for kind in kinds if (source := _source(folder, kind))}
        if found:
            return layout, found
    raise BadInput(
        f"{folder} holds no claims files; it needs medical_claim, pharmacy_claim and eligibility "
        "as .csv or .parquet (or DE-SynPUF's bene, inpatient, outpatient, carrier and pde)."
    )


def _source(folder: Path, kind: str) -> Source | None:
    here = sorted(p for p in folder.iterdir() if p.stem.lower() == kind or p.name.lower() == kind)
    files = [p for p in here if p.is_file() and p.suffix.lower() in _ACCEPTED]
    for inner in (p for p in here if p.is_dir()):
        files += sorted(p for p in inner.iterdir() if p.suffix.lower() in _ACCEPTED)
    if not files:
        return None
    if len({p.suffix.lower() for p in files}) > 1:
        raise BadInput(f"{folder} holds {kind} both as .csv and as .parquet; keep one of the two.")
    return Source(kind, tuple(files))


def read(con: duckdb.DuckDBPyConnection, source: Source, columns: Sequence[Column]) -> None:
    """Makes the view `in_<kind>`: every column of the layout, typed; absent ones are NULL.

    Dates come with a second column `<name>_unreadable`: there was text, and no date in it.
    """
    scan = _scan(source)
    try:
        described = con.execute(f"describe select * from {scan}").fetchall()
        if source.files[0].suffix.lower() == ".csv":
            con.execute(f"create table raw_{source.kind} as select * from {scan}")
            scan = f"raw_{source.kind}"
        present = {str(name).strip().lower(): (str(name), str(t)) for name, t, *_ in described}
        _check(source, columns, present)
        _forget_unused(con, scan, columns, present)
    except duckdb.Error as refused:
        raise BadInput(_unreadable(source, refused)) from None
    selected = ", ".join(part for column in columns for part in _select(column, present))
    con.execute(f"create view in_{source.kind} as select {selected} from {scan}")


def _forget_unused(
    con: duckdb.DuckDBPyConnection,
    scan: str,
    columns: Sequence[Column],
    present: dict[str, tuple[str, str]],
) -> None:
    """Takes numbered columns that hold nothing out of `present`.

    Most extracts have 25 columns of diagnoses and fill a few; lists of 25 cost eight times as much.
    """
    numbered = [f"{c.name}_{n}" for c in columns for n in range(1, c.repeat + 1)]
    asked = [name for name in numbered if name in present]
    if not asked:
        return
    counts = ", ".join(f"count({_quoted(present[name][0])})" for name in asked)
    held = con.execute(f"select {counts} from {scan}").fetchall()[0]
    for name, times in zip(asked, held, strict=True):
        if not times:
            del present[name]


def empty(con: duckdb.DuckDBPyConnection, view: str, columns: Sequence[Column]) -> None:
    """Makes a view of a kind's columns and no rows."""
    selected = ", ".join(part for column in columns for part in _select(column, {}))
    con.execute(f"create view {view} as select {selected} where false")


def literal(text: str) -> str:
    """A SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def path_literal(path: Path) -> str:
    """A SQL string literal of a path, with the characters DuckDB would expand kept as they are."""
    kept = "".join(f"[{c}]" if c in "*?[" else c for c in str(path))
    return literal(kept)


def _scan(source: Source) -> str:
    if source.files[0].suffix.lower() == ".parquet":
        files = ", ".join(path_literal(p) for p in source.files)
        return f"read_parquet([{files}], union_by_name = true)"
    parts = " union all by name ".join(f"select * from {_csv(p)}" for p in source.files)
    return f"({parts})"


def _csv(file: Path) -> str:
    """A scan of text columns. Nothing is guessed but the delimiter, by the header."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            header = lines.readline()
    except (OSError, UnicodeDecodeError):
        raise BadInput(
            f"{file} cannot be read as text in UTF-8; export it again as CSV in UTF-8."
        ) from None
    if not header.strip():
        raise BadInput(f"{file} is empty; it needs a first line of column names.")
    delimiter = max(",\t|", key=header.count)
    names = next(csv.reader([header.strip("\r\n")], delimiter=delimiter))
    twice = [n for n in names if [m.strip().lower() for m in names].count(n.strip().lower()) > 1]
    if twice:
        raise BadInput(f"{file} has the column {twice[0]} twice; keep one of them.")
    columns = ", ".join(f"{literal(name)}: 'varchar'" for name in names)
    return (
        f"read_csv({path_literal(file)}, columns = {{{columns}}}, auto_detect = false, "
        f"header = true, delim = {literal(delimiter)}, quote = '\"', escape = '\"')"
    )


def _check(source: Source, columns: Sequence[Column], present: dict[str, tuple[str, str]]) -> None:
    names = [f"{c.name}_1" if c.repeat else c.name for c in columns if c.required]
    lacking = [name for name in names if name not in present]
    if lacking:
        raise BadInput(
            f"{source.where} has no column {', '.join(lacking)}; add it or rename the column "
            f"that holds it (a {source.kind} file needs {', '.join(names)})."
        )


def _unreadable(source: Source, refused: duckdb.Error) -> str:
    kind = source.files[0].suffix.lower().lstrip(".").upper()
    line = re.search(r"CSV Error on Line: (\d+)", str(refused))
    row = f" (line {line[1]})" if line else ""
    return f"{source.where} cannot be read as {kind}{row}; check the file or export it again."


def _select(column: Column, present: dict[str, tuple[str, str]]) -> list[str]:
    if column.repeat:
        numbered = [f"{column.name}_{n}" for n in range(1, column.repeat + 1)]
        texts = [_text(*present[name]) for name in numbered if name in present]
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
            quoted = _quoted(name)
            return [f"{quoted}::date as {column.name}", f"false as {column.name}_unreadable"]
        case "date":
            day = f"coalesce(try_cast({text} as date), try_strptime({text}, '%Y%m%d')::date, "
            day += f"try_strptime({text}, '%m/%d/%Y')::date)"
            unreadable = f"({day} is null and {text} is not null)"
            return [f"{day} as {column.name}", f"{unreadable} as {column.name}_unreadable"]
        case "number":
            return [f"try_cast({text} as double) as {column.name}"]
        case "flag":
            yes = f"lower({text}) in ('1', 'y', 'yes', 't', 'true')"
            return [f"({yes}) as {column.name}"]
        case "words" if kind == "VARCHAR[]":
            return [f"{_quoted(name)} as {column.name}"]
        case "words":
            split = f"[trim(w) for w in string_split({text}, ';') if trim(w) <> '']"
            return [f"{split} as {column.name}"]
        case _:
            return [f"{text} as {column.name}"]


def _text(name: str, kind: str) -> str:
    quoted = _quoted(name)
    return f"nullif(trim({quoted}{'' if kind == 'VARCHAR' else '::varchar'}), '')"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
