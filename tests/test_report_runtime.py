"""The report counts what the tables and the carrier's log say, under exactly its known keys."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert

from runtime.progress import look
from runtime.report import build, duplicates
from store.models import (
    Base,
    Consent,
    Delivery,
    Enrollment,
    IdentificationRun,
    InboundText,
    Intent,
    Member,
    Need,
    Pharmacy,
    Phone,
    Task,
)

NOW = datetime(2026, 3, 2, 14, tzinfo=UTC)
KEYS = {
    "claims": {"rows", "dropped"},
    "identified": None,
    "enrolled": None,
    "attributed": None,
    "unattributed": None,
    "journeys": None,
    "sms": {"intents", "accepted", "delivered", "failed", "withheld"},
    "replies": {"received", "understood", "unclear"},
    "opted_out": None,
    "screenings": {"started", "completed"},
    "needs": None,
    "referrals": None,
    "readings": None,
    "escalations": None,
    "deliveries": {"ordered", "delivered", "failed"},
    "letters": {"rendered", "spooled"},
    "notes": {"sent", "answered"},
    "outcomes": None,
    "duplicates": None,
    "artifacts": {"letters", "notes", "fhir"},
    "timings": None,
}
ONE, TWO = "+12025550101", "+12025550102"


def add(connection: Connection, table: type[Base], **values: Any) -> None:
    connection.execute(insert(table).values(**values))


def text(connection: Connection, step: str, **values: Any) -> None:
    filled = {
        "id": step, "enrollment_id": "e1", "phone": ONE, "stage": "outreach", "step": step,
        "attempt": 1, "template": "welcome", "template_version": "1", "language": "en",
        "facts": {}, "purpose": "care", "priority": 5, "created_at": NOW, "due_at": NOW,
        "expires_at": NOW + timedelta(days=1), "status": "pending", "tries": 0, **values,
    }  # fmt: skip
    add(connection, Intent, **filled)


@pytest.fixture
def run(connection: Connection) -> Connection:
    """Two members, one with a pharmacy, and one of each thing that is counted apart."""
    add(connection, Pharmacy, npi="1", name="Corner", networks=[], services=[], languages=[])
    for number, phone in enumerate((ONE, TWO), start=1):
        add(connection, Phone, phone=phone)
        add(connection, Member, id=f"m{number}", person_id=f"p{number}")
        add(
            connection, Enrollment, id=f"e{number}", member_id=f"m{number}", program="demo",
            program_version="1", identified_on=NOW.date(), tier="high", points=9, reasons=[],
            conditions=[], created_at=NOW, state="active" if number == 1 else "identified",
            pharmacy_npi="1" if number == 1 else None,
        )  # fmt: skip
    text(connection, "a", status="accepted", accepted_at=NOW, delivered_at=NOW)
    text(connection, "b", status="failed", accepted_at=NOW)
    text(connection, "c", status="withheld", reason="opted_out")
    text(connection, "d")
    for sid, understood in (("SM1", True), ("SM2", False), ("SM3", None)):
        add(
            connection, InboundText, sid=sid, phone=ONE, body="1", received_at=NOW,
            reading="text", understood=understood,
        )  # fmt: skip
    for phone, given in ((ONE, True), (ONE, False), (TWO, False), (TWO, True)):
        add(connection, Consent, phone=phone, given=given, at=NOW, how="reply", actor="member")
    add(connection, Need, enrollment_id="e1", domain="food", item="88122-7", found_at=NOW)
    for key, kind, urgent in (("r", "reading", False), ("d", "danger", True), ("o", "call", False)):
        add(
            connection, Task, enrollment_id="e1", key=key, kind=kind, role="pharmacist",
            urgent=urgent, detail={}, created_at=NOW, due_at=NOW,
        )  # fmt: skip
    for ndc, status in (("1", "delivered"), ("2", "failed"), ("3", "ordered")):
        add(
            connection, Delivery, enrollment_id="e1", pharmacy_npi="1", ndc11=ndc, days_supply=30,
            due_on=NOW.date(), status=status, ordered_at=NOW, changed_at=NOW,
        )  # fmt: skip
    for report in ({"rows": {"x": 99}}, {
        "rows": {"medical_claim": 5, "drug": 2}, "dropped": {"duplicate": 1},
        "identified": {"demo": 2}, "timings": {"reading": 0.5},
    }):  # fmt: skip
        add(connection, IdentificationRun, at=NOW, report=report)
    return connection


def test_the_report_has_exactly_its_keys_also_for_an_empty_run(database_url: str) -> None:
    built = build(database_url)
    assert list(built) == list(KEYS)
    assert {key: set(built[key]) for key, inner in KEYS.items() if inner} == {
        key: inner for key, inner in KEYS.items() if inner
    }


def test_the_report_counts_what_happened(run: Connection, database_url: str) -> None:
    built = build(database_url, timings={"whole": 9.5})
    told = {key: built[key] for key in KEYS if key not in ("artifacts", "screenings", "letters")}
    assert told == {
        "claims": {"rows": 7, "dropped": {"duplicate": 1}},
        "identified": {"demo": 2},
        "enrolled": 2,
        "attributed": 1,
        "unattributed": 1,
        "journeys": {"active": 1, "identified": 1},
        "sms": {
            "intents": 4, "accepted": 2, "delivered": 1, "failed": 1,
            "withheld": {"opted_out": 1},
        },
        "replies": {"received": 3, "understood": 1, "unclear": 1},
        "opted_out": 1,
        "needs": {"food": 1},
        "referrals": 0,
        "readings": 0,
        "escalations": 2,
        "deliveries": {"ordered": 3, "delivered": 1, "failed": 1},
        "notes": {"sent": 0, "answered": 0},
        "outcomes": 0,
        "duplicates": 0,
        "timings": {"identify.reading": 0.5, "whole": 9.5},
    }  # fmt: skip


def test_the_line_of_a_demo_counts_the_same(run: Connection) -> None:
    assert look(run).line(NOW) == (
        "Mon 2026-03-02 14:00 UTC  journeys 2/2 · texts 2 sent, 1 arrived · replies 3 · "
        "deliveries 3 · open tasks 3"
    )


def log(tmp_path: Path, *callbacks: str | None, tail: str = "") -> Path:
    events = ({"kind": "accepted", "sid": "SM", "status_callback": each} for each in callbacks)
    path = tmp_path / "carrier.jsonl"
    path.write_text("".join(json.dumps(event) + "\n" for event in events) + tail)
    return path


@pytest.mark.parametrize(
    ("callbacks", "count"),
    [
        pytest.param(["/s/1", "/s/2"], 0, id="one text an intent"),
        pytest.param(["/s/1", "/s/2", "/s/1", "/s/1"], 2, id="one intent sent three times"),
        pytest.param([None, None], 0, id="texts without a callback cannot be told apart"),
    ],
)
def test_duplicates_are_those_of_the_carriers_log(
    tmp_path: Path, callbacks: list[str | None], count: int
) -> None:
    assert duplicates(log(tmp_path, *callbacks)) == count


def test_a_torn_last_line_of_the_log_does_not_matter(tmp_path: Path) -> None:
    assert duplicates(log(tmp_path, "/s/1", tail='{"kind": "acc')) == 0
