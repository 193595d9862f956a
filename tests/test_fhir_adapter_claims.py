"""FHIR claims become canonical rows: CMS's sample of the older form, our own of the newer."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from golden_claims import as_text, canonical, golden, opened, samples

from claims.adapters.eob import kind_of, tell
from claims.errors import BadInput

SAMPLE = (samples() / "sample_eob_200.ndjson").read_text().splitlines()
BB = "https://bluebutton.cms.gov/resources"
C4BB = "http://hl7.org/fhir/us/carin-bb/CodeSystem"
EACH = 2
"""So many of each kind of the sample are held to the file of rows."""


def concept(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]}


def npi(value: str) -> dict[str, Any]:
    return {"identifier": {"type": concept(f"{C4BB}/C4BBIdentifierType", "npi"), "value": value}}


def fill(claim: str, day: str = "2026-03-01", **other: Any) -> dict[str, Any]:
    """A fill in the newer form; hyphens in the NDC as CARIN's examples have."""
    return {
        "resourceType": "ExplanationOfBenefit", "id": claim, "status": "active", "use": "claim",
        "type": concept("http://terminology.hl7.org/CodeSystem/claim-type", "pharmacy"),
        "patient": {"reference": "Patient/M1"}, "facility": npi("1111111112"),
        "careTeam": [
            {"provider": npi("1999999984"), "role": concept("x", "primary")},
            {"provider": npi("1234567893"),
             "role": concept(f"{C4BB}/C4BBClaimCareTeamRole", "prescribing")},
        ],
        "supportingInfo": [
            {"category": concept(f"{C4BB}/C4BBSupportingInfoType", "dayssupply"),
             "valueQuantity": {"value": 30}},
            {"category": concept(f"{C4BB}/C4BBSupportingInfoType", "refillnum"),
             "valueQuantity": {"value": 1}},
        ],
        "item": [{
            "sequence": 1, "servicedDate": day, "quantity": {"value": 8.5},
            "productOrService": concept("http://hl7.org/fhir/sid/ndc", "99999-0001-01"),
            "adjudication": [{
                "category": concept(f"{BB}/codesystem/adjudication",
                                    f"{BB}/variables/cvrd_d_plan_pd_amt"),
                "amount": {"value": 12.34},
            }],
        }],
        **other,
    }  # fmt: skip


def stay(claim: str, **other: Any) -> dict[str, Any]:
    """A hospital stay with an emergency line, thirty diagnoses and an ICD-9 stray."""
    codes = [("http://hl7.org/fhir/sid/icd-10-cm", f"E11{n}") for n in range(30)]
    return {
        "resourceType": "ExplanationOfBenefit", "id": claim, "status": "active",
        "type": concept("http://terminology.hl7.org/CodeSystem/claim-type", "institutional"),
        "subType": concept(f"{C4BB}/C4BBInstitutionalClaimSubType", "inpatient"),
        "patient": {"reference": "Patient/M1"}, "provider": npi("1111111112"),
        "billablePeriod": {"start": "2026-02-01T00:00:00-05:00", "end": "2026-02-04"},
        "supportingInfo": [
            {"category": concept("x", "typeofbill"), "code": concept("nubc", "0117")},
            {"category": concept("x", "admissionperiod"),
             "timingPeriod": {"start": "2026-02-01", "end": "2026-02-04"}},
        ],
        "diagnosis": [
            {"diagnosisCodeableConcept": concept(system, code)}
            for system, code in [*codes, ("http://hl7.org/fhir/sid/icd-9-cm", "4019")]
        ],
        "procedure": [{"procedureCodeableConcept": concept("http://hl7.org/fhir/sid/icd-10", "X")}],
        "item": [{"sequence": 1, "revenue": concept("nubc", "450"),
                  "productOrService": concept("http://www.ama-assn.org/go/cpt", "99284")}],
        **other,
    }  # fmt: skip


