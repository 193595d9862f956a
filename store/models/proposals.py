"""What is proposed to a pharmacist and waits for a yes or no."""

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Identity
from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import Base, Json


class SyncPlan(Base):
    """One date a month for an enrollment's refills, by short fills to it."""

    __tablename__ = "sync_plans"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    enrollment_id: Mapped[str] = mapped_column(ForeignKey("enrollments.id"), unique=True)
    on_date: Mapped[date]
    fills: Mapped[list[Json]]
    """`refill` (ndc and the day its supply ends) and `days`"""
    status: Mapped[str] = mapped_column(default="proposed", index=True)
    """proposed, accepted or declined"""
    proposed_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
