-- What a batch of members has, and how it shows in claims. One row per member and condition.
-- Needs: first_member, past_member as variables; primary_condition, beside, code.

create or replace table person as
select * from member where i >= getvariable('first_member') and i < getvariable('past_member');

create or replace table burden as
with reason as (
    select p.i, p.standing, p.profile, c.condition as main
    from person p join primary_condition c on c.profile = p.profile and c.slot = slot_u(p.i, 'main')
), carried as (
    select i, standing, main as condition, true as target from reason where standing <> 'well'
    union all
    -- Only who fits a program has other target conditions; a near miss must stay one.
    select r.i, r.standing, b.condition, b.target = 1
    from reason r join beside b on b.profile = r.profile
    where u_of(r.i, 'has', b.condition) < b.chance
        and (b.target = 0 or (r.standing = 'fits' and b.condition <> r.main))
), courses as (
    select *, case
        when not target then 'visits'
        when standing = 'near miss' then
            ['one claim', 'same day', 'too old', 'lookalike', 'taken back'][
                between_u(i, 'miss', 1, 5)]
        when condition = 'oud' and u(i, 'oud course') < 0.12 then 'treatment'
        when condition = 'oud' and u(i, 'oud course') < 0.20 then 'overdose'
        when condition = 'oud' and u(i, 'oud course') < 0.28 then 'drug only'
        when u_of(i, 'stay', condition) < 0.07 then 'stay'
        else 'visits' end as course
    from carried
)
select c.*, k.number, k.code, case c.course
        when 'visits' then between_of(c.i, 'visits', c.condition,
            if(c.target or c.condition = 'alcohol', 2, 1), if(c.target, 7, 3))
        when 'lookalike' then between_u(c.i, 'visits', 2, 4)
        when 'too old' then between_u(c.i, 'visits', 2, 4)
        when 'same day' then 2 when 'taken back' then 2 when 'drug only' then 0 else 1 end as visits
from courses c
join code k on k.condition = c.condition and k.alike = (c.course = 'lookalike')::int
    and k.slot = slot_of(c.i, 'code', c.condition);

-- Codes that may stand beside any diagnosis of the member without changing who fits.
create or replace table beside_codes as
select i, list(code order by number) as codes
from burden where not target or (standing = 'fits' and course not in ('drug only', 'overdose'))
group by i;
