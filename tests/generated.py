"""A generated claims folder, opened once for a module of tests, with the usable facts as tables."""

from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from simulator.generator import generate

AS_OF = date(2026, 3, 1)
MEMBERS = 1200

# The CCW rule once more, written apart from the product: code prefix, program.
FITTING = (
    *((prefix, "medicare") for prefix in ("I10", "I11", "I12", "I13", "I15", "I1A0")),
    *((prefix, "medicare") for prefix in ("E08", "E09", "E10", "E11", "E13")),
    *((prefix, "medicaid") for prefix in ("J45", "J40", "J41", "J42", "J43", "J44", "J47")),
    *((prefix, "medicaid") for prefix in ("F20", "F25", "F30", "F31", "F32", "F33", "F341", "F39")),
    *((prefix, "medicaid") for prefix in ("F401", "F41", "F422", "F431")),
    *((prefix, "medicaid") for prefix in ("F1110", "F1120", "F1123", "F119")),
)

_TABLES = """
create table fill as
select *, try_cast(dispensing_date as date) as filled_on from pharmacy_claim;

create table dx as
with kept as (
    select *, try_cast(claim_start_date as date) as day from medical_claim
    where claim_id not in (select claim_id from medical_claim where paid_amount < 0))
select distinct person_id, claim_id, day, bill_type_code = '111' as inpatient, replace(
    unnest([diagnosis_code_1, diagnosis_code_2, diagnosis_code_3]), '.', '') as code
from kept where day is not null and day <= date '2026-03-01';

create table hit as
select distinct d.person_id, d.claim_id, d.day, d.inpatient
from dx d join fitting f on starts_with(d.code, f.prefix)
join eligibility e on e.person_id = d.person_id and e.payer_type = f.payer_type;
"""


def opened(folder: Path) -> duckdb.DuckDBPyConnection:
    """Generate into `folder` and open it: a view for each kind; tables `fill` (fills with a real
    date), `dx` (diagnoses that stand) and `hit` (those of the member's program)."""
    generate(folder, members=MEMBERS, seed=11, as_of=AS_OF)
    con = duckdb.connect()
    for file in folder.glob("*.parquet"):
        con.execute(f"create view {file.stem} as from '{file}'")
    con.execute("create table fitting(prefix varchar, payer_type varchar)")
    con.executemany("insert into fitting values (?, ?)", [list(row) for row in FITTING])
    con.execute(_TABLES)
    return con


def one(con: duckdb.DuckDBPyConnection, query: str) -> Any:
    return con.execute(query).fetchall()[0][0]
