"""Takes back what was billed and then reversed or adjusted, and counts what it takes."""

import duckdb

from claims.clean import EXAMPLES
from claims.sources import literal


def drops_table(con: duckdb.DuckDBPyConnection) -> None:
    """Makes `in_dropped`: rows that the reading itself leaves out, by reason."""
    con.execute("create table in_dropped (reason varchar, times bigint, examples varchar[])")


def count_drops(con: duckdb.DuckDBPyConnection, kind: str, dropped: str) -> None:
    """Adds the rows of a selection of (claim_id, reason) to `in_dropped`."""
    con.execute(
        f"insert into in_dropped select {literal(kind + ': ')} || reason, count(*), "
        f"coalesce(min(claim_id, {EXAMPLES}) filter (claim_id <> ''), []::varchar[]) "
        f"from ({dropped}) where reason is not null group by 1"
    )


def net(con: duckdb.DuckDBPyConnection, kind: str, table: str) -> str:
    """Nets a table with net_key, net_order and net_action; returns the table of what is left.

    `net_action` is bill, rebill or reverse; NULL means a code nobody knows. Of one key a reversal
    takes back all before it, and a rebill (an adjustment) replaces all before it. A row without a
    key stands alone. Rows of equal order keep the order of the file.
    """
    left = f"{table}_net"
    con.execute(f"""
        create table {left}_all as
        with numbered as (select *, row_number() over () as net_row from {table}),
        followed as (
            select *, max(case net_action when 'reverse' then 2 when 'rebill' then 1 end) over (
                partition by coalesce(net_key, 'row ' || net_row)
                order by net_order nulls first, net_row
                rows between 1 following and unbounded following) as taken_by from numbered)
        select * exclude (net_key, net_order, net_row, taken_by), case
            when net_action is null then 'transaction or adjustment code is not known'
            when net_action = 'reverse' then 'a reversal or deletion itself'
            when taken_by = 2 then 'taken back by a later reversal or deletion'
            when taken_by = 1 then 'replaced by a later adjustment' end as net_reason
        from followed
    """)
    count_drops(con, kind, f"select claim_id, net_reason as reason from {left}_all")
    con.execute(
        f"create table {left} as select * exclude (net_reason, net_action) from {left}_all "
        "where net_reason is null"
    )
    con.execute(f"drop table {left}_all")
    return left
