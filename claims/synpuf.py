"""DE-SynPUF, CMS's synthetic Medicare files, told in the words of the canonical layout."""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from claims.adapters.rif import ACCEPTED
from claims.errors import BadInput
from claims.layout import SYNPUF
from claims.sources import Source, files_of
from claims.sources_read import columns_of, like, read

_STATES = """
01 AL 02 AK 03 AZ 04 AR 05 CA 06 CO 07 CT 08 DE 09 DC 10 FL 11 GA 12 HI 13 ID 14 IL 15 IN 16 IA
17 KS 18 KY 19 LA 20 ME 21 MD 22 MA 23 MI 24 MN 25 MS 26 MO 27 MT 28 NE 29 NV 30 NH 31 NJ 32 NM
33 NY 34 NC 35 ND 36 OH 37 OK 38 OR 39 PA 40 PR 41 RI 42 SC 43 SD 44 TN 45 TX 46 UT 47 VT 48 VI
49 VA 50 WA 51 WV 52 WI 53 WY
"""
"""Social Security Administration state codes (not FIPS) to postal ones, as DE-SynPUF codes them."""

# Source files in, canonical column out; what a file lacks is left out and becomes NULL.
_INSTITUTIONAL = """
    clm_id as claim_id, coalesce(segment, '1') as claim_line_number,
    'institutional' as claim_type, desynpuf_id as person_id,
    clm_from_dt as claim_start_date, clm_from_dt_unreadable as claim_start_date_unreadable,
    clm_thru_dt as claim_end_date, icd9_dgns_cd as diagnosis_code,
    'icd-9-cm' as diagnosis_code_type, icd9_prcdr_cd as procedure_code,
    hcpcs_cd as hcpcs_codes, at_physn_npi as rendering_npi
"""
_MEDICAL = {
    "inpatient": f"""{_INSTITUTIONAL}, '111' as bill_type_code,
        coalesce(clm_admsn_dt, clm_from_dt) as admission_date, nch_bene_dschrg_dt as discharge_date
    """,
    "outpatient": f"{_INSTITUTIONAL}, '131' as bill_type_code",
    "carrier": """
        clm_id as claim_id, '1' as claim_line_number, 'professional' as claim_type,
        desynpuf_id as person_id, clm_from_dt as claim_start_date,
        clm_from_dt_unreadable as claim_start_date_unreadable, clm_thru_dt as claim_end_date,
        list_concat(icd9_dgns_cd, line_icd9_dgns_cd) as diagnosis_code,
        'icd-9-cm' as diagnosis_code_type, hcpcs_cd as hcpcs_codes,
        prf_physn_npi_1 as rendering_npi
    """,
}
_FILLS = """
    select pde_id as claim_id, '1' as claim_line_number, desynpuf_id as person_id,
        prod_srvc_id as ndc_code, srvc_dt as dispensing_date,
        srvc_dt_unreadable as dispensing_date_unreadable, days_suply_num as days_supply,
        qty_dspnsd_num as quantity
    from in_pde
"""
# Covered in a year when any month counted. The last year of the file ends because the file does,
# not the coverage: its end is left open.
_COVERAGE = """
    select b.desynpuf_id as person_id, 'medicare' as payer_type, 'CMS DE-SynPUF' as payer,
        case b.bene_sex_ident_cd when '1' then 'male' when '2' then 'female' end as gender,
        b.bene_birth_dt as birth_date, b.bene_death_dt as death_date, s.postal as state,
        make_date(try_cast(b.bene_year as int), 1, 1) as enrollment_start_date,
        case when b.bene_year < (select max(bene_year) from in_bene)
            then make_date(try_cast(b.bene_year as int), 12, 31) end as enrollment_end_date
    from in_bene b left join ssa_state s on s.code = lpad(b.sp_state_code, 2, '0')
    where greatest(b.bene_hi_cvrage_tot_mons, b.bene_smi_cvrage_tot_mons,
        b.bene_hmo_cvrage_tot_mons) > 0 and regexp_full_match(b.bene_year, '[12][0-9]{3}')
"""


_GIVES = {"bene": "eligibility", "pde": "pharmacy_claim"}


def look(folder: Path, spoken_for: frozenset[Path]) -> list[Source]:
    """Files by their names whose header has DESYNPUF_ID; BadInput when it has BENE_ID neither."""
    found = []
    for kind in SYNPUF:
        files = files_of(folder, kind, spoken_for, ACCEPTED)
        if not files:
            continue
        columns = columns_of(files[0])
        if "desynpuf_id" in columns:
            given = (_GIVES.get(kind, "medical_claim"),)
            found.append(Source(kind, files, "de-synpuf", given))
        elif "bene_id" not in columns:
            raise BadInput(
                f"{files[0]} has neither a column DESYNPUF_ID (DE-SynPUF) nor BENE_ID (CMS "
                "research files); name its columns in a mapping.yaml or take it out."
            )
    return found


def ssa_states(con: duckdb.DuckDBPyConnection) -> None:
    """Makes `ssa_state`, the codes of states that CMS's files use."""
    pairs = _STATES.split()
    rows = [{"code": c, "postal": p} for c, p in zip(pairs[::2], pairs[1::2], strict=True)]
    con.execute("create table ssa_state as select unnest($rows, recursive := true)", {"rows": rows})


def make(con: duckdb.DuckDBPyConnection, sources: Sequence[Source], scratch: Path) -> None:
    """Makes in_medical_claim, in_pharmacy_claim and in_eligibility of the files given."""
    for source in sources:
        read(con, source, SYNPUF[source.kind])
    given = {source.kind for source in sources}
    medical = [f"select {_MEDICAL[kind]} from in_{kind}" for kind in _MEDICAL if kind in given]
    if medical:
        like(con, "medical_claim", " union all by name ".join(medical))
    if "pde" in given:
        like(con, "pharmacy_claim", _FILLS)
    if "bene" in given:
        like(con, "eligibility", _COVERAGE)
