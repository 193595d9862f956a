"""Where a note stands on its way: claimed before it leaves, recorded after, handed to a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from activities.time import Time
from domain.notes import CoordinationNote
from domain.part2 import Permission, Recipient, Why, permission
from domain.passage import (
    Again,
    Channel,
    GiveUp,
    Passage,
    PassagePlan,
    after_refusal,
    after_silence,
    transmission,
)
from domain.program import Program
from gateways.note_transport import Answer, Left, NotTaken, Result, Unclear
from store import enrollments, outcomes, part2, tasks
from store.database import Transaction
from store.models import Enrollment, Note
from store.notes import token_hash

log = structlog.get_logger()


class Tokens(Protocol):
    def token(self, note_id: str) -> str: ...


@dataclass(frozen=True, slots=True)
class Claim:
    """What is about to leave, and by which way."""

    note: CoordinationNote
    channel: Channel
    second_factor: str


class Passages:
    def __init__(
        self,
        transaction: Transaction,
        programs: Mapping[str, Program],
        links: Tokens,
        time: Time,
    ) -> None:
        self._transaction = transaction
        self._programs = programs
        self._links = links
        self._time = time

    async def claim(self, claim: Claim) -> bool:
        """The last look before it leaves, under the member's lock; False: it may not, as it is.

        The link works and the content is kept from here on, so that a note whose answer is lost
        can still be answered by the practice.
        """
        note, now = claim.note, self._time.now()
        async with self._transaction() as session:
            row, enrollment = await self._locked(session, note.note_id)
            if row.status != Passage.PENDING or row.problem:
                return False
            if note.permission is not None and not await self._stands(session, enrollment, note):
                return False
            row.status, row.channel, row.tries = Passage.SENDING, claim.channel, row.tries + 1
            row.next_try_at = now + self._plan(enrollment).settle_after
            row.token_hash = token_hash(self._links.token(row.id))
            row.consent_id = note.permission.consent_id if note.permission else None
            row.content = {
                "second_factor": claim.second_factor,
                "requests": [
                    {"id": asked.id, "text": asked.text, **({"part2": True} if asked.part2 else {})}
                    for asked in note.requests
                ],
                "part2_kinds": list(note.part2_kinds()),
            }
            enrollments.nudge(enrollment, now)
        return True

    async def record(self, note_id: str, answer: Answer) -> None:
        """What the channel said; after Unclear the note stays claimed until evidence is found."""
        now = self._time.now()
        async with self._transaction() as session:
            row, enrollment = await self._locked(session, note_id)
            if row.status != Passage.SENDING:
                return
            match answer:
                case Left():
                    await self._left(session, row, enrollment, answer)
                case NotTaken(reason, lasting):
                    row.status = Passage.PENDING
                    await self._refused(session, row, enrollment, reason, lasting=lasting)
                case Unclear():
                    row.next_try_at = now + self._plan(enrollment).settle_after
                    log.warning("note_unclear", enrollment_id=enrollment.id)
            enrollments.nudge(enrollment, now)

    async def record_result(self, note_id: str, result: Result) -> None:
        now = self._time.now()
        async with self._transaction() as session:
            row, enrollment = await self._locked(session, note_id)
            if row.status != Passage.SENT or row.delivered_at is not None:
                return
            match result:
                case Left():
                    row.delivered_at, row.next_try_at = now, None
                    self._say(session, enrollment, "note_delivered", row)
                case NotTaken(reason, lasting):
                    row.status = Passage.PENDING
                    await self._refused(session, row, enrollment, reason, lasting=lasting)
                case _:
                    await self._overdue(session, row, enrollment)
            enrollments.nudge(enrollment, now)

    async def was_not_taken(self, note_id: str) -> bool:
        """The channel does not know this copy: it may be written again."""
        async with self._transaction() as session:
            row, _ = await self._locked(session, note_id)
            if row.status != Passage.SENDING:
                return False
            row.status, row.next_try_at = Passage.PENDING, None
        return True

    async def hand_over(self, note_id: str, problem: str) -> None:
        async with self._transaction() as session:
            row, enrollment = await self._locked(session, note_id)
            if row.status == Passage.PENDING and not row.problem:
                await self._hand_over(session, row, enrollment, problem)

    async def _locked(self, session: AsyncSession, note_id: str) -> tuple[Note, Enrollment]:
        """Enrollment, member, note: in this order everywhere."""
        known = await session.get_one(Note, note_id)
        enrollment = await enrollments.lock(session, known.enrollment_id)
        await part2.take_turns(session, enrollment.member_id)
        row = await session.get_one(Note, note_id, with_for_update=True, populate_existing=True)
        return row, enrollment

    async def _stands(
        self, session: AsyncSession, enrollment: Enrollment, note: CoordinationNote
    ) -> bool:
        consents = await part2.of_member(session, enrollment.member_id)
        to = Recipient(note.prescriber.npi, treating=True)
        allowed = permission(consents, to, Why.TREATMENT, self._time.now())
        asked = note.permission
        return allowed is not None and asked is not None and allowed.consent_id == asked.consent_id

    async def _left(
        self, session: AsyncSession, row: Note, enrollment: Enrollment, left: Left
    ) -> None:
        now = self._time.now()
        row.status, row.transport_ref = Passage.SENT, left.ref
        row.sent_at = row.sent_at or now
        row.delivered_at = now if left.delivered else None
        asks = not left.delivered and row.channel == Channel.FAX
        row.next_try_at = now + self._plan(enrollment).retry_after if asks else None
        row.pdf_path, row.fhir_path = left.pdf_path, left.bundle_path
        if row.consent_id is not None:
            allowed = Permission(
                row.consent_id, Recipient(row.prescriber_npi or "", True), Why.TREATMENT,
                Why.TREATMENT, now,
            )  # fmt: skip
            await part2.disclosed(
                session, enrollment.member_id, allowed, "note", transmission(row.id, row.copy),
                row.content["part2_kinds"], now,
            )  # fmt: skip
        self._say(session, enrollment, "note_sent", row)
        log.info("note_sent", enrollment_id=enrollment.id)

    async def _refused(
        self,
        session: AsyncSession,
        row: Note,
        enrollment: Enrollment,
        reason: str,
        *,
        lasting: bool,
    ) -> None:
        next_ = after_refusal(
            row.tries, self._plan(enrollment), self._time.now(),
            reason=reason, lasting=lasting, over=enrollment.ended_at is not None,
        )  # fmt: skip
        if isinstance(next_, Again):
            row.next_try_at = next_.at
            log.warning("note_refused", enrollment_id=enrollment.id, reason=reason)
        else:
            await self._hand_over(session, row, enrollment, reason)

    async def _overdue(self, session: AsyncSession, row: Note, enrollment: Enrollment) -> None:
        now = self._time.now()
        next_ = after_silence(row.sent_at or now, self._plan(enrollment), now)
        if isinstance(next_, GiveUp):
            row.next_try_at = None
            await self._task(session, row, enrollment, next_.reason)
        else:
            row.next_try_at = next_.at

    async def _hand_over(
        self, session: AsyncSession, row: Note, enrollment: Enrollment, problem: str
    ) -> None:
        row.problem, row.next_try_at = problem, None
        await self._task(session, row, enrollment, problem)
        log.warning("note_not_sent", enrollment_id=enrollment.id, reason=problem)

    async def _task(
        self, session: AsyncSession, row: Note, enrollment: Enrollment, problem: str
    ) -> None:
        await tasks.open_task(
            session,
            row.enrollment_id,
            key=f"note-{row.ordinal}-{row.copy}" if row.copy else f"note-{row.ordinal}",
            kind="note_problem",
            role="pharmacist",
            within=self._programs[enrollment.program].read_within,
            now=self._time.now(),
            detail={"problem": problem},
        )

    def _say(self, session: AsyncSession, enrollment: Enrollment, kind: str, row: Note) -> None:
        outcomes.record(
            session, enrollment, kind, at=self._time.now(), rule=row.channel or "intake",
            detail={"note": row.id, "requests": len(row.content["requests"]), "copy": row.copy},
        )  # fmt: skip

    def _plan(self, enrollment: Enrollment) -> PassagePlan:
        plan: PassagePlan = self._programs[enrollment.program].plans["coordination"].passage
        return plan
