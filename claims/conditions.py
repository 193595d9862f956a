"""Which members have which condition, by the rule of its value set, and the claims that say so."""

from collections.abc import Mapping, Sequence

import duckdb

from claims.sources import literal
from claims.valuesets import Rule, Settings, ValueSets

EVIDENCE_CLAIMS = 10
"""So many claims (the latest) are kept as evidence of one rule."""

# Every step is a table: left to itself the planner may join value sets to members first.
_CODES = """
create table code_map as
with seen as materialized (
    select distinct version, upper(replace(code, '.', '')) as code, code as written
    from (select version, unnest(diagnosis_code) as code from claim_line) where code is not null)
select distinct s.version, s.written, c.condition, c.path
from seen s join code c on c.system = s.version and starts_with(s.code, c.code)
where not exists (
    select 1 from code_except e
    where e.condition = c.condition and e.path = c.path and starts_with(s.code, e.code))
"""

_DIAGNOSIS_HITS = """
create table hit as
with written as (
    select person_id, claim_id, on_date, setting, is_ed, version,
        unnest(diagnosis_code) as written
    from claim_line),
found as materialized (
    select w.* exclude (written, version), c.condition, c.path
    from written w join code_map c on c.version = w.version and c.written = w.written)
select *, false as naltrexone from found
"""

_SERVICE_HITS = """
insert into hit
with written as (
    select person_id, claim_id, on_date, setting, is_ed, 'hcpcs' as system,
        upper(unnest(list_concat([hcpcs_code], hcpcs_codes))) as code from claim_line
    union all
    select person_id, claim_id, on_date, setting, is_ed, 'procedure' as system,
        upper(replace(unnest(procedure_code), '.', '')) as code from claim_line),
found as materialized (
    select w.* exclude (code, system), c.condition, c.path, c.naltrexone
    from written w join code c on c.system = w.system and c.code = w.code)
select person_id, claim_id, on_date, setting, is_ed, condition, path, naltrexone from found
"""

_DRUG_HITS = """
insert into hit
select distinct f.person_id, f.claim_id, f.filled_on, 'drug', false, c.condition, c.path,
    coalesce(list_contains(p.naltrexone, d.ingredient), false)
from fill f join drug d using (ndc11)
join code c on c.system = 'drug_class' and c.code = d.drug_class
join path p on p.condition = c.condition and p.path = c.path
"""

# Which hits count by themselves and which by twos, decided once for each path and setting.
_COUNTING = """
create table counting as
select p.condition, p.path, p.since, p.apart, s.setting, e.is_ed,
    p.any_drug or list_contains(p.one_of, s.setting) or (e.is_ed and list_contains(p.one_of, 'ed'))
        or (s.setting <> 'drug' and list_contains(p.one_of, 'any_non_drug')) as alone,
    list_contains(p.two_of, s.setting)
        or (s.setting <> 'drug' and list_contains(p.two_of, 'any_non_drug')) as paired
from path p cross join (select distinct setting from hit) s
cross join (select unnest([true, false]) as is_ed) e
"""

# The claims themselves are looked up later, and of members only.
_EVIDENCE = """
create table evidence as
with counted as (
    select h.person_id, h.condition, h.path, bool_or(c.alone) as one,
        coalesce(max(h.on_date) filter (c.paired) - min(h.on_date) filter (c.paired)
            >= any_value(c.apart), false) as two,
        bool_and(h.naltrexone) filter (c.alone) as alone_naltrexone,
        bool_and(h.naltrexone) filter (c.paired) as paired_naltrexone,
        min(h.on_date) filter (c.alone) as alone_first, max(h.on_date) filter (c.alone)
            as alone_last,
        min(h.on_date) filter (c.paired) as paired_first, max(h.on_date) filter (c.paired)
            as paired_last
    from hit h join counting c on c.condition = h.condition and c.path = h.path
        and c.setting = h.setting and c.is_ed = h.is_ed
    where h.on_date > c.since group by 1, 2, 3)
select person_id, condition, path, one,
    if(one, alone_naltrexone, paired_naltrexone) as naltrexone,
    if(one, alone_first, paired_first) as first_date,
    if(one, alone_last, paired_last) as last_date
from counted where one or two
"""

# Naltrexone alone, beside alcohol or another drug use disorder, does not show opioid use disorder.
_SHOWN = """
create table shown as
with guarded as (
    select e.person_id, e.condition from evidence e
    join guard g on g.condition = e.condition
    join evidence other on other.person_id = e.person_id and other.condition = g.other
    group by 1, 2),
naltrexone_only as (
    select person_id, condition from evidence group by 1, 2 having bool_and(naltrexone))
select e.person_id, e.condition, min(e.first_date) as first_date, max(e.last_date) as last_date
from evidence e
left join guarded g on g.person_id = e.person_id and g.condition = e.condition
left join naltrexone_only n on n.person_id = e.person_id and n.condition = e.condition
where g.person_id is null or n.person_id is null
group by 1, 2
"""


_ANY_OF = """
insert into shown
select s.person_id, a.condition, min(s.first_date), max(s.last_date)
from shown s join any_of a on a.part = s.condition group by 1, 2
"""


