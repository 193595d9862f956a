"""CMS research files (RIF) and Part D events (PDE) by their own column names, piped or not."""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from claims.adapters.netting import count_drops, net
from claims.layout import Column
from claims.sources import Source, files_of
from claims.sources_read import columns_of, like, read

ACCEPTED = (".csv", ".txt", ".psv", ".parquet")

_CLAIM = (
    Column("bene_id", required=True),
    Column("clm_id", required=True),
    Column("clm_from_dt", "date", required=True),
    Column("clm_thru_dt", "date"),
    Column("prncpal_dgns_cd"),
    Column("icd_dgns_cd", required=True, repeat=25, joint=""),
    Column("icd_dgns_vrsn_cd", repeat=1, joint=""),
    Column("hcpcs_cd"),
    Column("final_action"),
)
_FACILITY = (
    *_CLAIM,
    *(Column(name) for name in (
        "clm_line_num", "clm_fac_type_cd", "clm_srvc_clsfctn_type_cd", "clm_freq_cd", "rev_cntr",
        "org_npi_num", "at_physn_npi", "rndrng_physn_npi", "fi_clm_actn_cd",
        "clm_mdcr_non_pmt_rsn_cd",
    )),
    Column("clm_admsn_dt", "date"),
    Column("nch_bene_dschrg_dt", "date"),
    Column("icd_prcdr_cd", repeat=25, joint=""),
)  # fmt: skip
_CARRIER = (
    *_CLAIM,
    *(Column(name) for name in (
        "line_num", "line_icd_dgns_cd", "line_place_of_srvc_cd", "prf_physn_npi",
        "carr_clm_blg_npi_num", "carr_clm_pmt_dnl_cd",
    )),
)  # fmt: skip
_BENEFICIARY = (
    Column("bene_id", required=True),
    Column("bene_enrollmt_ref_yr", required=True),
    *(Column(name) for name in (
        "state_code", "state_cd", "zip_cd", "sex_ident_cd", "bene_sex_ident_cd",
    )),
    Column("bene_birth_dt", "date"),
    Column("bene_death_dt", "date"),
    *(Column(name, "number") for name in (
        "bene_hi_cvrage_tot_mons", "bene_smi_cvrage_tot_mons", "bene_hmo_cvrage_tot_mons",
    )),
)  # fmt: skip
_PDE = (
    Column("bene_id", required=True),
    Column("pde_id", required=True),
    Column("srvc_dt", "date", required=True),
    Column("prod_srvc_id", required=True),
    Column("days_suply_num", "number", required=True),
    Column("qty_dspnsd_num", "number"),
    Column("pd_dt", "date"),
    *(Column(name) for name in (
        "rx_srvc_rfrnc_num", "fill_num", "adjstmt_dltn_cd", "srvc_prvdr_id_qlfyr_cd",
        "srvc_prvdr_id", "prvdr_id", "prscrbr_id", "prscrbr_id_qlfyr_cd", "ptnt_rsdnc_cd",
    )),
)  # fmt: skip

# Which bill type stands for a file whose rows do not say.
_BILLS = {"inpatient": "111", "outpatient": "131", "snf": "211", "hha": "329", "hospice": "811"}
_COLUMNS: dict[str, tuple[Column, ...]] = {
    **dict.fromkeys(_BILLS, _FACILITY), "carrier": _CARRIER, "beneficiary": _BENEFICIARY,
    "pde": _PDE,
}  # fmt: skip
_GIVES = {"beneficiary": "eligibility", "pde": "pharmacy_claim"}

_CODES = """
    case when prncpal_dgns_cd is null or list_contains(icd_dgns_cd, prncpal_dgns_cd)
        then icd_dgns_cd else list_prepend(prncpal_dgns_cd, icd_dgns_cd) end"""
_SHARED = """
    clm_id as claim_id, bene_id as person_id, clm_from_dt as claim_start_date,
    clm_from_dt_unreadable as claim_start_date_unreadable, clm_thru_dt as claim_end_date,
    case icd_dgns_vrsn_cd[1] when '9' then 'icd-9-cm' when '0' then 'icd-10-cm' end
        as diagnosis_code_type, hcpcs_cd as hcpcs_code"""
_REASON = """case when final_action = 'N' then 'not the final action'
    when {denied} then 'denied or cancelled by the payer' end as reason"""


def look(folder: Path, spoken_for: frozenset[Path]) -> list[Source]:
    """Files by their names in CMS's release whose header has BENE_ID."""
    found = []
    for kind in _COLUMNS:
        files = files_of(folder, kind, spoken_for, ACCEPTED)
        if files and "bene_id" in columns_of(files[0]):
            gives = (_GIVES.get(kind, "medical_claim"),)
            layout = "cms-pde" if kind == "pde" else "cms-rif"
            found.append(Source(f"rif_{kind}", files, layout, gives))
    return found


