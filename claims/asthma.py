"""Rescue inhalers and controllers: who uses too many of the ones and too few of the others."""

import duckdb

from claims.adherence_rules import AdherenceRules

# Units of both years; a unit is a supply of up to so many days. `year` 0 is the last 12 months.
_UNITS = """
create table asthma_fill as
select f.person_no, (getvariable('as_of') - f.filled_on) // $year_days::int as year,
    list_contains($rescue::varchar[], d.drug_class) as rescue,
    list_contains($controllers::varchar[], d.drug_class) as controller,
    list_contains($relievers::varchar[], d.drug_class) as reliever,
    greatest(1, ceil(f.days_supply / $unit_days::int))::int as units
from fill f join drug_no d using (drug_no)
where list_contains($rescue::varchar[] || $controllers::varchar[] || $relievers::varchar[],
    d.drug_class)
"""

_ASTHMA = """
create table asthma as
with visited as (
    select person_no, (getvariable('as_of') - on_date) // $year_days::int as year,
        count(distinct on_date) as visits, bool_or(setting = 'inpatient' or is_ed) as acute
    from hit join path using (path_no) semi join known using (person_no)
    where condition = $condition group by 1, 2),
used as (
    select person_no, year, sum(units) filter (controller) as controllers,
        sum(units) filter (reliever) as relievers, sum(units) filter (rescue) as rescues,
        count(*) filter (controller or reliever) as events
    from asthma_fill where year < 2 group by 1, 2),
persistent as (
    select person_no from visited v full join used u using (person_no, year)
    where year < 2 and (coalesce(v.acute, false) or coalesce(u.events, 0) >= $events::int
        or (coalesce(v.visits, 0) >= $visits::int and coalesce(u.events, 0) >= $visit_events::int))
    group by 1 having count(distinct year) = 2),
counted as (
    select u.person_no, coalesce(controllers, 0)::int as controller_units,
        coalesce(relievers, 0)::int as reliever_units, coalesce(rescues, 0)::int as rescue_units,
        s.person_no is not null and p.person_no is not null
            and date_sub('year', q.birth_date, getvariable('as_of'))
                between $youngest::int and $oldest::int as asked
    from used u join person q using (person_no)
    left join persistent p using (person_no)
    left join shown s on s.person_no = u.person_no and s.condition = $condition
    where u.year = 0)
select person_no, controller_units, reliever_units,
    case when asked and controller_units + reliever_units > 0
        then round(controller_units / (controller_units + reliever_units), 4) end as ratio,
    rescue_units, case when rescue_units >= $same_week::int then 'same_week'
        when rescue_units >= $urgent::int then 'urgent'
        when rescue_units >= $too_many::int then 'too_many' end as rescue_overuse
from counted
"""


def follow_asthma(con: duckdb.DuckDBPyConnection, rules: AdherenceRules, *, year_days: int) -> None:
    """Makes `asthma`: members with asthma medicines in 12 months; `ratio` where the rule asks it.

    Persistent asthma in both years is asked of visits for asthma in any position of the claim.
    """
    asthma, rescue = rules.asthma, rules.rescue
    con.execute(
        _UNITS,
        {
            "year_days": year_days, "unit_days": asthma.unit_days, "rescue": list(rescue.classes),
            "controllers": list(asthma.controllers), "relievers": list(asthma.relievers),
        },
    )  # fmt: skip
    con.execute(
        _ASTHMA,
        {
            "year_days": year_days, "condition": asthma.condition, "events": asthma.events,
            "visits": asthma.visits, "visit_events": asthma.visit_events,
            "youngest": asthma.ages[0], "oldest": asthma.ages[1], "too_many": rescue.too_many,
            "urgent": rescue.urgent, "same_week": rescue.same_week,
        },
    )  # fmt: skip
