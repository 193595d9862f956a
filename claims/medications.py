"""What members take by their fills, and when each supply runs out."""

import duckdb
import numpy as np

from claims.end_to_end import MOST_DAYS, Ints, Packing, chunks, group_of, heads, lay_end_to_end

# `day` counts from the first of the year that ends on the as-of date.
_FILL_YEAR = """
create view fill_year as
select f.*, f.rowid as fill, d.substance, d.ingredient, d.drug_class,
    (filled_on - getvariable('as_of') + $year_days::int - 1)::int as day
from fill f join drug_no d using (drug_no)
where f.filled_on > getvariable('as_of') - $year_days::int
"""

# Most drugs have one fill on their last day; of several the greatest is taken, by their claims.
_LATEST = """
create table latest_fill as
with last as (
    select person_no, substance, max(filled_on) as filled_on from fill_year group by 1, 2),
at_last as materialized (
    select person_no, substance, fill
    from fill_year join last using (person_no, substance, filled_on)),
one as (
    select person_no, substance, count(*) as fills, min(fill) as fill from at_last group by 1, 2),
tied as (
    select a.person_no, a.substance, max({claim: f.claim_id, line: f.line, drug: f.drug_no,
        days: f.days_supply, quantity: f.quantity, prescriber: f.prescriber_npi,
        pharmacy: f.pharmacy_npi, fill: f.rowid}).fill as fill
    from at_last a join one o using (person_no, substance) join fill f on f.rowid = a.fill
    where o.fills > 1 group by 1, 2)
select person_no, substance, fill from one where fills = 1
union all select * from tied
"""

_MEDICATION = """
create table medication as
select l.person_no, d.ndc11, d.ingredient, d.drug_class, f.filled_on as last_fill_date,
    f.days_supply, f.quantity, least(getvariable('as_of') + ($first_day::int + s.ends),
        f.filled_on + f.days_supply + $carry_days::int) as runs_out_on,
    f.prescriber_npi, f.pharmacy_npi,
    coalesce(d.drug_class in (select code from code join part2 using (condition)
        where system = 'drug_class'), false) as part2
from latest_fill l join supply s using (person_no, substance)
join fill f on f.rowid = l.fill join drug_no d using (drug_no)
"""


def follow_supplies(con: duckdb.DuckDBPyConnection, *, year_days: int, carry_days: int) -> None:
    """Makes `fill_year` and `medication` (a member's drugs of the year)."""
    con.execute(_FILL_YEAR.replace("$year_days", str(int(year_days))))
    _lay_end_to_end(con)
    con.execute(_LATEST)
    con.execute(_MEDICATION, {"carry_days": carry_days, "first_day": 1 - year_days})


def _lay_end_to_end(con: duckdb.DuckDBPyConnection) -> None:
    """Makes `supply`: the day after the last of all that a member had of a drug in the year."""
    con.execute("create table supply (person_no int, substance int, ends int)")
    for person, substance, day, days in chunks(
        con, "fill_year", ("person_no", "substance", "day", "days_supply")
    ):
        con.register("supply_columns", _ends(person, substance, day, np.minimum(days, MOST_DAYS)))
        con.execute("insert into supply by name select * from supply_columns")
        con.unregister("supply_columns")


def _ends(person: Ints, substance: Ints, day: Ints, days: Ints) -> dict[str, Ints]:
    least = int(person.min())
    packing = Packing.of(
        int(person.max()) - least, int(substance.max()), int(day.max()), int(days.max())
    )
    if packing.fits:
        packed = packing.pack(person - least, substance, day, days)
        packed.sort()
        person, substance, day, days = packing.unpack(packed)
        person = person + least
    else:
        order = np.lexsort((days, day, substance, person))
        person, substance, day, days = person[order], substance[order], day[order], days[order]
    starts = heads(person, substance)
    ends = lay_end_to_end(group_of(starts, len(person)), starts, day, days)
    return {
        "person_no": person[starts],
        "substance": substance[starts],
        "ends": np.maximum.reduceat(ends, starts),
    }
