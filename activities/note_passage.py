"""Where a note stands on its way: claimed before it leaves, recorded after, handed to a person."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

from activities.note_step import NoteStep
from activities.time import Time
from domain.journey import over
from domain.notes import CoordinationNote
from domain.part2 import Recipient, Why, permission
from domain.passage import Channel, Passage
from domain.program import Program
from gateways.note_transport import Answer, Left, NotTaken, Result, Unclear
from store import enrollments, facts, part2
from store.database import Transaction
from store.letters import about_to_be_held
from store.models import Note
from store.notes import WITHHELD, token_hash


class Tokens(Protocol):
    def token(self, note_id: str) -> str: ...


@dataclass(frozen=True, slots=True)
class Claim:
    """What is about to leave, and by which way."""

    note: CoordinationNote
    channel: Channel
    second_factor: str
    notice: str
    """Of 42 CFR 2.32; empty when none is owed."""


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
        note = claim.note
        async with self._step(note.note_id) as step:
            row, enrollment = step.row, step.enrollment
            if row.status != Passage.PENDING or row.problem or await self._stays(step):
                return False
            if note.permission is not None and not await self._stands(step, note):
                return False
            row.status, row.channel, row.tries = Passage.SENDING, claim.channel, row.tries + 1
            # What lies in our own folder is evidence at once; others' lists may lag.
            spooled = claim.channel is Channel.SPOOL
            row.looks = 0
            row.next_try_at = None if spooled else step.now + step.plan.settle_after
            row.token_hash = token_hash(self._links.token(row.id))
            row.consent_id = note.permission.consent_id if note.permission else None
            row.content = {
                "second_factor": claim.second_factor,
                "requests": [
                    {"id": asked.id, "text": asked.text, **({"part2": True} if asked.part2 else {})}
                    for asked in note.requests
                ],
                "part2_kinds": list(note.part2_kinds()),
                **({"notice": claim.notice} if claim.notice else {}),
            }
            enrollments.nudge(enrollment, step.now)
        return True

    async def record(self, note_id: str, answer: Answer) -> None:
        """What the channel said; after Unclear the note stays claimed until evidence is found."""
        async with self._step(note_id) as step:
            if step.row.status != Passage.SENDING:
                return
            match answer:
                case Left():
                    await step.left(answer)
                case NotTaken():
                    await step.refused(answer)
                case Unclear():
                    step.unclear()
            enrollments.nudge(step.enrollment, step.now)

    async def record_result(self, note_id: str, result: Result) -> None:
        async with self._step(note_id) as step:
            if step.row.status != Passage.SENT or step.row.delivered_at is not None:
                return
            match result:
                case Left():
                    step.delivered()
                case NotTaken():
                    await step.refused(result)
                case _:
                    await step.still_under_way()
            enrollments.nudge(step.enrollment, step.now)

    async def was_not_taken(self, note_id: str, reason: str) -> bool:
        """The channel does not know this copy: True when it may be written again now."""
        async with self._step(note_id) as step:
            if step.row.status != Passage.SENDING:
                return False
            step.row.status, step.row.next_try_at = Passage.PENDING, None
            if step.row.tries < step.plan.tries:
                return True
            await step.hand_over(reason)
        return False

    async def still_unclear(self, note_id: str) -> None:
        """Looked for, and neither found nor known not to be there."""
        async with self._step(note_id) as step:
            if step.row.status == Passage.SENDING and not step.row.problem:
                await step.looked()
                enrollments.nudge(step.enrollment, step.now)

    async def hand_over(self, note_id: str, problem: str) -> None:
        async with self._step(note_id) as step:
            if step.row.status == Passage.PENDING and not step.row.problem:
                await step.hand_over(problem)

    @asynccontextmanager
    async def _step(self, note_id: str) -> AsyncIterator[NoteStep]:
        """Locks enrollment, member, note: in this order everywhere."""
        async with self._transaction() as session:
            known = await session.get_one(Note, note_id)
            enrollment = await enrollments.lock(session, known.enrollment_id)
            await part2.take_turns(session, enrollment.member_id)
            row = await session.get_one(Note, note_id, with_for_update=True, populate_existing=True)
            program = self._programs[enrollment.program]
            yield NoteStep(session, row, enrollment, program, self._time.now())

    async def _stays(self, step: NoteStep) -> bool:
        """A death, an end or a hold that came first: withheld for good, or until the hold ends."""
        session, enrollment = step.session, step.enrollment
        known = await facts.load(session, enrollment, step.program.grace, step.now)
        if over(known) or enrollment.ended_at is not None:
            step.row.problem = WITHHELD
            return True
        return enrollment.held_at is not None or await about_to_be_held(session, enrollment)

    async def _stands(self, step: NoteStep, note: CoordinationNote) -> bool:
        consents = await part2.of_member(step.session, step.enrollment.member_id)
        to = Recipient(note.prescriber.npi, treating=True)
        allowed = permission(consents, to, Why.TREATMENT, step.now)
        asked = note.permission
        return allowed is not None and asked is not None and allowed.consent_id == asked.consent_id
