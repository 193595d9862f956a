"""How many days of a period a member's fills covered, class by class: PDC as the PQA counts it."""

import duckdb

from claims.adherence_rules import AdherenceRules
from claims.covered_days import count_covered_days
from claims.stays import cut_stays_out
from claims.tables import table

# Two periods: the measurement year up to the as-of date, which is reported, and the last 12
# months, which are scored. Early in a year no treatment period of it is long enough yet: the last
# year, complete, is reported. `s` counts days from the first of the period.
_PERIODS = """
create table measured as
with year as (
    select date_trunc('year', getvariable('as_of')
        - case when dayofyear(getvariable('as_of')) < $min_days::int then interval 1 year
            else interval 0 days end)::date as first)
select 0 as period, first, least(getvariable('as_of'), (first + interval 1 year)::date - 1) as last,
    (first + interval 1 year)::date - 1 as final from year
union all
select 1, (getvariable('as_of') - $year_days::int + 1)::date, getvariable('as_of'),
    getvariable('as_of')
"""

# A drug covers each of its ingredients that its class lists; else it stands for itself.
_TARGETS = """
create table drug_target as
with part as (
    select ndc11, drug_class, trim(unnest(string_split_regex(coalesce(ingredient, ''), '[/;]')))
        as ingredient from drug),
listed as (
    select p.ndc11, i.drug_class, i.ingredient from part p join class_ingredient i
        on i.ingredient = p.ingredient and (i.by_ingredient or i.drug_class = p.drug_class)),
whole as (
    select d.ndc11, d.drug_class, coalesce(d.ingredient, d.ndc11) as ingredient
    from drug d semi join class_rule r on r.drug_class = d.drug_class
    anti join listed l on l.ndc11 = d.ndc11 and l.drug_class = d.drug_class),
target as (select * from listed union select * from whole)
select n.drug_no, r.class_no,
    dense_rank() over (order by r.drug_class, t.ingredient)::int as target_no
from target t join class_rule r using (drug_class) join drug_no n using (ndc11)
"""

_DOSE = """
create table dose as
with taken as materialized (
    select f.person_no, t.target_no, t.class_no, f.filled_on, f.days_supply as d
    from fill f join drug_target t using (drug_no)),
placed as (
    select *, 0::tinyint as period,
        filled_on - (select first from measured where period = 0) as day
    from taken where filled_on <= (select last from measured where period = 0)
    union all
    select *, 1::tinyint, filled_on - (select first from measured where period = 1) from taken)
select person_no, period, target_no, class_no, day::int as day, day::int as s, d
from placed where day >= 0
"""

_ISLANDS = """
create table covered_from as
with open as (
    select p.person_no, s.first, s.last, max(s.last) over (partition by p.person_no
        order by s.first, s.last rows between unbounded preceding and 1 preceding) as so_far
    from span s join known p using (person_no)),
island as (
    select *, count(*) filter (
            so_far is null or (so_far < date '9999-12-31' and first > so_far + 1))
        over (partition by person_no order by first, last) as island from open)
select person_no, min(first) as first, max(last) as last from island group by person_no, island
"""

# From the first fill to the last day that counts, both included, as days of the period.
_COURSES = """
create table course as
with started as (
    select person_no, period, class_no, min(day) as first from dose group by 1, 2, 3)
select d.*, (m.first + d.first) as index_date,
    least(m.last, coalesce(q.death_date, m.last), coalesce(c.last, m.last)) as period_end,
    least(m.last, coalesce(q.death_date, m.last), coalesce(c.last, m.last)) - m.first as last,
    least(m.last, coalesce(q.death_date, m.last), coalesce(c.last, m.last)) - m.first as closes,
    least(m.final, coalesce(q.death_date, m.final), coalesce(c.last, m.final)) - m.first as final,
    c.person_no is not null as covered
from started d join measured m using (period) join person q using (person_no)
left join covered_from c on c.person_no = d.person_no and d.period = 0
    and m.first + d.first between c.first and c.last
"""

_BARRED = """
create table barred as
with barring as materialized (
    select d.drug_no, u.class_no, u.words from drug_no d join class_unless u
        on u.drug_class = d.drug_class or contains(coalesce(d.ingredient, ''), u.ingredient))
select f.person_no, b.class_no, b.words from fill f join barring b using (drug_no)
where f.filled_on between (select first from measured where period = 0)
    and (select last from measured where period = 0)
union
select s.person_no, u.class_no, u.words from shown s semi join known using (person_no)
join class_unless u on u.condition = s.condition
union
select p.person_no, o.class_no, 'no diagnosis of ' || o.words from known p
cross join (select class_no, string_agg(words, ' or ' order by words) as words from class_only
    group by 1) o
where not exists (select 1 from shown s join class_only a using (condition)
    where s.person_no = p.person_no and a.class_no = o.class_no)
"""

