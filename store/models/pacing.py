"""What is held and why, what a sender has used, and whose turn it is: a kill forgets none of it."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Identity
from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import Base


class BreakerRow(Base):
    """Failures of one cause, of the sender or of one template; see domain.breakers."""

    __tablename__ = "breakers"

    scope: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    cause: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    opened: Mapped[int] = mapped_column(default=0)
    open_until: Mapped[datetime | None]
    probe: Mapped[str | None]
    probe_until: Mapped[datetime | None]
    changed_at: Mapped[datetime]


class BreakerRelease(Base):
    """Somebody ended a hold before its time: append-only."""

    __tablename__ = "breaker_releases"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    scope: Mapped[str]
    name: Mapped[str]
    cause: Mapped[str]
    held_until: Mapped[datetime]
    reason: Mapped[str]
    actor: Mapped[str]
    at: Mapped[datetime]


class BucketRow(Base):
    """What a sender may still use now and today."""

    __tablename__ = "buckets"

    sender: Mapped[str] = mapped_column(primary_key=True)
    tokens: Mapped[float]
    at: Mapped[datetime]
    day: Mapped[date]
    spent: Mapped[int]
    turn: Mapped[float] = mapped_column(default=0.0)


class ShareRow(Base):
    """How much of its share a program has used."""

    __tablename__ = "shares"

    program: Mapped[str] = mapped_column(primary_key=True)
    used: Mapped[float]
