"""Which pharmacy takes an identified member, and why: what identification asks of attribution."""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from claims.attribution_rules import NEAREST_ONLY, AttributionRules
from claims.attribution_tables import answer, line_up
from claims.conditions import table
from claims.criteria import Criteria
from claims.pharmacies import know_pharmacies
from claims.sources import path_literal
from domain.attribution import words_for

NEED_COLUMNS = (
    "program varchar, networks varchar[], services varchar[], cpesn boolean, weeks int, "
    "words varchar"
)

# Supplies of drugs that the drug file describes with a class are the programs' target drugs.
_HABIT = """
create table habit as
with supplied as (
    select f.person_no, f.pharmacy_npi as npi, sum(f.days_supply) as days
    from fill f join drug_no d using (drug_no)
    where d.drug_class is not null and f.filled_on <= getvariable('as_of')
        and f.filled_on > getvariable('as_of') - $usual_days::int group by 1, 2),
shared as (
    select person_no, npi, days / sum(days) over (partition by person_no) as share from supplied),
usual as (
    select person_no, min(npi) as npi from shared where share >= $usual_share::double
        and npi is not null group by 1),
last as (
    select f.person_no, max({on_date: f.filled_on, npi: f.pharmacy_npi}).npi as npi
    from fill f
    where f.pharmacy_npi is not null and f.filled_on <= getvariable('as_of')
        and f.filled_on > getvariable('as_of') - $recent_days::int group by 1)
select person_no, u.npi as usual_npi, l.npi as recent_npi
from usual u full join last l using (person_no)
"""

_SEEKER = """
create table seeker as
select h.person_id, s.program, h.state, h.zip_code, h.latitude, h.longitude,
    array_to_string(need.services, ';') as needs, h.preferred_language as language, s.tier,
    s.points, kept.npi as current_npi, habit.usual_npi, habit.recent_npi
from scored s join home h using (person_no) join program_need need using (program)
left join habit using (person_no)
left join kept on kept.person_id = h.person_id and kept.program = s.program
"""

_KEPT = """
create table kept as
select person_id, program, any_value(npi) as npi from read_csv({file}, header = true, delim = ',',
    auto_detect = false, columns = {'person_id': 'varchar', 'program': 'varchar', 'npi': 'varchar'})
group by 1, 2
"""
# Those who have a pharmacy's room and are not looked at now.
_TAKEN = """
create table taken as
select npi, count(*) as members from kept anti join seeker using (person_id, program) group by 1
"""


def attribute(
    con: duckdb.DuckDBPyConnection, criteria: Sequence[Criteria], kept: Path | None = None
) -> None:
    """Makes `pharmacy` (the cleaned file) and `attribution` (every member of a program).

    A state's members are matched as a whole: the fewest and least urgent go without, then the ways
    are shortest. A pharmacy's room is shared by all programs. `kept` is a CSV file of the
    pharmacies members have already: person_id, program, npi.
    """
    rules = next((c.attribution for c in criteria if c.attribution), NEAREST_ONLY)
    know_pharmacies(con, rules)
    table(con, "program_need", NEED_COLUMNS, [_need(c) for c in criteria])
    if kept is None:
        con.execute("create table kept (person_id varchar, program varchar, npi varchar)")
    else:
        con.execute(_KEPT.replace("{file}", path_literal(kept)))
    _ask(con, rules)
    con.execute(_TAKEN)
    line_up(con)
    answer(con, rules)


def _ask(con: duckdb.DuckDBPyConnection, rules: AttributionRules) -> None:
    con.execute(
        _HABIT,
        {
            "usual_share": rules.usual_share,
            "usual_days": rules.usual_days,
            "recent_days": rules.recent_days,
        },
    )
    con.execute(_SEEKER)


def _need(criteria: Criteria) -> dict[str, object]:
    return {
        "program": criteria.program,
        "networks": [name.lower() for name in criteria.networks],
        "services": [name.lower() for name in criteria.services],
        "cpesn": criteria.cpesn,
        "weeks": criteria.capacity_weeks,
        "words": words_for(criteria.networks, criteria.cpesn),
    }


def attributed(con: duckdb.DuckDBPyConnection) -> tuple[int, int]:
    """How many have a pharmacy, how many have none."""
    row = con.execute("select count(npi), count(*) - count(npi) from attribution").fetchall()[0]
    return int(row[0]), int(row[1])
