"""What an identification leaves behind: sorted Parquet files, the same for the same input."""

from pathlib import Path

import duckdb

from claims.conditions import EVIDENCE_CLAIMS
from claims.sources import literal

PERSONS = 1 << 17
"""So many persons' evidence is put together at once."""

# Only members of a program leave this room, and of their conditions only the program's own.
_FILES = {
    "members": """
        select k.person_id, s.program, s.tier, s.points, s.reasons,
            s.conditions::varchar[] as conditions,
            getvariable('as_of') as identified_on, s.insufficient_history,
            exists (select 1 from any_of a join program_condition c on c.condition = a.part
                join shown w on w.condition = a.condition and a.condition = 'smi'
                where c.program = s.program and w.person_no = s.person_no) as smi{risk}
        from scored s join known k using (person_no) left join risk_group r using (person_no)
        order by s.person_no, s.program""",
    "evidence": """
        select k.person_id, a.condition::varchar as condition,
            if(a.one, a.one_words, a.two_words) as rule,
            [c.claim for c in t.kept] as claim_ids, [c.on_date for c in t.kept] as dates
        from evidence_claims t join evidence_asked a using (person_no, path_no)
        join known k using (person_no)
        order by t.person_no, a.condition, rule""",
    "conditions": """
        select k.person_id, s.condition::varchar as condition, s.first_date, s.last_date,
            case when s.condition in (select condition from part2) then 'part2' end as label
        from shown s join known k using (person_no)
        semi join answer a on a.person_no = s.person_no and a.condition = s.condition
        order by s.person_no, s.condition""",
    "people": """
        select h.person_id, h.first_name, h.last_name, h.birth_date, h.death_date, h.gender,
            h.address, h.city, h.state, h.zip_code, h.latitude, h.longitude, h.time_zone, c.payer,
            c.payer_type, c.coverage_start, c.coverage_end, h.preferred_language, h.alt_format,
            d.npi as physician_npi
        from home h left join cover c using (person_no) left join physician d using (person_no)
        order by h.person_no""",
    "contacts": """
        select person_id, phone_e164, type, rank from phone join known using (person_no)
        order by person_no, rank""",
    "medications": """
        select person_id, ndc11, ingredient, drug_class, last_fill_date, days_supply, quantity,
            runs_out_on, prescriber_npi, pharmacy_npi, part2
        from medication join known using (person_no)
        order by person_no, ingredient nulls last, ndc11""",
    "adherence": """
        select k.person_id, a.* exclude (person_no) from adherence a join known k using (person_no)
        order by person_no, drug_class""",
    "asthma": """
        select k.person_id, a.* exclude (person_no) from asthma a join known k using (person_no)
        order by person_no""",
    "pharmacies": "select * from pharmacy order by npi",
    "attribution": """
        select person_id, program, npi, distance_km, rank, reason, code, alternatives,
            unserved_reason
        from attribution order by person_id, program""",
}

NAMES = tuple(f"{name}.parquet" for name in _FILES)

_ANSWER = """
create table answer as
select distinct m.person_no, unnest(m.conditions) as condition from member m
"""

_EVIDENCE_ASKED = """
create table evidence_asked as
select e.person_no, e.path_no, e.condition, e.one, p.since, p.one_words, p.two_words
from evidence e join path p using (path_no)
semi join answer a on a.person_no = e.person_no and a.condition = e.condition
"""

# The claims that a rule counted, latest first; lists cannot spill, so some persons at a time.
_EVIDENCE_CLAIMS = f"""
insert into evidence_claims
with claim as (
    select distinct h.person_no, h.path_no, h.on_date, h.claim_id
    from hit h join evidence_asked e on e.person_no = h.person_no and e.path_no = h.path_no
    join counting c on c.path_no = h.path_no and c.setting = h.setting and c.is_ed = h.is_ed
    where h.person_no between $first::int and $last::int
        and h.on_date > e.since and if(e.one, c.alone, c.paired))
select person_no, path_no, min({{ago: date '9999-12-31' - on_date, claim: claim_id,
    on_date: on_date}}, {EVIDENCE_CLAIMS}) as kept from claim group by 1, 2
"""


def _tell_evidence(con: duckdb.DuckDBPyConnection) -> None:
    """Makes `evidence_claims`: the latest claims of every rule that answers for a member."""
    con.execute(_EVIDENCE_ASKED)
    con.execute(
        "create table evidence_claims (person_no int, path_no smallint, "
        "kept struct(ago bigint, claim varchar, on_date date)[])"
    )
    most = con.execute("select coalesce(max(person_no), 0) from evidence_asked").fetchall()[0][0]
    for first in range(0, int(most) + 1, PERSONS):
        con.execute(_EVIDENCE_CLAIMS, {"first": first, "last": first + PERSONS - 1})


def write(con: duckdb.DuckDBPyConnection, folder: Path, *, risk: bool = False) -> None:
    """Writes every file into `folder`, which exists; with `risk` members have their groups."""
    con.execute(_ANSWER)
    _tell_evidence(con)
    for name, select in _FILES.items():
        target = literal(str(folder / f"{name}.parquet"))
        select = select.replace("{risk}", ", r.hcc, r.rxhcc" if risk else "")
        con.execute(f"copy ({select}) to {target} (format parquet, compression zstd)")
