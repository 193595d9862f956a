"""Builders of rows: a test says only what it is about."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from store.models import (
    Base,
    ContactPoint,
    Delivery,
    Enrollment,
    Evidence,
    GateDecision,
    InboundText,
    Intent,
    Letter,
    ListeningRow,
    Medication,
    Member,
    Need,
    Note,
    Outcome,
    Pharmacy,
    Phone,
    Reading,
    Referral,
    SafeContactRow,
    Screening,
    ScreeningAnswer,
    Stage,
    Task,
)

NOW = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)
"""A Wednesday, 10 in the morning in Columbus."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NPI = "1000000004"
OTHER_NPI = "1000000012"


def save(database_url: str, *rows: Base) -> Sequence[Base]:
    """Rows into the database in the order given; what the database fills in can be read after."""
    engine = create_engine(database_url)
    with Session(engine, expire_on_commit=False) as session:
        for row in rows:
            session.add(row)
            session.flush()
        session.commit()
    engine.dispose()
    return rows


def listening(**given: Any) -> ListeningRow:
    """Nothing was ever heard, unless given."""
    return ListeningRow(**{"sender": "main", **given})


def _with(kind: type[Any], defaults: dict[str, Any], given: dict[str, Any]) -> Any:
    return kind(**{**defaults, **given})


def pharmacy(npi: str = NPI, **given: Any) -> Pharmacy:
    return _with(Pharmacy, {
        "npi": npi, "name": "Corner Pharmacy", "city": "Columbus", "state": "OH",
        "phone": "+16145550100", "networks": ["express-scripts"],
        "services": ["delivery", "coaching"], "languages": ["en", "es"],
    }, given)  # fmt: skip


def member(id: str = "m1", **given: Any) -> Member:
    return _with(Member, {
        "id": id, "person_id": f"P-{id}", "first_name": "Ana", "last_name": "Lopez",
        "birth_date": date(1951, 5, 6), "gender": "female", "address": "12 Oak Ave",
        "city": "Columbus", "state": "OH", "zip_code": "43215",
        "time_zone": "America/New_York", "language": "en", "payer_type": "medicare",
        "coverage_start": date(2020, 1, 1),
    }, given)  # fmt: skip


def phone(number: str = "+16145550134", **given: Any) -> Phone:
    return _with(Phone, {"phone": number}, given)


def contact_point(
    member_id: str = "m1", number: str = "+16145550134", **given: Any
) -> ContactPoint:
    return _with(ContactPoint, {"member_id": member_id, "phone": number, "kind": "mobile"}, given)


def enrollment(id: str = "e1", member_id: str = "m1", **given: Any) -> Enrollment:
    return _with(Enrollment, {
        "id": id, "member_id": member_id, "program": "medicare-cardiometabolic",
        "program_version": "1", "state": "active", "identified_on": date(2026, 2, 1),
        "tier": "high", "points": 7, "reasons": ["3|ip_stay|1 hospital stay in 12 months"],
        "conditions": ["hypertension"], "pharmacy_npi": NPI, "distance_km": 3.2,
        "pharmacy_reason": "nearest of 12 in OH in both networks, 3.2 km",
        "created_at": NOW - 20 * DAY, "started_at": NOW - 20 * DAY, "reached_at": NOW - 19 * DAY,
    }, given)  # fmt: skip


def stage(enrollment_id: str = "e1", name: str = "coaching", **given: Any) -> Stage:
    return _with(Stage, {
        "enrollment_id": enrollment_id, "name": name, "state": {}, "why": "coaching_next_week",
        "due_at": NOW + 2 * DAY, "updated_at": NOW - HOUR,
    }, given)  # fmt: skip


def intent(id: str = "i1", enrollment_id: str | None = "e1", **given: Any) -> Intent:
    return _with(Intent, {
        "id": id, "enrollment_id": enrollment_id, "phone": "+16145550134", "stage": "coaching",
        "step": f"step-{id}", "template": "bp_prompt", "template_version": "1", "language": "en",
        "facts": {}, "purpose": "care", "priority": 5, "created_at": NOW - 3 * HOUR,
        "due_at": NOW - 3 * HOUR, "expires_at": NOW + DAY, "status": "accepted",
        "body": "Corner Pharmacy: please send your blood pressure.",
        "accepted_at": NOW - 3 * HOUR,
    }, given)  # fmt: skip


def gate_decision(intent_id: str = "i1", **given: Any) -> GateDecision:
    return _with(GateDecision, {
        "intent_id": intent_id, "at": NOW - 4 * HOUR, "verdict": "later", "reason": "quiet_hours",
        "next_at": NOW - 3 * HOUR,
    }, given)  # fmt: skip


def inbound(sid: str = "SM1", enrollment_id: str | None = "e1", **given: Any) -> InboundText:
    return _with(InboundText, {
        "sid": sid, "phone": "+16145550134", "body": "150 over 95",
        "received_at": NOW - 2 * HOUR, "enrollment_id": enrollment_id, "reading": "text",
        "understood": True,
    }, given)  # fmt: skip


