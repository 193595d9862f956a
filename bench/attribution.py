"""Attribution of a million members to 3,500 pharmacies: CPU seconds, and the optimum beside greedy.

Run by hand on a quiet machine: `.venv/bin/python bench/attribution.py`. Members are drawn by the
population of ZIP codes in 44 states, pharmacies likewise at the centroids; room is lognormal and
sums up to 1.2 times the members of a state. CPU seconds are of this process, all threads.
"""

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from claims import attribution_match, attribution_tables
from claims.attribution_files import Request, attribute_files
from claims.attribution_flow import Flow, optimum
from claims.attribution_rules import AttributionRules
from claims.pharmacies import zip_file
from runtime import programs

ON = date(2026, 6, 30)
LEFT_OUT = ("AK", "DC", "HI", "ID", "MT", "ND", "VT", "PR")

_INPUT = """
create table spread as
select zip, state, sum(population) over (order by zip) as upto, population,
    sum(population) over () as everybody
from read_parquet('{zips}')
where population > 0 and state not in {left_out} and zip_type = 'Standard';

create table drawn as
select i, hash(i, 'place') % 1000000007 / 1000000007.0 * (select any_value(everybody) from spread)
    as at from range({members}) r(i);

create table member as
select 'M' || lpad((i::bigint)::varchar, 8, '0') as person_id, s.state, s.zip as zip_code,
    case hash(i, 'need') % 7 when 0 then '' else 's' || hash(i, 'need') % 7 end as needs,
    case when hash(i, 'tongue') % 100 < 80 then 'en' when hash(i, 'tongue') % 100 < 93 then 'es'
        else ['zh', 'vi', 'ar'][(1 + hash(i, 'tongue') % 3)::bigint] end as language,
    case when hash(i, 'tier') % 10 < 2 then 'high' when hash(i, 'tier') % 10 < 5 then 'rising'
        else 'low' end as tier,
    null::varchar as current_npi
from drawn d asof join spread s on d.at <= s.upto;

create table shop as
with p as (
    select i, hash(i, 'shop') % 1000000007 / 1000000007.0
        * (select any_value(everybody) from spread)
        as at, sqrt(-2 * ln(0.0001 + hash(i, 'u') % 9998 / 10000.0))
            * cos(6.2831853 * (hash(i, 'v') % 10000 / 10000.0)) as z
    from range({pharmacies}) r(i)),
placed as (select p.*, s.state, s.zip from p asof join spread s on p.at <= s.upto),
need as (select state, count(*) as n from member group by 1),
nine as (select *, '1' || lpad(i::varchar, 8, '0') as first from placed),
luhn as (select *, (10 - (24 + list_sum([case when k % 2 = 1
        then 2 * substr(first, k, 1)::int - case when substr(first, k, 1)::int > 4 then 9 else 0 end
        else substr(first, k, 1)::int end for k in range(1, 10)])::int) % 10 + 10) % 10 as last
    from nine)
select first || last as npi, 'Pharmacy ' || i as name, l.state, zip as zip_code, 'net' as networks,
    array_to_string(['s' || k for k in range(1, 7) if hash(i, k, 'offers') % 10 < 7], ';')
        as services,
    'en' || case when hash(i, 'es') % 10 < 4 then ';es' else '' end
        || case when hash(i, 'more') % 10 = 0 then ';zh;vi;ar' else '' end as languages,
    ceil({slack} * n.n * exp(0.6 * z) / sum(exp(0.6 * z)) over (partition by l.state))::int
        as weekly_capacity
from luhn l join need n using (state);
"""


@contextmanager
def timed(figures: dict[str, float], name: str) -> Iterator[None]:
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    figures[f"{name} CPU s"] = round(time.process_time() - cpu, 2)
    figures[f"{name} wall s"] = round(time.perf_counter() - wall, 2)


def make_input(folder: Path, members: int, pharmacies: int, slack: float) -> None:
    with duckdb.connect() as con:
        con.execute("set threads = 2")
        sql = _INPUT.replace("{zips}", str(zip_file())).replace("{left_out}", str(LEFT_OUT))
        sql = sql.replace("{members}", str(members)).replace("{pharmacies}", str(pharmacies))
        con.execute(sql.replace("{slack}", str(slack)))
        for table in ("member", "shop"):
            con.execute(f"copy (from {table}) to '{folder / table}.parquet' (format parquet)")


def run(
    folder: Path, out: str, rules: AttributionRules, members: str = "member"
) -> tuple[dict[str, float], Path]:
    """One attribution from file to file; seconds of the whole and of the matching alone."""
    figures: dict[str, float] = {}
    target = folder / f"{out}.parquet"
    request = Request(folder / f"{members}.parquet", folder / "shop.parquet", target, ON, ("net",))
    matching: Callable[..., object] = attribution_match.match

    def measured(*told: object) -> object:
        with timed(figures, "matching"):
            return matching(*told)

    attribution_tables.match = measured  # type: ignore[assignment]
    try:
        with timed(figures, "whole"):
            report = attribute_files(request, rules)
    finally:
        attribution_tables.match = matching  # type: ignore[assignment]
    figures |= {"served": report.attributed, "unserved": report.unattributed}
    figures["mean km"] = report.mean_km or 0
    return figures, target


def greedy_instead(*told: object) -> Flow:
    """In the place of the optimum: makes every state fall back."""
    return Flow("greedy was asked for", np.zeros((0, 0), np.int64), 0)


def kept(before: Path, after: Path) -> float:
    with duckdb.connect() as con:
        row = con.execute(
            f"select avg((a.npi = b.npi)::int) from '{before}' a join '{after}' b "
            "using (person_id) where a.npi is not null"
        ).fetchall()[0]
    return round(float(row[0]), 5)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--members", type=int, default=1_000_000)
    asked.add_argument("--pharmacies", type=int, default=3_500)
    asked.add_argument("--slack", type=float, default=1.2)
    told = asked.parse_args()
    rules = replace(programs.attribution_rules(), ruca_file=None)
    same = replace(rules, widen_when_unserved=1.0)
    with tempfile.TemporaryDirectory(prefix="bench-attribution-") as made:
        folder = Path(made)
        make_input(folder, told.members, told.pharmacies, told.slack)
        results: dict[str, object] = {}
        results["optimum"], first = run(folder, "optimum", rules)
        _, once_more = run(folder, "once-more", rules)
        results["the same bytes again"] = first.read_bytes() == once_more.read_bytes()
        results["optimum, narrow lists"], _ = run(folder, "narrow", same)
        attribution_match.optimum = greedy_instead
        results["greedy, narrow lists"], _ = run(folder, "greedy", same)
        attribution_match.optimum = optimum
        with duckdb.connect() as con:
            con.execute(
                f"copy (select m.* replace (a.npi as current_npi) from '{folder}/member.parquet' m "
                f"join '{first}' a using (person_id)) to '{folder}/again.parquet' (format parquet)"
            )
        results["the next month"], second = run(folder, "second", rules, "again")
        results["kept their pharmacy"] = kept(first, second)
    results["peak RSS MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps(results, indent=2))  # noqa: T201


if __name__ == "__main__":
    main()
