"""Care as FHIR resources: readings, fills, what claims say, the plan, and notes to prescribers."""

from collections.abc import Iterable

from domain import fhir_base as fhir
from domain.fhir_base import LOINC, TERMINOLOGY, US_CORE, Entry, Resource
from domain.fhir_facts import ClaimFacts, FillFacts, NoteFacts, ReadingFacts, Record

UNITS = "http://unitsofmeasure.org"


def entries(record: Record) -> Iterable[Entry]:
    for reading in record.readings:
        yield Entry(_reading(reading, record))
    for claim in record.claims:
        yield Entry(claimed(claim, record), part2=claim.part2)
    for fill in record.fills:
        yield Entry(dispense(fill, record), part2=fill.part2)
    for note in record.notes:
        yield Entry(communication(note, record))


def _reading(reading: ReadingFacts, record: Record) -> Resource:
    return pressure(reading, record) if reading.kind == "bp" else glucose(reading, record)


def pressure(reading: ReadingFacts, record: Record) -> Resource:
    parts = (
        ("8480-6", "Systolic blood pressure", reading.systolic),
        ("8462-4", "Diastolic blood pressure", reading.diastolic),
    )
    return fhir.resource(
        "Observation",
        f"reading-{reading.id}",
        US_CORE + "blood-pressure",
        f"Blood pressure at home {reading.systolic}/{reading.diastolic} mmHg",
        status="final",
        category=[fhir.concept(fhir.coding(f"{TERMINOLOGY}observation-category", "vital-signs"))],
        code=fhir.concept(
            fhir.coding(LOINC, "85354-9", "Blood pressure panel with all children optional"),
            text="Blood pressure",
        ),
        subject=fhir.ref("Patient", record.member.id),
        effectiveDateTime=fhir.instant(reading.at),
        performer=[fhir.ref("Patient", record.member.id)],
        component=[
            {
                "code": fhir.concept(fhir.coding(LOINC, code, display)),
                "valueQuantity": _quantity(value, "mmHg", "mm[Hg]"),
            }
            for code, display, value in parts
        ],
    )


def glucose(reading: ReadingFacts, record: Record) -> Resource:
    return fhir.resource(
        "Observation",
        f"reading-{reading.id}",
        US_CORE + "observation-clinical-result",
        f"Glucose at home {reading.mg_dl} mg/dL",
        status="final",
        category=[fhir.concept(fhir.coding(f"{TERMINOLOGY}observation-category", "exam"))],
        code=fhir.concept(
            fhir.coding(LOINC, "2339-0", "Glucose [Mass/volume] in Blood"), text="Glucose"
        ),
        subject=fhir.ref("Patient", record.member.id),
        effectiveDateTime=fhir.instant(reading.at),
        performer=[fhir.ref("Patient", record.member.id)],
        valueQuantity=_quantity(reading.mg_dl, "mg/dL", "mg/dL"),
    )


def _quantity(value: float | None, unit: str, code: str) -> Resource:
    return {"value": value, "unit": unit, "system": UNITS, "code": code}


def claimed(claim: ClaimFacts, record: Record) -> Resource:
    """Claims suggest a condition; they do not confirm it, and their codes stay with the payer."""
    words = claim.condition.replace("_", " ")
    return fhir.resource(
        "Condition",
        f"claims-{claim.id}",
        US_CORE + "condition-problems-health-concerns",
        f"{words}, by claims",
        clinicalStatus=fhir.concept(fhir.coding(f"{TERMINOLOGY}condition-clinical", "active")),
        verificationStatus=fhir.concept(
            fhir.coding(f"{TERMINOLOGY}condition-ver-status", "unconfirmed")
        ),
        category=[
            fhir.concept(
                fhir.coding(
                    f"{TERMINOLOGY}condition-category", "problem-list-item", "Problem List Item"
                )
            )
        ],
        code=fhir.concept(text=words),
        subject=fhir.ref("Patient", record.member.id),
        recordedDate=claim.recorded_on,
    )


