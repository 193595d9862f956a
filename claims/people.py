"""The persons behind the members: names, homes, phones; also for sets that lack them."""

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import duckdb

from claims.intake import open_folders
from claims.sources import literal

# Five digits; a number column has lost its leading zeros, ZIP+4 has four more.
ZIP5 = """
create macro zip5(code) as (
    lpad(left(nullif(regexp_replace(split_part(code, '-', 1), '[^0-9]', '', 'g'), ''), 5), 5, '0'))
"""
_PHONE = """
create macro e164(phone) as (case
    when regexp_full_match(phone, '[+][1-9][0-9]{7,14}') then phone
    when regexp_full_match(regexp_replace(phone, '[^0-9]', '', 'g'), '1?[2-9][0-9]{9}')
        and not starts_with(phone, '+')
        then '+1' || right(regexp_replace(phone, '[^0-9]', '', 'g'), 10) end)
"""
_LANGUAGE = """
create macro language(words) as (case
    when words is null then 'en'
    when lower(words) in ('en', 'eng', 'english') then 'en'
    when lower(words) in ('es', 'spa', 'spanish', 'español') then 'es'
    else lower(words) end)
"""

# What the row of the latest coverage says (the largest struct, so that ties are settled).
_HOME = """
create table home as
with contact as (
    select person_id,
        arg_min(first_name, phone_e164) as first_name, arg_min(last_name, phone_e164) as last_name,
        arg_min(address, phone_e164) as address, arg_min(city, phone_e164) as city,
        arg_min(zip_code, phone_e164) as zip_code, arg_min(upper(state), phone_e164) as state,
        arg_min(preferred_language, phone_e164) as preferred_language,
        arg_min(alt_format, phone_e164) as alt_format
    from (select * replace (coalesce(phone_e164, '') as phone_e164) from in_member_contact)
    where person_id is not null group by 1),
latest as (
    select k.person_no, max({start: enrollment_start_date, first: first_name, last: last_name,
        street: address, city: city, state: upper(state), zip: zip_code, gender: gender}) as told
    from in_eligibility join known k using (person_id) group by 1),
joined as (
    select p.person_no, p.person_id, coalesce(told.first, c.first_name) as first_name,
        coalesce(told.last, c.last_name) as last_name, p.birth_date, p.death_date,
        told.gender as gender, coalesce(told.street, c.address) as address,
        coalesce(told.city, c.city) as city, coalesce(s.state, told.state, c.state) as state,
        zip5(coalesce(told.zip, c.zip_code)) as zip_code,
        language(c.preferred_language) as preferred_language, c.alt_format
    from latest join person p using (person_no) left join contact c using (person_id)
    left join state_name s on s.name = told.state)
select j.* replace (coalesce(j.state, z.state) as state), z.latitude, z.longitude, z.time_zone
from joined j left join zip z using (zip_code)
"""

_PHONES = """
create table phone as
with kept as (
    select distinct on (person_no, phone_e164) person_no, e164(phone_e164) as phone_e164,
        case when lower(type) in ('mobile', 'landline', 'voip') then lower(type) else 'unknown' end
            as type
    from in_member_contact join known using (person_id)
    where e164(phone_e164) is not null order by person_no, phone_e164, type)
select person_no, phone_e164, type, row_number() over (partition by person_no order by
    list_position(['mobile', 'voip', 'unknown', 'landline'], type), phone_e164)::int as rank
from kept
"""

_PHONES_DROPPED = """
insert into dropped
select 'member_contact: phone is not a number with its country code', count(*), []::varchar[]
from in_member_contact where phone_e164 is not null and e164(phone_e164) is null
having count(*) > 0
"""

_COVER = """
create table cover as
select person_no, payer, payer_type, first as coverage_start,
    nullif(last, date '9999-12-31') as coverage_end
from (
    select s.*, row_number() over (partition by person_no order by last desc, payer_type) as nth
    from span s join (
        select distinct m.person_no, q.payer_type from member m join program_payer q using (program)
    ) using (person_no, payer_type)
    where getvariable('as_of') between s.first and s.last)
where nth = 1
"""

_EXPORT = """
copy (
    select p.person_id, any_value(coalesce(s.state, p.state)) as state,
        max(p.birth_date) as birth_date, any_value(p.gender) as gender,
        bool_or(p.last_name is not null) as has_name, bool_or(p.zip_code is not null) as has_zip,
        count(c.person_id) > 0 as has_phone
    from (select * replace (upper(state) as state) from in_eligibility) p
    left join state_name s on s.name = p.state
    left join (select distinct person_id from in_member_contact where phone_e164 is not null) c
        on c.person_id = p.person_id
    where p.person_id is not null group by 1 order by 1
) to {out} (format parquet)
"""


def know_homes(con: duckdb.DuckDBPyConnection) -> None:
    """Makes `home` and `phone` of all in `known`: one person, their numbers."""
    for statement in (ZIP5, _PHONE, _LANGUAGE, _HOME, _PHONES, _PHONES_DROPPED):
        con.execute(statement)


def know_people(con: duckdb.DuckDBPyConnection) -> None:
    """Makes `home`, `phone` and `cover`: one person, their numbers, their latest coverage."""
    know_homes(con)
    con.execute(_COVER)


def export_persons(folders: Sequence[Path], out_parquet: Path) -> None:
    """Writes person_id, state, birth_date, gender, has_name, has_zip, has_phone as Parquet.

    For a set without contacts: made-up ones are drawn from this. `state` is a postal code.
    Raises BadInput like `identify`.
    """
    out_parquet.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=".persons-", dir=out_parquet.parent))
    try:
        con = open_folders(folders, scratch).con
        written = scratch / "persons.parquet"
        con.execute(_EXPORT.replace("{out}", literal(str(written))))
        con.close()
        written.replace(out_parquet)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
