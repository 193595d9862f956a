-- Homes, names and telephones for persons of a set that has none. Draws hang on the person's id.
-- Needs: person_source (the persons file), served as a variable; zip, names.

create or replace table person as
with asked as (
    select person_id::varchar as home, state as known_state, birth_date, has_name, has_zip,
        has_phone,
        case when lower(left(gender, 1)) in ('f', '2') then 'female' else 'male' end as gender
    from person_source
), placed as (
    select a.*, coalesce(a.known_state, z.state) as state
    from (
        select * replace (if(list_contains(getvariable('served'), known_state), known_state, null)
            as known_state)
        from asked
    ) a
    asof join (from zips_along(getvariable('served'))) z on u(a.home, 'state') >= z.low
), housed as (
    select p.*, z.zip, z.city, z.timezone, case
        when u(p.home, 'tongue') < 0.84 * z.hispanic then 'es'
        when u(p.home, 'other tongue') < 0.022
            then ['zh', 'vi', 'ru', 'ko'][between_u(p.home, 'which tongue', 1, 4)]
        else 'en' end as language
    from placed p
    asof join (from zips_along(getvariable('served'))) z
        on p.state = z.state and u(p.home, 'zip') >= z.low_in_state
)
select *, if(language = 'es' or u(home, 'heritage') < 0.11, 'es', 'en') as tongue from housed;

create or replace table household as
select home, 1 as line, state, timezone,
    case when u(home, 'line type') < 0.87 then 'mobile'
        when u(home, 'line type') < 0.96 then 'landline' else 'voip' end as type
from person where not has_phone and u(home, 'reachable') >= 0.04;
