"""The columns of Tuva's input layer (Apache-2.0, 0.18), in its order, with the types written."""

_MONEY = ("paid", "allowed", "charge", "coinsurance", "copayment", "deductible")
_SOURCE = {
    "data_source": "varchar",
    "file_name": "varchar",
    "file_date": "date",
    "ingest_datetime": "timestamp",
}


def _texts(names: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), "varchar")


def _numbered(name: str, count: int) -> dict[str, str]:
    return {f"{name}_{number}": "varchar" for number in range(1, count + 1)}


# Dates of claims are text: some of them are not dates.
MEDICAL_CLAIM = {
    **_texts("claim_id claim_line_number claim_type person_id member_id payer plan"),
    **_texts("claim_start_date claim_end_date claim_line_start_date claim_line_end_date"),
    **_texts("admission_date discharge_date admit_source_code admit_type_code"),
    **_texts("discharge_disposition_code place_of_service_code bill_type_code drg_code_type"),
    **_texts("drg_code revenue_center_code"),
    "service_unit_quantity": "integer",
    "hcpcs_code": "varchar",
    **_numbered("hcpcs_modifier", 5),
    **_texts("rendering_npi rendering_tin billing_npi billing_tin facility_npi paid_date"),
    **{f"{name}_amount": "decimal(12, 2)" for name in (*_MONEY, "total_cost")},
    "diagnosis_code_type": "varchar",
    **_numbered("diagnosis_code", 25),
    **_numbered("diagnosis_poa", 25),
    "procedure_code_type": "varchar",
    **_numbered("procedure_code", 25),
    **_numbered("procedure_date", 25),
    "in_network_flag": "integer",
    **_SOURCE,
}

PHARMACY_CLAIM = {
    **_texts("claim_id claim_line_number person_id member_id payer plan"),
    **_texts("prescribing_provider_npi dispensing_provider_npi dispensing_date ndc_code"),
    # Tuva's is a whole number; inhalers and insulin are not.
    "quantity": "decimal(10, 1)",
    "days_supply": "integer",
    "refills": "integer",
    "paid_date": "varchar",
    **{f"{name}_amount": "decimal(12, 2)" for name in _MONEY},
    "in_network_flag": "integer",
    **_SOURCE,
}

ELIGIBILITY = {
    **_texts("person_id member_id subscriber_id gender race"),
    "birth_date": "date",
    "death_date": "date",
    "death_flag": "integer",
    "enrollment_start_date": "date",
    "enrollment_end_date": "date",
    **_texts("payer payer_type plan original_reason_entitlement_code dual_status_code"),
    **_texts("medicare_status_code enrollment_status"),
    **dict.fromkeys(
        ("hospice_flag", "institutional_snp_flag", "long_term_institutional_flag"), "integer"
    ),
    **_texts("group_id group_name name_suffix first_name middle_name last_name"),
    **_texts("social_security_number subscriber_relation address city state zip_code phone email"),
    "ethnicity": "varchar",
    **_SOURCE,
}


def in_full(columns: dict[str, str], source: str, given: set[str], order: str) -> str:
    """A query for all columns in order out of a table that has only some; the rest are null."""
    have = given | _SOURCE.keys()
    origin = (
        "'made-up' as data_source, 'generator' as file_name, getvariable('as_of') as file_date, "
        "getvariable('as_of')::timestamp as ingest_datetime"
    )
    picked = ", ".join(
        f"{name}::{kind} as {name}" if name in have else f"null::{kind} as {name}"
        for name, kind in columns.items()
    )
    # The empty columns are added after the sort, which need not carry them.
    return f"select {picked} from (select *, {origin} from {source} order by {order})"
