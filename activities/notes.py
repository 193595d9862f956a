"""Writing a coordination note: drawn from the facts of the moment, disclosed by rule, spooled."""

import asyncio
import hmac
from base64 import b32encode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

import structlog
from temporalio import activity

from activities.note_facts import draw
from activities.time import Time
from domain.ecareplan import bundle
from domain.notes import CoordinationNote, disclosable
from domain.program import Program
from gateways.note_spool import NoteConflict, NoteSpool, SpooledNote
from gateways.typesetting import NoteTooLong, Typesetter, UnprintableText
from store import outcomes, tasks
from store.database import Transaction
from store.models import Enrollment, Note
from store.notes import token_hash

log = structlog.get_logger()


@dataclass(frozen=True)
class WriteNoteRequest:
    note_id: str


@dataclass(frozen=True, slots=True)
class ReplyLinks:
    """Where a practice answers a note. The same note has the same link, also after a crash."""

    base_url: str
    key: bytes

    def token(self, note_id: str) -> str:
        """Sixteen letters and digits: 80 bits that can be typed from a fax."""
        made = hmac.new(self.key, f"link/{note_id}".encode(), sha256).digest()
        return b32encode(made[:10]).decode().lower()

    def link(self, note_id: str) -> str:
        return f"{self.base_url}/provider/notes/{self.token(note_id)}"

    def second_factor(self, note_id: str) -> str:
        """Six digits printed on the note's page: the link alone opens nothing."""
        made = hmac.new(self.key, f"factor/{note_id}".encode(), sha256).digest()
        return f"{int.from_bytes(made[:8]) % 1_000_000:06d}"


class NoteActivities:
    def __init__(
        self,
        transaction: Transaction,
        programs: Mapping[str, Program],
        typesetter: Typesetter,
        spool: NoteSpool,
        links: ReplyLinks,
        time: Time,
    ) -> None:
        self._transaction = transaction
        self._programs = programs
        self._typesetter = typesetter
        self._spool = spool
        self._links = links
        self._time = time

    @activity.defn
    async def write_note(self, request: WriteNoteRequest) -> None:
        """Idempotent by note id: it leaves once, with one link."""
        async with self._transaction() as session:
            row = await session.get_one(Note, request.note_id)
            enrollment = await session.get_one(Enrollment, row.enrollment_id)
            program = self._programs[enrollment.program]
            drawn = await draw(session, row, enrollment, program)
        if row.sent_at or row.problem:
            return
        # No written consent under 42 CFR Part 2 is on file yet: what rests on it stays here.
        note = disclosable(drawn, part2_consent=False) if drawn else None
        if note is None:
            reason = "nothing_to_disclose" if drawn else "no_prescriber"
            return await self._hand_over(request.note_id, program, reason)
        try:
            spooled = await self._put(note)
        except (NoteTooLong, UnprintableText, NoteConflict) as problem:
            return await self._hand_over(request.note_id, program, type(problem).__name__)
        await self._sent(note, spooled)

    async def _put(self, note: CoordinationNote) -> SpooledNote:
        link = self._links.link(note.note_id)
        pdf = await asyncio.to_thread(
            self._typesetter.note,
            note,
            link=link,
            second_factor=self._links.second_factor(note.note_id),
        )
        manifest = {
            "link": link,
            "second_factor": self._links.second_factor(note.note_id),
            "reply_by": note.reply_by.isoformat(),
            "requests": [{"id": asked.id, "text": asked.text} for asked in note.requests],
        }
        return await asyncio.to_thread(self._spool.put, note.note_id, pdf, bundle(note), manifest)

    async def _sent(self, note: CoordinationNote, spooled: SpooledNote) -> None:
        now = self._time.now()
        async with self._transaction() as session:
            row = await session.get_one(Note, note.note_id, with_for_update=True)
            if row.sent_at is not None:
                return
            row.sent_at = now
            row.token_hash = token_hash(self._links.token(note.note_id))
            row.pdf_path, row.fhir_path = str(spooled.pdf_path), str(spooled.bundle_path)
            row.content = {
                "second_factor": self._links.second_factor(note.note_id),
                "requests": [{"id": asked.id, "text": asked.text} for asked in note.requests],
            }
            enrollment = await session.get_one(Enrollment, row.enrollment_id)
            outcomes.record(
                session,
                enrollment,
                "note_sent",
                at=now,
                rule="intake",
                detail={"note": row.id, "requests": len(note.requests)},
            )
            log.info("note_sent", enrollment_id=row.enrollment_id)

    async def _hand_over(self, note_id: str, program: Program, problem: str) -> None:
        async with self._transaction() as session:
            row = await session.get_one(Note, note_id, with_for_update=True)
            row.problem = problem
            await tasks.open_task(
                session,
                row.enrollment_id,
                key=f"note-{row.ordinal}",
                kind="note_problem",
                role="pharmacist",
                within=program.read_within,
                now=self._time.now(),
                detail={"problem": problem},
            )
        log.warning("note_not_sent", enrollment_id=row.enrollment_id, reason=problem)
