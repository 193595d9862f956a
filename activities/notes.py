"""A coordination note: drawn from the facts of the moment, disclosed by rule, sent once."""

import asyncio
import hmac
from base64 import b32encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from activities.letters import plain_phone
from activities.note_facts import draw
from activities.note_passage import Claim, Passages
from activities.time import Time
from domain.ecareplan import bundle
from domain.notes import CoordinationNote, PrescriberFace, disclosable
from domain.part2 import Recipient, Why, permission
from domain.passage import Channel, Passage, transmission
from domain.program import Program
from gateways.note_transport import Address, Left, NoteTransport, NotTaken, OutgoingNote, Unclear
from gateways.typesetting import NoteTooLong, Typesetter, UnprintableText
from store import part2
from store.database import Transaction
from store.models import Enrollment, Note, Practice


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


@dataclass(frozen=True, slots=True)
class _Written:
    """A note as it may leave, and where to; `problem` when it may not."""

    row: Note
    program: Program
    practice: Practice | None
    note: CoordinationNote | None
    problem: str | None = None


class NoteActivities:
    """`transports`: by channel; the spool is always there and takes what no other can."""

    def __init__(
        self,
        transaction: Transaction,
        programs: Mapping[str, Program],
        typesetter: Typesetter,
        transports: Mapping[Channel, NoteTransport],
        links: ReplyLinks,
        time: Time,
    ) -> None:
        self._transaction = transaction
        self._programs = programs
        self._typesetter = typesetter
        self._transports = transports
        self._links = links
        self._time = time
        self._passages = Passages(transaction, programs, links, time)

    @activity.defn
    async def write_note(self, request: WriteNoteRequest) -> None:
        """One step of a note's way; idempotent: one copy leaves once, whatever is retried."""
        async with self._transaction() as session:
            row = await session.get_one(Note, request.note_id)
            practice = await _practice(session, row)
        waits = row.next_try_at is not None and self._time.now() < row.next_try_at
        if row.problem or row.answered_at or waits:
            return
        match Passage(row.status):
            case Passage.PENDING:
                await self._write(row.id)
            case Passage.SENDING:
                await self._settle(row, practice)
            case Passage.SENT:
                await self._ask(row)

    async def _write(self, note_id: str) -> None:
        written = await self._drawn(note_id)
        if written.problem or written.note is None:
            reason = written.problem or "nothing_to_disclose"
            return await self._passages.hand_over(note_id, reason)
        try:
            outgoing = await self._set(written, written.note)
        except (NoteTooLong, UnprintableText) as problem:
            return await self._passages.hand_over(note_id, type(problem).__name__)
        transport = self._transport(written.practice)
        manifest = outgoing.manifest
        claim = Claim(
            written.note,
            transport.channel,
            str(manifest["second_factor"]),
            str(manifest.get("notice", "")),
        )
        # A consent that ended while the page was set: nothing has left, the next step draws anew.
        if await self._passages.claim(claim):
            await self._passages.record(note_id, await transport.send(outgoing))

    async def _drawn(self, note_id: str) -> _Written:
        async with self._transaction() as session:
            row = await session.get_one(Note, note_id)
            enrollment = await session.get_one(Enrollment, row.enrollment_id)
            program = self._programs[enrollment.program]
            practice = await _practice(session, row)
            drawn = await draw(session, row, enrollment, program)
            consents = await part2.of_member(session, enrollment.member_id)
        if drawn is None or row.prescriber_npi is None:
            return _Written(row, program, practice, None, "no_prescriber")
        # Whoever prescribes for a member treats them.
        to = Recipient(row.prescriber_npi, treating=True)
        allowed = permission(consents, to, Why.TREATMENT, self._time.now())
        note = disclosable(drawn, allowed)
        return _Written(row, program, practice, _addressed(note, practice) if note else None)

    async def _set(self, written: _Written, note: CoordinationNote) -> OutgoingNote:
        link = self._links.link(note.note_id)
        code = written.practice.code if written.practice else None
        notice = self._typesetter.part2_notice(note)
        pdf = await asyncio.to_thread(
            self._typesetter.note,
            note,
            link=link,
            second_factor="" if code else self._links.second_factor(note.note_id),
        )
        manifest: dict[str, Any] = {
            "link": link,
            "second_factor": code or self._links.second_factor(note.note_id),
            "reply_by": note.reply_by.isoformat(),
            "requests": [{"id": asked.id, "text": asked.text} for asked in note.requests],
            "copy": written.row.copy,
            **({"notice": notice} if notice else {}),
        }
        return OutgoingNote(
            transmission(note.note_id, written.row.copy),
            _address(note.prescriber.npi, written.practice),
            pdf,
            bundle(note, notice=notice),
            manifest,
        )

    async def _settle(self, row: Note, practice: Practice | None) -> None:
        """An answer was lost: what the channel knows decides, and never a second guess."""
        transport = self._transports[Channel(row.channel or Channel.SPOOL)]
        to = _address(row.prescriber_npi or "", practice)
        found = await transport.find(transmission(row.id, row.copy), to, row.created_at)
        match found:
            case NotTaken(reason):
                if await self._passages.was_not_taken(row.id, reason):
                    await self._write(row.id)
            case Unclear():
                await self._passages.still_unclear(row.id)
            case Left():
                await self._passages.record(row.id, found)

    async def _ask(self, row: Note) -> None:
        if row.next_try_at is not None and row.transport_ref and row.channel:
            transport = self._transports[Channel(row.channel)]
            await self._passages.record_result(row.id, await transport.result(row.transport_ref))

    def _transport(self, practice: Practice | None) -> NoteTransport:
        """The practice's channel where it is set up and its address known; else the spool."""
        spool = self._transports[Channel.SPOOL]
        if practice is None:
            return spool
        channel = Channel(practice.channel)
        known = {
            Channel.FAX: practice.fax,
            Channel.SECURE_MAIL: practice.mail,
            Channel.SECURE_PAGE: practice.mail and practice.code,
            Channel.FHIR: practice.fhir_url,
        }.get(channel)
        return self._transports.get(channel, spool) if known else spool


async def _practice(session: AsyncSession, row: Note) -> Practice | None:
    return await session.get(Practice, row.prescriber_npi) if row.prescriber_npi else None


def _addressed(note: CoordinationNote, practice: Practice | None) -> CoordinationNote:
    if practice is None:
        return note
    fax = plain_phone(practice.fax) if practice.fax else None
    return replace(note, prescriber=PrescriberFace(practice.npi, practice.name, fax))


def _address(npi: str, practice: Practice | None) -> Address:
    if practice is None:
        return Address(npi)
    return Address(npi, practice.fax, practice.mail, practice.fhir_url)
