"""The lines of medical claims: which cannot be used and why, and what the others tell."""

import duckdb

from claims.codes import diagnosis_columns
from claims.repeats import EXAMPLES, find_repeats
from claims.sources import literal
from claims.valuesets import SETTINGS, Settings, ValueSets
from claims.written import PREFIX, Written, as_written, read_written, source_of

_LINE = """
create view medical_line as
select *, coalesce(claim_line_number, '1') as line from {source}
"""

_KEYS = "select hash(claim_id, line) as key from medical_line where claim_id is not null"

# All that cleaning is about: few lines, so what follows is cheap. Of the file only what is asked
# of every line is worked out; the codes stay as they are written until the few are found.
_ODD = """
create table medical_found as
select claim_id, line, person_id, claim_start_date, paid_amount, {written},
    coalesce(claim_start_date_unreadable, false) as unreadable
from medical_line
where claim_id is null or person_id is null or coalesce(claim_start_date_unreadable, false)
    or coalesce(claim_start_date > getvariable('as_of'), true) or paid_amount < 0
    or hash(claim_id, line) in (select key from medical_again);
create table medical_odd as
select claim_id, line, hash(claim_id, line, person_id, claim_start_date, {same}) as same, case
    when claim_id is null or person_id is null then 'claim_id or person_id is blank'
    when unreadable then 'date cannot be read'
    when claim_start_date is null then 'date is blank'
    when claim_start_date > getvariable('as_of') then 'date is after the as-of date'
    when paid_amount < 0 then 'reversal'
    end as reason
from medical_found
"""
_TOLD = ("claim_type", "bill_type_code", "place_of_service_code", "revenue_center_code",
         "hcpcs_code")  # fmt: skip
"""What lines must share, beside their codes, their day and their member, to be one line twice."""

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
# Whether a code may be in one is asked first by its head, which the engine does once for each text
# of a Parquet file's dictionary; only the few lines left look their codes and their person up.
# (A CTE that is materialized and read once is streamed, and keeps the steps in this order.)
_CLAIM_LINE = """
create table claim_line as
with looked as (
    select l.person_id, l.claim_id, l.line, l.on_date, l.setting, l.is_ed, l.version,
        coalesce(l.discharge_date, l.claim_end_date, l.on_date) as ended_on, {looked}
    from usable_line l),
few as (
    select * from looked
    where {may} or is_ed or setting = 'inpatient' or setting = 'snf'),
coded as (
    select l.person_id, l.claim_id, l.line, l.on_date, l.setting, l.is_ed, l.ended_on, {sets}
    from few l {joins}),
told as materialized (
    select * from coded
    where coalesce({names}) is not null or is_ed or setting = 'inpatient' or setting = 'snf')
select p.person_no, t.* exclude (person_id, line)
from told t join person_no p using (person_id)
anti join medical_reversed r on r.claim_id = t.claim_id and r.line = t.line
"""
_HEADS = """
select distinct left(written, 3) from (
    select written from code_set union all select written from service_set where system = 'hcpcs')
order by 1
"""


def clean_lines(con: duckdb.DuckDBPyConnection) -> None:
    """Makes the view `medical_line` and `medical_reversed`, and adds to `dropped`."""
    con.execute(_LINE.replace("{source}", source_of(con, "medical_claim")))
    find_repeats(con, "medical_again", _KEYS)
    con.execute(_odd(con))
    con.execute(_REVERSED)
    con.execute(_DROPPED.replace("{examples}", str(EXAMPLES)))


def _odd(con: duckdb.DuckDBPyConnection) -> str:
    told = [as_written(con, "medical_line", name) for name in _TOLD]
    codes = [code.removeprefix("l.") for code in diagnosis_columns(con)]
    apart = [code for code in codes if code.startswith(PREFIX)]
    same = [f"nullif(trim({text}), '')" for text in (*told, *apart)]
    return _ODD.replace("{written}", ", ".join([*told, *(apart or ["diagnosis_code"])])).replace(
        "{same}", ", ".join(same if apart else [*same, "diagnosis_code"])
    )


