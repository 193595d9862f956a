-- Where people live: inhabited ZIPs laid end to end, so that a draw lands on each by population.
-- Needs: zip_source (the package's table), area_code, zone.

create or replace table zip as
select zip, state, primary_city as city, lat, lon, timezone, population,
    coalesce(pct_hispanic, 0) as hispanic
from zip_source
where zip_type = 'Standard' and population > 0 and lat is not null
    and state in (select state from area_code);

-- The group of area codes for each place: the state's group of that zone, else its first one.
create or replace table area_group as
select state, zone, "first" as main, count(*) as codes, min(place) as place
from area_code group by all;

create or replace table home_group as
select distinct z.state, z.timezone, coalesce(g.zone, main.zone) as zone,
    coalesce(g.codes, main.codes) as codes
from zip z
left join zone on zone.timezone = z.timezone
left join area_group g on g.state = z.state and g.zone = zone.zone
join area_group main on main.state = z.state and main.main = 1;

-- ZIPs of the states served, and the same within each state; `low` is where a ZIP's share begins.
create or replace macro zips_along(states) as table
select zip, state, city, lat, lon, timezone, hispanic,
    (sum(population) over (order by zip) - population)
        / sum(population) over ()::double as low,
    (sum(population) over (partition by state order by zip) - population)
        / sum(population) over (partition by state)::double as low_in_state
from zip where list_contains(states, state);

-- The q-th number of an area code: the block 0100-0199, kept for fiction, comes first, then the
-- rest of the 555 exchange without directory assistance (1212) and the toll-free relay (4334).
create or replace macro line_number(q) as
    case when q < 100 then q + 100
        when q < 200 then q - 100
        else q + (q >= 1212)::int + (q + (q >= 1212)::int >= 4334)::int end;

create or replace macro fictional_phone(npa, q) as
    '+1' || npa || '555' || lpad(line_number(q)::bigint::varchar, 4, '0');
