"""Between DuckDB's tables and the matching in numpy: numbers out, pharmacies and words back in."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import duckdb
import numpy as np

from claims.attribution_answers import ALTERNATIVES
from claims.attribution_flow import OPTIMAL
from claims.attribution_match import Ground, Matched, Members, Solved, match
from claims.attribution_nearest import Flags, Floats, Ints, vectors
from claims.attribution_rules import AttributionRules
from claims.attribution_words import ATTRIBUTION
from claims.conditions import table

UNLIMITED = 10**9

# What members say is cleaned once for each way of saying it, not once for each member.
# A point is rounded to about a hundred metres, so that neighbours are matched together.
_PLACE = """
create table seeker_place as
with raw as (select distinct state, zip_code, latitude, longitude from seeker),
placed as (
    select *, zip5(zip_code) as zip, coalesce(abs(latitude) <= 90 and abs(longitude) <= 180, false)
        as is_placed from raw),
found as (
    select r.state, r.zip_code, r.latitude, r.longitude,
        coalesce(s.state, upper(r.state), z.state) as in_state,
        case when is_placed then round(r.latitude, 3) else z.latitude end as lat,
        case when is_placed then round(r.longitude, 3) else z.longitude end as lon
    from placed r left join zip z on z.zip_code = r.zip left join state_name s
        on s.name = upper(r.state))
select dense_rank() over (order by in_state, lat, lon) - 1 as id, * from found
"""
_WANT = """
create table seeker_want as
with raw as (select distinct program, needs, language from seeker),
said as (
    select *, list_sort([lower(trim(n)) for n in string_split(coalesce(needs, ''), ';')
        if trim(n) <> '']) as services,
        case when lower(language) in ('eng', 'english') then 'en'
            when lower(language) in ('spa', 'spanish') then 'es'
            else lower(coalesce(language, 'en')) end as spoken
    from raw)
select dense_rank() over (order by program, services, spoken) - 1 as id, * from said
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
_QUEUE = """
create table seeker_queue as
select a.person_id, p.id::int as place, w.id::int as want, a.points::float as points,
    case lower(a.tier) when 'high' then 0 when 'rising' then 1 else 2 end::tinyint as tier,
    coalesce(c.id, -1)::int as current, coalesce(r.id, -1)::int as recent,
    coalesce(u.id, case when a.usual_npi is null then -1 else -2 end)::int as usual,
    hash(a.person_id) as name_hash
from seeker a
join seeker_place p on p.state is not distinct from a.state
    and p.zip_code is not distinct from a.zip_code and p.latitude is not distinct from a.latitude
    and p.longitude is not distinct from a.longitude
join seeker_want w on w.program = a.program and w.needs is not distinct from a.needs
    and w.language is not distinct from a.language
left join station c on c.npi = a.current_npi left join station u on u.npi = a.usual_npi
left join station r on r.npi = a.recent_npi
order by place, want, a.person_id
"""


class Answered(NamedTuple):
    """Counts of an attribution. Distances in kilometres."""

    served: int
    unserved: int
    mean_km: float | None
    one_by_one: dict[str, str]
    """States that could not be solved as a whole, and the solver's status."""


def line_up(con: duckdb.DuckDBPyConnection) -> None:
    """Makes `seeker_queue`, `station` and what they refer to from `seeker` and `pharmacy`.

    `seeker` has person_id, program, state, zip_code, latitude, longitude, needs (separated by
    semicolons), language, tier, points, current_npi, usual_npi and recent_npi.
    """
    for statement in (_PLACE, _WANT, _STATION, _QUEUE):
        con.execute(statement.replace("create table", "create or replace table"))


def answer(
    con: duckdb.DuckDBPyConnection, rules: AttributionRules, capacity_factor: float = 1.0
) -> Answered:
    """Makes the view `attribution` from what was lined up, `program_need`, `pharmacy` and `taken`.

    `taken` (npi, members) counts those who have a pharmacy's room and are not among the seekers.
    """
    queue = con.execute(
        "select place, want, tier, points, current, usual, recent from seeker_queue"
    ).fetchnumpy()
    stays = np.stack([queue[name] for name in ("current", "usual", "recent")], axis=1)
    risk = np.argsort(-queue["points"], kind="stable")
    risk = risk[np.argsort(queue["tier"][risk], kind="stable")]
    members = Members(queue["place"], queue["want"], queue["tier"], stays, risk)
    ground, states = _ground(con, rules, capacity_factor)
    matched, solved = match(members, ground, rules)
    _put_back(con, matched, states, solved)
    return _answered(matched, {states[s.state]: s.status for s in solved if s.status != OPTIMAL})


