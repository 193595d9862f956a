"""The fills of pharmacy claims: which cannot be used and why, and the others as numbers."""

import duckdb

from claims.repeats import EXAMPLES, find_repeats
from claims.written import as_written, lacks, source_of

# A code is read once, not once a claim; what follows carries its number.
_NDC_MET = "create table ndc_met as select distinct {ndc} as written from {source}"
_NDC_READ = """
create table ndc_read as
with read as (select written, ndc11(nullif(trim(written), '')) as ndc11 from ndc_met)
select *, (dense_rank() over (order by ndc11) - 1)::int as drug_no from read
where ndc11 <> '00000000000'
"""

# Every fill with the numbers as they are; `{checked}` says of few what is the matter.
_WRITTEN = """
create view fill_written as
select claim_id, coalesce(claim_line_number, '1') as line, person_id, dispensing_date,
    dispensing_date_unreadable, {ndc} as written, days_supply, quantity, paid_amount,
    prescribing_provider_npi as prescriber_npi, dispensing_provider_npi as pharmacy_npi
from {source}
"""
_CHECKED = """
select claim_id, line, person_id, dispensing_date as filled_on, n.drug_no, days_supply, quantity,
    prescriber_npi, pharmacy_npi, case
    when claim_id is null or person_id is null then 'claim_id or person_id is blank'
    when coalesce(dispensing_date_unreadable, false) then 'date cannot be read'
    when dispensing_date is null then 'date is blank'
    when dispensing_date > getvariable('as_of') then 'date is after the as-of date'
    when quantity < 0 or paid_amount < 0 or days_supply < 0 then 'reversal'
    when n.drug_no is null then 'NDC is not 11 digits'
    when days_supply is null or days_supply < 1 then 'days supply is zero or blank'
    end as reason
from {found} left join ndc_read n using (written)
"""

# Those of the last 24 months without a `reason`, but for a blank person: whoever asks joins those.
# The conditions are one, so that the engine does not read the file by them, text by text.
_USABLE = """
create view fill_usable as
select claim_id, coalesce(claim_line_number, '1') as line, person_id,
    dispensing_date as filled_on, {ndc} as written, days_supply, quantity,
    prescribing_provider_npi as prescriber_npi, dispensing_provider_npi as pharmacy_npi
from {source}
where dispensing_date > getvariable('as_of') - interval 24 months
    and dispensing_date <= getvariable('as_of')
    and not ({no_claim} or coalesce(quantity < 0 or paid_amount < 0, false)
        or coalesce(days_supply < 1, true))
"""

_KEYS = "select hash(claim_id, line) as key from fill_written where claim_id is not null"

# All that cleaning is about, in the order of the file: lines that cannot be used, and lines whose
# claim and line come again, be it as a reversal or as a duplicate. They are found by what costs
# little; only then are their drugs looked up and their reasons told.
_ODD_WRITTEN = """
create table fill_odd_written as
select * from fill_written
where claim_id is null or person_id is null or coalesce(dispensing_date_unreadable, false)
    or coalesce(dispensing_date > getvariable('as_of'), true)
    or quantity < 0 or paid_amount < 0 or coalesce(days_supply < 1, true)
    or written is null {bad_ndc} or hash(claim_id, line) in (select key from fill_again)
"""
_BAD_NDC = """
select count(*) from ndc_met anti join ndc_read using (written) where written is not null
"""
_IS_BAD_NDC = """
or written in (select written from ndc_met anti join ndc_read using (written))
"""
_ODD = "create table fill_odd as {checked}"

# A reversal that came under a claim id of its own takes back a fill that is not odd in itself.
_ALONE = """
create table reversal_alone as
select person_id, drug_no, filled_on from fill_odd r
where reason = 'reversal' and drug_no is not null and not exists (
    select 1 from fill_odd f where f.reason is null and f.claim_id = r.claim_id
    and f.line = r.line and f.person_id = r.person_id)
"""
_MORE_ODD = """
insert into fill_odd
select c.* from ({checked}) c
semi join reversal_alone r on r.person_id = c.person_id and r.drug_no = c.drug_no
    and r.filled_on = c.filled_on
anti join fill_again a on a.key = hash(c.claim_id, c.line)
where c.reason is null
"""
_ODD_KEY = """
create table fill_odd_key as
select distinct p.person_no, hash(claim_id, line) as key
from fill_odd join person_no p using (person_id) where reason is null
"""

# What is odd but can be used; only the last 24 months are of use.
_KEPT = """
create table fill_kept as
select * exclude (reason), days_supply::int as days from fill_odd
where reason is null and filled_on > getvariable('as_of') - interval 24 months
"""

# A reversal takes back the fill of the same claim line; when it came under a claim id of its own,
# the first fill of the same member, drug, day and quantity.
_REVERSED = """
create table fill_reversed as
with reversal as (select *, rowid as nth from fill_odd where reason = 'reversal'),
own as materialized (
    select f.rowid as id, f.claim_id, r.nth as reversal_id from fill_kept f join reversal r
        on r.claim_id = f.claim_id and r.line = f.line and r.person_id = f.person_id),
other as (
    select arg_min(f.rowid, f.claim_id) as id, min(f.claim_id) as claim_id
    from fill_kept f join reversal r
        on r.person_id = f.person_id and r.drug_no = f.drug_no and r.filled_on = f.filled_on
        and abs(r.quantity) = f.quantity
    where r.nth not in (select reversal_id from own) group by r.nth)
select distinct id, claim_id from (select id, claim_id from own union all from other)
"""

