"""Scores members by the features of their claims: points, each told in words, and a tier."""

from collections.abc import Sequence

import duckdb

from claims.criteria import Criteria
from claims.tables import table

# Every feature is a row, so that a rule is a join. `class` is '' where a feature has none.
_VISIT = """
create table visit as
select c.person_no, c.on_date, c.setting, c.is_ed,
    least(ended_on, getvariable('as_of')) as ended_on
from claim_line c semi join known using (person_no)
where (c.setting = 'inpatient' or c.is_ed)
    and c.on_date > getvariable('as_of') - $year_days::int
"""

_OF_VISITS = """
insert into feature
select person_no, 'days_since_inpatient', '', getvariable('as_of') - max(ended_on)
from visit where setting = 'inpatient' group by 1
union all
select person_no, 'ed_visits', '', count(distinct on_date) from visit where is_ed group by 1
"""

_OF_FILLS = """
insert into feature
select person_no, 'pdc', drug_class, covered / days from pdc
union all
select person_no, 'fills', drug_class, count(*) from fill_year
where drug_class is not null group by 1, 3
union all
select person_no, 'drugs', '', count(distinct substance) from fill_year group by 1
union all
select person_no, 'prescribers', '', count(distinct prescriber_npi) from fill_year group by 1
union all
select person_no, 'pharmacies', '', count(distinct pharmacy_npi) from fill_year group by 1
"""

_OF_OTHERS = """
insert into feature
select f.person_no, 'insulin_age', '', any_value(date_sub('year', p.birth_date,
    getvariable('as_of')))
from fill_year f join person p using (person_no)
where (f.drug_class in (select unnest($classes::varchar[]))
    or f.ingredient in (select unnest($ingredients::varchar[]))) and p.birth_date is not null
group by 1
union all
select person_no, 'social_need', '', 1 from shown where condition = 'social_need'
union all
select person_no, 'asthma_ratio', '', ratio from asthma where ratio is not null
"""

# A treatment medicine or an opioid treatment service within the year is treatment.
_OF_MOUD = """
insert into program_feature
with treated as materialized (
    select m.person_no, max(runs_out_on) as until from medication m where part2 group by 1
    union all
    select person_no, getvariable('as_of') from evidence e
    join path p using (path_no)
    join part2 on part2.condition = e.condition
    where p.name = 'treatment service'
        and e.last_date > getvariable('as_of') - $year_days::int),
until as (select person_no, max(until) as until from treated group by 1),
of_program as materialized (
    select distinct m.person_no, m.program from member m
    join program_condition c using (program) join part2 on part2.condition = c.condition
    join shown s on s.person_no = m.person_no and s.condition = c.condition)
select o.person_no, o.program, case when u.until is null then 'oud_without_moud'
        else 'moud_gap_days' end, '',
    case when u.until is null then 1 else greatest(0, getvariable('as_of') - u.until) end
from of_program o left join until u using (person_no)
where (select count(*) from drug) > 0
"""

_SCORED = """
create table scored as
with features as materialized (
    select person_no, program, feature, class, value from program_feature
    union all
    select f.person_no, m.program, f.feature, f.class, f.value
    from feature f join member m using (person_no)
    union all
    select person_no, program, 'target_conditions', '', targets from member),
held as (
    select f.person_no, f.program, r.code, r.points, f.class, f.value, r.words, r.class_words,
        row_number() over (partition by f.person_no, f.program, r."group", f.class
            order by r.points desc, r.code) as nth
    from features f join point_rule r
        on r.program = f.program and r.feature = f.feature and r.class = f.class
    where (r.at_least is null or f.value >= r.at_least)
        and (r.below is null or f.value < r.below)),
told as (
    select person_no, program, code, points, replace(replace(replace(words,
        '{value}', floor(value)::bigint::varchar),
        '{percent}', floor(round(value * 100, 6))::bigint::varchar),
        '{class}', class_words) as words
    from held where nth = 1),
summed as (
    select person_no, program, sum(points)::int as points,
        list(points || '|' || code || '|' || words order by points desc, code, words) as reasons
    from told group by 1, 2)
select m.person_no, m.program, m.conditions, m.insufficient_history,
    coalesce(s.points, 0) as points,
    coalesce(s.reasons, []::varchar[]) as reasons,
    case when coalesce(s.points, 0) >= t.high then 'high'
        when coalesce(s.points, 0) >= t.rising then 'rising' else 'low' end as tier
from member m join program_tier t using (program)
left join summed s on s.person_no = m.person_no and s.program = m.program
"""


def score(con: duckdb.DuckDBPyConnection, criteria: Sequence[Criteria]) -> None:
    """Makes `scored`: every member of a program with points, reasons and tier.

    The windows and the hypoglycemia list are those of the first program: programs share them.
    """
    shared = criteria[0].scoring
    _rules(con, criteria)
    columns = "feature varchar, class varchar, value double"
    con.execute(f"create table feature (person_no int, {columns})")
    con.execute(f"create table program_feature (person_no int, program varchar, {columns})")
    con.execute(_VISIT, {"year_days": shared.year_days})
    con.execute(_OF_VISITS)
    con.execute(_OF_FILLS)
    con.execute(
        _OF_OTHERS,
        {
            "classes": list(shared.hypoglycemia_classes),
            "ingredients": list(shared.hypoglycemia_ingredients),
        },
    )
    con.execute(_OF_MOUD, {"year_days": shared.year_days})
    con.execute(_SCORED)


def _rules(con: duckdb.DuckDBPyConnection, criteria: Sequence[Criteria]) -> None:
    rules = [
        {
            "program": c.program, "code": r.code, "feature": r.feature, "group": r.group,
            "class": name, "class_words": c.scoring.class_words.get(name, name),
            "at_least": r.at_least, "below": r.below, "points": r.points, "words": r.words,
        }
        for c in criteria
        for r in c.scoring.points
        for name in (r.classes or ("",))
    ]  # fmt: skip
    tiers = [
        {"program": c.program, "high": c.scoring.high, "rising": c.scoring.rising} for c in criteria
    ]
    table(con, "point_rule",
          'program varchar, code varchar, feature varchar, "group" varchar, class varchar, '
          "class_words varchar, at_least double, below double, points int, words varchar",
          rules)  # fmt: skip
    table(con, "program_tier", "program varchar, high int, rising int", tiers)
