-- A number for each line of each household, none given twice.
-- Needs: household(home, line, state, timezone).

create or replace table phone as
with ranked as (
    select h.home, h.line, g.state, g.zone, g.codes, row_number() over (
            partition by g.state, g.zone order by u_of(h.home, 'phone', h.line), h.home, h.line
        ) - 1 as place
    from household h join home_group g using (state, timezone)
)
select r.home, r.line, r.place // r.codes as turn, fictional_phone(a.npa, turn) as phone_e164
from ranked r
join area_code a on a.state = r.state and a.zone = r.zone and a.place = r.place % r.codes;
