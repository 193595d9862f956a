"""Builds small claims folders: say only what the test is about."""

import csv
import itertools
from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import yaml

from claims.criteria import Criteria, Scoring
from claims.run import RunReport, identify
from claims.valuesets import ValueSets

PROGRAMS = Path(__file__).parents[1] / "programs"
AS_OF = date(2026, 6, 30)
METFORMIN, GLIPIZIDE = "99999000101", "99999000201"
LISINOPRIL, LISINOPRIL_20 = "99999000301", "99999000302"
LOSARTAN, BUPRENORPHINE, NALTREXONE = "99999000401", "99999000501", "99999000601"
DRUGS = [
    (METFORMIN, "metformin", "diabetes"),
    (GLIPIZIDE, "glipizide", "diabetes"),
    (LISINOPRIL, "lisinopril", "rasa"),
    (LISINOPRIL_20, "lisinopril", "rasa"),
    (LOSARTAN, "losartan", "rasa"),
    (BUPRENORPHINE, "buprenorphine/naloxone", "moud"),
    (NALTREXONE, "naltrexone", "moud"),
]  # fmt: skip


@cache
def value_sets() -> ValueSets:
    """The project's own."""
    conditions, adherence = (
        yaml.safe_load((PROGRAMS / "valuesets" / f"{name}.yaml").read_text())
        for name in ("conditions", "adherence")
    )
    return ValueSets.from_data({**conditions, "adherence": adherence})


@cache
def scoring() -> Scoring:
    """The project's own."""
    return Scoring.from_data(yaml.safe_load((PROGRAMS / "scoring.yaml").read_text()))


def medicare(**other: Any) -> Criteria:
    """A Medicare program for diabetes and hypertension, unless the test says otherwise."""
    told: dict[str, Any] = {
        "program": "cardio", "payer_types": ("medicare",), "scoring": scoring(),
        "any_of_conditions": ("diabetes", "hypertension"), "networks": ("express-scripts",),
    }  # fmt: skip
    return Criteria(**{**told, **other})


def medicaid(**other: Any) -> Criteria:
    """A Medicaid program for every other condition."""
    told: dict[str, Any] = {
        "program": "risk", "payer_types": ("medicaid",), "networks": ("carelonrx",),
        "any_of_conditions": ("asthma", "copd", "mental_health", "oud"),
    }  # fmt: skip
    return medicare(**{**told, **other})


class ClaimsFolder:
    """Rows of a canonical folder; `write` turns them into files."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows: dict[str, list[dict[str, Any]]] = {}
        self._ids = itertools.count(1)

    def add(self, kind: str, **row: Any) -> None:
        self.rows.setdefault(kind, []).append(row)

    def member(self, person: str, **other: Any) -> None:
        """Medicare in Columbus, Ohio, covered without end."""
        self.add("eligibility", **{
            "person_id": person, "payer_type": "medicare", "payer": "Juniper",
            "enrollment_start_date": "2020-01-01", "enrollment_end_date": "",
            "birth_date": "1950-05-05", "gender": "female", "first_name": "Ada",
            "last_name": "Lovell", "address": "1 Elm St", "city": "Columbus", "state": "OH",
            "zip_code": "43215", **other,
        })  # fmt: skip

    def diagnosed(self, person: str, day: str, *codes: str, **other: Any) -> str:
        """A professional claim in ICD-10 with these codes; returns its id."""
        claim = f"c{next(self._ids)}"
        told = {f"diagnosis_code_{n}": code for n, code in enumerate(codes, start=1)}
        self.add("medical_claim", **{
            "claim_id": claim, "claim_line_number": "1", "claim_type": "professional",
            "person_id": person, "claim_start_date": day, "diagnosis_code_type": "icd-10-cm",
            "diagnosis_code_1": "", "diagnosis_code_2": "", "bill_type_code": "",
            "place_of_service_code": "", "revenue_center_code": "", "hcpcs_code": "",
            "procedure_code_1": "", "discharge_date": "", "paid_amount": "100", **told, **other,
        })  # fmt: skip
        return str(other.get("claim_id", claim))

    def filled(self, person: str, day: str, ndc: str, **other: Any) -> str:
        """A fill of 30 days; returns its claim id."""
        claim = f"f{next(self._ids)}"
        self.add("pharmacy_claim", **{
            "claim_id": claim, "claim_line_number": "1", "person_id": person,
            "dispensing_date": day, "ndc_code": ndc, "days_supply": "30", "quantity": "60",
            "paid_amount": "9.50", "prescribing_provider_npi": "1234567893",
            "dispensing_provider_npi": "1111111112", **other,
        })  # fmt: skip
        return str(other.get("claim_id", claim))

    def drugs(self) -> None:
        for ndc, ingredient, drug_class in DRUGS:
            self.add("drug", ndc11=ndc, ingredient=ingredient, drug_class=drug_class)

    def phone(self, person: str, number: str, **other: Any) -> None:
        self.add("member_contact", **{
            "person_id": person, "phone_e164": number, "type": "mobile",
            "preferred_language": "en", "alt_format": "", **other,
        })  # fmt: skip

    def pharmacy(self, npi: str, **other: Any) -> None:
        """In Columbus, in every network, with every service."""
        self.add("pharmacy", **{
            "npi": npi, "ncpdp_id": "1234567", "name": f"Pharmacy {npi}", "address": "2 Elm St",
            "city": "Columbus", "state": "OH", "zip_code": "43215", "latitude": "39.97",
            "longitude": "-83.00", "cpesn_from": "2020-01-01", "cpesn_to": "",
            "networks": "express-scripts;carelonrx", "services": "delivery; coaching;screening",
            "languages": "en;es", "weekly_capacity": "100", "independent": "true",
            "wholesaler_affiliated": "false", **other,
        })  # fmt: skip

    def write(self, form: str = "csv") -> Path:
        self.path.mkdir(parents=True, exist_ok=True)
        for kind, rows in self.rows.items():
            target = self.path / f"{kind}.csv"
            with target.open("w", newline="") as out:
                writer = csv.DictWriter(out, list(dict.fromkeys(k for row in rows for k in row)))
                writer.writeheader()
                writer.writerows(rows)
            if form == "parquet":
                as_parquet(target)
        return self.path


def as_parquet(csv_file: Path) -> None:
    """Turns a CSV file into a Parquet file with types of its own, as an extract would have."""
    target = csv_file.with_suffix(".parquet")
    with duckdb.connect() as con:
        con.execute(f"copy (select * from read_csv('{csv_file}')) to '{target}' (format parquet)")
    csv_file.unlink()


def run(
    folders: Path | Sequence[Path],
    out: Path,
    *criteria: Criteria,
    as_of: date | None = AS_OF,
    kept: Path | None = None,
) -> RunReport:
    """Identifies with the project's value sets; for the Medicare program when none is named."""
    return identify(
        criteria or (medicare(),),
        [folders] if isinstance(folders, Path) else list(folders),
        out,
        sets=value_sets(),
        as_of=as_of,
        kept=kept,
    )


def rows(out: Path, name: str) -> list[dict[str, Any]]:
    """A result file as dictionaries, in the file's order."""
    with duckdb.connect() as con:
        told = con.execute(f"select * from read_parquet('{out / name}.parquet')")
        names = [column[0] for column in told.description]
        return [dict(zip(names, row, strict=True)) for row in told.fetchall()]