def find_conditions(con: duckdb.DuckDBPyConnection, sets: ValueSets) -> None:
    """Makes `evidence` (a row per member, condition and path that holds) and `shown`."""
    months = max(c.lookback_months for c in sets.conditions.values())
    con.execute(f"set variable earliest = (getvariable('as_of') - interval {months} months)::date")
    _value_set_tables(con, sets)
    _relation_tables(con, sets)
    con.execute(_claim_line(sets))
    for statement in (
        _CODES, _DIAGNOSIS_HITS, _SERVICE_HITS, _DRUG_HITS, _COUNTING, _EVIDENCE,
        _SHOWN, _ANY_OF,
    ):  # fmt: skip
        con.execute(statement)


def _value_set_tables(con: duckdb.DuckDBPyConnection, sets: ValueSets) -> None:
    paths = [
        {
            "condition": condition.name, "path": number, "name": path.name,
            "months": condition.lookback_months,
            "one_of": list(path.one_of), "two_of": list(path.or_two_of),
            "apart": path.min_days_apart, "any_drug": bool(path.drug_classes),
            "naltrexone": list(path.naltrexone),
            "one_words": _one_words(path), "two_words": _two_words(path),
        }
        for condition in sets.conditions.values()
        for number, path in enumerate(condition.paths)
    ]  # fmt: skip
    excepted = [
        {"condition": condition.name, "path": number, "code": code}
        for condition in sets.conditions.values()
        for number, path in enumerate(condition.paths)
        for code in path.excepted
    ]
    table(con, "code", "condition varchar, path int, system varchar, code varchar, "
          "naltrexone boolean", list(sets.code_rows()))  # fmt: skip
    table(con, "code_except", "condition varchar, path int, code varchar", excepted)
    table(con, "path_given", "condition varchar, path int, name varchar, months int, "
          "one_of varchar[], two_of varchar[], apart int, any_drug boolean, naltrexone varchar[], "
          "one_words varchar, two_words varchar", paths)  # fmt: skip
    con.execute(
        "create table path as select *, (getvariable('as_of') - to_months(months))::date as since "
        "from path_given"
    )


def _relation_tables(con: duckdb.DuckDBPyConnection, sets: ValueSets) -> None:
    """What conditions say of each other, and which are substance use."""
    guards = [
        {"condition": condition.name, "other": other}
        for condition in sets.conditions.values()
        for other in condition.naltrexone_guard
    ]
    table(con, "guard", "condition varchar, other varchar", guards)
    any_of = [
        {"condition": condition.name, "part": part}
        for condition in sets.conditions.values()
        for part in condition.any_of
    ]
    table(con, "any_of", "condition varchar, part varchar", any_of)
    part2 = [{"condition": c.name} for c in sets.conditions.values() if c.part2]
    table(con, "part2", "condition varchar", part2)


def table(
    con: duckdb.DuckDBPyConnection, name: str, columns: str, rows: Sequence[Mapping[str, object]]
) -> None:
    """Makes a small table of ours; the rows' keys are the columns."""
    con.execute(f"create table {name} ({columns})")
    if rows:
        con.execute(
            f"insert into {name} by name select unnest($rows, recursive := true)",
            {"rows": list(rows)},
        )


def _one_words(path: Rule) -> str:
    where = "drug" if path.drug_classes else " or ".join(path.one_of).replace("_", " ")
    return f"{path.name}: one {where} claim"


def _two_words(path: Rule) -> str:
    return (
        f"{path.name}: two {' or '.join(path.or_two_of).replace('_', ' ')} claims, "
        f"{path.min_days_apart} day or more apart"
    )


def _claim_line(sets: ValueSets) -> str:
    """The usable medical lines of the lookback, their setting and the version of their codes."""
    s: Settings = sets.settings
    bill = "left(ltrim(bill_type_code, '0'), 2)"
    by_bill = " ".join(
        f"when {bill} in {_list(types)} then {literal(name)}"
        for name, types in s.bill_types.items()
    )
    kind = "lower(claim_type)"
    return f"""
    create table claim_line as
    select person_id, claim_id, claim_start_date as on_date, admission_date, discharge_date,
        claim_end_date, diagnosis_code, procedure_code, hcpcs_code, hcpcs_codes, rendering_npi,
        case when {kind} = 'professional' then 'professional'
            {by_bill}
            when {kind} in ('inpatient', 'snf', 'hha') then {kind}
            when bill_type_code is null and admission_date is not null then 'inpatient'
            else 'outpatient_hospital' end as setting,
        coalesce(revenue_center_code in {_list(s.ed_revenue_centers)}, false)
            or coalesce(place_of_service_code in {_list(s.ed_places)}, false)
            or coalesce(hcpcs_code in {_list(s.ed_hcpcs)}, false)
            or coalesce(list_has_any(hcpcs_codes, {_list(s.ed_hcpcs, "[]")}), false) as is_ed,
        case when contains(diagnosis_code_type, '10') then 'icd10'
            when contains(diagnosis_code_type, '9') then 'icd9'
            when claim_start_date >= date '{sets.icd10_from.isoformat()}' then 'icd10'
            else 'icd9' end as version
    from medical
    where claim_start_date > getvariable('earliest')
        and {kind} not in ('pharmacy', 'dental', 'vision')
        and not coalesce({kind} = 'professional'
            and place_of_service_code in {_list(s.not_counted_places)}, false)
    """


def _list(values: tuple[str, ...], brackets: str = "()") -> str:
    inside = ", ".join(literal(value) for value in values) or "null"
    return f"{brackets[0]}{inside}{brackets[1]}"
