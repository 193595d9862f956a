"""Between DuckDB's tables and the matching in numpy: numbers out, pharmacies and words back in."""

from typing import Any

import duckdb
import numpy as np

from claims.attribution_flow import OPTIMAL
from claims.attribution_match import Ground, Matched, Members, Solved, match
from claims.attribution_nearest import Flags, Floats, Ints, vectors
from claims.attribution_rules import AttributionRules
from claims.conditions import table

UNLIMITED = 10**9

_PLACE = """
create table seeker_place as
select row_number() over (order by state, zip_code, latitude, longitude) - 1 as id, * from (
    select distinct state, zip_code, latitude, longitude from seeker)
"""
_WANT = """
create table seeker_want as
select row_number() over (order by program, services, language) - 1 as id, * from (
    select distinct program, services, language from seeker)
"""
_STATION = """
create table station as
select row_number() over (order by npi) - 1 as id, npi, state, latitude, longitude, networks,
    services, languages, weekly_capacity,
    coalesce(cpesn_from <= getvariable('as_of') and coalesce(cpesn_to, date '9999-12-31')
        >= getvariable('as_of'), false) as cpesn,
    coalesce(licence_expires >= getvariable('as_of'), true) as licensed
from pharmacy order by id
"""
# The order of this table is the order of risk.
_QUEUE = """
create table seeker_queue as
select row_number() over (order by tier, points desc, person_id, program) - 1 as turn, *
from (select a.person_id, a.program, a.points, p.id as place, w.id as want,
    coalesce(list_position(['high', 'rising', 'low'], a.tier), 3) - 1 as tier,
    a.usual_npi is not null as has_usual,
    coalesce(c.id, -1) as current, coalesce(u.id, -1) as usual, coalesce(r.id, -1) as recent
from seeker a
join seeker_place p on p.state is not distinct from a.state
    and p.zip_code is not distinct from a.zip_code and p.latitude is not distinct from a.latitude
    and p.longitude is not distinct from a.longitude
join seeker_want w on w.program = a.program and w.services = a.services and w.language = a.language
left join station c on c.npi = a.current_npi left join station u on u.npi = a.usual_npi
left join station r on r.npi = a.recent_npi)
"""
_ATTRIBUTION = """
create view attribution as
with told as (
    select q.*, m.*, s.npi, p.state, w.language, need.words, w.services, n.nearest,
        p.latitude is null as placeless,
        coalesce(n.status, 'optimal') <> 'optimal' as one_by_one,
        s.id is not null and s.id = q.current as is_current,
        s.id is not null and s.id = q.usual as is_usual,
        s.id is not null and s.id = q.recent as is_recent,
        a.npi as first_npi, b.npi as second_npi, m.km // 10 || '.' || m.km % 10 || ' km' as way
    from seeker_queue q join matched m using (turn)
    join seeker_place p on p.id = q.place join seeker_want w on w.id = q.want
    join program_need need on need.program = q.program
    left join solved n on n.state = p.state left join station s on s.id = m.pharmacy
    left join station a on a.id = m.first left join station b on b.id = m.second)
select person_id, program, npi, case when npi is not null then km / 10 end as distance_km,
    nullif(nth, 0)::int as rank,
    case when npi is not null then
        case when is_current then 'the member''s pharmacy already'
            when is_usual then 'most of the member''s supplies come from here'
            when is_recent then 'the member''s last fill was here'
            when nth = 1 then 'nearest of ' || of_all || ' in ' || state || ' ' || words
            else 'number ' || nth || ' by distance of ' || of_all || ' in ' || state || ' '
                || words end
        || ', ' || way
        || case when nth > 1 and not (is_current or is_usual or is_recent)
            then '; nearer ones have no room' else '' end
        || case when spoken then '' else '; nobody there is known to speak ' || language end
        || case when not has_usual or is_usual then ''
            when usual_fits then '; the usual pharmacy has no room or is not the current one'
            else '; most supplies come from a pharmacy that does not qualify: they stay there '
                || 'unless the member asks' end
        || case when one_by_one then '; this state was shared out one by one' else '' end
        end as reason,
    list_filter([{npi: first_npi, km: first_km / 10}, {npi: second_npi, km: second_km / 10}],
        lambda o: o.npi is not null) as alternatives,
    coalesce(first_npi || ' ' || first_km // 10 || '.' || first_km % 10 || ' km', '')
        || coalesce('; ' || second_npi || ' ' || second_km // 10 || '.' || second_km % 10 || ' km',
            '') as alternatives_told,
    case when npi is not null then null
        when (select count(*) from station) = 0 then 'there is no pharmacy file'
        when state is null then 'the member''s state is unknown'
        when placeless then 'the place of the member''s ZIP code is unknown'
        when of_all = 0 then 'no pharmacy in ' || state || ' is ' || words
            || case when len(services) > 0
                then ' with ' || replace(list_aggregate(services, 'string_agg', ', '), '_', ' ')
                else '' end
            || ' on ' || getvariable('as_of')
        when of_all = 1 then 'the only pharmacy in ' || state || ' ' || words || ' has no room'
        else 'none of the ' || least(of_all, nearest) || ' nearest in ' || state || ' '
            || words || ' has room'
            || case when one_by_one then '; this state was shared out one by one' else '' end
        end as unserved_reason
from told
"""


