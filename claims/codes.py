"""Which codes of the claims belong to which path of which condition, each decided once."""

import duckdb

from claims.tables import table
from claims.valuesets import ValueSets
from claims.written import PREFIX, as_written, source_of

# A code is looked at once, not once a claim. Prefixes are equalities, one for each length.
_SEEN = """
create table seen_code as
select distinct system, written, upper(replace(said, '.', '')) as code
from ({seen}) where said is not null
"""

_CODE_PATH = """
create table code_path as
with piece as (
    select s.system, s.written, s.code, left(s.code, n.length) as prefix
    from seen_code s cross join (select distinct len(code) as length from code) n),
meant as (
    select p.written, p.code, c.system, c.condition, c.path, c.naltrexone
    from piece p join code c on c.code = p.prefix
    where (p.system = 'diagnosis' and c.system in ('icd10', 'icd9'))
        or (p.system = c.system and c.code = p.code)
    union all
    select d.ndc11, null, 'drug', c.condition, c.path, list_contains(g.naltrexone, d.ingredient)
    from drug d join code c on c.system = 'drug_class' and c.code = d.drug_class
    join path_given g on g.condition = c.condition and g.path = c.path)
select distinct m.system, m.written, p.path_no, coalesce(m.naltrexone, false) as naltrexone
from meant m join path p on p.condition = m.condition and p.path = m.path
where not exists (
    select 1 from code_except e where m.system in ('icd10', 'icd9')
    and e.condition = m.condition and e.path = m.path and starts_with(m.code, e.code))
"""

# Codes alike in what they tell share a number, which is all that a claim line keeps of them.
_SET = """
create table code_group as
with told as (
    select system, written, list({path_no: path_no, naltrexone: naltrexone}
        order by path_no, naltrexone) as paths
    from code_path group by 1, 2)
select system, written, paths, dense_rank() over (order by paths)::smallint as set_no from told;
create table set_path as
select distinct set_no, unnest(paths, recursive := true) from code_group;
create table code_set as
select written, max(set_no) filter (system = 'icd10') as icd10,
    max(set_no) filter (system = 'icd9') as icd9
from code_group where system in ('icd10', 'icd9') group by 1;
create table service_set as
select system, written, set_no from code_group where system not in ('icd10', 'icd9')
"""

# What a code counts for in a setting: by itself, or by twos.
_TELLING = """
create table counting as
select path_no, since, e.setting, d.is_ed,
    any_drug or list_contains(one_of, setting) or (is_ed and list_contains(one_of, 'ed'))
        or (setting <> 'drug' and list_contains(one_of, 'any_non_drug')) as alone,
    list_contains(two_of, setting)
        or (setting <> 'drug' and list_contains(two_of, 'any_non_drug')) as paired
from path cross join (select unnest(enum_range(null::setting_name))::varchar as setting) e
cross join (select unnest([true, false]) as is_ed) d;
alter table counting alter setting type setting_name;
create table telling as
select s.set_no, s.naltrexone, c.* from set_path s join counting c using (path_no)
where alone or paired
"""


def know_codes(con: duckdb.DuckDBPyConnection, sets: ValueSets) -> list[str]:
    """Makes `code_set`, `service_set`, `counting` and `telling`.

    Returns the expressions over `usable_line l` that give a diagnosis each.
    """
    diagnoses = diagnosis_columns(con)
    table(con, "code", "condition varchar, path int, system varchar, code varchar, "
          "naltrexone boolean", list(sets.code_rows()))  # fmt: skip
    con.execute(_SEEN.replace("{seen}", " union all ".join(_seen(con, diagnoses))))
    for statement in (_CODE_PATH, _SET, _TELLING):
        con.execute(statement)
    return diagnoses


def diagnosis_columns(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Expressions over `usable_line l`: columns where there are, else places of the list."""
    described = con.execute(f"describe {source_of(con, 'medical_claim')}").fetchall()
    apart = [
        str(name) for name, *_ in described if str(name).startswith(f"{PREFIX}diagnosis_code_")
    ]
    if apart:
        return [f"l.{name}" for name in apart if name != f"{PREFIX}diagnosis_code_type"]
    longest = con.execute("select max(len(diagnosis_code)) from in_medical_claim").fetchall()
    return [f"l.diagnosis_code[{n}]" for n in range(1, int(longest[0][0] or 0) + 1)]


def _seen(con: duckdb.DuckDBPyConnection, diagnoses: list[str]) -> list[str]:
    """Selections of system, the text as written and what it says."""
    hcpcs = as_written(con, "medical_line", "hcpcs_code")
    of_lines = [
        f"select {system} as system, written, nullif(trim(written), '') as said "
        f"from (select distinct {code} as written from medical_line l)"
        for system, code in [*(("'diagnosis'", code) for code in diagnoses), ("'hcpcs'", hcpcs)]
    ]
    of_lists = [
        f"select {system} as system, written, written as said from (select distinct "
        f"unnest({codes}) as written from medical_line where len({codes}) > 0)"
        for system, codes in (("'hcpcs'", "hcpcs_codes"), ("'procedure'", "procedure_code"))
    ]
    return [*of_lines, *of_lists]
