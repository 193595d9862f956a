"""The same two questions to DuckDB, pandas and Polars, and what two packages take for one member.

.venv/bin/python bench/beside.py [--members N]; what is not installed is said to be so. Conditions:
one inpatient claim or two others on different days in 24 months, for 20 exact codes. Adherence: the
days that supplies of a year cover, laid end to end for one person and ingredient. No engine cleans
anything here, so these are not identifications. hccinfhir is asked for the groups of members'
codes, pdcscore for the same days; its overlap does not carry over, so its days are others.
"""

# What is not installed is not imported.
# ruff: noqa: PLC0415

import argparse
import importlib.util
import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
from claims_shape import AS_OF, CODES, make

SINCE, YEAR = date(2024, 3, 31), AS_OF - timedelta(days=364)
FEW = 2000
"""So many members are enough for what goes member by member."""

_LINES = "person_id, claim_start_date, bill_type_code, diagnosis_code_{n} as code"
_CONDITIONS = f"""
with line as ({
    " union all ".join(
        f"select {_LINES.format(n=n)} from 'medical_claim.parquet'" for n in (1, 2, 3)
    )
}),
hit as materialized (
    select * from line where code in {CODES} and claim_start_date > date '{SINCE}'
        and claim_start_date <= date '{AS_OF}')
select count(*) from (
    select person_id, code from hit group by 1, 2
    having count(*) filter (bill_type_code[:2] = '11') > 0
        or max(claim_start_date) > min(claim_start_date))
"""
_TAKEN = f"""
select person_id, left(ndc_code, 5) as drug, dispensing_date - date '{YEAR}' as s,
    days_supply as d from 'pharmacy_claim.parquet'
where ndc_code[:2] = '99' and dispensing_date between date '{YEAR}' and date '{AS_OF}'
"""
_DAYS = f"""
with f as ({_TAKEN}),
a as (select *, sum(d) over w as reach from f window w as (
    partition by person_id, drug order by s rows unbounded preceding)),
e as (select *, max(s - reach + d) over w + reach as ends from a window w as (
    partition by person_id, drug order by s rows unbounded preceding))
select sum(greatest(0, least(ends, 365) - least(ends - d, 365)))::bigint from e
"""


def in_duckdb() -> tuple[int, int]:
    with duckdb.connect() as con:
        con.execute("pragma threads=2")
        return tuple(con.execute(sql).fetchall()[0][0] for sql in (_CONDITIONS, _DAYS))


def in_pandas() -> tuple[int, int]:
    import pandas as pd

    columns = [f"diagnosis_code_{n}" for n in (1, 2, 3)]
    read = ["person_id", "claim_start_date", "bill_type_code"]
    lines = pd.read_parquet("medical_claim.parquet", columns=[*read, *columns])
    hit = lines.melt(read, columns, value_name="code")
    day = pd.to_datetime(hit.claim_start_date)
    hit = hit[hit.code.isin(CODES) & (day > pd.Timestamp(SINCE)) & (day <= pd.Timestamp(AS_OF))]
    hit = hit.assign(inpatient=hit.bill_type_code.str[:2] == "11")
    told = hit.groupby(["person_id", "code"]).agg(
        inpatient=("inpatient", "any"), first=("claim_start_date", "min"),
        last=("claim_start_date", "max"),
    )  # fmt: skip
    found = int((told.inpatient | (told["last"] > told["first"])).sum())
    names = ["person_id", "ndc_code", "dispensing_date", "days_supply"]
    fills = pd.read_parquet("pharmacy_claim.parquet", columns=names)
    day = pd.to_datetime(fills.dispensing_date)
    ours = fills.ndc_code.str[:2].eq("99") & day.between(pd.Timestamp(YEAR), pd.Timestamp(AS_OF))
    fills = fills[ours].assign(s=(day[ours] - pd.Timestamp(YEAR)).dt.days)
    fills = fills.assign(drug=fills.ndc_code.str[:5]).sort_values(["person_id", "drug", "s"])
    keys = ["person_id", "drug"]
    reach = fills.groupby(keys).days_supply.cumsum()
    slack = (fills.s - reach + fills.days_supply).groupby([fills.person_id, fills.drug]).cummax()
    ends = slack + reach
    days = (ends.clip(upper=365) - (ends - fills.days_supply).clip(upper=365)).clip(lower=0)
    return found, int(days.sum())


