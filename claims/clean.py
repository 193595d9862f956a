"""Leaves out the claim lines that cannot be used, and counts each by its reason."""

from datetime import date

import duckdb

from claims.errors import BadInput

EXAMPLES = 20
"""So many claim ids are kept per reason, to look the lines up by."""

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

# A code is read once, not once a claim.
_NDC_READ = """
create table ndc_read as
select ndc_code, ndc11(ndc_code) as ndc11
from (select distinct ndc_code from in_pharmacy_claim where ndc_code is not null)
"""

_FILL_CHECKED = """
create view fill_checked as
select claim_id, coalesce(claim_line_number, '1') as line, person_id,
    dispensing_date as filled_on, n.ndc11, days_supply, quantity,
    prescribing_provider_npi as prescriber_npi, dispensing_provider_npi as pharmacy_npi, case
    when claim_id is null or person_id is null then 'claim_id or person_id is blank'
    when coalesce(dispensing_date_unreadable, false) then 'date cannot be read'
    when dispensing_date is null then 'date is blank'
    when dispensing_date > getvariable('as_of') then 'date is after the as-of date'
    when quantity < 0 or paid_amount < 0 or days_supply < 0 then 'reversal'
    when n.ndc11 is null or n.ndc11 = '00000000000' then 'NDC is not 11 digits'
    when days_supply is null or days_supply < 1 then 'days supply is zero or blank'
    end as reason
from in_pharmacy_claim left join ndc_read n using (ndc_code)
"""

_FILL = """
create table fill as
select claim_id, line, person_id, filled_on, ndc11, days_supply::int as days_supply, quantity,
    prescriber_npi, pharmacy_npi
from fill_checked where reason is null and filled_on > getvariable('as_of') - interval 24 months
"""

_REFUSED = """
create table fill_refused as
select claim_id, line, person_id, filled_on, ndc11, quantity, reason from fill_checked
where reason is not null
"""

# A reversal takes back the fill of the same claim line; when it came under a claim id of its own,
# the first fill of the same member, drug, day and quantity.
_REVERSED = """
create table fill_reversed as
with reversal as (select *, rowid as nth from fill_refused where reason = 'reversal'),
own as materialized (
    select f.rowid as id, f.claim_id, r.nth as reversal_id from fill f join reversal r
        on r.claim_id = f.claim_id and r.line = f.line and r.person_id = f.person_id),
other as (
    select arg_min(f.rowid, f.claim_id) as id, min(f.claim_id) as claim_id
    from fill f join reversal r
        on r.person_id = f.person_id and r.ndc11 = f.ndc11 and r.filled_on = f.filled_on
        and abs(r.quantity) = f.quantity
    where r.nth not in (select reversal_id from own) group by r.nth)
select distinct id, claim_id from (select id, claim_id from own union all from other)
"""

# Lines alike in what is kept of them are one; a number stands for the line while they are counted.
_DUPLICATE = """
create table fill_duplicate as
with numbered as (
    select rowid as id, hash(claim_id, line, person_id, filled_on, ndc11, days_supply, quantity)
        as same from fill),
twice as materialized (select same from numbered group by same having count(*) > 1)
select id, f.claim_id from (
    select n.id, row_number() over (partition by n.same order by n.id) as nth
    from numbered n join twice using (same)) join fill f on f.rowid = id
where nth > 1
"""

_FILL_DROPPED = """
insert into dropped
select 'pharmacy_claim: ' || reason, count(*), min(claim_id, {examples})
from (
    select claim_id, reason from fill_refused
    union all select claim_id, 'reversed' from fill_reversed
    union all select claim_id, 'duplicate' from fill_duplicate
        where id not in (select id from fill_reversed))
group by 1
"""
_TAKEN_OUT = """
delete from fill where rowid in (
    select id from fill_reversed union select id from fill_duplicate)
"""

_MEDICAL_LINE = """
create view medical_line as
select *, case
    when claim_id is null or person_id is null then 'claim_id or person_id is blank'
    when coalesce(claim_start_date_unreadable, false) then 'date cannot be read'
    when claim_start_date is null then 'date is blank'
    when claim_start_date > getvariable('as_of') then 'date is after the as-of date'
    when paid_amount < 0 then 'reversal'
    end as reason,
    coalesce(claim_line_number, '1') as line
from in_medical_claim
"""

# Only negative payments name the lines taken back; there are few, so they are found first.
_MEDICAL_REVERSED = """
create table medical_reversed as
select distinct claim_id, line from medical_line where reason = 'reversal'
"""

_MEDICAL = """
create view medical as
select * from medical_line m where reason is null and not exists (
    select 1 from medical_reversed r where r.claim_id = m.claim_id and r.line = m.line)
"""

# A line that comes twice counts once anyway (claims are counted by id); it is only reported.
_MEDICAL_DROPPED = """
insert into dropped
with again_line as materialized (
    select claim_id, line from medical_line group by 1, 2 having count(*) > 1),
line as (
    select claim_id, line, reason, hash(claim_id, line, person_id, claim_start_date, claim_type,
        bill_type_code, place_of_service_code, revenue_center_code, hcpcs_code,
        diagnosis_code) as same
    from medical_line semi join again_line using (claim_id, line)),
refused as (select claim_id, reason from medical_line where reason is not null),
again as (
    select any_value(claim_id) as claim_id, count(*) - 1 as times from line
    where reason is null group by same having count(*) > 1)
select 'medical_claim: ' || reason, count(*), min(claim_id, {examples}) from (
    select claim_id, reason from refused
    union all select claim_id, 'reversed' from line join medical_reversed using (claim_id, line)
        where reason is null) group by 1
union all select 'medical_claim: duplicate', sum(times)::bigint, min(claim_id, {examples})
    from again having count(*) > 0
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
    """Makes `fill` (24 months of usable fills), the view `medical`, and `dropped`."""
    con.execute(_NDC11)
    con.execute("create table dropped (reason varchar, times bigint, examples varchar[])")
    con.execute("insert into dropped select * from in_dropped")
    for statement in (
        _NDC_READ, _FILL_CHECKED, _FILL, _REFUSED, _REVERSED, _DUPLICATE, _FILL_DROPPED,
        _TAKEN_OUT, _MEDICAL_LINE, _MEDICAL_REVERSED, _MEDICAL, _MEDICAL_DROPPED,
    ):  # fmt: skip
        con.execute(statement.replace("{examples}", str(EXAMPLES)))
    _drugs(con)


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
