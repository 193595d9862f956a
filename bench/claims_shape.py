"""Claims of a payer's whole population, shaped for measuring and about nobody.

Per member 12 claim lines with 20 diagnoses and 20 fills in 36 months, in the order of their dates,
as extracts come. Few members cause much. 15 % of the diagnoses are in a value set, those of a third
of the members; 40 % of the fills are theirs too, refills in eight classes of five ingredients with
60 packages each. One line in 200 is reversed, one comes twice. The same for a number of members.
"""

from datetime import date
from pathlib import Path

import duckdb

AS_OF = date(2026, 3, 31)
CLASSES = {
    "rasa": ("lisinopril", "losartan", "valsartan", "benazepril", "irbesartan"),
    "diabetes": ("metformin", "glipizide", "sitagliptin", "pioglitazone", "glimepiride"),
    "statin": ("atorvastatin", "simvastatin", "rosuvastatin", "pravastatin", "lovastatin"),
    "copd_long_acting": ("tiotropium", "umeclidinium", "salmeterol", "formoterol", "aclidinium"),
    "antipsychotic": ("risperidone", "quetiapine", "olanzapine", "aripiprazole", "lurasidone"),
    "moud": ("buprenorphine", "buprenorphine/naloxone", "naltrexone", "methadone", "lofexidine"),
    "saba": ("albuterol", "levalbuterol", "pirbuterol", "terbutaline", "metaproterenol"),
    "insulin": ("insulin glargine", "insulin lispro", "insulin aspart", "insulin detemir",
                "insulin degludec"),
}  # fmt: skip
# Every member has one or two of these, again and again.
CODES = (
    "I10", "E119", "I119", "E1165", "J449", "J45909", "F329", "F419", "F1120", "I2510", "E785",
    "I129", "E118", "J441", "F3181", "I130", "E139", "J4520", "F209", "F331",
)  # fmt: skip

# `u(n, salt)` is a number from 0 to 1; `who` gives few members much.
_MACROS = """
create macro u(n, salt) as (hash(hash(n, salt)) / 18446744073709551616.0);
create macro who(x, members) as (floor(members * pow(x, 1.6))::bigint * 7919 % members);
create macro id(person) as ('P' || lpad(person::varchar, 9, '0'));
create macro npi(x) as ((1000000000 + floor(x * 40000)::bigint * 21)::varchar);
create macro first_day() as (date '{as_of}' - interval 36 months)::date;
create macro chronic(person) as (person % 3 = 0);
create macro own_code(person, x) as (
    {codes}[1 + ((hash(person, if(x < 0.7, 'one', 'two')) % {many})::int)]);
create macro other_code(x) as (
    substr('ABDGHKLMNQRSTZ', 1 + floor(pow(x, 3) * 8000)::int % 14, 1)
        || lpad((floor(pow(x, 3) * 8000)::int // 14 + 100)::varchar, 4, '0'));
create macro code(person, x, y) as (
    if(chronic(person) and x < 0.45, own_code(person, y), other_code(y)));
"""

# Line 198 of 200 is billed again by 199, line 98 is taken back by 99.
_MEDICAL = """
with numbered as (
    select n, case when n % 200 in (99, 199) then n - 1 else n end as c from range({lines}) r(n)),
drawn as (
    select n, c, who(u(c, 'who'), {members}) as person, u(c, 'kind') as kind,
        u(c, 'more') as more, (first_day() + (c * 1095 // {lines})::int) as day from numbered)
select 'C' || lpad(c::varchar, 12, '0') as claim_id, '1' as claim_line_number,
    if(kind < 0.8, 'professional', 'institutional') as claim_type, id(person) as person_id,
    day as claim_start_date, day + if(kind > 0.95, 4, 0) as claim_end_date,
    if(kind > 0.95, day, null) as admission_date, if(kind > 0.95, day + 4, null) as discharge_date,
    if(kind < 0.8, if(u(c, 'at') < 0.6, '11', '22'), null) as place_of_service_code,
    if(kind < 0.8, null, if(kind > 0.95, '111', '131')) as bill_type_code,
    if(kind > 0.8 and kind < 0.83, '0450', null) as revenue_center_code,
    if(kind < 0.8, (99211 + (hash(c, 'what') % 400)::int)::varchar, null) as hcpcs_code,
    npi(u(person, floor(u(c, 'doctor') * 4))) as rendering_npi,
    round(if(n % 200 = 99, -1, 1) * (20 + 300 * u(c, 'paid')), 2)::decimal(12, 2) as paid_amount,
    'icd-10-cm' as diagnosis_code_type,
    code(person, u(c, 'a1'), u(c, 'b1')) as diagnosis_code_1,
    if(more < 0.47, code(person, u(c, 'a2'), u(c, 'b2')), null) as diagnosis_code_2,
    if(more < 0.2, code(person, u(c, 'a3'), u(c, 'b3')), null) as diagnosis_code_3
from drawn order by n
"""

