-- The pharmacy claims of a batch: table `fill`, one row per claim line.
-- Needs: person, burden, therapy, product, supply, local_pharmacy; labelers (two) as a variable.

create or replace table chain as
with taken as (
    select b.i, t.drug_class, max(t.short) as short
    from burden b join therapy t using (condition)
    where u_of(b.i, 'takes', t.drug_class) < t.chance
        -- The drug alone would make a near miss fit.
        and not (b.standing = 'near miss' and t.drug_class = 'moud')
        and b.course not in ('lookalike', 'drug only')
    group by all
    union all
    select i, 'moud', 0 from burden where course = 'drug only'
    union all
    select i, 'antibiotic', 1 from person where u(i, 'course of antibiotic') < 0.25
), shaped as (
    select i, drug_class, max(short) = 1 as short, u_of(i, 'habit', drug_class) as habit,
        between_of(i, 'since', drug_class, 35, 420) as since
    from taken group by all
)
select c.i, c.drug_class, p.class_number as number, p.ndc_tail, p.per_day,
    case when c.short then 10 + 10 * (c.habit < 0.3)::int else s.days end as days,
    since,
    -- On time, a little late, long gaps, given up some time ago.
    case when short then 60 when habit < 0.55 then 0 when habit < 0.78 then 6 when habit < 0.90
        then 24 else 1 end as gap,
    case when habit >= 0.90 and not short
        then between_of(c.i, 'stopped', c.drug_class, 60, 200) else 0 end as stopped,
    if(short, 2, 1000) as most, u_of(c.i, 'maker', c.drug_class) as maker
from shaped c
join product p on p.drug_class = c.drug_class and p.slot = slot_of(c.i, 'product', c.drug_class)
join supply s on s.slot = slot_of(c.i, 'days', c.drug_class);

create or replace table fill as
with filled as (
    select *, unnest(range(least(most, greatest(1, (since - stopped) // (days + gap) + 1)))) as j
    from chain
), dated as (
    select f.*, format('R{:08d}{:02d}{:03d}', f.i, number, j) as claim_id, 'ok' as date_is,
        greatest(since - j * (days + gap) - between_of(f.i, number, j, -3, gap // 3 + 1), 0) as ago
    from filled f
), with_odd_dates as (
    from dated
    union all
    -- Dates no calendar has, and dates that have not come.
    select * replace (format('R{:08d}{:02d}900', i, number) as claim_id, 'bad' as date_is)
    from dated where i % 97 = 11 and j = 0
    union all
    select * replace (format('R{:08d}{:02d}901', i, number) as claim_id, 'future' as date_is,
        -between_u(i, 'ahead', 30, 300) as ago)
    from dated where i % 103 = 9 and j = 0
), claimed as (
    select d.*, p.person_id, p.payer, p.plan, p.doctor, p.state, p.home, l.many,
        u_of(d.i, 'supply', claim_id) as supply_u, u_of(d.i, 'form', claim_id) as form_u,
        if(u_of(d.i, 'elsewhere', claim_id) < 0.08, u_of(d.i, 'where', claim_id),
            u(p.home, 'pharmacy')) as where_u,
        -- The maker changes now and then: one drug under two codes.
        getvariable('labelers')[case when maker < 0.6 then 1 when maker < 0.8 then 2
            else 1 + (j > 2)::int end] || ndc_tail as ndc,
        days_ago(ago) as filled_on
    from with_odd_dates d join person p using (i)
    join (select state, any_value(many) as many from local_pharmacy group by state) l using (state)
), lines as (
    -- 1 as billed, -1 taken back, and now and then a line that came twice.
    select *, unnest([1]
        || if(u_of(i, 'twice', claim_id) < 0.004 or (i % 83 = 2 and j = 0), [1], [])
        || if(u_of(i, 'back', claim_id) < 0.008 or (i % 89 = 3 and j = 0), [-1], [])) as sign
    from claimed
)
select f.i, sign, claim_id,
    -- Some payers take back on the same line, some on a new one.
    if(sign = 1 or u_of(f.i, 'same line', claim_id) < 0.7, 1, 2) as claim_line_number, person_id,
    'S' || person_id as member_id, payer, plan,
    if(u_of(f.i, 'prescriber', f.drug_class) < 0.75, doctor, prescriber_npi(between_of(f.i,
        'which prescriber', f.drug_class, 0, getvariable('member_count') // 40)))
        as prescribing_provider_npi,
    s.npi as dispensing_provider_npi,
    case when date_is = 'bad'
        then ['2025-02-30', '13/45/2025', 'unknown', '0000-00-00'][between_u(f.i, 'bad date', 1, 4)]
        else filled_on::varchar end as dispensing_date,
    case when form_u < 0.03 then hyphenated(ndc, form_u < 0.015)
        when form_u < 0.031 then ndc[3:8] else ndc end as ndc_code,
    (sign * round(days * per_day, 1))::decimal(10, 1) as quantity,
    case when supply_u < 0.012 then 0 when supply_u < 0.018 then null else days end as days_supply,
    greatest(0, 5 - j % 6) as refills,
    if(date_is = 'bad', null, (filled_on + 2)::varchar) as paid_date,
    (sign * round(days * (0.08 + 1.4 * u_of(f.i, 'price', ndc) * u(ndc, 'price')), 2))
        ::decimal(12, 2) as paid_amount,
    paid_amount as allowed_amount, paid_amount as charge_amount, 1 as in_network_flag
from lines f
join local_pharmacy s on s.state = f.state and s.place = floor(where_u * f.many)::bigint;
