"""Who is identified for which program, and who would be but for an exclusion."""

from collections.abc import Sequence

import duckdb

from claims.criteria import Criteria
from claims.tables import table
from claims.valuesets import ValueSets

# Coverage by a program's payer: on the as-of date, and of how much of the lookback.
_PAYER = """
create table payer as
with lookback as (
    select (getvariable('as_of') - to_months($months::int))::date as since)
select s.person_no, q.program,
    bool_or(getvariable('as_of') between s.first and s.last) as covered,
    coalesce(sum(least(s.last, getvariable('as_of')) - greatest(s.first, since + 1) + 1) filter (
        s.last > since and s.first <= getvariable('as_of')), 0) * 100
        < $percent::int * (getvariable('as_of') - any_value(since)) as short
from span s join (select distinct program, payer_type from program_payer) q using (payer_type)
cross join lookback group by 1, 2
"""

# Every member with a condition and a payer type of the program, and why not, if not.
_ASKED = """
create table asked as
with has as materialized (
    select s.person_no, t.program, count(distinct t.target) as targets,
        list(s.condition order by t.nth) as conditions
    from shown s join program_condition t using (condition) group by 1, 2)
select h.person_no, h.program, h.targets, h.conditions, payer.short, case
    when p.deceased then 'deceased'
    when not payer.covered then 'not covered on the as-of date'
    {exclusions}
    end as excluded
from has h join payer using (person_no, program) join person p using (person_no)
"""

_MEMBER = """
create table member as
select person_no, program, targets, conditions, short as insufficient_history from asked
where excluded is null
"""

_KNOWN = """
create table known as
select person_no, person_id from person semi join member using (person_no)
"""

_EXCLUDED = """
select program, excluded, count(*) from asked where excluded is not null group by 1, 2 order by 1, 2
"""


_SHORT = """
select p.program, count(*) from payer p join person q using (person_no)
anti join asked a on a.person_no = p.person_no and a.program = p.program
where p.covered and p.short and not q.deceased group by 1
"""


def short_histories(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Covered persons in whom nothing was found over too short a time, by program."""
    return {str(program): int(times) for program, times in con.execute(_SHORT).fetchall()}


def identify_members(
    con: duckdb.DuckDBPyConnection, criteria: Sequence[Criteria], sets: ValueSets
) -> None:
    """Makes `member` (person and program) and `known` (persons of any)."""
    payers = [
        {"program": c.program, "payer_type": kind.lower()}
        for c in criteria
        for kind in c.payer_types
    ]
    targets = []
    for c in criteria:
        for nth, (name, target) in enumerate(sets.expand(c.any_of_conditions).items()):
            targets.append({"program": c.program, "condition": name, "target": target, "nth": nth})
    exclusions = [
        {"program": c.program, "exclusion": name} for c in criteria for name in c.exclusions
    ]
    table(con, "program_payer", "program varchar, payer_type varchar", payers)
    columns = "program varchar, condition condition_name, target varchar, nth int"
    table(con, "program_condition", columns, targets)
    table(con, "program_exclusion", "program varchar, exclusion varchar", exclusions)
    names = sorted({name for c in criteria for name in c.exclusions})
    cases = " ".join(
        f"when p.{name} and h.program in "
        f"(select program from program_exclusion where exclusion = '{name}') then '{name}'"
        for name in names
    )
    con.execute(_PAYER, {"months": sets.history_months, "percent": sets.history_percent})
    con.execute(_ASKED.replace("{exclusions}", cases))
    con.execute(_MEMBER)
    con.execute(_KNOWN)


def excluded_members(
    con: duckdb.DuckDBPyConnection, criteria: Sequence[Criteria]
) -> dict[str, dict[str, int]]:
    """How many were excluded, by program and reason."""
    excluded: dict[str, dict[str, int]] = {c.program: {} for c in criteria}
    for program, reason, times in con.execute(_EXCLUDED).fetchall():
        excluded[program][reason] = times
    return excluded
