"""The kinds of files a claims folder may hold, and the columns each must or may have."""

from dataclasses import dataclass
from typing import Literal

ColumnType = Literal["text", "date", "number", "flag", "words"]
"""`words` is a list of words separated by semicolons; `flag` reads 1, y, yes, t, true."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column, or with `repeat` the columns name_1 .. name_n, read as one list called `name`."""

    name: str
    type: ColumnType = "text"
    required: bool = False
    repeat: int = 0
    joint: str = "_"

    @property
    def numbered(self) -> list[str]:
        """The columns of the file that make the list."""
        return [f"{self.name}{self.joint}{n}" for n in range(1, self.repeat + 1)]


def _needed(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, required=True) for name in names)


def _texts(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name) for name in names)


def _dates(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, "date") for name in names)


def _flags(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, "flag") for name in names)


CANONICAL: dict[str, tuple[Column, ...]] = {
    "medical_claim": (
        *_needed("claim_id", "person_id", "claim_type"),
        Column("claim_start_date", "date", required=True),
        Column("diagnosis_code", required=True, repeat=25),
        Column("procedure_code", repeat=25),
        Column("hcpcs_codes", "words"),
        *_texts("claim_line_number", "diagnosis_code_type", "bill_type_code"),
        *_texts("place_of_service_code", "revenue_center_code", "hcpcs_code", "rendering_npi"),
        *_texts("billing_npi"),
        *_dates("claim_end_date", "admission_date", "discharge_date"),
        Column("paid_amount", "number"),
    ),
    "pharmacy_claim": (
        *_needed("claim_id", "person_id", "ndc_code"),
        Column("dispensing_date", "date", required=True),
        Column("days_supply", "number", required=True),
        *_texts("claim_line_number", "prescribing_provider_npi", "dispensing_provider_npi"),
        Column("quantity", "number"),
        Column("paid_amount", "number"),
    ),
    "eligibility": (
        *_needed("person_id", "payer_type"),
        Column("enrollment_start_date", "date", required=True),
        Column("enrollment_end_date", "date", required=True),
        *_dates("birth_date", "death_date"),
        *_texts("payer", "gender", "first_name", "last_name", "address", "city", "state"),
        *_texts("zip_code"),
        *_flags("death_flag", "hospice_flag", "long_term_institutional_flag"),
    ),
    "member_contact": (
        *_needed("person_id", "phone_e164"),
        *_texts("type", "preferred_language", "alt_format", "first_name", "last_name"),
        *_texts("address", "city", "zip_code", "state"),
    ),
    "member_flags": (
        *_needed("person_id"),
        *_flags("hospice", "ltc", "deceased", "address_confidential", "do_not_contact"),
    ),
    "drug": (
        *_needed("ndc11", "ingredient", "drug_class"),
        *_texts("route", "form"),
    ),
    "pharmacy": (
        *_needed("npi", "name", "state", "zip_code"),
        *_texts("ncpdp_id", "address", "city"),
        Column("latitude", "number"),
        Column("longitude", "number"),
        *_dates("cpesn_from", "cpesn_to", "licence_expires"),
        Column("networks", "words", required=True),
        Column("services", "words", required=True),
        Column("languages", "words"),
        Column("weekly_capacity", "number"),
        *_flags("independent", "wholesaler_affiliated"),
    ),
}
"""Tuva's input layer (Apache-2.0, 0.18) for the first three, our own small tables for the rest."""

SYNPUF: dict[str, tuple[Column, ...]] = {
    "bene": (
        *_needed("desynpuf_id", "bene_year", "sp_state_code"),
        *_dates("bene_birth_dt", "bene_death_dt"),
        *_texts("bene_sex_ident_cd"),
        Column("bene_hi_cvrage_tot_mons", "number", required=True),
        Column("bene_smi_cvrage_tot_mons", "number", required=True),
        Column("bene_hmo_cvrage_tot_mons", "number", required=True),
    ),
    "inpatient": (
        *_needed("desynpuf_id", "clm_id"),
        Column("clm_from_dt", "date", required=True),
        *_dates("clm_thru_dt", "clm_admsn_dt", "nch_bene_dschrg_dt"),
        *_texts("segment", "at_physn_npi"),
        Column("icd9_dgns_cd", required=True, repeat=10),
        Column("icd9_prcdr_cd", repeat=6),
        Column("hcpcs_cd", repeat=45),
    ),
    "outpatient": (
        *_needed("desynpuf_id", "clm_id"),
        Column("clm_from_dt", "date", required=True),
        *_dates("clm_thru_dt"),
        *_texts("segment", "at_physn_npi"),
        Column("icd9_dgns_cd", required=True, repeat=10),
        Column("icd9_prcdr_cd", repeat=6),
        Column("hcpcs_cd", repeat=45),
    ),
    "carrier": (
        *_needed("desynpuf_id", "clm_id"),
        Column("clm_from_dt", "date", required=True),
        *_dates("clm_thru_dt"),
        *_texts("prf_physn_npi_1"),
        Column("icd9_dgns_cd", required=True, repeat=8),
        Column("line_icd9_dgns_cd", repeat=13),
        Column("hcpcs_cd", repeat=13),
    ),
    "pde": (
        *_needed("desynpuf_id", "pde_id", "prod_srvc_id"),
        Column("srvc_dt", "date", required=True),
        Column("days_suply_num", "number", required=True),
        Column("qty_dspnsd_num", "number"),
    ),
}
"""CMS's synthetic public use files (DE-SynPUF) as the claimsdb package lays them out."""
