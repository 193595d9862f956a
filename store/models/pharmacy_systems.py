"""A pharmacy's own system: its key and address, what it is told, and which of its calls came."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import Base


class PharmacySystem(Base):
    __tablename__ = "pharmacy_systems"

    npi: Mapped[str] = mapped_column(ForeignKey("pharmacies.npi"), primary_key=True)
    key_hash: Mapped[str] = mapped_column(unique=True)
    """Of the bearer key it calls with."""
    url: Mapped[str | None]
    """Where it is told of its deliveries; None: it asks for itself."""
    generation: Mapped[int] = mapped_column(default=1)
    """Counts its keys; the secret of its webhooks is drawn from this and kept nowhere."""
    made_at: Mapped[datetime]
    """Wall time, as are all moments of this file."""
    ended_at: Mapped[datetime | None]


class PharmacyNews(Base):
    """One change of one delivery that a pharmacy's system is told of, ids and codes only."""

    __tablename__ = "pharmacy_news"
    __table_args__ = (
        Index("ix_pharmacy_news_open", "due_at", postgresql_where=text("settled_at is null")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    npi: Mapped[str] = mapped_column(ForeignKey("pharmacy_systems.npi"))
    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.id"), index=True)
    kind: Mapped[str]
    """A status of the delivery, or `proposed`"""
    at: Mapped[datetime]
    """By the programs' clock."""
    due_at: Mapped[datetime | None]
    """None: at once."""
    tries: Mapped[int] = mapped_column(default=0, server_default="0")
    settled_at: Mapped[datetime | None]
    taken: Mapped[bool | None]
    """False: given up; a person has a task about it."""


class PharmacyCall(Base):
    """A call with an idempotency key that was carried out: its answer is given again."""

    __tablename__ = "pharmacy_calls"

    caller: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    asked: Mapped[str]
    """SHA-256 of what was asked."""
    answer: Mapped[str]
    at: Mapped[datetime]
