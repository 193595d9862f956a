"""Intents (the outbox), the gate's verdicts, inbound texts and the carrier's receipts."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import Base, Json


class Intent(Base):
    """A message decided on; committed before anything leaves the house."""

    __tablename__ = "intents"
    __table_args__ = (
        UniqueConstraint("enrollment_id", "step", "attempt", "again"),
        Index("ix_intents_due", "priority", "due_at", postgresql_where=text("status = 'pending'")),
        Index(
            "ix_intents_answers",
            "priority",
            "due_at",
            postgresql_where=text("status = 'pending' and purpose <> 'care'"),
        ),
        Index("ix_intents_expiring", "expires_at", postgresql_where=text("status = 'pending'")),
        Index(
            "ix_intents_campaigns",
            "program",
            "priority",
            "due_at",
            postgresql_where=text("status = 'pending' and purpose = 'care'"),
        ),
        Index("ix_intents_phone_accepted_at", "phone", "accepted_at"),
        Index(
            "ix_intents_unsettled",
            "phone",
            postgresql_where=text("status in ('sending', 'unknown')"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    enrollment_id: Mapped[str | None] = mapped_column(ForeignKey("enrollments.id"))
    """None: an answer to somebody who is in no program."""
    program: Mapped[str | None]
    """The enrollment's: what is due is taken from programs in turn."""
    phone: Mapped[str | None] = mapped_column(ForeignKey("phones.phone"))
    """Chosen at the gate unless the text answers one that came from a phone."""
    stage: Mapped[str]
    step: Mapped[str]
    attempt: Mapped[int] = mapped_column(default=1)
    again: Mapped[int] = mapped_column(default=0, server_default="0")
    """How often the text was sent anew since the carrier reported that it had not arrived."""
    template: Mapped[str]
    template_version: Mapped[str]
    language: Mapped[str]
    facts: Mapped[Json]
    """What the template is filled with beside the member and the pharmacy."""
    purpose: Mapped[str]
    """care, reply, safety or stop (the one confirmation)"""
    asks: Mapped[str | None]
    priority: Mapped[int]
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(default="pending")
    """domain.outbox.Status"""
    reason: Mapped[str | None]
    body: Mapped[str | None]
    tries: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    """Wall time: after it nobody may still write this text to the carrier."""
    settle_at: Mapped[datetime | None]
    """Wall time: from then on a message missing in the carrier's list was never accepted."""
    sid: Mapped[str | None] = mapped_column(unique=True)
    carrier_status: Mapped[str | None]
    error_code: Mapped[int | None]
    accepted_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]


class GateDecision(Base):
    """Every verdict of the gate, and every ambiguity settled, with its reason."""

    __tablename__ = "gate_decisions"
    __table_args__ = (Index("ix_gate_decisions_intent_id", "intent_id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    intent_id: Mapped[str] = mapped_column(ForeignKey("intents.id"))
    at: Mapped[datetime]
    verdict: Mapped[str]
    """send, later, never, or evidence (an ambiguity settled)"""
    reason: Mapped[str]
    next_at: Mapped[datetime | None]


class InboundText(Base):
    """A text a member sent, stored once by the carrier's id before the carrier is answered."""

    __tablename__ = "inbound_texts"
    __table_args__ = (
        Index(
            "ix_inbound_texts_unapplied",
            "enrollment_id",
            postgresql_where=text("applied_at is null"),
        ),
    )

    sid: Mapped[str] = mapped_column(primary_key=True)
    phone: Mapped[str] = mapped_column(index=True)
    body: Mapped[str]
    media: Mapped[int] = mapped_column(default=0)
    received_at: Mapped[datetime]
    found_by: Mapped[str] = mapped_column(default="webhook")
    """webhook, or poll when the webhook was lost"""
    enrollment_id: Mapped[str | None] = mapped_column(ForeignKey("enrollments.id"))
    answers: Mapped[str | None]
    """The intent that was open on the phone when the text came."""
    reading: Mapped[str]
    """What the words were taken for: domain.replies"""
    applied_at: Mapped[datetime | None]
    """When the journey took note of it."""
    understood: Mapped[bool | None]


class Receipt(Base):
    """One status callback; a status of a message counts once, in whatever order it comes."""

    __tablename__ = "receipts"
    __table_args__ = (UniqueConstraint("sid", "status"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    sid: Mapped[str]
    intent_id: Mapped[str | None]
    status: Mapped[str]
    error_code: Mapped[int | None]
    at: Mapped[datetime]