def answer(
    con: duckdb.DuckDBPyConnection, rules: AttributionRules, capacity_factor: float = 1.0
) -> dict[str, str]:
    """Makes the view `attribution` from `seeker`, `program_need` and `pharmacy`.

    Returns the states that could not be solved as a whole, with the solver's status.

    `seeker` has person_id, program, state, zip_code, latitude, longitude, services (sorted),
    language, tier, points, current_npi, usual_npi and recent_npi.
    """
    for statement in (_PLACE, _WANT, _STATION, _QUEUE):
        con.execute(statement)
    queue = con.execute(
        "select place, want, tier, current, usual, recent from seeker_queue order by turn"
    ).fetchnumpy()
    stays = np.stack([queue[name] for name in ("current", "usual", "recent")], axis=1)
    members = Members(queue["place"], queue["want"], queue["tier"], stays)
    ground, states = _ground(con, capacity_factor)
    matched, solved = match(members, ground, rules)
    _put_back(con, members, ground, matched)
    _put_solved(con, states, solved)
    con.execute(_ATTRIBUTION)
    return {states[s.state]: s.status for s in solved if s.status != OPTIMAL}


def _ground(con: duckdb.DuckDBPyConnection, factor: float) -> tuple[Ground, list[str]]:
    """What to match to, and the states by their number."""
    places = con.execute(
        "select state, latitude, longitude from seeker_place order by id"
    ).fetchnumpy()
    stations = con.execute(
        "select state, latitude, longitude, cpesn and licensed as cpesn, licensed, "
        "weekly_capacity::double as capacity from station order by id"
    ).fetchnumpy()
    known = [s for (s,) in con.execute("select distinct state from seeker_place").fetchall() if s]
    states = sorted(known)
    number = {state: n for n, state in enumerate(states)}
    located = ~np.isnan(_plain(stations["latitude"]) + _plain(stations["longitude"]))
    state = np.array([number.get(s, -1) for s in np.ma.filled(stations["state"], None)], np.int64)
    qualifies, speaks, weeks = _wants(con, stations["licensed"], stations["cpesn"])
    capacity = _plain(stations["capacity"])
    room = np.where(np.isnan(capacity), UNLIMITED, np.floor(capacity * weeks * factor + 1e-9))
    ground = Ground(
        np.array([number.get(s, -1) for s in np.ma.filled(places["state"], None)], np.int64),
        vectors(_plain(places["latitude"]), _plain(places["longitude"])),
        np.where(located, state, -1),
        vectors(_plain(stations["latitude"]), _plain(stations["longitude"])),
        np.clip(room, 0, UNLIMITED).astype(np.int64), qualifies, speaks,
    )  # fmt: skip
    return ground, states


def _plain(column: Any) -> Floats:
    """A column of doubles with NaN for NULL."""
    return np.asarray(np.ma.filled(np.ma.asarray(column, dtype=np.float64), np.nan))


def _wants(
    con: duckdb.DuckDBPyConnection, licensed: Flags, cpesn: Flags
) -> tuple[Flags, Flags, Ints]:
    """Which pharmacy (column) fits and speaks for each want (row); for how many weeks it takes."""
    offers = con.execute("select networks, services, languages from station order by id").fetchall()
    networks, services, languages = (
        _Having([row[nth] for row in offers]) for nth in range(3)
    )  # fmt: skip
    wants = con.execute(
        "select w.services, w.language, n.networks, n.cpesn, n.weeks from seeker_want w "
        "join program_need n using (program) order by w.id"
    ).fetchall()
    shape = (len(wants), len(offers))
    qualifies, speaks = np.zeros(shape, np.bool_), np.zeros(shape, np.bool_)
    weeks = np.ones(len(offers), np.int64)
    for nth, (needed, language, within, in_cpesn, so_many) in enumerate(wants):
        fits = networks.all(within) & services.all(needed) & (cpesn if in_cpesn else licensed)
        qualifies[nth] = fits
        speaks[nth] = True if language == "en" else languages.all([language])
        weeks = np.where(fits, np.maximum(weeks, so_many), weeks)
    return qualifies, speaks, weeks


class _Having:
    """Which pharmacies have a word in their list, asked word by word."""

    def __init__(self, lists: list[list[str]]) -> None:
        self._size = len(lists)
        self._rows: dict[str, list[int]] = {}
        for nth, words in enumerate(lists):
            for word in words:
                self._rows.setdefault(word, []).append(nth)

    def all(self, words: list[str]) -> Flags:
        have = np.ones(self._size, np.bool_)
        for word in words:
            one = np.zeros(self._size, np.bool_)
            one[self._rows.get(word, [])] = True
            have &= one
        return have


def _put_back(
    con: duckdb.DuckDBPyConnection, members: Members, ground: Ground, matched: Matched
) -> None:
    usual = members.stays[:, 1]
    chosen = matched.pharmacy
    if ground.qualifies.size:
        usual_fits = (usual >= 0) & ground.qualifies[members.want, usual]
        spoken = (chosen < 0) | ground.speaks[members.want, chosen]
    else:
        usual_fits, spoken = np.zeros(len(usual), np.bool_), np.ones(len(usual), np.bool_)
    columns = {
        "turn": np.arange(len(chosen)), "pharmacy": chosen, "km": matched.km,
        "nth": matched.nth, "of_all": matched.of_all, "usual_fits": usual_fits, "spoken": spoken,
        "first": matched.others[:, 0].copy(), "second": matched.others[:, 1].copy(),
        "first_km": matched.others_km[:, 0].copy(), "second_km": matched.others_km[:, 1].copy(),
    }  # fmt: skip
    con.register("matched_columns", columns)
    con.execute("create table matched as select * from matched_columns")
    con.unregister("matched_columns")


def _put_solved(con: duckdb.DuckDBPyConnection, states: list[str], solved: list[Solved]) -> None:
    told = [{"state": states[s.state], "status": s.status, "nearest": s.nearest} for s in solved]
    table(con, "solved", "state varchar, status varchar, nearest int", told)
