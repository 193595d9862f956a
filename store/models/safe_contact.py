"""How members may safely be reached, as they told a person."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import Base


class SafeContactRow(Base):
    """What domain.safe_contact.SafeContact says; append-only, a member's newest line counts."""

    __tablename__ = "safe_contacts"
    __table_args__ = (
        UniqueConstraint("form_id"),
        Index("ix_safe_contacts_member_id_id", "member_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    form_id: Mapped[str]
    at: Mapped[datetime]
    actor: Mapped[str]
    texts: Mapped[bool]
    phone: Mapped[str | None]
    opens: Mapped[int | None]
    closes: Mapped[int | None]
    messages: Mapped[bool]
    letters: Mapped[bool]
    by_services: Mapped[bool]
    tell_safety: Mapped[bool]
