-- Who the members are: payer, standing, home, language, name. One row each, numbered from 0.
-- Needs: member_count, served as variables; payer_type slots, primary_condition, names, zip.

-- Every fortieth member shares home, family name and telephone with the one before.
create or replace table member as
with drawn as (
    select i, case when i % 40 = 39 then i - 1 else i end as home,
        payer.payer_type, payer.payer, payer.plan, payer.profile,
        case when u(i, 'gender') < 0.54 then 'female' else 'male' end as gender,
        case when u(i, 'standing') < 0.85 then 'fits'
            when u(i, 'standing') < 0.97 then 'near miss' else 'well' end as standing
    from range(getvariable('member_count')) t(i)
    join payer on payer.slot = slot_u(i, 'payer')
), housed as (
    select d.*, z.zip, z.city, z.state, z.timezone,
        case when u(d.home, 'tongue') < 0.84 * z.hispanic then 'es'
            when u(d.home, 'other tongue') < 0.022
            then ['zh', 'vi', 'ru', 'ko'][between_u(d.home, 'which tongue', 1, 4)]
            else 'en' end as language
    from drawn d
    asof join (from zips_along(getvariable('served'))) z on u(d.home, 'zip') >= z.low
), named as (
    select h.*, case when h.language = 'es' or u(h.home, 'heritage') < 0.11
            then 'es' else 'en' end as tongue,
        getvariable('as_of') - (case
            when h.payer_type = 'medicare' and u(h.i, 'old') < 0.88
                then between_u(h.i, 'age', 65 * 365 + 40, 93 * 365)
            when h.payer_type = 'medicare' then between_u(h.i, 'age', 45 * 365, 65 * 365)
            else between_u(h.i, 'age', 18 * 365 + 200, 64 * 365) end)::int as birth_date
    from housed h
)
select n.*, format('M{:08d}', i) as person_id, first.name as first_name, last.name as last_name,
    between_u(home, 'house', 10, 9990)::varchar || ' ' || road.name || ' '
        || ['St', 'Ave', 'Rd', 'Ln', 'Dr'][between_u(home, 'street kind', 1, 5)] as address,
    prescriber_npi(between_u(home, 'doctor', 0, getvariable('member_count') // 40)) as doctor
from named n
join first_name first on first.tongue = n.tongue and first.gender = n.gender
    and first.slot = slot_u(i, 'first name')
join last_name last on last.tongue = n.tongue and last.slot = slot_u(home, 'last name')
join street road on road.slot = slot_u(home, 'road');
