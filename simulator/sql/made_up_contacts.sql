-- One row for each person who lacks something, holding only what is lacking.

create or replace table member_contact as
select p.home as person_id, n.phone_e164, h.type, p.language as preferred_language,
    case when u(p.home, 'large print')
        < if(date_diff('year', p.birth_date, getvariable('as_of')) >= 65, 0.05, 0.01)
        then 'large_print' end as alt_format,
    if(p.has_name, null, first.name) as first_name, if(p.has_name, null, last.name) as last_name,
    if(p.has_zip, null, between_u(p.home, 'house', 10, 9990)::varchar || ' ' || road.name || ' '
        || ['St', 'Ave', 'Rd', 'Ln', 'Dr'][between_u(p.home, 'street kind', 1, 5)]) as address,
    if(p.has_zip, null, p.city) as city, if(p.has_zip, null, p.zip) as zip_code,
    if(p.has_zip, null, p.state) as state
from person p
left join phone n using (home)
left join household h using (home)
join first_name first on first.tongue = p.tongue and first.gender = p.gender
    and first.slot = slot_u(p.home, 'first name')
join last_name last on last.tongue = p.tongue and last.slot = slot_u(p.home, 'last name')
join street road on road.slot = slot_u(p.home, 'road')
where not (p.has_name and p.has_zip and p.has_phone);
