"""Who is covered by whom and when, and who is to be left alone."""

import duckdb

# A person has a number in the order of the ids; what follows carries the number.
_PERSON_NO = """
create table person_no as
select person_id, row_number() over (order by person_id)::int as person_no
from (select distinct person_id from in_eligibility where person_id is not null)
"""

# Spans that touch are one span: payers cut coverage by month or by year.
_SPAN = """
create table span as
with ok as (
    select person_no, lower(payer_type) as payer_type, payer, enrollment_start_date as first,
        coalesce(enrollment_end_date, date '9999-12-31') as last
    from in_eligibility join person_no using (person_id)
    where payer_type is not null and enrollment_start_date is not null
        and coalesce(enrollment_end_date, date '9999-12-31') >= enrollment_start_date
        and not coalesce(enrollment_end_date_unreadable, false)),
reach as (
    select *, max(last) over (partition by person_no, payer_type order by first, last
        rows between unbounded preceding and 1 preceding) as so_far from ok),
island as (
    select *, count(*) filter (
            so_far is null or (so_far < date '9999-12-31' and first > so_far + 1))
        over (partition by person_no, payer_type order by first, last) as island from reach)
select person_no, payer_type, max_by(payer, first) as payer, min(first) as first,
    max(last) as last
from island group by person_no, payer_type, island
"""

_DROPPED = """
insert into dropped
select 'eligibility: ' || reason, count(*), []::varchar[] from (
    select case
        when person_id is null or payer_type is null then 'person_id or payer_type is blank'
        when coalesce(enrollment_start_date_unreadable, false)
            or coalesce(enrollment_end_date_unreadable, false) then 'date cannot be read'
        when enrollment_start_date is null then 'date is blank'
        when enrollment_end_date < enrollment_start_date then 'coverage ends before it starts'
        end as reason from in_eligibility)
where reason is not null group by 1
"""

# Any row may tell of a death or a stay in a home.
_PERSON = """
create table person as
with flags as (
    select person_id, bool_or(hospice) as hospice, bool_or(ltc) as ltc,
        bool_or(deceased) as deceased, bool_or(do_not_contact) as do_not_contact,
        bool_or(address_confidential) as address_confidential
    from in_member_flags where person_id is not null group by 1),
told as (
    select n.person_no, any_value(person_id) as person_id, max(birth_date) as birth_date,
        max(death_date) as death_date, bool_or(coalesce(death_flag, false)) as dead,
        bool_or(coalesce(hospice_flag, false)) as hospice,
        bool_or(coalesce(long_term_institutional_flag, false)) as ltc
    from in_eligibility join person_no n using (person_id) group by 1)
select l.person_no, l.person_id, l.birth_date, l.death_date,
    l.dead or coalesce(f.deceased, false) or coalesce(l.death_date <= getvariable('as_of'), false)
        as deceased,
    l.hospice or coalesce(f.hospice, false) as hospice,
    l.ltc or coalesce(f.ltc, false) as ltc,
    coalesce(f.do_not_contact, false) as do_not_contact,
    coalesce(f.address_confidential, false) as address_confidential
from told l left join flags f using (person_id)
"""


def number_persons(con: duckdb.DuckDBPyConnection) -> None:
    """Makes `person_no`: a number for every person of the eligibility, in the order of the ids."""
    con.execute(_PERSON_NO)


def cover(con: duckdb.DuckDBPyConnection) -> None:
    """Makes `span` (merged coverage) and `person`, a row each; adds to `dropped`."""
    con.execute(_SPAN)
    con.execute(_DROPPED)
    con.execute(_PERSON)
