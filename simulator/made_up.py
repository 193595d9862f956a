"""Contacts, pharmacies and drugs for a set that lacks them, such as CMS's public use files."""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from simulator import area_codes
from simulator.network import check_numbers, load_places, make_network, write_network
from simulator.seeded import quoted, script, session, write

_NEEDED = {"person_id", "state", "birth_date", "gender", "has_name", "has_zip", "has_phone"}


def make_up(persons: Path, out: Path, *, seed: int, as_of: date) -> None:
    """Write `member_contact`, `pharmacy` and `drug` Parquet files into `out` (made if absent).

    `persons` is a Parquet file of person_id, state (postal code), birth_date, gender, has_name,
    has_zip, has_phone. A contact holds only what its person lacks; a person without a state gets
    one with the address. A few get no telephone, as in life. ValueError says what a file lacks.
    """
    out.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".scratch-", dir=out) as scratch:
        con = session(Path(scratch), seed=seed, as_of=as_of)
        try:
            load_places(con)
            _read(con, persons)
            members, states = _whom(con)
            make_network(con, members=members, states=states)
            for name in ("made_up", "phones"):
                script(con, name)
            check_numbers(con)
            script(con, "made_up_contacts")
            write(
                con,
                "select * from member_contact order by person_id",
                out / "member_contact.parquet",
            )
            write_network(con, out)
        finally:
            con.close()


def _read(con: duckdb.DuckDBPyConnection, persons: Path) -> None:
    try:
        con.execute(f"create view person_source as from read_parquet({quoted(persons)})")
        rows = con.execute("describe person_source").fetchall()
    except duckdb.Error:
        raise ValueError(
            f"{persons} cannot be read as Parquet; write the persons of the set again."
        ) from None
    missing = sorted(_NEEDED - {str(row[0]) for row in rows})
    if missing:
        raise ValueError(
            f"{persons} has no column {', '.join(missing)}; write the persons of the set again."
        )


def _whom(con: duckdb.DuckDBPyConnection) -> tuple[int, list[str]]:
    """How many persons there are, and their states: all of the network's when none is known."""
    rows = con.execute("select state, count(*) from person_source group by state").fetchall()
    known = sorted({str(state) for state, _ in rows} & set(area_codes.STATES))
    return sum(int(count) for _, count in rows), known or list(area_codes.NETWORK_STATES)