def make(con: duckdb.DuckDBPyConnection, sources: Sequence[Source], scratch: Path) -> None:
    """Makes the canonical views that the sources give."""
    kinds = [source.kind.removeprefix("rif_") for source in sources]
    for source, kind in zip(sources, kinds, strict=True):
        read(con, source, _COLUMNS[kind])
    medical = [kind for kind in kinds if kind not in _GIVES]
    if medical:
        selects = (_carrier() if kind == "carrier" else _facility(kind) for kind in medical)
        union = " union all by name ".join(selects)
        con.execute(f"create view rif_medical as {union}")
        count_drops(con, "medical_claim", "select claim_id, reason from rif_medical")
        like(
            con, "medical_claim", "select * exclude (reason) from rif_medical where reason is null"
        )
    if "pde" in kinds:
        _fills(con)
    if "beneficiary" in kinds:
        like(con, "eligibility", _COVERAGE)


def _facility(kind: str) -> str:
    # Codes 2 and 4 of the intermediary's action are credits that cancel an earlier claim.
    reason = _REASON.format(
        denied="fi_clm_actn_cd in ('2', '4') or clm_mdcr_non_pmt_rsn_cd is not null"
    )
    bill = "clm_fac_type_cd || clm_srvc_clsfctn_type_cd || coalesce(clm_freq_cd, '1')"
    return f"""
        select {_SHARED}, coalesce(clm_line_num, '1') as claim_line_number,
            'institutional' as claim_type, {_CODES} as diagnosis_code,
            coalesce({bill}, '{_BILLS[kind]}') as bill_type_code,
            coalesce(clm_admsn_dt, case when '{kind}' = 'inpatient' then clm_from_dt end)
                as admission_date,
            nch_bene_dschrg_dt as discharge_date, icd_prcdr_cd as procedure_code,
            lpad(rev_cntr, 4, '0') as revenue_center_code, org_npi_num as billing_npi,
            coalesce(rndrng_physn_npi, at_physn_npi) as rendering_npi, {reason}
        from in_rif_{kind}"""


def _carrier() -> str:
    # A payment denial code of 0 or a letter beyond C is a denial (ResDAC, CARR_CLM_PMT_DNL_CD).
    reason = _REASON.format(denied="carr_clm_pmt_dnl_cd in ('0', 'D', 'E', 'F', 'G', 'H', 'J')")
    codes = f"""case when line_icd_dgns_cd is null or line_icd_dgns_cd = prncpal_dgns_cd
        or list_contains(icd_dgns_cd, line_icd_dgns_cd) then {_CODES}
        else list_append({_CODES}, line_icd_dgns_cd) end"""
    return f"""
        select {_SHARED}, coalesce(line_num, '1') as claim_line_number,
            'professional' as claim_type, {codes} as diagnosis_code,
            lpad(line_place_of_srvc_cd, 2, '0') as place_of_service_code,
            prf_physn_npi as rendering_npi, carr_clm_blg_npi_num as billing_npi, {reason}
        from in_rif_carrier"""


def _fills(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("""
        create table rif_fill as
        select pde_id as claim_id, '1' as claim_line_number, bene_id as person_id,
            prod_srvc_id as ndc_code, srvc_dt as dispensing_date,
            srvc_dt_unreadable as dispensing_date_unreadable, days_suply_num as days_supply,
            qty_dspnsd_num as quantity,
            coalesce(srvc_prvdr_id, prvdr_id) as dispensing_provider_npi,
            case when length(prscrbr_id) = 10 then prscrbr_id end as prescribing_provider_npi,
            case when rx_srvc_rfrnc_num is not null then concat_ws('|', bene_id,
                coalesce(srvc_prvdr_id, prvdr_id), rx_srvc_rfrnc_num, fill_num, srvc_dt) end
                as net_key,
            pd_dt as net_order,
            case coalesce(adjstmt_dltn_cd, '') when '' then 'bill' when 'A' then 'rebill'
                when 'R' then 'rebill' when 'D' then 'reverse' end as net_action
        from in_rif_pde
    """)
    like(con, "pharmacy_claim", f"select * from {net(con, 'pharmacy_claim', 'rif_fill')}")


# Covered in a year when any month counted. The last year ends because the file does: left open.
_COVERAGE = """
    select b.bene_id as person_id, 'medicare' as payer_type, 'Medicare' as payer,
        case coalesce(b.sex_ident_cd, b.bene_sex_ident_cd) when '1' then 'male'
            when '2' then 'female' end as gender,
        b.bene_birth_dt as birth_date, b.bene_death_dt as death_date,
        coalesce(s.postal, b.state_code, b.state_cd) as state, left(b.zip_cd, 5) as zip_code,
        make_date(try_cast(b.bene_enrollmt_ref_yr as int), 1, 1) as enrollment_start_date,
        case when b.bene_enrollmt_ref_yr < (select max(bene_enrollmt_ref_yr)
                from in_rif_beneficiary)
            then make_date(try_cast(b.bene_enrollmt_ref_yr as int), 12, 31) end
            as enrollment_end_date
    from in_rif_beneficiary b
    left join ssa_state s on s.code = lpad(coalesce(b.state_code, b.state_cd), 2, '0')
    where coalesce(greatest(b.bene_hi_cvrage_tot_mons, b.bene_smi_cvrage_tot_mons,
            b.bene_hmo_cvrage_tot_mons), 1) > 0
        and regexp_full_match(b.bene_enrollmt_ref_yr, '[12][0-9]{3}')
"""
