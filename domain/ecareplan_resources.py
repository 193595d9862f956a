"""The FHIR R4 resources of a pharmacist's care plan, one by one, and the code systems they name."""

from typing import Any

from domain.notes import (
    ConditionLine,
    CoordinationNote,
    CoverageFace,
    Finding,
    GlucoseReading,
    MedicationLine,
    MemberFace,
    NeedLine,
    PharmacyFace,
    PrescriberFace,
    PressureReading,
    Request,
)

Resource = dict[str, Any]

TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
US_CORE_CATEGORY = "http://hl7.org/fhir/us/core/CodeSystem/condition-category"
TASKS = "http://hl7.org/fhir/CodeSystem/task-code"
NPI = "http://hl7.org/fhir/sid/us-npi"
NDC = "http://hl7.org/fhir/sid/ndc"


def loinc(code: str, display: str) -> Resource:
    return {"coding": [{"system": "http://loinc.org", "code": code, "display": display}]}


def patient(member: MemberFace) -> Resource:
    return {
        "resourceType": "Patient",
        "identifier": [{"value": member.id}],
        "name": [{"text": member.name}],
        "gender": member.gender,
        "birthDate": member.birth_date.isoformat(),
    }


def organization(pharmacy: PharmacyFace) -> Resource:
    telecom = [{"system": "phone", "value": pharmacy.phone, "use": "work"}]
    if pharmacy.fax:
        telecom.append({"system": "fax", "value": pharmacy.fax, "use": "work"})
    return {
        "resourceType": "Organization",
        "identifier": [{"system": NPI, "value": pharmacy.npi}],
        "name": pharmacy.name,
        "telecom": telecom,
        "address": [{"text": ", ".join(pharmacy.address)}],
    }


def practitioner(prescriber: PrescriberFace) -> Resource:
    return {
        "resourceType": "Practitioner",
        "identifier": [{"system": NPI, "value": prescriber.npi}],
        **({"name": [{"text": prescriber.name}]} if prescriber.name else {}),
    }


def finding(found: Finding, note: CoordinationNote, member: Resource) -> Resource:
    """Text only: two in three problems that pharmacists record have no code that fits."""
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": "Pharmacy finding"},
        "subject": member,
        "effectiveDateTime": (found.on or note.written_at.date()).isoformat(),
        "valueString": found.text,
    }


def condition(line: ConditionLine, member: Resource) -> Resource:
    coding = {"system": f"http://hl7.org/fhir/sid/{line.system}", "code": line.code}
    # What is known by claims alone comes without a code: a coding must not be empty.
    code: Resource = {"coding": [coding], "text": line.text} if line.code else {"text": line.text}
    return _condition(code, f"{TERMINOLOGY}/condition-category", "problem-list-item", member)


def need(line: NeedLine, member: Resource) -> Resource:
    return _condition({"text": line.text}, US_CORE_CATEGORY, "health-concern", member)


def _condition(code: Resource, system: str, category: str, member: Resource) -> Resource:
    def state(name: str, value: str) -> Resource:
        return {"coding": [{"system": f"{TERMINOLOGY}/{name}", "code": value}]}

    return {
        "resourceType": "Condition",
        "clinicalStatus": state("condition-clinical", "active"),
        # Claims and a member's answers suggest a condition; they do not confirm it.
        "verificationStatus": state("condition-ver-status", "unconfirmed"),
        "category": [{"coding": [{"system": system, "code": category}]}],
        "code": code,
        "subject": member,
    }


def goal(text: str, member: Resource) -> Resource:
    return {
        "resourceType": "Goal",
        "lifecycleStatus": "proposed",
        "description": {"text": text},
        "subject": member,
    }


def supply(line: MedicationLine) -> str:
    """One fill in words."""
    return (
        f"{line.ingredient}: last filled {line.last_fill.isoformat()} for {line.days_supply} days, "
        f"runs out {line.runs_out.isoformat()}"
    )


def medication(line: MedicationLine, member: Resource, pharmacy: Resource) -> Resource:
    # Not a MedicationDispense: PhCP wants the prescription behind each, which claims do not name.
    coding = {"coding": [{"system": NDC, "code": line.ndc}]} if line.ndc else {}
    return {
        "resourceType": "MedicationStatement",
        "status": "unknown",
        "medicationCodeableConcept": {**coding, "text": line.ingredient},
        "subject": member,
        "informationSource": pharmacy,
        "effectivePeriod": {
            "start": line.last_fill.isoformat(),
            "end": line.runs_out.isoformat(),
        },
        "note": [{"text": supply(line)}],
    }


def communication(
    note: CoordinationNote,
    member: Resource,
    pharmacy: Resource,
    prescriber: Resource,
    tasks: list[Resource],
) -> Resource:
    """The requests, each a payload, in the order of the printed note; `tasks` track the reply."""
    return {
        "resourceType": "Communication",
        "status": "completed",
        "about": tasks,
        "priority": note.urgency.value,
        "subject": member,
        "sent": note.written_at.isoformat(),
        "sender": pharmacy,
        "recipient": [prescriber],
        "payload": [{"contentString": request.text} for request in note.requests],
        "note": [{"text": f"Please answer by {note.reply_by.isoformat()}."}],
    }


def task(
    request: Request,
    note: CoordinationNote,
    member: Resource,
    pharmacy: Resource,
    prescriber: Resource,
) -> Resource:
    """One request as something for the prescriber to approve by the day an answer is hoped for."""
    return {
        "resourceType": "Task",
        "identifier": [{"value": request.id}],
        "status": "requested",
        "intent": "proposal",
        "priority": note.urgency.value,
        "code": {"coding": [{"system": TASKS, "code": "approve"}]},
        "description": request.text,
        "for": member,
        "authoredOn": note.written_at.isoformat(),
        "requester": pharmacy,
        "owner": prescriber,
        "restriction": {"period": {"end": note.reply_by.isoformat()}},
    }


def pressure(reading: PressureReading, member: Resource) -> Resource:
    parts = (
        ("8480-6", "Systolic blood pressure", reading.systolic),
        ("8462-4", "Diastolic blood pressure", reading.diastolic),
    )
    vital = {"system": f"{TERMINOLOGY}/observation-category", "code": "vital-signs"}
    return {
        "resourceType": "Observation",
        "status": "final",
        "category": [{"coding": [vital]}],
        "code": loinc("85354-9", "Blood pressure panel with all children optional"),
        "subject": member,
        "effectiveDateTime": reading.on.isoformat(),
        "component": [
            {"code": loinc(code, display), "valueQuantity": _quantity(value, "mmHg", "mm[Hg]")}
            for code, display, value in parts
        ],
    }


def glucose(reading: GlucoseReading, member: Resource) -> Resource:
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": loinc("2339-0", "Glucose [Mass/volume] in Blood"),
        "subject": member,
        "effectiveDateTime": reading.on.isoformat(),
        "valueQuantity": _quantity(reading.mg_dl, "mg/dL", "mg/dL"),
    }


def _quantity(value: int, unit: str, code: str) -> Resource:
    return {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": code}


def coverage(cover: CoverageFace, member: Resource, payer: Resource) -> Resource:
    return {
        "resourceType": "Coverage",
        "identifier": [{"value": cover.member_number}],
        "status": "active",
        "type": {"text": cover.kind},
        "subscriber": member,
        "subscriberId": cover.member_number,
        "beneficiary": member,
        "payor": [payer],
    }
