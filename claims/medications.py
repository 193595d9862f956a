"""What members take by their fills, and when each supply runs out."""

import duckdb

# Fills of the year of identified members; a drug nobody described is known by its NDC.
_FILL_YEAR = """
create table fill_year as
select f.*, d.ingredient, d.drug_class, coalesce(d.ingredient, f.ndc11) as drug
from fill f semi join member m using (person_id) left join drug d using (ndc11)
where f.filled_on > getvariable('as_of') - $year_days::int
"""

# With D the running sum of days supply, supplies laid end to end reach to
# D_i + max over j <= i of (start_j - D_(j-1)): one window instead of a walk.
_SUPPLY = """
create table supply as
with summed as (
    select rowid as fill, person_id, drug, filled_on - getvariable('as_of') as s, days_supply,
        sum(days_supply) over w as reach
    from fill_year
    window w as (partition by person_id, drug order by filled_on, rowid
        rows unbounded preceding)),
shifted as (
    select *, max(s - (reach - days_supply)) over (partition by person_id, drug
        order by s, fill rows unbounded preceding) as slack from summed)
select fill, person_id, drug, s, days_supply, (slack + reach)::int as ends from shifted
"""

_MEDICATION = """
create table medication as
with latest as (
    select s.person_id, s.drug, max(s.ends) as ends, max({on_date: f.filled_on, claim: f.claim_id,
        line: f.line, ndc11: f.ndc11, days: f.days_supply, quantity: f.quantity,
        prescriber: f.prescriber_npi, pharmacy: f.pharmacy_npi, ingredient: f.ingredient,
        class: f.drug_class}) as f
    from supply s join fill_year f on f.rowid = s.fill group by 1, 2)
select person_id, f.ndc11, f.ingredient, f.class as drug_class, f.on_date as last_fill_date,
    f.days as days_supply, f.quantity,
    least(getvariable('as_of') + ends, f.on_date + f.days + $carry_days::int) as runs_out_on,
    f.prescriber as prescriber_npi, f.pharmacy as pharmacy_npi,
    coalesce(f.class in (select code from code join part2 using (condition)
        where system = 'drug_class'), false) as part2
from latest
"""


def follow_supplies(con: duckdb.DuckDBPyConnection, *, year_days: int, carry_days: int) -> None:
    """Makes `fill_year` and `medication` (a member's drugs of the year)."""
    con.execute(_FILL_YEAR, {"year_days": year_days})
    con.execute(_SUPPLY)
    con.execute(_MEDICATION, {"carry_days": carry_days})
