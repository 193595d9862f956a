"""What an identification leaves behind: sorted Parquet files, the same for the same input."""

from pathlib import Path

import duckdb

from claims.conditions import EVIDENCE_CLAIMS
from claims.sources import literal

# Only members of a program leave this room, and of their conditions only the program's own.
_FILES = {
    "members": """
        select s.person_id, s.program, s.tier, s.points, s.reasons, s.conditions,
            getvariable('as_of') as identified_on, s.insufficient_history,
            exists (select 1 from any_of a join program_condition c on c.condition = a.part
                join shown w on w.condition = a.condition and a.condition = 'smi'
                where c.program = s.program and w.person_id = s.person_id) as smi
        from scored s order by s.person_id, s.program""",
    "evidence": f"""
        with asked as (
            select e.* from evidence e semi join answer a
                on a.person_id = e.person_id and a.condition = e.condition),
        told as (
            select h.person_id, h.condition, h.path, any_value(e.one) as one,
                list(distinct {{on_date: h.on_date, claim: h.claim_id}}) as claims
            from hit h join asked e on e.person_id = h.person_id and e.condition = h.condition
                and e.path = h.path
            join counting c on c.condition = h.condition and c.path = h.path
                and c.setting = h.setting and c.is_ed = h.is_ed
            where h.on_date > c.since and if(e.one, c.alone, c.paired) group by 1, 2, 3),
        latest as (
            select *, list_sort([{{ago: date '9999-12-31' - c.on_date, claim: c.claim,
                on_date: c.on_date}} for c in claims])[1:{EVIDENCE_CLAIMS}] as kept from told)
        select t.person_id, t.condition,
            case when t.one then p.one_words else p.two_words end as rule,
            [c.claim for c in t.kept] as claim_ids, [c.on_date for c in t.kept] as dates
        from latest t join path p on p.condition = t.condition and p.path = t.path
        order by t.person_id, t.condition, rule""",
    "conditions": """
        select s.person_id, s.condition, s.first_date, s.last_date,
            case when s.condition in (select condition from part2) then 'part2' end as label
        from shown s semi join answer a on a.person_id = s.person_id and a.condition = s.condition
        order by s.person_id, s.condition""",
    "people": """
        select h.person_id, h.first_name, h.last_name, h.birth_date, h.death_date, h.gender,
            h.address, h.city, h.state, h.zip_code, h.latitude, h.longitude, h.time_zone, c.payer,
            c.payer_type, c.coverage_start, c.coverage_end, h.preferred_language, h.alt_format,
            d.npi as physician_npi
        from home h left join cover c using (person_id) left join physician d using (person_id)
        order by h.person_id""",
    "contacts": """
        select person_id, phone_e164, type, rank from phone order by person_id, rank""",
    "medications": """
        select person_id, ndc11, ingredient, drug_class, last_fill_date, days_supply, quantity,
            runs_out_on, prescriber_npi, pharmacy_npi, part2
        from medication order by person_id, ingredient nulls last, ndc11""",
    "adherence": """
        select * from adherence order by person_id, drug_class""",
    "asthma": """
        select * from asthma order by person_id""",
    "pharmacies": "select * from pharmacy order by npi",
    "attribution": """
        select person_id, program, npi, distance_km, rank, reason, alternatives, unserved_reason
        from attribution order by person_id, program""",
}

NAMES = tuple(f"{name}.parquet" for name in _FILES)

_ANSWER = """
create table answer as
select distinct m.person_id, unnest(m.conditions) as condition from member m
"""


def write(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Writes every file into `folder`, which exists."""
    con.execute(_ANSWER)
    for name, select in _FILES.items():
        target = literal(str(folder / f"{name}.parquet"))
        con.execute(f"copy ({select}) to {target} (format parquet, compression zstd)")
