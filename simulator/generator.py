"""Writes a claims folder of members who do not exist: Tuva-shaped Parquet, the same for a seed."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from simulator import area_codes, conditions, drugs, tuva
from simulator.network import check_numbers, load_places, make_network, write_network
from simulator.seeded import script, session, slot_table, table, write

BATCH = 25_000
"""Members whose claims are made at once; memory does not grow with the number of batches."""

MOST_MEMBERS = 2_000_000

Progress = Callable[[str], None]


def generate(
    out: Path,
    *,
    members: int,
    seed: int,
    as_of: date,
    progress: Progress = lambda step: None,
) -> None:
    """Write `medical_claim`, `pharmacy_claim`, `eligibility`, `member_contact`, `drug` and
    `pharmacy` into `out` (made if absent; older files of these names are replaced).

    The two claim kinds are single files up to BATCH members, else folders of numbered files.
    Same members, seed and date: the same bytes. Nothing here is about a real person, and every
    telephone number lies in the 555 exchange.
    """
    if not 1 <= members <= MOST_MEMBERS:
        raise ValueError(f"The number of members must be between 1 and {MOST_MEMBERS}.")
    out.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".scratch-", dir=out) as scratch:
        con = session(Path(scratch), seed=seed, as_of=as_of)
        try:
            progress("places and pharmacies")
            _prepare(con, members)
            write_network(con, out)
            progress("members, coverage and telephones")
            _write_members(con, out)
            _write_claims(con, out, members, progress)
        finally:
            con.close()


def _prepare(con: duckdb.DuckDBPyConnection, members: int) -> None:
    con.execute("set variable member_count = ?::bigint", [members])
    con.execute("set variable labelers = ?::varchar[]", [list(drugs.LABELERS)])
    load_places(con)
    make_network(con, members=members, states=area_codes.NETWORK_STATES)
    slot_table(con, "payer", conditions.payer_rows())
    slot_table(con, "primary_condition", conditions.primary_rows())
    table(con, "beside", conditions.beside_rows())
    slot_table(con, "code", conditions.code_rows())
    table(con, "therapy", drugs.therapy_rows())
    slot_table(con, "product", drugs.product_rows())
    slot_table(con, "supply", drugs.supply_rows())
    con.execute(
        "create or replace table local_pharmacy as select state, npi, "
        "row_number() over (partition by state order by npi) - 1 as place, "
        "count(*) over (partition by state) as many from pharmacy"
    )


def _write_members(con: duckdb.DuckDBPyConnection, out: Path) -> None:
    script(con, "members")
    script(con, "coverage")
    script(con, "phones")
    check_numbers(con)
    script(con, "contacts")
    _write_in_full(con, tuva.ELIGIBILITY, "coverage", "i, span", out / "eligibility.parquet")
    write(
        con,
        "select * from member_contact order by person_id, phone_e164",
        out / "member_contact.parquet",
    )
    con.execute("drop table coverage; drop table member_contact; drop table phone")


def _write_claims(
    con: duckdb.DuckDBPyConnection, out: Path, members: int, progress: Progress
) -> None:
    for kind in ("medical_claim", "pharmacy_claim"):
        _clear(out, kind)
    for batch, first in enumerate(range(0, members, BATCH)):
        past = min(first + BATCH, members)
        progress(f"claims of members {first + 1:,} to {past:,} of {members:,}")
        con.execute("set variable first_member = ?::bigint", [first])
        con.execute("set variable past_member = ?::bigint", [past])
        for name in ("burden", "visits", "fills"):
            script(con, name)
        order = "i, claim_id, claim_line_number, sign desc"
        for kind, columns, source in (
            ("medical_claim", tuva.MEDICAL_CLAIM, "medical_line"),
            ("pharmacy_claim", tuva.PHARMACY_CLAIM, "fill"),
        ):
            target = out / f"{kind}.parquet"
            if members > BATCH:
                target = out / kind / f"{batch + 1:04d}.parquet"
                target.parent.mkdir(exist_ok=True)
            _write_in_full(con, columns, source, order, target)


def _write_in_full(
    con: duckdb.DuckDBPyConnection, columns: dict[str, str], source: str, order: str, target: Path
) -> None:
    given = {str(row[0]) for row in con.execute(f"describe {source}").fetchall()}
    write(con, tuva.in_full(columns, source, given, order), target)


def _clear(out: Path, kind: str) -> None:
    """Take away what an earlier run left, file or folder, so that the two never mix."""
    (out / f"{kind}.parquet").unlink(missing_ok=True)
    for part in sorted((out / kind).glob("*.parquet")):
        part.unlink()
