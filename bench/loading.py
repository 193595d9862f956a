"""COPY, stage and upsert of members and medicines beside a plain COPY of the same rows.

PYTHONPATH=. .venv/bin/python bench/loading.py [--members N]. CPU seconds of this process and of the
PostgreSQL it starts, whose backend ends with each measure. The plain COPY puts the rows into a
table of the same columns without any key, or straight into the real one, which checks its keys and
references and could be done but once. The other way is that of an identification: a stage table,
then one insert on conflict into the real table. Every way is taken three times; the least is told.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from psycopg import Connection, connect

from runtime.migrations import migrate
from runtime.postgres import EmbeddedPostgres
from store.copying import copy_rows, renewing
from store.loading_rows import MEDICATION, MEMBER, medication, member
from store.medications import NEWER_FILLS

Rows = Sequence[dict[str, Any]]
DAY = date(2026, 3, 31)
DATABASE, TEMPLATE = "bench", "bench_template"
MEDICINES = 5
"""Of each member; about the mean of the made-up claims."""
RENEWED = renewing("members", "id", "death_date", "coverage_end", "address", "city", "state",
                   "zip_code", "physician_npi")  # fmt: skip
TABLES = {"members": (MEMBER, RENEWED), "medications": (MEDICATION, NEWER_FILLS)}


def made(members: int) -> dict[str, Rows]:
    """Made-up rows, as the loader makes them of result files."""
    people = [_person(n) for n in range(members)]
    drugs = [_drug(n // MEDICINES, n % MEDICINES) for n in range(members * MEDICINES)]
    return {
        "members": [dict(member(row, DAY)) for row in people],
        "medications": [dict(medication(row)) for row in drugs],
    }


def _person(n: int) -> dict[str, Any]:
    return {
        "person_id": f"P{n:09}", "first_name": f"First{n % 1000}", "last_name": f"Last{n % 5000}",
        "birth_date": DAY - timedelta(days=20_000 + n % 9000), "death_date": None,
        "gender": "female", "address": f"{n % 900} Main St", "city": "Town", "state": "NC",
        "zip_code": "27601", "time_zone": "America/New_York", "preferred_language": "en",
        "alt_format": None, "payer": "A plan", "payer_type": "medicare",
        "coverage_start": date(2020, 1, 1), "coverage_end": date(9999, 12, 31),
        "physician_npi": f"{1_000_000_000 + n % 40_000}",
    }  # fmt: skip


def _drug(n: int, nth: int) -> dict[str, Any]:
    filled = DAY - timedelta(days=n % 90)
    return {
        "person_id": f"P{n:09}", "ndc11": f"99{nth:03}{n % 60:06}", "ingredient": "lisinopril",
        "drug_class": "rasa", "last_fill_date": filled, "days_supply": 30, "quantity": 30.0,
        "runs_out_on": filled + timedelta(days=30), "prescriber_npi": f"{1_000_000_000 + n % 900}",
        "pharmacy_npi": f"{1_100_000_000 + n % 300}", "part2": False,
    }  # fmt: skip


def spent(server: EmbeddedPostgres, work: Callable[["Connection[Any]"], object]) -> float:
    """CPU seconds of a connection of its own: ours, and the server's for it."""
    began = time.process_time() + _of_children(server)
    with connect(server.conninfo(DATABASE), autocommit=False) as raw:
        work(raw)
        raw.commit()
        pid = raw.info.backend_pid
    while Path(f"/proc/{pid}").exists():
        time.sleep(0.01)
    return time.process_time() + _of_children(server) - began


def _of_children(server: EmbeddedPostgres) -> float:
    """CPU seconds of the server's backends that ended."""
    stat = Path(f"/proc/{_postmaster(server)}/stat").read_text().rpartition(") ")[2].split()
    return (int(stat[13]) + int(stat[14])) / os.sysconf("SC_CLK_TCK")


def _postmaster(server: EmbeddedPostgres) -> int:
    return int((server.data / "postmaster.pid").read_text().split()[0])


def plain(raw: "Connection[Any]", table: str, rows: Rows) -> None:
    names = ", ".join(TABLES[table][0])
    raw.execute(f"create table plain_{table} as select {names} from {table} limit 0")
    _copy(raw, f"plain_{table}", TABLES[table][0], rows)


def straight(raw: "Connection[Any]", table: str, rows: Rows) -> None:
    _copy(raw, table, TABLES[table][0], rows)
    raw.rollback()


def _copy(raw: "Connection[Any]", table: str, columns: Sequence[str], rows: Rows) -> None:
    statement = f"copy {table} ({', '.join(columns)}) from stdin"
    with raw.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row([row[column] for column in columns])


def upsert(raw: "Connection[Any]", table: str, rows: Rows) -> None:
    columns, conflict = TABLES[table]
    copy_rows(raw, table, columns, rows, conflict=conflict)


def measure(server: EmbeddedPostgres, rows: dict[str, Rows], table: str) -> tuple[float, ...]:
    """CPU seconds: both plain COPYs, first load, load of the same again."""
    tries = []
    for _ in range(3):
        server.create_database(DATABASE, template=TEMPLATE)
        if table != "members":
            with connect(server.conninfo(DATABASE)) as raw:
                upsert(raw, "members", rows["members"])
        spent(server, lambda raw: raw.execute(f"select from {table}"))  # the first is slower
        ways = (plain, straight, upsert, upsert)
        told = tuple(spent(server, lambda raw, w=way: w(raw, table, rows[table])) for way in ways)
        server.drop_database(DATABASE)
        tries.append(told)
    return tuple(map(min, zip(*tries, strict=True)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--members", type=int, default=50_000)
    rows = made(parser.parse_args().members)
    heads = ("rows", "plain", "straight", "first", "again", "p/first", "s/first", "p/again")
    sys.stdout.write(f"load average {os.getloadavg()[0]:.1f}; CPU seconds\n")
    sys.stdout.write(f"{'':12}{''.join(f'{head:>10}' for head in heads)}\n")
    with tempfile.TemporaryDirectory(prefix="doorway-bench-") as home:
        server = EmbeddedPostgres(Path(home))
        try:
            server.start()
            server.wait_until_ready()
            server.create_database(TEMPLATE)
            migrate(server.database_url(TEMPLATE))
            for table in TABLES:
                bare, into, first, again = took = measure(server, rows, table)
                told = [*took, bare / first, into / first, bare / again]
                cells = "".join(f"{each:10.2f}" for each in told)
                sys.stdout.write(f"{table:12}{len(rows[table]):10}{cells}\n")
                sys.stdout.flush()
        finally:
            server.stop()
    sys.stdout.write("the last three: a COPY's CPU as a share of the load's (to reach: 0.5)\n")


if __name__ == "__main__":
    main()
