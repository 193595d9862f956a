"""Which members have which condition, by the rule of its value set, and the claims that say so."""

import duckdb

from claims.codes import know_codes
from claims.conditions_tables import know_value_sets
from claims.fills import fills_of
from claims.lines import read_lines, usable_lines
from claims.tables import table as table
from claims.valuesets import ValueSets

EVIDENCE_CLAIMS = 10
"""So many claims (the latest) are kept as evidence of one rule."""

# Procedures and further services come as lists, and only in some layouts.
_SERVICES = """
create table other_hit as
with written as (
    select person_id, claim_id, line, on_date, setting, is_ed, 'hcpcs' as system,
        unnest(hcpcs_codes) as code from usable_line where len(hcpcs_codes) > 0
    union all
    select person_id, claim_id, line, on_date, setting, is_ed, 'procedure' as system,
        unnest(procedure_code) as code from usable_line where len(procedure_code) > 0)
select p.person_no, w.claim_id, w.on_date, w.setting, w.is_ed, s.set_no
from written w join service_set s on s.system = w.system and s.written = w.code
join person_no p using (person_id)
anti join medical_reversed r on r.claim_id = w.claim_id and r.line = w.line
"""

_DRUG_SET = """
create table drug_set as
select n.drug_no, s.set_no from service_set s join drug_no n on n.ndc11 = s.written
where s.system = 'drug'
"""
_DRUGS = """
insert into other_hit
select distinct person_no, claim_id, filled_on, 'drug'::setting_name, false, set_no
from fill_of_condition
"""

_HIT = """
create view hit as
select h.person_no, h.claim_id, h.on_date, h.setting, h.is_ed, s.path_no
from ({hits}) h join set_path s using (set_no)
"""

# The claims themselves are looked up later, and of members only.
_EVIDENCE = """
create table evidence as
with counted as (
    select h.person_no, t.path_no,
        min(h.on_date) filter (t.alone) as alone_first,
        max(h.on_date) filter (t.alone) as alone_last,
        min(h.on_date) filter (t.paired) as paired_first,
        max(h.on_date) filter (t.paired) as paired_last,
        bool_and(t.naltrexone) filter (t.alone) as alone_naltrexone,
        bool_and(t.naltrexone) filter (t.paired) as paired_naltrexone
    from ({hits}) h join telling t on t.set_no = h.set_no and t.setting = h.setting
        and t.is_ed = h.is_ed
    where h.on_date > t.since group by 1, 2),
judged as (
    select c.*, p.condition, alone_first is not null as one,
        coalesce(paired_last - paired_first >= p.apart, false) as two
    from counted c join path p using (path_no))
select person_no, path_no, condition, one,
    if(one, alone_naltrexone, paired_naltrexone) as naltrexone,
    if(one, alone_first, paired_first) as first_date,
    if(one, alone_last, paired_last) as last_date
from judged where one or two
"""

# Naltrexone alone, beside alcohol or another drug use disorder, does not show opioid use disorder.
_SHOWN = """
create table shown as
with guarded as (
    select e.person_no, e.condition from evidence e
    join guard g on g.condition = e.condition
    join evidence other on other.person_no = e.person_no and other.condition = g.other
    group by 1, 2),
shown_by as (
    select person_no, condition, min(first_date) as first_date, max(last_date) as last_date,
        bool_and(naltrexone) as naltrexone_only
    from evidence group by 1, 2)
select person_no, condition, first_date, last_date
from shown_by left join guarded g using (person_no, condition)
where not naltrexone_only or g.person_no is null
"""

_ANY_OF = """
insert into shown
select s.person_no, a.condition, min(s.first_date), max(s.last_date)
from shown s join any_of a on a.part = s.condition group by 1, 2
"""


def look_back(con: duckdb.DuckDBPyConnection, sets: ValueSets) -> None:
    """Sets how far back conditions are looked for, for every later query."""
    months = max(c.lookback_months for c in sets.conditions.values())
    con.execute(f"set variable earliest = (getvariable('as_of') - interval {months} months)::date")


def find_conditions(con: duckdb.DuckDBPyConnection, sets: ValueSets) -> None:
    """Makes `evidence` (a row per member, condition and path that holds) and `shown`.

    Besides `claim_line`, and the view `hit`: every claim line that tells of a path.
    """
    know_value_sets(con, sets)
    usable_lines(con, sets)
    diagnoses = know_codes(con, sets)
    columns = read_lines(con, diagnoses)
    con.execute(_SERVICES)
    con.execute(_DRUG_SET)
    fills_of(con, "fill_of_condition", "drug_set")
    con.execute(_DRUGS)
    hits = _hits(columns)
    con.execute(_HIT.replace("{hits}", hits))
    con.execute(_EVIDENCE.replace("{hits}", hits))
    con.execute(_SHOWN)
    con.execute(_ANY_OF)


def _hits(columns: list[str]) -> str:
    """A selection of every line once for each of its codes that is in a set."""
    kept = "person_no, claim_id, on_date, setting, is_ed"
    of_lines = [
        f"select {kept}, {column} as set_no from claim_line where {column} is not null"
        for column in columns
    ]
    return " union all ".join([*of_lines, f"select {kept}, set_no from other_hit"])
