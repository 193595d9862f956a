"""The doctor a member sees most, to write to when no prescriber is known."""

import duckdb

_TELLING_CLAIM = """
create table telling_claim as
select distinct person_no, claim_id
from hit join path using (path_no) join part2 using (condition) semi join known using (person_no)
"""

# A claim that tells of substance use says nothing here: whom a member sees for it is Part 2 too.
_PHYSICIAN = """
create table physician as
with line as materialized (
    select k.person_no, c.claim_id, c.line, c.rendering_npi as npi, c.on_date
    from usable_line c join known k using (person_id)
    where c.rendering_npi is not null
        and c.on_date > getvariable('as_of') - to_months($months::int)),
seen as (
    select distinct l.person_no, l.npi, l.on_date from line l
    anti join medical_reversed r on r.claim_id = l.claim_id and r.line = l.line
    anti join telling_claim t on t.person_no = l.person_no and t.claim_id = l.claim_id),
counted as (
    select person_no, npi, count(*) as visits, max(on_date) as last_seen from seen
    where regexp_full_match(npi, '[0-9]{10}') group by 1, 2)
select person_no, min({not_seen: -visits, ago: date '9999-12-31' - last_seen, npi: npi}).npi as npi
from counted group by 1
"""


def find_physicians(con: duckdb.DuckDBPyConnection, *, months: int) -> None:
    """Makes `physician` (person_no, npi): most days seen, then seen last, then the lowest NPI."""
    con.execute(_TELLING_CLAIM)
    con.execute(_PHYSICIAN, {"months": months})
