"""Which pharmacy serves an enrollment, why, and what else there was: one row for each decision."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import Base, Json


class Attribution(Base):
    """Append-only: the newest of an enrollment holds."""

    __tablename__ = "attributions"
    __table_args__ = (
        UniqueConstraint("enrollment_id", "form_id"),
        Index("ix_attributions_enrollment_id_id", "enrollment_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    enrollment_id: Mapped[str] = mapped_column(ForeignKey("enrollments.id"))
    at: Mapped[datetime]
    rule: Mapped[str]
    """domain.attribution.Rule: what made it be decided"""
    actor: Mapped[str]
    form_id: Mapped[str | None]
    """Of the page that asked, so that a double click is one decision"""
    pharmacy_npi: Mapped[str | None] = mapped_column(ForeignKey("pharmacies.npi"))
    """None: nobody serves the member"""
    distance_km: Mapped[float | None]
    code: Mapped[str | None]
    """The reason as one word, as claims/attribution_words.py and domain/attribution.py have it"""
    reason: Mapped[str]
    alternatives: Mapped[list[Json]]
    """The next in rank: npi, km, and why it was not the first"""
    left_npi: Mapped[str | None] = mapped_column(ForeignKey("pharmacies.npi"))
    """Who served the member before, where that ended"""
    words: Mapped[str | None]
    """What a person gave as the reason"""
