"""Settles the day that the claims are looked at, and cleans lines, fills and drugs."""

from datetime import date

import duckdb

from claims.coverage import number_persons
from claims.errors import BadInput
from claims.fills import clean_fills, number_drugs
from claims.lines import clean_lines
from claims.repeats import EXAMPLES as EXAMPLES

# 10-digit NDCs print with hyphens as 4-4-2, 5-3-2 or 5-4-1; the missing digit is a leading zero of
# the short part (FDA). Without hyphens a 10-digit NDC does not say which part is short.
_NDC11 = """
create macro ndc11(code) as (case
    when length(code) = 11 and regexp_full_match(code, '[0-9]{11}') then code
    when regexp_full_match(code, '[0-9]{5}-[0-9]{4}-[0-9]{2}') then replace(code, '-', '')
    when regexp_full_match(code, '[0-9]{4}-[0-9]{4}-[0-9]{2}') then '0' || replace(code, '-', '')
    when regexp_full_match(code, '[0-9]{5}-[0-9]{3}-[0-9]{2}')
        then left(code, 5) || '0' || replace(substr(code, 7), '-', '')
    when regexp_full_match(code, '[0-9]{5}-[0-9]{4}-[0-9]')
        then left(code, 5) || substr(code, 7, 4) || '0' || right(code, 1)
    end)
"""

_LAST_DAY = """
with day as (
    select day, count(*) as lines from (
        select claim_start_date as day from in_medical_claim
        union all select dispensing_date from in_pharmacy_claim)
    where day is not null group by 1),
tail as (
    select day, lag(day) over (order by day) as before,
        sum(lines) over (order by day desc) / sum(lines) over () as share,
        max(lines) over (order by day desc) / avg(lines) over () as thickness from day),
stray as (
    select min(day) as day from tail
    where share < 0.005 and (day > before + 31 or thickness < 0.05))
select max(day) from day where day < coalesce((select day from stray), date '9999-12-31')
"""


def settle_as_of(con: duckdb.DuckDBPyConnection, as_of: date | None) -> date:
    """Sets the as-of date for every later query: the one given, else the last service date.

    A few lines (under 0.5 %) at the end are mistyped dates, not the end of the data, when they lie
    a month after all others or their days have hardly any lines (under 5 % of a usual day's).
    """
    if as_of is None:
        as_of = con.execute(_LAST_DAY).fetchall()[0][0]
    if as_of is None:
        raise BadInput(
            "The claims hold no service date that can be read; check claim_start_date in "
            "medical_claim and dispensing_date in pharmacy_claim, or give --as-of."
        )
    con.execute(f"set variable as_of = date '{as_of.isoformat()}'")
    return as_of


def clean(con: duckdb.DuckDBPyConnection) -> None:
    """Makes the views `medical_line` and `fill_usable`, `drug`, `drug_no` and `dropped`."""
    number_persons(con)
    con.execute(_NDC11)
    con.execute("create table dropped (reason varchar, times bigint, examples varchar[])")
    con.execute("insert into dropped select * from in_dropped")
    clean_fills(con)
    clean_lines(con)
    _drugs(con)
    number_drugs(con)


def _drugs(con: duckdb.DuckDBPyConnection) -> None:
    """One row per NDC; a drug file may list a package twice and hyphenate its codes."""
    con.execute(
        "insert into dropped select 'drug: NDC is not 11 digits', count(*), "
        f"min(coalesce(ndc11, ''), {EXAMPLES}) from in_drug where ndc11(ndc11) is null "
        "having count(*) > 0"
    )
    con.execute(
        "create table drug as select ndc11(ndc11) as ndc11, lower(min(ingredient)) as ingredient, "
        "lower(min(drug_class)) as drug_class from in_drug where ndc11(ndc11) is not null "
        "group by 1"
    )
