"""What a member has agreed to tell outside, and the keys by which other systems may read."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import Base


class Agreement(Base):
    """The member's word on telling social needs outside: append-only, the newest counts."""

    __tablename__ = "agreements"
    __table_args__ = (
        UniqueConstraint("member_id", "evidence"),
        Index("ix_agreements_member_id_id", "member_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    given: Mapped[bool]
    at: Mapped[datetime]
    how: Mapped[str]
    """text, voice, letter or counter"""
    actor: Mapped[str]
    evidence: Mapped[str | None]
    """The inbound text's id, or the id of the form it was recorded with"""


class FhirKey(Base):
    """A bearer key to /fhir, kept as a hash; it reads one pharmacy's members, or everybody."""

    __tablename__ = "fhir_keys"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    """Who holds it, for lists and logs; never a secret"""
    key_hash: Mapped[str] = mapped_column(unique=True)
    pharmacy_npi: Mapped[str | None] = mapped_column(ForeignKey("pharmacies.npi"))
    everything: Mapped[bool] = mapped_column(default=False)
    """Every pharmacy's members; else only those of pharmacy_npi"""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