def somebody_twice(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether two rows of `seeker_queue` may be of one person."""
    told = np.sort(con.execute("select name_hash from seeker_queue").fetchnumpy()["name_hash"])
    return bool((told[1:] == told[:-1]).any())


def _answered(matched: Matched, one_by_one: dict[str, str]) -> Answered:
    kinds = matched.kinds
    times = np.bincount(matched.kind, minlength=len(kinds.pharmacy))
    served = times * (kinds.pharmacy >= 0)
    count = int(served.sum())
    mean = round(float((served * kinds.km).sum()) / count / 10, 1) if count else None
    return Answered(count, int(times.sum()) - count, mean, one_by_one)


def _ground(
    con: duckdb.DuckDBPyConnection, rules: AttributionRules, factor: float
) -> tuple[Ground, list[str]]:
    """What to match to, and the states by their number."""
    places = con.execute(
        "select any_value(in_state) as state, any_value(lat) as latitude, "
        "any_value(lon) as longitude from seeker_place group by id order by id"
    ).fetchnumpy()
    stations = con.execute(
        "select state, latitude, longitude, cpesn and licensed as cpesn, licensed, "
        "weekly_capacity::double as capacity, coalesce(t.members, 0)::double as taken "
        "from station left join taken t using (npi) order by id"
    ).fetchnumpy()
    known = con.execute("select distinct in_state from seeker_place").fetchall()
    states = sorted(state for (state,) in known if state)
    number = {state: n for n, state in enumerate(states)}
    located = ~np.isnan(_plain(stations["latitude"]) + _plain(stations["longitude"]))
    state = np.array([number.get(s, -1) for s in np.ma.filled(stations["state"], None)], np.int64)
    fits, speaks, weeks = _wants(con, stations["licensed"], stations["cpesn"])
    capacity = _plain(stations["capacity"])
    room = np.where(np.isnan(capacity), UNLIMITED, np.floor(capacity * weeks * factor + 1e-9))
    # Where the file tells no language, a language cannot be required.
    asked = rules.language_required and bool(_count(con, "len(languages) > 0"))
    ground = Ground(
        np.array([number.get(s, -1) for s in np.ma.filled(places["state"], None)], np.int64),
        vectors(_plain(places["latitude"]), _plain(places["longitude"])),
        np.where(located, state, -1),
        vectors(_plain(stations["latitude"]), _plain(stations["longitude"])),
        np.clip(room - _plain(stations["taken"]), 0, UNLIMITED).astype(np.int64),
        fits & speaks if asked else fits, speaks, fits,
    )  # fmt: skip
    return ground, states


def _count(con: duckdb.DuckDBPyConnection, what: str) -> int:
    return int(con.execute(f"select count(*) from station where {what}").fetchall()[0][0])


def _plain(column: Any) -> Floats:
    """A column of doubles with NaN for NULL."""
    return np.asarray(np.ma.filled(np.ma.asarray(column, dtype=np.float64), np.nan))


def _wants(
    con: duckdb.DuckDBPyConnection, licensed: Flags, cpesn: Flags
) -> tuple[Flags, Flags, Ints]:
    """Which pharmacy (column) fits and speaks for each want (row); for how many weeks it takes."""
    networks, services, languages = (
        _Having(con, column, len(licensed)) for column in ("networks", "services", "languages")
    )
    wants = con.execute(
        "select distinct w.id, w.services, w.spoken, n.networks, n.cpesn, n.weeks "
        "from seeker_want w join program_need n using (program) order by w.id"
    ).fetchall()
    shape = (len(wants), len(licensed))
    fits, speaks = np.zeros(shape, np.bool_), np.zeros(shape, np.bool_)
    weeks = np.ones(len(licensed), np.int64)
    for nth, (_, needed, language, within, in_cpesn, so_many) in enumerate(wants):
        fits[nth] = networks.all(within) & services.all(needed) & (cpesn if in_cpesn else licensed)
        speaks[nth] = True if language == "en" else languages.all([language])
        weeks = np.where(fits[nth], np.maximum(weeks, so_many), weeks)
    return fits, speaks, weeks


class _Having:
    """Which pharmacies have a word in their list, asked word by word."""

    def __init__(self, con: duckdb.DuckDBPyConnection, column: str, size: int) -> None:
        self._size = size
        rows = con.execute(
            f"select word, list(id) from (select id, unnest({column}) as word from station) "
            "group by word"
        )
        self._rows: dict[str, list[int]] = dict(rows.fetchall())

    def all(self, words: Sequence[str]) -> Flags:
        have = np.ones(self._size, np.bool_)
        for word in words:
            one = np.zeros(self._size, np.bool_)
            one[self._rows.get(word, [])] = True
            have &= one
        return have


def _put_back(
    con: duckdb.DuckDBPyConnection, matched: Matched, states: list[str], solved: list[Solved]
) -> None:
    told = matched.kinds._asdict()
    for name in ("others", "others_km", "others_why"):
        columns = told.pop(name)
        told |= {f"{name}_{nth}": columns[:, nth] for nth in range(ALTERNATIVES)}
    told["id"] = np.arange(len(matched.kinds.pharmacy))
    told = {
        name: col.astype(np.int32) if col.dtype == np.int64 else col for name, col in told.items()
    }
    for name, columns in (("kind", told), ("matched", {"kind": matched.kind.astype(np.int32)})):
        con.register("columns_of_it", columns)
        con.execute(f"create table {name} as select * from columns_of_it")
        con.unregister("columns_of_it")
    rows = [{"state": states[s.state], "status": s.status, "nearest": s.nearest} for s in solved]
    table(con, "solved", "state varchar, status varchar, nearest int", rows)
    con.execute(ATTRIBUTION)