_ADHERENCE = """
create table adherence as
with reasoned as (
    select c.*, r.*, v.days, v.ahead, v.longest_gap, greatest(0, c.last - c.first + 1) as in_period,
        greatest(0, c.final - c.first + 1) as in_year, case
        when not c.covered then 'not covered on the day of the first fill'
        when date_add(q.birth_date, to_years($min_age::int)) > m.first
            then 'under ' || $min_age::int || ' years'
        when q.hospice then 'hospice'
        when not coalesce(v.two_dates, false) then 'fewer than two fill dates'
        when b.words is not null then b.words
        when c.last - c.first + 1 < r.min_days
            then 'treatment period under ' || r.min_days || ' days' end as reason
    from course c join course_days v using (person_no, period, class_no)
    join class_rule r using (class_no)
    join measured m using (period) join person q using (person_no)
    left join (select person_no, class_no, min(words) as words from barred group by 1, 2) b
        on b.person_no = c.person_no and b.class_no = c.class_no
    where c.period = 0)
select person_no, drug_class, index_date, period_end, in_period::int as days_in_period,
    days as days_covered, case when in_period > 0 then round(days / in_period, 4) end as pdc,
    reason is null as eligible, reason,
    case when reason is null then coalesce(longest_gap <= most_gap_days,
        100 * days >= percent * in_period) end as adherent,
    longest_gap as longest_gap_days,
    case when final > last and in_period > 0 then round((days + ahead
        + (final - last - ahead) * days / in_period) / in_year, 4) end as projected_pdc,
    case when final > last
        then (in_year - (percent * in_year + 99) // 100 - (in_period - days))::int end
        as allowable_days_left,
    case when drug_class in (select code from code join part2 using (condition)
        where system = 'drug_class') then 'part2' end as label
from reasoned
"""

# For the score; two fill dates and a period that says something, whatever else a measure excludes.
_PDC = """
create table pdc as
select c.person_no, r.drug_class, v.days as covered, (c.last - c.first + 1)::int as days
from course c join course_days v using (person_no, period, class_no)
join class_rule r using (class_no)
where c.period = 1 and v.two_dates and c.last - c.first + 1 >= $min_days::int
"""


def follow_adherence(
    con: duckdb.DuckDBPyConnection, rules: AdherenceRules, *, year_days: int
) -> None:
    """Makes `adherence` (the measurement year) and `pdc` (the last `year_days`) of all members.

    Reads `known`, `fill`, `drug`, `drug_no`, `person`, `span`, `shown`, `claim_line`, `code` and
    `part2`.
    """
    _rule_tables(con, rules)
    con.execute(_PERIODS, {"min_days": rules.min_days, "year_days": year_days})
    for statement in (_TARGETS, _DOSE, _ISLANDS, _COURSES):
        con.execute(statement)
    if rules.stays.settings:
        cut_stays_out(con, rules.stays)
    count_covered_days(con)
    con.execute("drop table dose")
    con.execute(_BARRED)
    con.execute(_ADHERENCE, {"min_age": rules.min_age})
    con.execute(_PDC, {"min_days": rules.min_days})


def _rule_tables(con: duckdb.DuckDBPyConnection, rules: AdherenceRules) -> None:
    numbered = list(enumerate(rules.classes))
    table(con, "class_rule", "class_no int, drug_class varchar, min_days int, percent int, "
          "most_gap_days int", [
              {"class_no": n, "drug_class": c.name, "min_days": c.min_days, "percent": c.percent,
               "most_gap_days": c.most_gap_days} for n, c in numbered])  # fmt: skip
    table(con, "class_ingredient", "drug_class varchar, ingredient varchar, by_ingredient boolean",
          [{"drug_class": c.name, "ingredient": name, "by_ingredient": c.by_ingredient}
           for c in rules.classes for name in c.ingredients])  # fmt: skip
    unless = [
        {"class_no": n, kind: name, "words": f"takes {name}"}
        for n, c in numbered
        for kind, names in (("ingredient", c.unless_ingredients), ("drug_class", c.unless_classes))
        for name in names
    ] + [
        {"class_no": n, "condition": name, "words": f"has {name.replace('_', ' ')}"}
        for n, c in numbered
        for name in c.unless_conditions
    ]
    con.execute("create table class_unless (class_no int, ingredient varchar, drug_class varchar, "
                "condition varchar, words varchar)")  # fmt: skip
    keys = ("class_no", "ingredient", "drug_class", "condition", "words")
    con.executemany("insert into class_unless values (?, ?, ?, ?, ?)",
                    [[row.get(key) for key in keys] for row in unless])  # fmt: skip
    table(con, "class_only", "class_no int, condition varchar, words varchar",
          [{"class_no": n, "condition": name, "words": name.replace("_", " ")}
           for n, c in numbered for name in c.only_conditions])  # fmt: skip