def dispense(fill: FillFacts, record: Record) -> Resource:
    """A fill as the pharmacy claim has it; the prescription behind it is not named there."""
    words = fill.ingredient or f"NDC {fill.ndc11}"
    return fhir.resource(
        "MedicationDispense",
        f"fill-{fill.id}",
        US_CORE + "medicationdispense",
        f"{words}, {fill.days_supply} days from {fill.filled_on.isoformat()}",
        status="completed",
        medicationCodeableConcept=fhir.concept(fhir.coding(fhir.NDC, fill.ndc11), text=words),
        subject=fhir.ref("Patient", record.member.id),
        performer=[{"actor": fhir.by_npi(fill.pharmacy_npi)}] if fill.pharmacy_npi else None,
        quantity={"value": fill.quantity} if fill.quantity else None,
        daysSupply=_quantity(fill.days_supply, "days", "d"),
        whenHandedOver=fill.filled_on.isoformat(),
    )


def communication(note: NoteFacts, record: Record) -> Resource:
    """A note to the prescriber: what was asked, when it left and by when it is answered."""
    sent = note.sent_at is not None
    return fhir.resource(
        "Communication",
        f"note-{note.id}",
        (),
        f"Coordination note to the prescriber, {'sent' if sent else 'being written'}",
        status="completed" if sent else "preparation",
        category=[fhir.concept(fhir.coding(f"{TERMINOLOGY}communication-category", "instruction"))],
        subject=fhir.ref("Patient", record.member.id),
        sent=fhir.instant(note.sent_at),
        received=fhir.instant(note.answered_at),
        sender=_pharmacy(record),
        recipient=[fhir.by_npi(note.prescriber_npi)] if note.prescriber_npi else None,
        payload=[{"contentString": request} for request in note.requests],
        note=[{"text": f"An answer is asked for by {note.reply_by.date().isoformat()}."}],
    )


def care_plan(record: Record, told: Iterable[Entry]) -> Entry:
    """The plan that holds goals and activities together; it names only what may be told."""
    told = [entry for entry in told if entry.resource["resourceType"] in ("Goal", "ServiceRequest")]
    concerns = [ref["reference"] for entry in told for ref in entry.resource.get("addresses", ())]
    goals = [entry.key for entry in told if entry.key.startswith("Goal/")]
    requests = [entry.key for entry in told if entry.key.startswith("ServiceRequest/")]
    words = [f"{record.program}."]
    words += [f"Goal: {_said(entry)}." for entry in told if entry.key in goals]
    words += [f"Help: {_said(entry)}." for entry in told if entry.key in requests]
    made = fhir.resource(
        "CarePlan",
        f"plan-{record.enrollment_id}",
        US_CORE + "careplan",
        " ".join(words),
        status="completed" if record.ended_at else "active",
        intent="plan",
        category=[
            fhir.concept(
                fhir.coding(
                    "http://hl7.org/fhir/us/core/CodeSystem/careplan-category", "assess-plan"
                )
            )
        ],
        title=record.program,
        subject=fhir.ref("Patient", record.member.id),
        period={
            "start": fhir.instant(record.begun_at),
            **({"end": fhir.instant(record.ended_at)} if record.ended_at else {}),
        },
        author=_pharmacy(record),
        addresses=[{"reference": name} for name in dict.fromkeys(concerns)],
        goal=[{"reference": name} for name in goals],
        activity=[{"reference": {"reference": name}} for name in requests],
    )
    return Entry(made)


def _said(entry: Entry) -> str:
    concept = entry.resource.get("description") or entry.resource.get("code") or {}
    return str(concept.get("text", ""))


def _pharmacy(record: Record) -> Resource:
    if record.pharmacy is None:
        return {"display": record.program}
    return fhir.ref("Organization", f"pharmacy-{record.pharmacy.npi}")
