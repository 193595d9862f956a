"""The practices notes go to: how each wants them, and what only the practice knows."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import Base


class Practice(Base):
    """A prescriber and where their post goes; loaded from a file by whoever keeps the directory."""

    __tablename__ = "practices"

    npi: Mapped[str] = mapped_column(primary_key=True)
    """Of the prescriber."""
    name: Mapped[str]
    channel: Mapped[str]
    """domain.notes.Channel"""
    fax: Mapped[str | None]
    """E.164"""
    mail: Mapped[str | None]
    """A Direct-style address, or the mailbox that gets the link to the secure page."""
    fhir_url: Mapped[str | None]
    code: Mapped[str | None]
    """The second factor of the secure page, told to the practice beforehand; None: printed."""
    loaded_at: Mapped[datetime]
