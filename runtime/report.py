"""The report of a run: what was found, sent, answered and delivered, counted from the tables."""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, create_engine, func, or_, select

from store.models import (
    Consent,
    Delivery,
    Enrollment,
    IdentificationRun,
    InboundText,
    Intent,
    Letter,
    Need,
    Note,
    Outcome,
    Reading,
    Referral,
    Screening,
    Task,
)


def build(
    database_url: str, carrier_log: Path | None = None, timings: Mapping[str, float] | None = None
) -> dict[str, Any]:
    """The whole report; counts of a run that is not over yet are those of this moment."""
    engine = create_engine(database_url)
    try:
        with engine.connect() as connection:
            return {
                **_identification(connection),
                **_journeys(connection),
                **_texts(connection),
                **_care(connection),
                **_paper(connection),
                "outcomes": _count(connection, Outcome.id),
                "duplicates": duplicates(carrier_log),
                "artifacts": _artifacts(connection),
                "timings": {**_timings(connection), **(timings or {})},
            }
    finally:
        engine.dispose()


def _identification(connection: Connection) -> dict[str, Any]:
    run = _last_run(connection)
    rows, dropped = run.get("rows", {}), run.get("dropped", {})
    return {
        "claims": {
            "rows": sum(rows.values()) if isinstance(rows, dict) else rows,
            "dropped": dropped,
        },
        "identified": run.get("identified", {}),
    }


def _last_run(connection: Connection) -> dict[str, Any]:
    newest = (
        select(IdentificationRun.report)
        .where(IdentificationRun.same_as.is_(None), IdentificationRun.problem.is_(None))
        .order_by(IdentificationRun.id.desc())
        .limit(1)
    )
    return connection.execute(newest).scalar() or {}


def _timings(connection: Connection) -> dict[str, float]:
    steps = _last_run(connection).get("timings", {})
    return {f"identify.{step}": seconds for step, seconds in steps.items()}


def _journeys(connection: Connection) -> dict[str, Any]:
    enrolled = _count(connection, Enrollment.id)
    attributed = _count(connection, Enrollment.id, Enrollment.pharmacy_npi.is_not(None))
    return {
        "enrolled": enrolled,
        "attributed": attributed,
        "unattributed": enrolled - attributed,
        "journeys": _by(connection, Enrollment.state),
    }


def _texts(connection: Connection) -> dict[str, Any]:
    received = _count(connection, InboundText.sid)
    understood = _count(connection, InboundText.sid, InboundText.understood.is_(True))
    unclear = _count(connection, InboundText.sid, InboundText.understood.is_(False))
    withheld = _by(connection, Intent.reason, Intent.status == "withheld")
    return {
        "sms": {
            "intents": _count(connection, Intent.id),
            "accepted": _count(connection, Intent.id, Intent.accepted_at.is_not(None)),
            "delivered": _count(connection, Intent.id, Intent.delivered_at.is_not(None)),
            "failed": _count(connection, Intent.id, Intent.status == "failed"),
            "withheld": withheld,
        },
        "replies": {"received": received, "understood": understood, "unclear": unclear},
        "opted_out": _opted_out(connection),
    }


def _opted_out(connection: Connection) -> int:
    """Phones whose newest word on consent, for any scope, is no."""
    newest = (
        select(func.max(Consent.id)).group_by(Consent.phone, Consent.channel, Consent.program)
    ).scalar_subquery()
    refused = select(func.count(Consent.phone.distinct())).where(
        Consent.id.in_(newest), Consent.given.is_(False)
    )
    return connection.execute(refused).scalar_one()


def _care(connection: Connection) -> dict[str, Any]:
    # A threshold crossed, or words of danger: what was put before a person at once.
    escalated = or_(Task.kind == "reading", Task.urgent.is_(True))
    return {
        "screenings": {
            "started": _count(connection, Screening.id),
            "completed": _count(connection, Screening.id, Screening.completed.is_(True)),
        },
        "needs": _by(connection, Need.domain),
        "referrals": _count(connection, Referral.id),
        "readings": _count(connection, Reading.id),
        "escalations": _count(connection, Task.id, escalated),
        "deliveries": {
            "ordered": _count(connection, Delivery.id),
            "delivered": _count(connection, Delivery.id, Delivery.status == "delivered"),
            "failed": _count(connection, Delivery.id, Delivery.status == "failed"),
        },
    }


def _paper(connection: Connection) -> dict[str, Any]:
    return {
        "letters": {
            "rendered": _count(connection, Letter.id, Letter.sha256.is_not(None)),
            "spooled": _count(connection, Letter.id, Letter.spooled_at.is_not(None)),
        },
        "notes": {
            "sent": _count(connection, Note.id, Note.sent_at.is_not(None)),
            "answered": _count(connection, Note.id, Note.answered_at.is_not(None)),
        },
    }


def _artifacts(connection: Connection) -> dict[str, list[str]]:
    return {
        "letters": _paths(connection, select(Letter.path).where(Letter.path.is_not(None))),
        "notes": _paths(connection, select(Note.pdf_path).where(Note.pdf_path.is_not(None))),
        "fhir": _paths(connection, select(Note.fhir_path).where(Note.fhir_path.is_not(None))),
    }


def _paths(connection: Connection, paths: Select[str | None]) -> list[str]:
    return sorted(str(path) for path in connection.execute(paths).scalars())


def duplicates(carrier_log: Path | None) -> int:
    """Texts the carrier accepted more than once for one intent, by the carrier's own log.

    The status callback's address carries the intent's id; a text without one cannot be told apart.
    """
    if carrier_log is None or not carrier_log.exists():
        return 0
    seen: Counter[str] = Counter()
    with carrier_log.open(encoding="utf8") as lines:
        for line in lines:
            # The last line may be torn by a kill.
            if line.endswith("\n"):
                event = json.loads(line)
                if event["kind"] == "accepted" and event.get("status_callback"):
                    seen[event["status_callback"]] += 1
    return sum(times - 1 for times in seen.values())


def _count(connection: Connection, column: Any, *where: ColumnElement[bool]) -> int:
    return connection.execute(select(func.count(column)).where(*where)).scalar_one()


def _by(connection: Connection, column: Any, *where: ColumnElement[bool]) -> dict[str, int]:
    """How many by value of a column, the values in order."""
    counted = select(column, func.count()).where(*where).group_by(column).order_by(column)
    return {str(value): number for value, number in connection.execute(counted)}