_FILLS = """
with numbered as (
    select n, case when n % 200 in (99, 199) then n - 1 else n end as c from range({fills}) r(n)),
drawn as (
    select n, c, u(c, 'taker') as whose, u(c, 'refill') < 0.4 as refill, u(c, 'pack') as pack,
        (first_day() + (c * 1095 // {fills})::int) as day from numbered),
placed as (
    select *, if(refill, floor(whose * {members} / 3)::bigint * 3, who(whose, {members})) as taker,
        (hash(taker, if(pack < 0.6, 'one', 'two')) % 8)::int as class from drawn)
select 'R' || lpad(c::varchar, 12, '0') as claim_id, '1' as claim_line_number,
    id(taker) as person_id, day as dispensing_date, if(refill,
        '99' || lpad((class * 5 + (hash(taker, class) % 5)::int)::varchar, 3, '0')
            || lpad(floor(pack * 60)::int::varchar, 6, '0'),
        '88' || lpad(floor(pow(pack, 3) * 12000)::int::varchar, 9, '0')) as ndc_code,
    if(u(c, 'days') < 0.25, 90, 30) as days_supply,
    if(n % 200 = 99, -1, 1) * 30.0 as quantity,
    round(if(n % 200 = 99, -1, 1) * (5 + 60 * pack), 2)::decimal(12, 2) as paid_amount,
    npi(u(taker, floor(u(c, 'prescriber') * 3))) as prescribing_provider_npi,
    npi(u(taker, floor(u(c, 'counter') * 2))) as dispensing_provider_npi
from placed order by n
"""

_ELIGIBILITY = """
select id(n) as person_id,
    ['medicare', 'medicare', 'medicaid', 'medicaid', 'commercial'][1 + (hash(n, 'payer') % 5)::int]
        as payer_type, 'A plan' as payer, first_day() - 400 as enrollment_start_date,
    date '9999-12-31' as enrollment_end_date,
    date '1940-01-01' + (hash(n, 'birth') % 22000)::int as birth_date,
    'First' || n % 1000 as first_name, 'Last' || n % 5000 as last_name,
    ['female', 'male'][1 + (hash(n, 'gender') % 2)::int] as gender,
    n % 900 || ' Main St' as address, 'Town' as city,
    ['NC', 'GA', 'OH', 'TX'][1 + (hash(n, 'zip') % 4)::int] as state,
    [['27601', '28801', '28401'], ['30303', '31401', '30901'], ['43215', '44113', '45202'],
     ['77002', '75201', '78701']][1 + (hash(n, 'zip') % 4)::int][1 + (hash(n, 'z2') % 3)::int]
        as zip_code
from range({members}) r(n)
"""

_CONTACT = """
select id(n) as person_id, '+1919555' || lpad((n % 10000)::varchar, 4, '0') as phone_e164,
    'mobile' as type, 'en' as preferred_language from range({members}) r(n)
"""


def make(folder: Path, members: int) -> None:
    """Writes medical_claim, pharmacy_claim, eligibility, member_contact and drug as Parquet."""
    folder.mkdir(parents=True, exist_ok=True)
    sizes = {"members": members, "lines": members * 12, "fills": members * 20}
    with duckdb.connect() as con:
        con.execute("pragma threads=2")
        con.execute(_MACROS.format(as_of=AS_OF, codes=list(CODES), many=len(CODES)))
        con.execute("create table drug (ndc11 varchar, ingredient varchar, drug_class varchar)")
        con.executemany("insert into drug values (?, ?, ?)", _drugs())
        for name, select in (
            ("medical_claim", _MEDICAL), ("pharmacy_claim", _FILLS),
            ("eligibility", _ELIGIBILITY), ("member_contact", _CONTACT),
            ("drug", "select * from drug"),
        ):  # fmt: skip
            con.execute(
                f"copy ({select.format(**sizes)}) to '{folder / name}.parquet' "
                "(format parquet, compression zstd, row_group_size 1000000)"
            )


def _drugs() -> list[tuple[str, str, str]]:
    numbered = [(kind, name) for kind, names in CLASSES.items() for name in names]
    return [
        (f"99{n:03}{pack:06}", name, kind)
        for n, (kind, name) in enumerate(numbered)
        for pack in range(60)
    ]
