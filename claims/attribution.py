"""Which pharmacy takes a member: the nearest that qualifies and still has room, and why."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb

from claims.conditions import table
from claims.criteria import Criteria
from claims.sources import path_literal

NEAREST = 32
"""So many candidates per place: with twice the need in capacity none is left beyond them."""

_PHARMACY = """
create table pharmacy as
with kept as (
    select distinct on (npi) * replace (upper(p.state) as state, zip5(p.zip_code) as zip_code)
    from in_pharmacy p where regexp_full_match(npi, '[0-9]{10}') order by npi, name)
select npi, ncpdp_id, k.name, address, city, coalesce(s.state, k.state, z.state) as state,
    k.zip_code,
    coalesce(k.latitude, z.latitude) as latitude, coalesce(k.longitude, z.longitude) as longitude,
    z.time_zone, cpesn_from, cpesn_to,
    [lower(n) for n in coalesce(networks, [])] as networks,
    [lower(n) for n in coalesce(services, [])] as services,
    [lower(n) for n in coalesce(languages, [])] as languages,
    weekly_capacity::int as weekly_capacity, independent, wholesaler_affiliated
from kept k left join zip z on z.zip_code = k.zip_code left join state_name s on s.name = k.state
"""

_DROPPED = """
insert into dropped
select 'pharmacy: NPI is not 10 digits', count(*), []::varchar[] from in_pharmacy
where not coalesce(regexp_full_match(npi, '[0-9]{10}'), false) having count(*) > 0
"""

_QUALIFIED = """
create table qualified as
select q.program, p.npi, p.state, p.latitude, p.longitude,
    coalesce(p.weekly_capacity * q.weeks, 1000000000) as room
from pharmacy p join program_need q on list_has_all(p.networks, q.networks)
    and list_has_all(p.services, q.services)
    and (not q.cpesn or (p.cpesn_from <= getvariable('as_of')
        and coalesce(p.cpesn_to, date '9999-12-31') >= getvariable('as_of')))
"""

# Distances are taken once per place (a program's ZIP code), not per member.
_PLACE = """
create table place as
select row_number() over (order by program, state, zip_code)::int as id, * from (
    select distinct s.program, h.state, h.zip_code, h.latitude, h.longitude
    from scored s join home h using (person_id))
"""

_CANDIDATE = """
create table candidate as
with pair as materialized (
    select p.id, q.npi, 6371.0088 * 2 * asin(sqrt(least(1.0,
        pow(sin(radians(q.latitude - p.latitude) / 2), 2)
        + cos(radians(p.latitude)) * cos(radians(q.latitude))
            * pow(sin(radians(q.longitude - p.longitude) / 2), 2)))) as km
    from place p join qualified q on q.program = p.program and q.state = p.state
    where p.latitude is not null and q.latitude is not null)
select id, npi, round(km, 1) as km,
    row_number() over (partition by id order by round(km, 1), npi)::int as nth,
    count(*) over (partition by id)::int as of_all
from pair qualify nth <= {nearest}
"""

_QUEUE = """
select p.id from scored s join home h using (person_id) join place p
    on p.program = s.program and p.state is not distinct from h.state
    and p.zip_code is not distinct from h.zip_code
order by list_position(['high', 'rising', 'low'], s.tier), s.points desc, s.person_id, s.program
"""

_ATTRIBUTED = """
create table attribution as
with queue as (
    select s.person_id, s.program, p.id, h.state, h.zip_code, p.latitude,
        row_number() over (order by list_position(['high', 'rising', 'low'], s.tier), s.points desc,
            s.person_id, s.program) as turn
    from scored s join home h using (person_id) join place p
        on p.program = s.program and p.state is not distinct from h.state
        and p.zip_code is not distinct from h.zip_code),
