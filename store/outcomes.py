"""Outcomes: what happened, when, by whom and under which rule. Only ever added to."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from store.models import Enrollment, Outcome

JOURNEY = "journey"
"""The actor when nobody but the program's rules acted."""


def record(
    session: AsyncSession,
    enrollment: Enrollment,
    kind: str,
    *,
    at: datetime,
    rule: str,
    actor: str = JOURNEY,
    detail: Mapping[str, str | int | None] | None = None,
) -> None:
    """`detail` holds codes and ids only: an outcome is exported and counted, never redacted."""
    session.add(
        Outcome(
            enrollment_id=enrollment.id,
            at=at,
            kind=kind,
            actor=actor,
            rule=rule,
            program_version=enrollment.program_version,
            detail=dict(detail or {}),
        )
    )