def in_polars() -> tuple[int, int]:
    import polars as pl

    day = pl.col("claim_start_date")
    read = ["person_id", "claim_start_date", "bill_type_code"]
    told = (
        pl.scan_parquet("medical_claim.parquet")
        .filter((day > SINCE) & (day <= AS_OF))
        .unpivot([f"diagnosis_code_{n}" for n in (1, 2, 3)], index=read, value_name="code")
        .filter(pl.col("code").is_in(list(CODES)))
        .group_by("person_id", "code")
        .agg((pl.col("bill_type_code").str.slice(0, 2) == "11").any().alias("inpatient"),
             day.min().alias("first"), day.max().alias("last"))
        .filter(pl.col("inpatient") | (pl.col("last") > pl.col("first")))
    )  # fmt: skip
    keys = ["person_id", "drug"]
    reach, d = pl.col("reach"), pl.col("d")
    days = (
        pl.scan_parquet("pharmacy_claim.parquet")
        .filter(pl.col("ndc_code").str.starts_with("99"), pl.col("dispensing_date") >= YEAR,
                pl.col("dispensing_date") <= AS_OF)
        .select("person_id", pl.col("ndc_code").str.slice(0, 5).alias("drug"),
                (pl.col("dispensing_date") - YEAR).dt.total_days().alias("s"),
                pl.col("days_supply").cast(pl.Int64).alias("d"))
        .sort(*keys, "s")
        .with_columns(d.cum_sum().over(keys).alias("reach"))
        .with_columns(((pl.col("s") - reach + d).cum_max().over(keys) + reach).alias("ends"))
        .select((pl.min_horizontal("ends", 365) - pl.min_horizontal(pl.col("ends") - d, 365))
                .clip(0).sum())
    )  # fmt: skip
    return told.collect().height, int(days.collect().item())


def by_hccinfhir() -> str:
    from hccinfhir import HCCInFHIR

    model = HCCInFHIR(model_name="CMS-HCC Model V28")
    started = time.process_time()
    for n in range(FEW):
        model.calculate_from_diagnosis(list(CODES[n % 7 :]), {"age": 70, "sex": "F"})
    return f"{FEW / (time.process_time() - started):10,.0f} members a second, one model"


def by_pdcscore() -> str:
    import pandas as pd
    from pdcscore import pdcCalc

    with duckdb.connect() as con:
        rows = con.execute(f"{_TAKEN} order by 1, 2, 3 limit {FEW * 5}").fetchall()
    fills = pd.DataFrame(rows, columns=["person", "drug", "s", "days"])
    first = pd.Timestamp(YEAR)
    fills = fills.assign(day=first + pd.to_timedelta(fills.s, unit="D"), first=first,
                         last=pd.Timestamp(AS_OF))  # fmt: skip
    started = time.process_time()
    pdcCalc(fills, "person", "drug", "day", "days", "first", "last", True).calculate_pdc_scores()
    return f"{len(fills) / (time.process_time() - started):10,.0f} fills a second"


def told(package: str, ask: Callable[[], Any], base: float | None) -> str:
    if importlib.util.find_spec(package) is None:
        return "not installed"
    if package in ("hccinfhir", "pdcscore"):
        return str(ask())
    spent = []
    for _ in range(3):
        started = time.process_time()
        answer = ask()
        spent.append(time.process_time() - started)
    beside = f"{min(spent) / base:6.1f} times DuckDB" if base else ""
    return f"{min(spent):10.2f} CPU s {beside}  {answer}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--members", type=int, default=20_000)
    asked = parser.parse_args()
    sys.stdout.write(f"load average {os.getloadavg()[0]:.1f}; {asked.members} members\n")
    with tempfile.TemporaryDirectory(prefix="doorway-bench-") as scratch:
        make(Path(scratch), asked.members)
        os.chdir(scratch)
        in_duckdb()
        base = min(_timed(in_duckdb) for _ in range(3))
        asks = {"duckdb": in_duckdb, "pandas": in_pandas, "polars": in_polars,
                "hccinfhir": by_hccinfhir, "pdcscore": by_pdcscore}  # fmt: skip
        for package, ask in asks.items():
            sys.stdout.write(f"{package:12}{told(package, ask, base)}\n")
            sys.stdout.flush()
        os.chdir("/")


def _timed(ask: Callable[[], object]) -> float:
    started = time.process_time()
    ask()
    return time.process_time() - started


if __name__ == "__main__":
    main()
