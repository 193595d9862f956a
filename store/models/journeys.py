"""Enrollments and where each journey stands, what came of it, and what people are asked to do."""

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import Base, Json


class Enrollment(Base):
    """One member in one program; `MemberJourney` runs it."""

    __tablename__ = "enrollments"
    __table_args__ = (
        UniqueConstraint("member_id", "program", "ordinal"),
        Index("ix_enrollments_nudged", "nudged_at", postgresql_where=text("nudged_at is not null")),
        Index(
            "ix_enrollments_unstarted",
            "id",
            postgresql_where=text("started_at is null and ended_at is null"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    program: Mapped[str]
    program_version: Mapped[str]
    ordinal: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(default="identified", index=True)
    """domain.journey.State"""
    identified_on: Mapped[date]
    tier: Mapped[str]
    points: Mapped[int]
    reasons: Mapped[list[str]]
    conditions: Mapped[list[str]]
    pharmacy_npi: Mapped[str | None] = mapped_column(ForeignKey("pharmacies.npi"), index=True)
    distance_km: Mapped[float | None]
    pharmacy_reason: Mapped[str | None]
    entry: Mapped[str] = mapped_column(server_default="claims")
    """claims or nominated"""
    created_at: Mapped[datetime]
    ready_since: Mapped[datetime | None]
    """Loaded and held until somebody starts the cohort; None: it may begin."""
    started_at: Mapped[datetime | None]
    reached_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[str | None]
    held_at: Mapped[datetime | None]
    hold: Mapped[str | None]
    """hold, take_over, safety, grace or reroutes"""
    held_by: Mapped[str | None]
    leaving: Mapped[str | None]
    """domain.exits.Exit: what was reported, while it stands"""
    leaving_at: Mapped[datetime | None]
    misfit: Mapped[str | None]
    """domain.identification.Misfit, by the newest run; None: the member fits."""
    misfit_since: Mapped[date | None]
    nudged_at: Mapped[datetime | None]
    """Something new waits for the journey; `advance` clears it, the relay sees that it does."""


class Stage(Base):
    """Where one stage of one journey stands: the state its rules decide on."""

    __tablename__ = "stages"

    enrollment_id: Mapped[str] = mapped_column(ForeignKey("enrollments.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[Json]
    done: Mapped[str | None]
    """How it ended; None while it runs."""
    why: Mapped[str | None]
    due_at: Mapped[datetime | None]
    """When it acts next by itself."""
    updated_at: Mapped[datetime]


class Outcome(Base):
    """What happened: append-only (a trigger refuses changes)."""

    __tablename__ = "outcomes"
    __table_args__ = (Index("ix_outcomes_enrollment_id_id", "enrollment_id", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    enrollment_id: Mapped[str] = mapped_column(ForeignKey("enrollments.id"))
    at: Mapped[datetime]
    kind: Mapped[str]
    actor: Mapped[str]
    rule: Mapped[str]
    program_version: Mapped[str]
    detail: Mapped[Json]
    """Codes and ids only."""


class Task(Base):
    """Something a person is asked to do, with a deadline."""

    __tablename__ = "tasks"
    __table_args__ = (
        UniqueConstraint("enrollment_id", "key"),
        Index("ix_tasks_open", "due_at", postgresql_where=text("done_at is null")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    enrollment_id: Mapped[str | None] = mapped_column(ForeignKey("enrollments.id"))
    key: Mapped[str]
    kind: Mapped[str]
    role: Mapped[str]
    """coordinator, pharmacist or manager"""
    holder: Mapped[str | None]
    """Who accepted it when it was handed over; None: anybody of the role."""
    urgent: Mapped[bool] = mapped_column(default=False)
    message_id: Mapped[str | None]
    detail: Mapped[Json] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    escalated: Mapped[int] = mapped_column(default=0, server_default="0")
    """At which percentage of its deadline others were asked too; 0: nobody else yet."""
    done_at: Mapped[datetime | None]
    done_by: Mapped[str | None]
    resolution: Mapped[str | None]


class StaffAction(Base):
    """Hold, resume, stop or take over: who, why, and when the journey obeyed."""

    __tablename__ = "staff_actions"
    __table_args__ = (
        Index("ix_staff_actions_enrollment_id", "enrollment_id"),
        UniqueConstraint("enrollment_id", "form_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    enrollment_id: Mapped[str] = mapped_column(ForeignKey("enrollments.id"))
    form_id: Mapped[str]
    """Of the page that asked, so that a double click is one action."""
    kind: Mapped[str]
    reason: Mapped[str]
    actor: Mapped[str]
    at: Mapped[datetime]
    applied_at: Mapped[datetime | None]
    answer: Mapped[str | None]
    """done, or why it was refused"""
