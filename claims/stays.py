"""Takes the days of hospital and nursing home stays out of the calendar that adherence counts."""

import duckdb

from claims.adherence_rules import Stays

# A stay is cut out of the calendar: days after it move forward by its length. So it leaves the
# period, and what is at hand, or filled during it, is used after discharge and pushes on the rest.
_STAYS = """
create table stay as
with told as (
    select person_no, on_date as first, ended_on - (not $discharge_day::boolean)::int as last
    from claim_line l
    where list_contains($settings::varchar[], l.setting::varchar)),
reach as (
    select *, max(last) over (partition by person_no order by first, last
        rows between unbounded preceding and 1 preceding) as so_far from told where last >= first),
island as (
    select *, count(*) filter (so_far is null or first > so_far + 1)
        over (partition by person_no order by first, last) as island from reach),
whole as (
    select person_no, period, greatest(min(i.first), m.first) - m.first as a,
        least(max(i.last), m.final) - m.first + 1 as b
    from island i cross join measured m group by person_no, island, period, m.first, m.final
    having max(i.last) >= m.first and min(i.first) <= m.final)
select person_no * 2 + period as calendar, a, b - a as days,
    coalesce(sum(b - a) over (partition by person_no, period order by a
        rows between unbounded preceding and 1 preceding), 0)::int as before
from whole
"""
_MOVE_DOSES = """
create or replace table dose as
select d.* replace ((d.s - coalesce(t.before + least(d.s - t.a, t.days), 0))::int as s)
from dose d asof left join stay t on t.calendar = d.person_no * 2 + d.period and d.s >= t.a
"""
# The end is the day after the last: a stay that begins on the last day takes that day out too.
_MOVE_COURSES = """
create or replace table course as
with asked as (
    select distinct person_no, period, unnest([first, last + 1, final + 1]) as day from course),
moved as (
    select c.*, (day - coalesce(t.before + least(day - t.a, t.days), 0))::int as at
    from asked c asof left join stay t
        on t.calendar = c.person_no * 2 + c.period and c.day >= t.a)
select c.* replace (f.at as first, l.at - 1 as last, e.at - 1 as final) from course c
join moved f on f.person_no = c.person_no and f.period = c.period and f.day = c.first
join moved l on l.person_no = c.person_no and l.period = c.period and l.day = c.last + 1
join moved e on e.person_no = c.person_no and e.period = c.period and e.day = c.final + 1
"""


def cut_stays_out(con: duckdb.DuckDBPyConnection, rules: Stays) -> None:
    """Moves the days of `dose` and `course` as if the members' stays had not been."""
    told = {"settings": list(rules.settings), "discharge_day": rules.discharge_day}
    con.execute(_STAYS, told)
    con.execute(_MOVE_COURSES)
    con.execute(_MOVE_DOSES)
