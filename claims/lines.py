"""The lines of medical claims: which cannot be used and why, and what the others tell."""

import duckdb

from claims.repeats import EXAMPLES, find_repeats
from claims.sources import literal
from claims.valuesets import SETTINGS, Settings, ValueSets

_LINE = """
create view medical_line as
select *, case
    when claim_id is null or person_id is null then 'claim_id or person_id is blank'
    when coalesce(claim_start_date_unreadable, false) then 'date cannot be read'
    when claim_start_date is null then 'date is blank'
    when claim_start_date > getvariable('as_of') then 'date is after the as-of date'
    when paid_amount < 0 then 'reversal'
    end as reason,
    coalesce(claim_line_number, '1') as line
from {source}
"""

_KEYS = "select hash(claim_id, line) as key from medical_line where claim_id is not null"

# All that cleaning is about: few lines, so what follows is cheap.
_ODD = """
create table medical_odd as
select claim_id, line, reason, hash(claim_id, line, person_id, claim_start_date, claim_type,
    bill_type_code, place_of_service_code, revenue_center_code, hcpcs_code, diagnosis_code) as same
from medical_line
where reason is not null or hash(claim_id, line) in (select key from medical_again)
"""

# Only negative payments name the lines taken back.
_REVERSED = """
create table medical_reversed as
select distinct claim_id, line from medical_odd where reason = 'reversal'
"""

# A line that comes twice counts once anyway (claims are counted by id); it is only reported.
_DROPPED = """
insert into dropped
with again as (
    select any_value(claim_id) as claim_id, count(*) - 1 as times from medical_odd
    where reason is null group by same having count(*) > 1)
select 'medical_claim: ' || reason, count(*), min(claim_id, {examples}) from (
    select claim_id, reason from medical_odd where reason is not null
    union all select claim_id, 'reversed' from medical_odd join medical_reversed
        using (claim_id, line) where reason is null) group by 1
union all select 'medical_claim: duplicate', sum(times)::bigint, min(claim_id, {examples})
    from again having count(*) > 0
"""

# A line has a column `set_<n>` for each column of codes: the set of paths that its code is in.
_CLAIM_LINE = """
create table claim_line as
with coded as (
    select l.person_id, l.claim_id, l.line, l.on_date, l.setting, l.is_ed,
        coalesce(l.discharge_date, l.claim_end_date, l.on_date) as ended_on, {sets}
    from usable_line l {joins}),
told as materialized (
    select * from coded
    where coalesce({names}) is not null or is_ed or setting = 'inpatient' or setting = 'snf')
select p.person_no, t.* exclude (person_id, line)
from told t join person_no p using (person_id)
anti join medical_reversed r on r.claim_id = t.claim_id and r.line = t.line
"""


def source_of_lines(con: duckdb.DuckDBPyConnection) -> str:
    """The view with every code in a column of its own, where the claims' layout has them so."""
    flat = con.execute(
        "select count(*) from duckdb_views() where view_name = 'flat_medical_claim'"
    ).fetchall()
    return "flat_medical_claim" if flat[0][0] else "in_medical_claim"


def clean_lines(con: duckdb.DuckDBPyConnection) -> None:
    """Makes the view `medical_line` and `medical_reversed`, and adds to `dropped`."""
    con.execute(_LINE.replace("{source}", source_of_lines(con)))
    find_repeats(con, "medical_again", _KEYS)
    con.execute(_ODD)
    con.execute(_REVERSED)
    con.execute(_DROPPED.replace("{examples}", str(EXAMPLES)))


def read_lines(con: duckdb.DuckDBPyConnection, diagnoses: list[str]) -> list[str]:
    """Makes `claim_line`: lines with a code of a value set, and all of stays and emergencies.

    `diagnoses` are the expressions over `usable_line` that give a code each. Returns the columns
    that hold the sets.
    """
    places = range(1, len(diagnoses) + 1)
    names = [f"set_{n}" for n in (*places, "hcpcs")]
    sets = [f"if(l.version = 'icd10', c{n}.icd10, c{n}.icd9) as set_{n}" for n in places]
    joins = [
        f"left join code_set c{n} on c{n}.written = {code}"
        for n, code in enumerate(diagnoses, start=1)
    ]
    con.execute(
        _CLAIM_LINE.replace("{sets}", ", ".join([*sets, "h.set_no as set_hcpcs"]))
        .replace("{joins}", " ".join([*joins, _HCPCS]))
        .replace("{names}", ", ".join(names))
    )
    return names


_HCPCS = "left join service_set h on h.system = 'hcpcs' and h.written = l.hcpcs_code"


def usable_lines(con: duckdb.DuckDBPyConnection, sets: ValueSets) -> None:
    """Makes the view `usable_line`: lines of the lookback, their setting and version of codes.

    Lines that a reversal takes back are still in it.
    """
    con.execute(f"create type setting_name as enum ({', '.join(map(literal, SETTINGS))})")
    con.execute(_usable_line(sets))


def _usable_line(sets: ValueSets) -> str:
    s: Settings = sets.settings
    by_bill = " ".join(
        f"when bill in {_list(types)} then {_setting(name)}" for name, types in s.bill_types.items()
    )
    by_kind = " ".join(f"when kind = '{k}' then {_setting(k)}" for k in ("inpatient", "snf", "hha"))
    return f"""
    create view usable_line as
    with said as (
        select *, lower(claim_type) as kind, left(ltrim(bill_type_code, '0'), 2) as bill
        from medical_line)
    select * exclude (kind, bill, reason), claim_start_date as on_date,
        case when kind = 'professional' then {_setting("professional")}
            {by_bill} {by_kind}
            when bill_type_code is null and admission_date is not null then {_setting("inpatient")}
            else {_setting("outpatient_hospital")} end as setting,
        coalesce(revenue_center_code in {_list(s.ed_revenue_centers)}
            or place_of_service_code in {_list(s.ed_places)}
            or hcpcs_code in {_list(s.ed_hcpcs)}
            or list_has_any(hcpcs_codes, {_list(s.ed_hcpcs, "[]")}), false) as is_ed,
        case when contains(diagnosis_code_type, '10') then 'icd10'
            when contains(diagnosis_code_type, '9') then 'icd9'
            when claim_start_date >= date '{sets.icd10_from.isoformat()}' then 'icd10'
            else 'icd9' end as version
    from said
    where reason is null and claim_start_date > getvariable('earliest')
        and kind not in ('pharmacy', 'dental', 'vision')
        and not coalesce(kind = 'professional'
            and place_of_service_code in {_list(s.not_counted_places)}, false)
    """


def _setting(name: str) -> str:
    return f"{literal(name)}::setting_name"


def _list(values: tuple[str, ...], brackets: str = "()") -> str:
    inside = ", ".join(literal(value) for value in values) or "null"
    return f"{brackets[0]}{inside}{brackets[1]}"
