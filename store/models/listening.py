"""Whether webhooks are taken, and when the carrier's list was last read: what sending rests on."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import Base


class ListeningRow(Base):
    """One row for a sender; every time is wall time. See domain.listening.Heard."""

    __tablename__ = "listening"

    sender: Mapped[str] = mapped_column(primary_key=True)
    taking_since: Mapped[datetime | None]
    taking_at: Mapped[datetime | None]
    listed_from: Mapped[datetime | None]
