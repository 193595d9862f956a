-- The medical claims of a batch: table `medical_line`, one row per claim line.
-- Needs: person, burden, beside_codes, code.

create or replace table encounter as
with planned as (
    select i, condition, course, code, number, unnest(range(visits)) as j, visits from burden
), dated as (
    select i, number, j, code, course, case
            when course = 'same day' then between_u(i, 'that day', 20, 600)
            when course = 'too old' and not (j = 0 and u(i, 'one recent') < 0.4)
                then between_of(i, 'long ago', j, 765, 1500)
            -- Evenly spread with some play, so that no two fall on one day.
            when course in ('visits', 'lookalike', 'taken back')
                then 6 + floor((j + 0.85 * u_of(i, number, j)) * 700 / visits)::bigint
            else between_u(i, 'once', 8, 640) end as ago,
        case course when 'stay' then 'inpatient' when 'overdose' then 'ed'
            when 'treatment' then 'professional'
            else if(u_of(i, number, -1 - j) < 0.24, 'outpatient', 'professional') end as setting
    from planned
), unplanned as (
    select i, 90 as number, unnest(range(case when u(i, 'ed') < 0.72 then 0
            when u(i, 'ed') < 0.90 then 1 when u(i, 'ed') < 0.97 then 2 else 4 end)) as j,
        'acute' as course, 'ed' as setting from person
    union all
    select i, 91, unnest(range(case when u(i, 'stays') < 0.91 then 0
            when u(i, 'stays') < 0.985 then 1 else 2 end)), 'acute', 'inpatient' from person
    union all
    select i, 92, unnest(range(between_u(i, 'colds', 0, 2))), 'acute', 'professional' from person
    union all
    -- Dates no calendar has, and dates that have not come.
    select i, 95, 0, 'bad date', 'professional' from person where i % 97 = 5
    union all
    select i, 96, 0, 'future', 'professional' from person where i % 101 = 7
)
select i, number, j, code, course, setting, ago from dated
union all
select p.i, p.number, p.j, k.code, p.course, p.setting,
    case p.course when 'future' then -between_u(p.i, 'ahead', 30, 300)
        else between_of(p.i, p.number, p.j, 5, 700) end
from unplanned p
join code k on k.condition = 'acute' and k.slot = slot_of(p.i, p.number, -1 - p.j);

create or replace table medical_line as
with coded as (
    select e.*, format('C{:08d}{:02d}{:02d}', e.i, number, j) as claim_id, p.person_id,
        p.payer, p.plan, p.doctor, p.zip, days_ago(ago) as starts,
        days_ago(ago) + if(setting = 'inpatient', between_of(e.i, 'nights', claim_id, 1, 9), 0)::int
            as stops,
        b.codes[between_of(e.i, 'which second', claim_id, 1, len(b.codes))] as second,
        if(u_of(e.i, 'second dx', claim_id) < 0.7 and e.code <> second, second, null) as beside,
        b.codes[between_of(e.i, 'which third', claim_id, 1, len(b.codes))] as third
    from encounter e join person p using (i) left join beside_codes b using (i)
), ordered as (
    -- The reason of the visit is not always written first.
    select *, if(beside is not null and setting <> 'inpatient' and u_of(i, 'swap', claim_id) < 0.3,
            [beside, code], [code, beside]) as dx,
        if(course = 'overdose', ['T402X1A', 'F1120'], dx) as written,
        if(third <> code and third <> beside, third, null) as last_dx,
        u_of(i, 'dots', claim_id) < 0.02 as dotted, u_of(i, 'lines', claim_id) as more,
        u_of(i, 'place', claim_id) as place, u_of(i, 'money', claim_id) as money
    from coded
), lines as (
    select *, unnest(range(1, case when setting = 'inpatient' then 3
        when setting in ('outpatient', 'ed') and more < 0.35 then 3 else 2 end)) as line
    from ordered
), billed as (
    -- 1 as billed, -1 taken back, and now and then a line that came twice.
    select *, unnest([1]
        || if(u_of(i, 'twice', claim_id) < 0.003 or (i % 79 = 4 and j = 0), [1], [])
        || if((course = 'taken back' and j = 1) or (course = 'acute' and more > 0.985), [-1], []))
        as sign
    from lines
)
select i, sign, claim_id, line as claim_line_number,
    if(setting = 'professional', 'professional', 'institutional') as claim_type,
    person_id, 'S' || person_id as member_id, payer, plan,
    case when course = 'bad date'
        then ['2025-02-30', '13/45/2025', 'unknown', '0000-00-00'][between_u(i, 'bad date', 1, 4)]
        else starts::varchar end as claim_start_date,
    if(course = 'bad date', claim_start_date, stops::varchar) as claim_end_date,
    claim_start_date as claim_line_start_date, claim_end_date as claim_line_end_date,
    if(setting = 'inpatient', starts::varchar, null) as admission_date,
    if(setting = 'inpatient', stops::varchar, null) as discharge_date,
    if(setting = 'inpatient', '1', null) as admit_source_code,
    if(setting = 'inpatient', '01', null) as discharge_disposition_code,
    case when setting <> 'professional' then null when place < 0.78 then '11'
        when place < 0.90 then '22' else '10' end as place_of_service_code,
    case setting when 'inpatient' then '111' when 'professional' then null else '131' end
        as bill_type_code,
    case setting when 'inpatient' then if(line = 1, '0120', '0250')
        when 'ed' then if(line = 1, '0450', '0300')
        when 'outpatient' then if(line = 1, '0510', '0300') end as revenue_center_code,
    1 as service_unit_quantity,
    case when course = 'treatment' then 'H0020'
        when setting = 'outpatient' and line = 1 then 'G0463'
        when setting = 'professional' and place >= 0.90 then 'G2025'
        when setting = 'professional' then 'T1015' end as hcpcs_code,
    case when setting = 'professional' and u_of(i, 'seen by', claim_id) < 0.7 then doctor
        else prescriber_npi(between_of(i, 'seen by', number, 0, getvariable('member_count') // 40))
        end as rendering_npi,
    rendering_npi as billing_npi,
    if(setting = 'professional', null, prescriber_npi(80000000 + left(zip, 3)::int))
        as facility_npi,
    if(course = 'bad date', null, (stops + 12)::varchar) as paid_date,
    round(sign * case setting when 'inpatient' then 3000 + 14000 * money
        when 'ed' then 250 + 1500 * money
        when 'outpatient' then 90 + 400 * money else 45 + 160 * money end / (line * line), 2)
        as paid_amount,
    paid_amount as allowed_amount, round(paid_amount * 1.8, 2) as charge_amount,
    'icd-10-cm' as diagnosis_code_type,
    if(dotted, with_dot(written[1]), written[1]) as diagnosis_code_1,
    coalesce(written[2], last_dx) as diagnosis_code_2,
    if(written[2] is null, null, last_dx) as diagnosis_code_3
from billed;
