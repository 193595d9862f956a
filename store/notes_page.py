"""Coordination notes as the provider's page reads and answers them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.part2 import Recipient, Why, permission
from store import outcomes, part2
from store.enrollments import nudge
from store.models import Enrollment, Member, Note, Pharmacy

OPEN_AFTER_REPLY_DAYS = 30
"""An answer that comes late still helps; after that the link is closed."""


@dataclass(frozen=True, slots=True)
class Shown:
    requests: list[dict[str, Any]]
    notice: str = ""
    """The notice of 42 CFR 2.32 where a request rests on such records."""


class Notes:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def open(self, token_hash: str, *, now: datetime) -> Note | None:
        """The note of a link; None for an unknown link and for one that ran out."""
        note: Note | None = await self._session.scalar(
            select(Note).where(Note.token_hash == token_hash)
        )
        if note is None or (now - note.reply_by).days >= OPEN_AFTER_REPLY_DAYS:
            return None
        return note

    async def shown(self, note: Note, *, now: datetime) -> Shown:
        """What it asks as it may be shown now: a consent that has ended takes its requests away."""
        asked = note.content.get("requests", [])
        quiet = [request for request in asked if not request.get("part2")]
        if len(quiet) == len(asked):
            return Shown(asked)
        enrollment = await self._session.get_one(Enrollment, note.enrollment_id)
        await part2.take_turns(self._session, enrollment.member_id)
        consents = await part2.of_member(self._session, enrollment.member_id)
        to = Recipient(note.prescriber_npi or "", treating=True)
        allowed = permission(consents, to, Why.TREATMENT, now)
        if allowed is None:
            return Shown(quiet)
        line = part2.Disclosed(allowed.consent_id, to.npi, part2.PAGE, note.id, ["requests"])
        await part2.disclosed(self._session, enrollment.member_id, line, now)
        return Shown(asked, note.content.get("notice", ""))

    async def about(self, note: Note) -> dict[str, Member | Pharmacy | None]:
        """Whom it is about and who asks."""
        enrollment = await self._session.get_one(Enrollment, note.enrollment_id)
        npi = enrollment.pharmacy_npi
        return {
            "member": await self._session.get_one(Member, enrollment.member_id),
            "pharmacy": await self._session.get(Pharmacy, npi) if npi else None,
        }

    async def answer(
        self, note: Note, answers: dict[str, dict[str, str]], *, now: datetime
    ) -> None:
        """Kept once: who answers second sees what was answered first."""
        # The enrollment first, as the journey does.
        enrollment = await self._session.get_one(
            Enrollment, note.enrollment_id, with_for_update=True
        )
        await self._session.refresh(note, with_for_update=True)
        if note.answered_at is not None:
            return
        note.answers, note.answered_at = dict(answers), now
        counted = {name: given["answer"] for name, given in answers.items()}
        outcomes.record(
            self._session,
            enrollment,
            "note_answered",
            at=now,
            rule="provider's answer",
            actor="provider",
            detail={"note_id": note.id, **counted},
        )
        nudge(enrollment, now)
