"""A member's yes to the offer of help is their word that needs may be told to those who help."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from store import needs
from store.models import Enrollment, InboundText, Intent

OFFER, SAYS_WHO = "referral_offer", 2
"""Before this version the offer did not say that anybody would be told: a yes to it is none."""


async def note_agreement(
    session: AsyncSession, enrollment: Enrollment, heard: InboundText | None, now: datetime
) -> None:
    """Recorded only when the words answer a text that asked for it."""
    asked = await session.get(Intent, heard.answers) if heard and heard.answers else None
    if heard is None or asked is None or asked.template != OFFER:
        return
    version = asked.template_version
    if version.isdigit() and int(version) >= SAYS_WHO:
        await needs.agree(
            session,
            enrollment,
            given=True,
            how="text",
            actor="member",
            evidence=heard.sid,
            now=now,
        )
