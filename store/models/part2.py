"""Written consents under 42 CFR Part 2, their ends, and the account of every disclosure."""

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import Base


class Part2Consent(Base):
    """A consent as 42 CFR 2.31 wants it; append-only. Its paper is kept by whoever took it."""

    __tablename__ = "part2_consents"
    __table_args__ = (
        Index("ix_part2_consents_member_id", "member_id"),
        UniqueConstraint("form_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    form_id: Mapped[str]
    recipients: Mapped[str]
    """domain.part2.Recipients"""
    npi: Mapped[str | None]
    """Of a named recipient."""
    purpose: Mapped[str]
    """domain.part2.Why"""
    signed_on: Mapped[date]
    expires_on: Mapped[date | None]
    at: Mapped[datetime]
    actor: Mapped[str]


class Part2Revocation(Base):
    """The end of a consent; append-only."""

    __tablename__ = "part2_revocations"

    consent_id: Mapped[int] = mapped_column(ForeignKey("part2_consents.id"), primary_key=True)
    at: Mapped[datetime]
    how: Mapped[str]
    actor: Mapped[str]


class Disclosure(Base):
    """Who was told what kinds of Part 2 records, when, and by which consent; append-only."""

    __tablename__ = "disclosures"
    __table_args__ = (
        Index("ix_disclosures_member_id", "member_id"),
        UniqueConstraint("sink", "item"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    consent_id: Mapped[int] = mapped_column(ForeignKey("part2_consents.id"))
    sink: Mapped[str]
    """note, export"""
    item: Mapped[str]
    """The id of what was disclosed, and of its copy when it went twice."""
    recipient_npi: Mapped[str]
    purpose: Mapped[str]
    kinds: Mapped[list[str]]
    at: Mapped[datetime]
