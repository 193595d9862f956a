-- Coverage of the members: steady, broken once, lapsed or none at all; and who has died.

create or replace table coverage as
with fate as (
    select m.*, case when i % 331 = 17 then 'none'
            when u(i, 'coverage') < 0.02 then 'lapsed'
            when u(i, 'coverage') < 0.09 then 'broken' else 'steady' end as kind,
        case when u(i, 'death') < 0.012 then days_ago(between_u(i, 'died', 5, 300)) end
            as death_date,
        days_ago(between_u(i, 'since', 780, 2600)) as since,
        days_ago(between_u(i, 'break', 150, 420)) as broke,
        (date_trunc('month', getvariable('as_of')) + interval 13 months - interval 1 day)::date
            as open_end
    from member m
), spans as (
    select *, 1 as span, since as starts, case kind when 'steady' then open_end
        when 'broken' then broke else days_ago(between_u(i, 'lapse', 20, 300)) end as ends
    from fate where kind <> 'none'
    union all
    select *, 2, broke + between_u(i, 'gap', 35, 100)::int, open_end from fate where kind = 'broken'
)
select i, span, person_id, 'S' || person_id as member_id,
    'S' || format('M{:08d}', home) as subscriber_id,
    gender, birth_date, death_date, (death_date is not null)::int as death_flag,
    starts as enrollment_start_date,
    -- Half of the dead are still on the payer's books, as in real files.
    if(death_date < ends and u(i, 'told') < 0.5, greatest(death_date, starts), ends)
        as enrollment_end_date,
    payer, payer_type, plan,
    case when payer_type = 'medicare' and u(i, 'old') >= 0.88 then '1'
        when payer_type = 'medicare' then '0' end as original_reason_entitlement_code,
    (u(i, 'hospice') < 0.004)::int as hospice_flag,
    first_name, last_name, if(home = i, 'self', 'dependent') as subscriber_relation,
    address, city, state, zip as zip_code
from spans;

-- Lines of a household: most have one, a few a second at home, a few none.
create or replace table household as
select home, line, state, timezone,
    case when line = 2 then 'landline' when u(home, 'line type') < 0.87 then 'mobile'
        when u(home, 'line type') < 0.96 then 'landline' else 'voip' end as type
from (select distinct home, state, timezone from member)
cross join (values (1), (2)) lines(line)
where u(home, 'reachable') >= 0.04 and (line = 1 or u(home, 'second line') < 0.05);