def task(enrollment_id: str | None = "e1", **given: Any) -> Task:
    return _with(Task, {
        "enrollment_id": enrollment_id, "key": f"key-{given.get('kind', 'unclear_reply')}",
        "kind": "unclear_reply", "role": "coordinator", "urgent": False, "detail": {},
        "created_at": NOW - HOUR, "due_at": NOW + 3 * HOUR,
    }, given)  # fmt: skip


def delivery(enrollment_id: str = "e1", **given: Any) -> Delivery:
    return _with(Delivery, {
        "enrollment_id": enrollment_id, "pharmacy_npi": NPI, "ndc11": "99999000101",
        "days_supply": 30, "due_on": date(2026, 3, 6), "status": "ordered",
        "ordered_at": NOW - HOUR, "changed_at": NOW - HOUR,
    }, given)  # fmt: skip


def medication(member_id: str = "m1", **given: Any) -> Medication:
    return _with(Medication, {
        "member_id": member_id, "ndc11": "99999000101", "ingredient": "lisinopril",
        "drug_class": "rasa", "last_fill_on": date(2026, 2, 4), "days_supply": 30,
        "runs_out_on": date(2026, 3, 6), "part2": False,
    }, given)  # fmt: skip


def evidence(member_id: str = "m1", **given: Any) -> Evidence:
    return _with(Evidence, {
        "member_id": member_id, "condition": "hypertension", "rule": "CCW 2022-02",
        "claim_ids": ["c1", "c2"], "dates": ["2025-04-01", "2025-06-01"], "part2": False,
    }, given)  # fmt: skip


def reading(enrollment_id: str = "e1", **given: Any) -> Reading:
    return _with(Reading, {
        "enrollment_id": enrollment_id, "kind": "bp", "systolic": 150, "diastolic": 95,
        "at": NOW - 2 * HOUR, "message_id": "SM1", "level": "business_days", "rule": "bp-average",
    }, given)  # fmt: skip


def letter(enrollment_id: str = "e1", **given: Any) -> Letter:
    return _with(Letter, {
        "id": "l1", "enrollment_id": enrollment_id, "step": "outreach-3",
        "template": "introduction", "template_version": "1", "language": "en",
        "large_print": False, "created_at": NOW - 5 * DAY, "spooled_at": NOW - 5 * DAY,
    }, given)  # fmt: skip


def screening(enrollment_id: str = "e1", **given: Any) -> Screening:
    return _with(Screening, {
        "enrollment_id": enrollment_id, "instrument": "ahc-hrsn", "started_at": NOW - 4 * DAY,
        "ended_at": NOW - 4 * DAY, "completed": True,
    }, given)  # fmt: skip


def answer(screening_id: int, **given: Any) -> ScreeningAnswer:
    return _with(ScreeningAnswer, {
        "screening_id": screening_id, "item": "71802-3", "answers": ["LA31993-1"],
        "at": NOW - 4 * DAY,
    }, given)  # fmt: skip


def need(enrollment_id: str = "e1", **given: Any) -> Need:
    return _with(Need, {
        "enrollment_id": enrollment_id, "domain": "food", "z_code": "Z59.41", "item": "88122-7",
        "found_at": NOW - 4 * DAY,
    }, given)  # fmt: skip


def referral(need_id: int, enrollment_id: str = "e1", **given: Any) -> Referral:
    return _with(Referral, {
        "enrollment_id": enrollment_id, "need_id": need_id, "requested_at": NOW - 4 * DAY,
    }, given)  # fmt: skip


def safe_contact(member_id: str = "m1", **given: Any) -> SafeContactRow:
    return _with(SafeContactRow, {
        "member_id": member_id, "form_id": f"safe {uuid4()}", "at": NOW, "actor": "staff:s_1",
        "texts": True, "messages": True, "letters": True, "by_services": True,
        "tell_safety": False,
    }, given)  # fmt: skip


def note(enrollment_id: str = "e1", **given: Any) -> Note:
    return _with(Note, {
        "id": "n1", "enrollment_id": enrollment_id, "prescriber_npi": "1000000020",
        "content": {
            "second_factor": "123456",
            "requests": [
                {"id": "bp", "text": "Please review the blood pressure treatment."},
                {"id": "statin", "text": "Please consider a statin."},
            ],
        },
        "token_hash": "unwritten n1", "created_at": NOW - 2 * DAY,
        "reply_by": NOW + 8 * DAY, "sent_at": NOW - 2 * DAY,
        "status": "sent" if given.get("sent_at", NOW) else "pending", "copy": 0, "tries": 0,
    }, given)  # fmt: skip


def outcome(enrollment_id: str = "e1", **given: Any) -> Outcome:
    return _with(Outcome, {
        "enrollment_id": enrollment_id, "at": NOW - 6 * DAY, "kind": "outreach_attempt",
        "actor": "journey", "rule": "cadence", "program_version": "1", "detail": {"rung": 1},
    }, given)  # fmt: skip
