"""Tasks offered to somebody else, and what they answered."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import Base


class Handover(Base):
    """One offer of one task; while it is open the task stays with whoever had it."""

    __tablename__ = "handovers"
    __table_args__ = (
        Index("uq_handovers_open", "task_id", unique=True, postgresql_where=text("answer is null")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"), index=True)
    offered_by: Mapped[str]
    to: Mapped[str]
    """A role, or one colleague as staff:<id>"""
    to_role: Mapped[str]
    why: Mapped[str]
    offered_at: Mapped[datetime]
    answer_by: Mapped[datetime]
    escalated_at: Mapped[datetime | None]
    """When a manager was asked, because nobody had answered."""
    answer: Mapped[str | None]
    """accepted, declined or withdrawn"""
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None]
