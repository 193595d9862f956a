"""Runs of identification, the payer's roster, nominations, and the starts of cohorts."""

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import Base, Json


class IdentificationRun(Base):
    """One run of identification: what came in, what was dropped, who was found, what changed."""

    __tablename__ = "identification_runs"
    __table_args__ = (Index("ix_identification_runs_fingerprint", "fingerprint"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime]
    report: Mapped[Json]
    how: Mapped[str] = mapped_column(server_default="command")
    """command, nightly or demo"""
    fingerprint: Mapped[str | None]
    """Of the files, the day and the rules: the same again would change nothing."""
    diff: Mapped[Json] = mapped_column(server_default="{}")
    """By program: domain.identification_diff.ProgramDiff"""
    same_as: Mapped[int | None] = mapped_column(BigInteger)
    """The run with the same fingerprint; this one did nothing."""
    problem: Mapped[str | None]
    """The sentence with which the run was refused; it changed nothing."""
    endings: Mapped[Json] = mapped_column(server_default="{}")
    """`leave` and `withheld`: [enrollment, domain.exits.Exit]; `stay`: enrollments"""
    finished_at: Mapped[datetime | None]
    """When those who leave or stay had been told so; before, another try begins with it."""
    endings_by: Mapped[str | None]
    """Who let those leave whom this run withheld."""
    endings_at: Mapped[datetime | None]


class NominationRow(Base):
    """Somebody proposed a member for a program: who, when, why, and the verdict. Append-only."""

    __tablename__ = "nominations"
    __table_args__ = (Index("ix_nominations_at", "at"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    form_id: Mapped[str] = mapped_column(unique=True)
    """Of the form, the row of the file or the request, so that the same twice is one."""
    at: Mapped[datetime]
    actor: Mapped[str]
    how: Mapped[str]
    """console, file or api"""
    program: Mapped[str]
    person_id: Mapped[str]
    """The payer's id, as it was given."""
    conditions: Mapped[list[str]]
    pharmacy_npi: Mapped[str | None]
    reason: Mapped[str]
    why: Mapped[str]
    """domain.nominations.Why: accepted, or the reason against it"""
    enrollment_id: Mapped[str | None] = mapped_column(ForeignKey("enrollments.id"))


class CohortStart(Base):
    """Somebody let the members begin whom a run had loaded and held ready."""

    __tablename__ = "cohort_starts"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    form_id: Mapped[str] = mapped_column(unique=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    program: Mapped[str]
    reason: Mapped[str]
    members: Mapped[int]


class RosterLine(Base):
    """Somebody in the payer's newest eligibility files, member of a program or not."""

    __tablename__ = "roster"

    person_id: Mapped[str] = mapped_column(primary_key=True)
    first_name: Mapped[str | None]
    last_name: Mapped[str | None]
    birth_date: Mapped[date | None]
    death_date: Mapped[date | None]
    gender: Mapped[str | None]
    address: Mapped[str | None]
    city: Mapped[str | None]
    state: Mapped[str | None]
    zip_code: Mapped[str | None]
    time_zone: Mapped[str | None]
    language: Mapped[str | None]
    """None: the files do not say."""
    alt_format: Mapped[str | None]
    coverage: Mapped[list[Json]]
    """{payer_type, payer, first, last}; `last` null while it has no end"""
    phones: Mapped[list[Json]]
    """{phone, kind, rank}"""
    deceased: Mapped[bool]
    hospice: Mapped[bool]
    ltc: Mapped[bool]
    do_not_contact: Mapped[bool]
    address_confidential: Mapped[bool]
