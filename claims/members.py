"""Who is identified for which program, and who would be but for an exclusion."""

from collections.abc import Sequence

import duckdb

from claims.conditions import table
from claims.criteria import Criteria
from claims.valuesets import ValueSets

# Every member with a condition and a payer type of the program, and why not, if not.
_ASKED = """
create table asked as
with payer as materialized (
    select s.person_id, q.program,
        bool_or(getvariable('as_of') between s.first and s.last) as covered
    from span s join (select distinct program, payer_type from program_payer) q using (payer_type)
    group by 1, 2),
has as materialized (
    select s.person_id, t.program, count(distinct t.target) as targets,
        list(s.condition order by t.nth) as conditions
    from shown s join program_condition t using (condition) group by 1, 2)
select h.person_id, h.program, h.targets, h.conditions, case
    when p.deceased then 'deceased'
    when not payer.covered then 'not covered on the as-of date'
    {exclusions}
    end as excluded
from has h join payer using (person_id, program) join person p using (person_id)
"""

_MEMBER = """
create table member as
select person_id, program, targets, conditions from asked where excluded is null
"""


_EXCLUDED = """
select program, excluded, count(*) from asked where excluded is not null group by 1, 2 order by 1, 2
"""


def identify_members(
    con: duckdb.DuckDBPyConnection, criteria: Sequence[Criteria], sets: ValueSets
) -> dict[str, dict[str, int]]:
    """Makes `member` (person and program); returns the excluded by program and reason."""
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
    table(con, "program_condition",
          "program varchar, condition varchar, target varchar, nth int", targets)  # fmt: skip
    table(con, "program_exclusion", "program varchar, exclusion varchar", exclusions)
    names = sorted({name for c in criteria for name in c.exclusions})
    cases = " ".join(
        f"when p.{name} and h.program in "
        f"(select program from program_exclusion where exclusion = '{name}') then '{name}'"
        for name in names
    )
    con.execute(_ASKED.replace("{exclusions}", cases))
    con.execute(_MEMBER)
    excluded: dict[str, dict[str, int]] = {c.program: {} for c in criteria}
    for program, reason, times in con.execute(_EXCLUDED).fetchall():
        excluded[program][reason] = times
    return excluded
