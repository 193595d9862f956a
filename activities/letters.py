"""Printing a letter: set, spooled once, recorded."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from temporalio import activity

from activities.letter_door import at_the_door, hand_over
from activities.letter_post import LetterPost, Sheet
from activities.time import Time
from domain.letters import MailAddress, sender
from domain.program import Program
from gateways.letter_words import MissingData, MissingTranslation, UnapprovedWording
from gateways.lob import LONGEST_LINE, LONGEST_NAME
from gateways.print_spool import LetterConflict, LetterFacts, PrintSpool
from gateways.typesetting import AddressTooLong, Typesetter, UnprintableText, pages
from store.database import Transaction
from store.models import Enrollment, Letter, Member, Pharmacy

log = structlog.get_logger()


class BadAddress(Exception):
    """A letter came back from it: no more go there."""


UNPRINTABLE = (
    BadAddress,
    MissingTranslation,
    UnapprovedWording,
    MissingData,
    AddressTooLong,
    UnprintableText,
)


@dataclass(frozen=True)
class PrintLetterRequest:
    letter_id: str


class LetterActivities:
    def __init__(
        self,
        transaction: Transaction,
        programs: Mapping[str, Program],
        typesetter: Typesetter,
        spool: PrintSpool,
        time: Time,
        post: LetterPost | None = None,
    ) -> None:
        """`post`: by a mailing house; None: the print spool."""
        self._transaction = transaction
        self._programs = programs
        self._typesetter = typesetter
        self._spool = spool
        self._time = time
        self._post = post

    @activity.defn
    async def print_letter(self, request: PrintLetterRequest) -> None:
        """Idempotent by letter id: the spool holds it once, however often this is tried."""
        async with self._transaction() as session:
            letter = await session.get_one(Letter, request.letter_id)
            enrollment = await session.get_one(Enrollment, letter.enrollment_id)
            member = await session.get_one(Member, enrollment.member_id)
            npi = enrollment.pharmacy_npi
            pharmacy = await session.get_one(Pharmacy, npi) if npi else None
        waits = letter.next_try_at is not None and self._time.now() < letter.next_try_at
        if letter.spooled_at or letter.problem or waits:
            return
        program = self._programs[enrollment.program]
        try:
            to = _address(member)
            if pharmacy is None:
                raise MissingData("no pharmacy")
            data = _data(letter, member, pharmacy, program)
            pdf = await asyncio.to_thread(
                self._typesetter.letter,
                letter.template,
                letter.language,
                data,
                large_print=letter.large_print,
            )
            await self._leave(letter, program, pdf, to)
        except (*UNPRINTABLE, LetterConflict) as problem:
            await self._hand_over(letter, program, type(problem).__name__)

    async def _leave(self, letter: Letter, program: Program, pdf: bytes, to: MailAddress) -> None:
        version = self._typesetter.version(letter.template, letter.language)
        facts = LetterFacts(
            letter.template, version, letter.language, letter.large_print, pages(pdf)
        )
        if self._post is None:
            return await self._put(letter, program, pdf, facts)
        from_ = sender(program.sender, program.address)
        if from_ is None:
            raise MissingData("the program's address has no town")
        if len(to.name) > LONGEST_NAME or len(to.line) > LONGEST_LINE:
            raise AddressTooLong("longer than the mailing house takes")
        await self._post.post(letter, program, Sheet(pdf, facts, to, from_))

    async def _put(self, letter: Letter, program: Program, pdf: bytes, facts: LetterFacts) -> None:
        now = self._time.now()
        async with at_the_door(self._transaction, letter.id, program, now) as door:
            row = door.row
            if row.spooled_at or row.problem:
                return
            # What lies in the spool since before a crash has left: that is only written down.
            shut = door.never or door.later
            if shut and await asyncio.to_thread(self._spool.take_back, letter.id):
                return door.withhold(now)
            spooled = await asyncio.to_thread(self._spool.put, letter.id, pdf, facts)
            row.spooled_at, row.template_version = now, facts.version
            row.path, row.sha256, row.pages = str(spooled.path), spooled.sha256, spooled.pages
            door.record("letter_spooled", row.step, now)
        log.info("letter_spooled", enrollment_id=letter.enrollment_id)

    async def _hand_over(self, letter: Letter, program: Program, problem: str) -> None:
        now = self._time.now()
        async with at_the_door(self._transaction, letter.id, program, now) as door:
            await hand_over(door, program, problem, now)


def _address(member: Member) -> MailAddress:
    """Raises MissingData without an address, BadAddress for one a letter came back from."""
    if not member.address:
        raise MissingData("no address")
    name = f"{member.first_name} {member.last_name}".strip()
    found = MailAddress(
        name, member.address, member.city or "", member.state or "", member.zip_code or ""
    )
    if member.bad_address is not None and member.bad_address == found.place:
        raise BadAddress
    return found


def _data(
    letter: Letter, member: Member, pharmacy: Pharmacy, program: Program
) -> Mapping[str, Any]:
    name = f"{member.first_name} {member.last_name}".strip()
    return {
        "letter_id": letter.id[:8],
        "date": letter.created_at.date(),
        "sender": {
            "name": program.sender,
            "address": list(program.address),
            "phone": plain_phone(program.phone),
        },
        "recipient": {"name": name, "address": _lines(member)},
        "member": {"name": name},
        "pharmacy": {
            "name": pharmacy.name,
            "phone": plain_phone(pharmacy.phone or program.phone),
            "address": _lines(pharmacy),
        },
    }


def _lines(place: Member | Pharmacy) -> list[str]:
    town = f"{place.city or ''}, {place.state or ''} {place.zip_code or ''}".strip(", ")
    return [line for line in (place.address, town) if line]


def plain_phone(phone: str) -> str:
    """+18005550142 as people read it aloud: 800-555-0142."""
    digits = phone.removeprefix("+1")
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}" if len(digits) == 10 else phone