# Lines alike in what is kept of them are one.
_DUPLICATE = """
create table fill_duplicate as
select rowid as id, claim_id from fill_kept
qualify row_number() over (
    partition by claim_id, line, person_id, filled_on, drug_no, days, quantity
    order by rowid) > 1
"""

_DROPPED = """
insert into dropped
select 'pharmacy_claim: ' || reason, count(*), min(claim_id, {examples})
from (
    select claim_id, reason from fill_odd where reason is not null
    union all select claim_id, 'reversed' from fill_reversed
    union all select claim_id, 'duplicate' from fill_duplicate
        where id not in (select id from fill_reversed))
group by 1
"""
_TAKEN_OUT = """
delete from fill_kept where rowid in (
    select id from fill_reversed union select id from fill_duplicate)
"""

# What is not odd is read from the files when somebody asks; first whose it is, then whether it is.
_FILL = """
create table fill as
select p.person_no, c.filled_on, n.drug_no, c.days_supply::int as days_supply, c.quantity,
    c.prescriber_npi, c.pharmacy_npi, c.claim_id, c.line
from fill_usable c join known p using (person_id) join ndc_read n using (written)
anti join fill_odd_key k on k.person_no = p.person_no
    and k.key = hash(c.claim_id, c.line)
union all
select p.person_no, c.filled_on, c.drug_no, c.days, c.quantity, c.prescriber_npi, c.pharmacy_npi,
    c.claim_id, c.line
from fill_kept c join known p using (person_id)
"""
_FILL_OF = """
create view {name} as
with told as materialized (
    select n.written, d.* from ndc_read n join {drugs} d using (drug_no)),
found as materialized (
    select c.person_id, c.claim_id, c.line, c.filled_on, t.* exclude (written, drug_no)
    from fill_usable c join told t using (written)),
owned as materialized (select p.person_no, f.* from found f join person_no p using (person_id))
select f.* exclude (person_id, line) from owned f
anti join fill_odd_key k on k.person_no = f.person_no
    and k.key = hash(f.claim_id, f.line)
union all
select p.person_no, c.claim_id, c.filled_on, d.* exclude (drug_no)
from fill_kept c join {drugs} d using (drug_no) join person_no p using (person_id)
"""

# A drug nobody described is known by its NDC; `substance` numbers what is one supply.
_DRUG_NO = """
create table drug_no as
with met as (select distinct drug_no, ndc11 from ndc_read)
select drug_no, ndc11, ingredient, drug_class,
    coalesce(ingredient, ndc11) as drug,
    (dense_rank() over (order by coalesce(ingredient, ndc11)) - 1)::int as substance
from met left join drug using (ndc11)
"""


def clean_fills(con: duckdb.DuckDBPyConnection) -> None:
    """Makes `ndc_read`, `fill_usable` and what is to be known of odd fills; adds to `dropped`."""
    source = source_of(con, "pharmacy_claim")
    ndc, claim = (as_written(con, source, name) for name in ("ndc_code", "claim_id"))
    for statement in (_NDC_MET, _NDC_READ, _WRITTEN, _USABLE):
        con.execute(
            statement.replace("{source}", source)
            .replace("{ndc}", ndc)
            .replace("{no_claim}", lacks(claim))
        )
    _find_odd(con)
    for statement in (_ODD_KEY, _KEPT, _REVERSED, _DUPLICATE, _DROPPED, _TAKEN_OUT):
        con.execute(statement.replace("{examples}", str(EXAMPLES)))


def _find_odd(con: duckdb.DuckDBPyConnection) -> None:
    find_repeats(con, "fill_again", _KEYS)
    bad = _IS_BAD_NDC if _count(con, _BAD_NDC) else ""
    con.execute(_ODD_WRITTEN.replace("{bad_ndc}", bad))
    con.execute(_ODD.replace("{checked}", _CHECKED.replace("{found}", "fill_odd_written")))
    con.execute(_ALONE)
    if _count(con, "select count(*) from reversal_alone"):
        con.execute(_MORE_ODD.replace("{checked}", _CHECKED.replace("{found}", "fill_written")))


def _count(con: duckdb.DuckDBPyConnection, select: str) -> int:
    return int(con.execute(select).fetchall()[0][0])


def fills_of(con: duckdb.DuckDBPyConnection, name: str, drugs: str) -> None:
    """Makes the view `name`: usable fills of a table of drugs, with what it says of `drug_no`."""
    con.execute(_FILL_OF.replace("{name}", name).replace("{drugs}", drugs))


def number_drugs(con: duckdb.DuckDBPyConnection) -> None:
    """Makes `drug_no`: every NDC of a fill, what the drug file says of it, and its number."""
    con.execute(_DRUG_NO)


def read_fills(con: duckdb.DuckDBPyConnection) -> None:
    """Makes `fill`: the fills of `known` persons."""
    con.execute(_FILL)
