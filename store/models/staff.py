"""Who works in the console, and the clock."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import Base


class StaffMember(Base):
    __tablename__ = "staff"

    id: Mapped[str] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
    role: Mapped[str]
    """coordinator, pharmacist or manager"""
    pharmacy_npi: Mapped[str | None] = mapped_column(ForeignKey("pharmacies.npi"))
    """A pharmacist sees this pharmacy's members; a manager's or coordinator's is empty."""
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class StaffSession(Base):
    __tablename__ = "staff_sessions"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    csrf: Mapped[str]
    created_at: Mapped[datetime]
    """Wall time, as is seen_at: a session's hours are those of the person at the desk."""
    seen_at: Mapped[datetime]


class ClockRow(Base):
    """The business clock of a rehearsal; no row in production."""

    __tablename__ = "clock"
    __table_args__ = (CheckConstraint("one = 1", name="one_row"),)

    one: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    wall: Mapped[datetime]
    business: Mapped[datetime]
    rate: Mapped[float]
    promised: Mapped[datetime]
    """No reader has seen a business time later than this: a restart goes on from here."""
