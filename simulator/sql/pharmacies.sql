-- A made-up network: one anchor in each state that fits every program, the rest as they come.
-- Needs: served (a list of states), pharmacy_count, network_members as variables; names; zip.

create or replace table pharmacy_place as
with states as (
    select unnest(list_sort(getvariable('served'))) as state
), numbered as (
    select state, row_number() over (order by state) - 1 as k from states
), anchors as (
    select n.k, z.zip
    from (select k, state, u(k, 'anchor zip') as draw from numbered) n
    asof join (from zips_along(getvariable('served'))) z
        on n.state = z.state and n.draw >= z.low_in_state
), others as (
    select n.k, z.zip
    from (
        select k, u(k, 'pharmacy zip') as draw
        from range((select count(*) from states), getvariable('pharmacy_count')) t(k)
    ) n
    asof join (from zips_along(getvariable('served'))) z on n.draw >= z.low
)
select k, zip, true as anchor from anchors union all select k, zip, false from others;

-- How many members a pharmacy of a state can take in a week on average: all who live there and
-- four fifths more, since not every pharmacy fits, and never fewer than 14.
create or replace table room as
with lives as (
    select state, sum(population) / sum(sum(population)) over () as share
    from zip where list_contains(getvariable('served'), state) group by state
)
select state,
    greatest(14, 1.8 * getvariable('network_members') * any_value(share) / count(*)) as mean
from pharmacy_place join zip using (zip) join lives using (state) group by state;

create or replace table pharmacy as
with drawn as (
    select p.k, p.anchor, z.*, u(p.k, 'cpesn') as member_of, u(p.k, 'services') as offers,
        exp(0.5 * (u(p.k, 'size a') + u(p.k, 'size b') + u(p.k, 'size c') - 1.5)) as size
    from pharmacy_place p join zip z using (zip)
)
select
    pharmacy_npi(d.k) as npi,
    lpad((9000000 + d.k * 277)::varchar, 7, '0') as ncpdp_id,
    replace(replace(replace(form.name, '{city}', d.city), '{street}', street.name),
        '{last}', last.name) as name,
    between_u(d.k, 'house', 10, 4990)::varchar || ' ' || road.name || ' St' as address,
    d.city, d.state, d.zip as zip_code, round(d.lat, 6) as latitude, round(d.lon, 6) as longitude,
    case when d.anchor or d.member_of < 0.80
        then days_ago(between_u(d.k, 'joined', 400, 2400))
        when d.member_of < 0.84 then days_ago(-between_u(d.k, 'joins', 20, 90))
        when d.member_of < 0.90 then days_ago(between_u(d.k, 'joined', 900, 2400))
    end as cpesn_from,
    case when not d.anchor and d.member_of between 0.84 and 0.90
        then days_ago(between_u(d.k, 'left', 10, 600)) end as cpesn_to,
    concat_ws(';',
        case when d.anchor or u(d.k, 'es') < 0.88 then 'express-scripts' end,
        case when d.anchor or u(d.k, 'cx') < 0.82 then 'carelonrx' end,
        case when u(d.k, 'n3') < 0.55 then 'cedar-rx' end,
        case when u(d.k, 'n4') < 0.40 then 'summit-rx' end) as networks,
    concat_ws(';',
        case when d.anchor or d.offers < 0.95 then 'medication_management' end,
        case when d.anchor or u(d.k, 'delivery') < 0.93 then 'delivery' end,
        case when d.anchor or u(d.k, 'coaching') < 0.92 then 'coaching' end,
        case when d.anchor or u(d.k, 'screening') < 0.92 then 'screening' end,
        case when d.anchor or u(d.k, 'packaging') < 0.80 then 'packaging' end,
        case when d.anchor or u(d.k, 'synchronization') < 0.88 then 'synchronization' end,
        case when d.anchor or u(d.k, 'immunization') < 0.94 then 'immunization' end,
        case when d.anchor or u(d.k, 'nutrition') < 0.45 then 'nutrition' end) as services,
    case when d.anchor or u(d.k, 'speaks') < 0.2 + d.hispanic then 'en;es'
        when u(d.k, 'speaks') > 0.985 then 'en;vi' when u(d.k, 'speaks') > 0.97 then 'en;zh'
        else 'en' end as languages,
    greatest(4, round(room.mean * d.size))::int as weekly_capacity,
    d.anchor or u(d.k, 'independent') < 0.94 as independent,
    not d.anchor and u(d.k, 'wholesaler') < 0.18 as wholesaler_affiliated
from drawn d
join room using (state)
join pharmacy_name form on form.slot = slot_u(d.k, 'form')
join street on street.slot = slot_u(d.k, 'sign')
join street road on road.slot = slot_u(d.k, 'road')
join last_name last on last.tongue = 'en' and last.slot = slot_u(d.k, 'owner');