def related(claim: str, how: str) -> list[dict[str, Any]]:
    reference = {"reference": f"ExplanationOfBenefit/{claim}"}
    return [{"claim": reference, "relationship": concept("x", how)}]


def info(name: str, code: str) -> dict[str, Any]:
    return {"category": concept("x", f"{BB}/variables/{name}"), "code": concept("x", code)}


MADE = [
    fill("new-1"),
    fill("new-2", day="2026-04-01"),
    fill("new-3", day="2026-04-01", related=related("new-2", "prior")),
    fill("new-4", status="cancelled"),
    fill("new-5", related=related("new-6", "replacedby")),
    fill("new-6", use="preauthorization"),
    fill("new-7", supportingInfo=[info("adjstmt_dltn_cd", "D")]),
    stay("stay-1"),
    stay("stay-2", type=concept("http://terminology.hl7.org/CodeSystem/claim-type", "oral")),
    {"resourceType": "ExplanationOfBenefit"},
    {"resourceType": "ExplanationOfBenefit", "type": 5, "item": {"sequence": 1}, "patient": []},
]


def folder(path: Path) -> Path:
    """Two of each kind of CMS's sample, and the newer form."""
    path.mkdir()
    seen: Counter[str] = Counter()
    kept = []
    for line in SAMPLE:
        kind = kind_of(json.loads(line))
        seen[kind] += 1
        if seen[kind] <= EACH:
            kept.append(line)
    (path / "older.ndjson").write_text("\n".join(kept) + "\n")
    (path / "newer.ndjson").write_text("\n\n".join(json.dumps(eob) for eob in MADE))
    (path / "patients.ndjson").write_text('{"resourceType": "Patient"}\n')
    return path


def test_resources_are_the_canonical_rows_on_file(tmp_path: Path) -> None:
    told = canonical(opened(tmp_path / "scan", folder(tmp_path / "claims")))
    assert as_text(told) == golden("fhir-eob")


def test_every_resource_of_the_sample_is_read_or_counted() -> None:
    told = [tell(json.loads(line)) for line in SAMPLE]
    kinds = Counter((t.kind, t.reason) for t in told)
    assert kinds == {
        ("medical_claim", None): 162,
        ("pharmacy_claim", None): 35,
        ("medical_claim", "dme claims are not read"): 3,
    }
    assert all(t.rows for t in told if not t.reason)
    fills = [row for t in told if t.kind == "pharmacy_claim" for row in t.rows]
    assert all(row["dispensing_date"] and row["ndc_code"] for row in fills)
    assert all(row["days_supply"] is not None for row in fills)  # two of them say zero


def test_diagnoses_of_the_sample_are_all_there() -> None:
    """Counted by hand from the resources, whatever their place in a claim."""
    for line in SAMPLE:
        eob = json.loads(line)
        told = tell(eob)
        if told.kind != "medical_claim" or told.reason:
            continue
        written = {
            d["diagnosisCodeableConcept"]["coding"][0]["code"] for d in eob.get("diagnosis", ())
        }
        held = {told.rows[0].get(f"diagnosis_code_{n}") for n in range(1, 26)} - {None}
        assert held == written


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{nonsense", r"has a line that is no JSON \(line 2\)"),
        ("\udcff", r"has a line that is no JSON \(line 2\)"),
        ("[" * 100_000, r"has a line that is no JSON \(line 2\)"),
        ("[]", r"no ExplanationOfBenefit \(line 2\)"),
        ('{"resourceType": "Patient"}', r"no ExplanationOfBenefit \(line 2\)"),
    ],
    ids=["no JSON", "no UTF-8", "nested without end", "a list", "another resource"],
)
def test_a_wrong_line_is_one_sentence(tmp_path: Path, line: str, says: str) -> None:
    text = json.dumps(MADE[0]) + "\n" + line + "\n"
    (tmp_path / "claims").mkdir()
    (tmp_path / "claims" / "eob.ndjson").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(BadInput, match=says) as refused:
        opened(tmp_path / "scan", tmp_path / "claims")
    assert "\n" not in str(refused.value)
