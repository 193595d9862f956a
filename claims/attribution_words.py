"""Answers in words: the view `attribution`, from what the matching left in `kind` and `matched`."""

from claims.attribution_answers import ALTERNATIVES, BELONGS, FARTHER, LANGUAGE, NO_ROOM
from claims.sources import literal

WHY_NOT = {
    NO_ROOM: "no room",
    BELONGS: "not the member's own",
    LANGUAGE: "another language",
    FARTHER: "farther",
}
"""Why an alternative was not the first."""

_WHY = " ".join(f"when {code} then {literal(words)}" for code, words in WHY_NOT.items())
_OTHERS = ", ".join(
    f"{{npi: o{n}.npi, km: k.others_km_{n} / 10, why: case k.others_why_{n} {_WHY} end}}"
    for n in range(ALTERNATIVES)
)
_KM_WHY = " ".join(
    f"when {code} then {literal(f' km, {words}')}" for code, words in WHY_NOT.items()
)
# One call that joins many texts is half as dear as joining them two by two.
_OTHERS_TOLD = ", ".join(
    f"case when o{n}.npi is not null then concat(o{n}.npi, ' ', k.others_km_{n} // 10, '.', "
    f"k.others_km_{n} % 10, case k.others_why_{n} {_KM_WHY} end) end"
    for n in range(ALTERNATIVES)
)
_JOINED = " ".join(f"left join station o{n} on o{n}.id = k.others_{n}" for n in range(ALTERNATIVES))

_TOLD = f"""
create view told as
with place as (select distinct on (id) id, in_state as state, lat from seeker_place),
want as (select distinct on (id) id, program, services, spoken from seeker_want),
seen as (
    select k.*, s.npi, p.state, w.program, w.spoken as language, w.services, need.words, n.nearest,
        p.lat is null as placeless, coalesce(n.status, 'optimal') <> 'optimal' as one_by_one,
        concat_ws('; ', {_OTHERS_TOLD}) as alternatives_told,
        list_filter([{_OTHERS}], lambda o: o.npi is not null) as alternatives
    from kind k join place p on p.id = k.place join want w on w.id = k.want
    join program_need need using (program)
    left join solved n on n.state = p.state left join station s on s.id = k.pharmacy
    {_JOINED}),
coded as (
    select *, case when npi is not null
        then case when belongs > 0 then ['current', 'usual', 'recent'][belongs]
            when nth = 1 then 'nearest' else 'ranked' end
        when no_file then 'no_pharmacies'
        when state is null then 'no_state' when placeless then 'no_place'
        when of_all > 0 then 'no_room' when fit > 0 then 'no_language'
        else 'none_qualifies' end as code
    from seen, (select count(*) = 0 as no_file from station))
select id, program, npi, case when npi is not null then km / 10 end as distance_km,
    nullif(nth, 0)::int as rank, alternatives, alternatives_told, code,
    case when npi is not null then concat(
        case code when 'current' then 'the member''s pharmacy already'
            when 'usual' then 'most of the member''s supplies come from here'
            when 'recent' then 'the member''s last fill was here'
            when 'nearest' then concat('nearest of ', of_all, ' in ', state, ' ', words)
            else concat('number ', nth, ' by distance of ', of_all, ' in ', state, ' ', words) end,
        ', ', km // 10, '.', km % 10, ' km',
        case when code = 'ranked' then '; nearer ones have no room' end,
        case when not spoken then concat('; nobody there is known to speak ', language) end,
        case when usual = 0 or belongs = 2 then null
            when usual = 2 then '; the usual pharmacy has no room or is not the current one'
            else '; most supplies come from a pharmacy that does not qualify: they stay there '
                || 'unless the member asks' end,
        case when one_by_one then '; this state was shared out one by one' end)
        end as reason,
    case code when 'no_pharmacies' then 'there is no pharmacy file'
        when 'no_state' then 'the member''s state is unknown'
        when 'no_place' then 'the place of the member''s ZIP code is unknown'
        when 'no_language' then 'none of the ' || fit || ' pharmacies in ' || state || ' that are '
            || words || ' is known to speak ' || language
        when 'none_qualifies' then 'no pharmacy in ' || state || ' is ' || words
            || case when len(services) > 0
                then ' with ' || replace(list_aggregate(services, 'string_agg', ', '), '_', ' ')
                else '' end
            || ' on ' || getvariable('as_of')
        when 'no_room' then
            case when of_all = 1 then 'the only pharmacy in ' || state || ' ' || words
                || ' has no room'
            else 'none of the ' || least(of_all, nearest) || ' nearest in ' || state || ' '
                || words || ' has room'
                || case when one_by_one then '; this state was shared out one by one' else '' end
            end
        end as unserved_reason
from coded
"""

ATTRIBUTION = f"""
{_TOLD};
create view attribution as
select q.person_id, t.* exclude (id)
from (from seeker_queue positional join matched) q join told t on t.id = q.kind
"""
"""`code` is the reason as one word; alternatives come as {npi, km, why} and as one text."""

IN_ORDER = "set disabled_optimizers = 'join_order,build_side_probe_side'"
"""With this, rows of `attribution` keep the order of `seeker_queue`: neighbours together."""