def read_lines(con: duckdb.DuckDBPyConnection, diagnoses: list[str]) -> list[str]:
    """Makes `claim_line`: lines with a code of a value set, and all of stays and emergencies.

    `diagnoses` are the expressions over `usable_line` that give a code each. Returns the columns
    that hold the sets.
    """
    places = range(1, len(diagnoses) + 1)
    names = [f"set_{n}" for n in (*places, "hcpcs")]
    codes = [*diagnoses, f"l.{as_written(con, 'medical_line', 'hcpcs_code')}"]
    heads = literal("".join(f"|{head}" for (head,) in con.execute(_HEADS).fetchall()) + "|")
    looked = [
        f"{code} as code_{n}, contains({heads}, '|' || substr({code}, 1, 3) || '|') as may_{n}"
        for n, code in enumerate(codes)
    ]
    may = " or ".join(f"coalesce(may_{n}, false)" for n in range(len(codes)))
    sets = [f"if(l.version = 'icd10', c{n}.icd10, c{n}.icd9) as set_{n}" for n in places]
    joins = [f"left join code_set c{n} on c{n}.written = code_{n - 1}" for n in places]
    hcpcs = f"left join service_set h on h.system = 'hcpcs' and h.written = code_{len(diagnoses)}"
    con.execute(
        _CLAIM_LINE.replace("{looked}", ", ".join(looked))
        .replace("{may}", may)
        .replace("{sets}", ", ".join([*sets, "h.set_no as set_hcpcs"]))
        .replace("{joins}", " ".join([*joins, hcpcs]))
        .replace("{names}", ", ".join(names))
    )
    return names


def usable_lines(con: duckdb.DuckDBPyConnection, sets: ValueSets) -> None:
    """Makes the view `usable_line`: lines of the lookback, their setting and version of codes.

    Lines that a reversal takes back are still in it.
    """
    con.execute(f"create type setting_name as enum ({', '.join(map(literal, SETTINGS))})")
    s = sets.settings
    written = read_written(
        con,
        {
            "claim_type": ("professional", *_KINDS, *_OTHER_KINDS),
            "bill_type_code": tuple(bill for bills in s.bill_types.values() for bill in bills),
            "place_of_service_code": (*s.ed_places, *s.not_counted_places),
            "revenue_center_code": s.ed_revenue_centers,
            "hcpcs_code": s.ed_hcpcs,
            "diagnosis_code_type": ("10", "9"),
        },
    )
    con.execute(_usable_line(sets, written))


_KINDS = ("inpatient", "snf", "hha")
_OTHER_KINDS = ("pharmacy", "dental", "vision")


def _usable_line(sets: ValueSets, w: Written) -> str:
    s: Settings = sets.settings
    professional = w.says("claim_type", "professional")
    by_bill = " ".join(
        f"when {w.says('bill_type_code', *types)} then {_setting(name)}"
        for name, types in s.bill_types.items()
    )
    by_kind = " ".join(
        f"when {w.says('claim_type', kind)} then {_setting(kind)}" for kind in _KINDS
    )
    return f"""
    create view usable_line as
    select *, claim_start_date as on_date,
        case when {professional} then {_setting("professional")} {by_bill} {by_kind}
            when {w.is_blank("bill_type_code")} and admission_date is not null
                then {_setting("inpatient")}
            else {_setting("outpatient_hospital")} end as setting,
        coalesce({w.says("revenue_center_code", *s.ed_revenue_centers)}, false)
            or coalesce({w.says("place_of_service_code", *s.ed_places)}, false)
            or coalesce({w.says("hcpcs_code", *s.ed_hcpcs)}, false)
            or coalesce(list_has_any(hcpcs_codes, {_list(s.ed_hcpcs)}), false) as is_ed,
        case when {w.holds("diagnosis_code_type", "10")} then 'icd10'
            when {w.holds("diagnosis_code_type", "9")} then 'icd9'
            when claim_start_date >= date '{sets.icd10_from.isoformat()}' then 'icd10'
            else 'icd9' end as version
    from medical_line
    where claim_start_date > getvariable('earliest')
        and claim_start_date <= getvariable('as_of') and {_usable(w)}
        and not {w.is_blank("claim_type")} and not {w.says("claim_type", *_OTHER_KINDS)}
        and not coalesce({professional}
            and {w.says("place_of_service_code", *s.not_counted_places)}, false)
    """


def _usable(w: Written) -> str:
    """What `reason` says, without words: a date that cannot be read is NULL.

    Whose line it is comes later, when few are left. One condition, so that the engine does not
    put parts of it into its reading of the file, where texts would lose their dictionary.
    """
    return f"not (coalesce(paid_amount < 0, false) or {w.lacks('claim_id')})"


def _setting(name: str) -> str:
    return f"{literal(name)}::setting_name"


def _list(values: tuple[str, ...]) -> str:
    return f"[{', '.join(literal(value) for value in values)}]::varchar[]"
