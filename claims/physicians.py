"""The doctor a member sees most, to write to when no prescriber is known."""

import duckdb

# A claim that tells of substance use says nothing here: whom a member sees for it is Part 2 too.
_PHYSICIAN = """
create table physician as
with seen as (
    select c.person_id, c.rendering_npi as npi, count(distinct c.on_date) as visits,
        max(c.on_date) as last_seen
    from claim_line c semi join member m using (person_id)
    where regexp_full_match(c.rendering_npi, '[0-9]{10}')
        and c.on_date > getvariable('as_of') - to_months($months::int)
        and not exists (
            select 1 from hit h join part2 using (condition)
            where h.claim_id = c.claim_id and h.person_id = c.person_id)
    group by 1, 2)
select person_id, npi from seen
qualify row_number() over (partition by person_id order by visits desc, last_seen desc, npi) = 1
"""


def find_physicians(con: duckdb.DuckDBPyConnection, *, months: int) -> None:
    """Makes `physician` (person_id, npi): most days seen, then seen last, then the lowest NPI."""
    con.execute(_PHYSICIAN, {"months": months})
