"""Screening, needs and referrals, readings, deliveries, letters and notes."""

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Identity, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import Base, Json


class Screening(Base):
    __tablename__ = "screenings"
    __table_args__ = (UniqueConstraint("enrollment_id", "instrument", "ordinal"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    enrollment_id: Mapped[str] = mapped_column(ForeignKey("enrollments.id"))
    instrument: Mapped[str]
    """Its name in programs/instruments/."""
    ordinal: Mapped[int] = mapped_column(default=1)
    """Which time it is asked: rounds are shared by the instruments asked together."""
    channel: Mapped[str] = mapped_column(default="sms")
    """By which way it was begun; each answer says its own."""
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    completed: Mapped[bool | None]
    actor: Mapped[str | None]
    """Who filled in the form last; None: the member, by text."""
    label: Mapped[str | None]
    """part2: under 42 CFR Part 2 here; it leaves only with a consent that says so."""
    total: Mapped[int | None]
    band: Mapped[str | None]
    positive: Mapped[bool | None]


class ScreeningAnswer(Base):
    __tablename__ = "screening_answers"
    __table_args__ = (UniqueConstraint("screening_id", "item"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    screening_id: Mapped[int] = mapped_column(ForeignKey("screenings.id"))
    item: Mapped[str]
    """LOINC of the question"""
    answers: Mapped[list[str]]
    """LOINC answer codes; empty: `absent` says why"""
    absent: Mapped[str | None]
    """domain.effects.Absent"""
    channel: Mapped[str] = mapped_column(default="sms", server_default="sms")
    """domain.instruments.WAYS"""
    message_id: Mapped[str | None]
    at: Mapped[datetime]


class Need(Base):
    """A social need a screening found; unconfirmed until a clinician signs it."""

    __tablename__ = "needs"
    __table_args__ = (UniqueConstraint("enrollment_id", "domain"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    enrollment_id: Mapped[str] = mapped_column(ForeignKey("enrollments.id"))
    domain: Mapped[str]
    z_code: Mapped[str | None]
    item: Mapped[str]
    found_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[str | None]
    refuted_at: Mapped[datetime | None]
    """A pharmacist has asked and it is no need."""
    refuted_by: Mapped[str | None]


class Referral(Base):
    """One asking for help with a need; when it failed, the next has the next ordinal."""

    __tablename__ = "referrals"
    __table_args__ = (UniqueConstraint("need_id", "ordinal"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    enrollment_id: Mapped[str] = mapped_column(ForeignKey("enrollments.id"), index=True)
    need_id: Mapped[int] = mapped_column(ForeignKey("needs.id"))
    ordinal: Mapped[int] = mapped_column(default=1)
    status: Mapped[str] = mapped_column(default="requested")
    """FHIR TaskStatus: domain.needs.Status"""
    requested_at: Mapped[datetime]
    changed_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    """Why it ended without help: a code of programs/needs.yaml"""
    service_id: Mapped[str | None]
    """The community service that took it on, by its HSDS id"""
    service: Mapped[Json | None]
    """Its name and phone as they were then: directories change"""


class Reading(Base):
    """A blood pressure (mmHg) or a glucose (mg/dL) a member sent."""

    __tablename__ = "readings"
    __table_args__ = (UniqueConstraint("message_id", "place"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    enrollment_id: Mapped[str] = mapped_column(ForeignKey("enrollments.id"), index=True)
    kind: Mapped[str]
    systolic: Mapped[int | None]
    diastolic: Mapped[int | None]
    mg_dl: Mapped[int | None]
    at: Mapped[datetime]
    message_id: Mapped[str]
    place: Mapped[int] = mapped_column(server_default="1")
    """Among the readings of its text."""
    level: Mapped[str | None]
    rule: Mapped[str | None]


class Delivery(Base):
    """A refill on its way from the pharmacy to the member's door."""

    __tablename__ = "deliveries"
    __table_args__ = (UniqueConstraint("enrollment_id", "ndc11", "due_on"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    enrollment_id: Mapped[str] = mapped_column(ForeignKey("enrollments.id"), index=True)
    pharmacy_npi: Mapped[str] = mapped_column(ForeignKey("pharmacies.npi"), index=True)
    ndc11: Mapped[str]
    days_supply: Mapped[int]
    due_on: Mapped[date]
    status: Mapped[str] = mapped_column(default="ordered", index=True)
    """domain.delivery.Status"""
    reason: Mapped[str | None]
    ordered_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    confirmed: Mapped[str | None]
    """What the member said of it."""
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    """How often it was brought to the door in vain."""
    next_attempt_on: Mapped[date | None]
    window: Mapped[str | None]
    """morning, afternoon or evening, as agreed with the member"""
    cold_chain: Mapped[bool] = mapped_column(default=False, server_default=false())
    address_check: Mapped[str | None]
    """domain.addresses.Check"""
    address_tries: Mapped[int] = mapped_column(default=0, server_default="0")
    left_at: Mapped[datetime | None]
    """When it first went out: what never left cannot come back."""
    packaging: Mapped[str | None]
    """proposed, accepted or declined: packed by time of day, for one intake each"""


class Letter(Base):
    __tablename__ = "letters"
    __table_args__ = (UniqueConstraint("enrollment_id", "step"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    enrollment_id: Mapped[str] = mapped_column(ForeignKey("enrollments.id"))
    step: Mapped[str]
    template: Mapped[str]
    template_version: Mapped[str]
    language: Mapped[str]
    large_print: Mapped[bool]
    created_at: Mapped[datetime]
    spooled_at: Mapped[datetime | None]
    problem: Mapped[str | None]
    """Why it cannot be printed; a person has a task about it."""
    path: Mapped[str | None]
    sha256: Mapped[str | None]
    pages: Mapped[int | None]
    printer: Mapped[str | None]
    """lob; None: the print spool"""
    sent_to: Mapped[str | None]
    """domain.letters.MailAddress.place"""
    claimed_at: Mapped[datetime | None]
    """When it was first handed to the mailing house, which may have it ever since."""
    tries: Mapped[int] = mapped_column(default=0, server_default="0")
    next_try_at: Mapped[datetime | None]
    vendor_id: Mapped[str | None] = mapped_column(unique=True)
    vendor_status: Mapped[str | None]
    """domain.letters.Mail"""
    vendor_at: Mapped[datetime | None]
    returned_at: Mapped[datetime | None]
    corrected: Mapped[Json | None]
    """The address as the post has it, where that is another place; a person looks at it."""


class Note(Base):
    """A coordination note to a provider, and what the provider answered."""

    __tablename__ = "notes"
    __table_args__ = (UniqueConstraint("enrollment_id", "ordinal"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    enrollment_id: Mapped[str] = mapped_column(ForeignKey("enrollments.id"))
    ordinal: Mapped[int] = mapped_column(default=1)
    prescriber_npi: Mapped[str | None]
    content: Mapped[Json]
    """The requests, as codes; the rest is drawn from the member's facts when it is written."""
    token_hash: Mapped[str] = mapped_column(unique=True)
    """SHA-256 of the secret in the link: the link itself is only in the note."""
    created_at: Mapped[datetime]
    reply_by: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    problem: Mapped[str | None]
    """Why it cannot be sent; a person has a task about it."""
    status: Mapped[str] = mapped_column(default="pending")
    """domain.notes.Passage"""
    channel: Mapped[str | None]
    """How it goes to the practice: domain.notes.Channel"""
    copy: Mapped[int] = mapped_column(default=0)
    """How often it has been sent again because nobody answered."""
    tries: Mapped[int] = mapped_column(default=0)
    """Of this copy."""
    looks: Mapped[int] = mapped_column(default=0)
    """How often evidence of its last try was looked for and not found either way."""
    next_try_at: Mapped[datetime | None]
    """When the way is tried, or its result is asked for, again."""
    transport_ref: Mapped[str | None]
    """The vendor's id of what was sent."""
    delivered_at: Mapped[datetime | None]
    """When the practice's machine is known to have it."""
    consent_id: Mapped[int | None] = mapped_column(ForeignKey("part2_consents.id"))
    """Under which its Part 2 records are told; None: it tells none."""
    pdf_path: Mapped[str | None]
    fhir_path: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    answers: Mapped[Json | None]
    """By request: accept, modify or decline, and a comment."""
