"""Builders of coordination notes: a test says only what it is about."""

from dataclasses import replace
from datetime import UTC, date, datetime
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
from domain.part2 import Permission, Recipient, Why

NOTE = CoordinationNote(
    note_id="note-5f0c2a",
    written_at=datetime(2026, 11, 24, 15, 30, tzinfo=UTC),
    program="medicare-cardiometabolic",
    member=MemberFace("Maria Lopez-Hernandez", date(1951, 3, 9), "female", "m-81f2"),
    pharmacy=PharmacyFace(
        npi="1234567893",
        name="Muskingum Family Pharmacy",
        phone="(740) 555-0134",
        fax="(740) 555-0135",
        address=("12 Putnam Ave", "Zanesville, OH 43701"),
    ),
    prescriber=PrescriberFace("1245319599", "Dr. Ada Okafor", "(740) 555-0177"),
    why_now=Finding(
        "Home blood pressure averaged 152/94 mmHg over 7 days (4 readings).", date(2026, 11, 23)
    ),
    findings=(
        Finding("Lisinopril was filled 11 days late.", date(2026, 11, 12)),
        Finding("Metformin covered 71 % of the last 180 days.", date(2026, 11, 20)),
    ),
    conditions=(
        ConditionLine("I10", "icd-10-cm", "Essential (primary) hypertension"),
        ConditionLine("E11.9", "icd-10-cm", "Type 2 diabetes without complications"),
    ),
    medications=(
        MedicationLine("Lisinopril 20 mg", "68180098001", date(2026, 11, 12), 30),
        MedicationLine("Metformin 1000 mg", "65862001001", date(2026, 10, 2), 30),
    ),
    pressures=(
        PressureReading(date(2026, 11, 18), 150, 95),
        PressureReading(date(2026, 11, 20), 156, 96),
        PressureReading(date(2026, 11, 22), 149, 91),
        PressureReading(date(2026, 11, 23), 153, 94),
    ),
    glucoses=(GlucoseReading(date(2026, 11, 21), 148),),
    needs=(NeedLine("transportation", "Has no dependable ride to appointments.", agreed=True),),
    goals=("Home blood pressure below 130/80 mmHg",),
    coverage=CoverageFace("Express Scripts Medicare", "Medicare", "MBR-000417"),
    requests=(
        Request("review-blood-pressure", "Review antihypertensive therapy."),
        Request("renew-metformin", "Renew metformin for 90 days, if it should go on."),
    ),
    reply_by=date(2026, 12, 3),
)

ALLOWED = Permission(7, Recipient("1245319599", True), Why.TREATMENT, Why.TPO, NOTE.written_at)
MOUD = MedicationLine("Buprenorphine 8 mg", None, date(2026, 10, 20), 28, part2=True)


def note(**changes: Any) -> CoordinationNote:
    return replace(NOTE, **changes)