in_state as (select program, state, count(*) as n from qualified group by 1, 2)
select q.person_id, q.program, c.npi, c.km as distance_km,
    case when c.npi is not null then
        case when c.nth = 1 then 'nearest of ' else 'number ' || c.nth || ' by distance of ' end
        || c.of_all || ' in ' || q.state || ' ' || need.words || ', ' || c.km || ' km'
        || case when c.nth > 1 then '; nearer ones have no room' else '' end end as reason,
    case when c.npi is not null then null
        when (select count(*) from pharmacy) = 0 then 'there is no pharmacy file'
        when q.state is null then 'the member''s state is unknown'
        when i.n is null then 'no pharmacy in ' || q.state || ' is ' || need.words
            || need.service_words || ' on ' || getvariable('as_of')
        when q.latitude is null then 'the place of the member''s ZIP code is unknown'
        when i.n = 1 then 'the only pharmacy in ' || q.state || ' ' || need.words
            || ' has no room'
        else 'none of the ' || least(i.n, {nearest}) || ' nearest in ' || q.state || ' '
            || need.words || ' has room' end as unserved_reason
from queue q join program_need need using (program)
left join choice on choice.turn = q.turn
left join candidate c on c.id = q.id and c.nth = choice.nth
left join in_state i on i.program = q.program and i.state = q.state
"""


def attribute(con: duckdb.DuckDBPyConnection, criteria: Sequence[Criteria], scratch: Path) -> None:
    """Makes `pharmacy` (the cleaned file) and `attribution` (every member of a program).

    Members choose in the order of tier, points and person_id; a pharmacy's room is shared by all
    programs.
    """
    con.execute(_PHARMACY)
    con.execute(_DROPPED)
    table(con, "program_need",
          "program varchar, networks varchar[], services varchar[], cpesn boolean, weeks int, "
          "words varchar, service_words varchar", [_need(c) for c in criteria])  # fmt: skip
    con.execute(_QUALIFIED)
    con.execute(_PLACE)
    con.execute(_CANDIDATE.replace("{nearest}", str(NEAREST)))
    chosen = scratch / "choice.csv"
    with chosen.open("w", newline="") as out:
        csv.writer(out).writerows(_choices(con))
    con.execute(
        f"create table choice as select * from read_csv({path_literal(chosen)}, header = false, "
        "auto_detect = false, delim = ',', columns = {'turn': 'bigint', 'nth': 'int'})"
    )
    con.execute(_ATTRIBUTED.replace("{nearest}", str(NEAREST)))


def _choices(con: duckdb.DuckDBPyConnection) -> Iterator[tuple[int, int]]:
    """(turn in the queue, which candidate) of everybody who finds room."""
    room: dict[str, int] = {}
    for npi, places in con.execute("select npi, max(room) from qualified group by 1").fetchall():
        room[npi] = places
    near: dict[int, list[str]] = {}
    for place, npi in con.execute("select id, npi from candidate order by id, nth").fetchall():
        near.setdefault(place, []).append(npi)
    queue = con.execute(_QUEUE)
    turn = 0
    while batch := queue.fetchmany(100_000):
        for (place,) in batch:
            turn += 1
            for nth, npi in enumerate(near.get(place, ()), start=1):
                if room[npi] > 0:
                    room[npi] -= 1
                    yield turn, nth
                    break


def _need(criteria: Criteria) -> dict[str, object]:
    names = list(criteria.networks) + (["CPESN"] if criteria.cpesn else [])
    match names:
        case []:
            words = "of all"
        case [only]:
            words = f"in the network {only}"
        case [_, _]:
            words = "in both networks"
        case _:
            words = f"in all {len(names)} networks"
    services = ", ".join(name.replace("_", " ") for name in criteria.services)
    return {
        "program": criteria.program,
        "networks": [name.lower() for name in criteria.networks],
        "services": [name.lower() for name in criteria.services],
        "cpesn": criteria.cpesn,
        "weeks": criteria.capacity_weeks,
        "words": words,
        "service_words": f" with {services}" if services else "",
    }


def attributed(con: duckdb.DuckDBPyConnection) -> tuple[int, int]:
    """How many have a pharmacy, how many have none."""
    row = con.execute("select count(npi), count(*) - count(npi) from attribution").fetchall()[0]
    return int(row[0]), int(row[1])
