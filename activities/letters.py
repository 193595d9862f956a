"""Printing a letter: set, spooled once, recorded."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from temporalio import activity

from activities.letter_door import at_the_door
from activities.time import Time
from domain.program import Program
from gateways.letter_words import MissingData, MissingTranslation, UnapprovedWording
from gateways.print_spool import LetterConflict, LetterFacts, PrintSpool
from gateways.typesetting import AddressTooLong, Typesetter, UnprintableText, pages
from store import enrollments, tasks
from store.database import Transaction
from store.models import Enrollment, Letter, Member, Pharmacy

log = structlog.get_logger()

UNPRINTABLE = (
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
    ) -> None:
        self._transaction = transaction
        self._programs = programs
        self._typesetter = typesetter
        self._spool = spool
        self._time = time

    @activity.defn
    async def print_letter(self, request: PrintLetterRequest) -> None:
        """Idempotent by letter id: the spool holds it once, however often this is tried."""
        async with self._transaction() as session:
            letter = await session.get_one(Letter, request.letter_id)
            enrollment = await session.get_one(Enrollment, letter.enrollment_id)
            member = await session.get_one(Member, enrollment.member_id)
            npi = enrollment.pharmacy_npi
            pharmacy = await session.get_one(Pharmacy, npi) if npi else None
        if letter.spooled_at or letter.problem:
            return
        program = self._programs[enrollment.program]
        try:
            if not member.address:
                raise MissingData("no address")
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
            await self._put(letter, program, pdf)
        except (*UNPRINTABLE, LetterConflict) as problem:
            await self._hand_over(letter, program, type(problem).__name__)

    async def _put(self, letter: Letter, program: Program, pdf: bytes) -> None:
        version = self._typesetter.version(letter.template, letter.language)
        facts = LetterFacts(
            letter.template, version, letter.language, letter.large_print, pages(pdf)
        )
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
            row.spooled_at, row.template_version = now, version
            row.path, row.sha256, row.pages = str(spooled.path), spooled.sha256, spooled.pages
            door.record("letter_spooled", row.step, now)
        log.info("letter_spooled", enrollment_id=letter.enrollment_id)

    async def _hand_over(self, letter: Letter, program: Program, problem: str) -> None:
        """What cannot be printed is a person's: it says why and waits for nobody else."""
        now = self._time.now()
        async with at_the_door(self._transaction, letter.id, program, now) as door:
            if door.never:
                return door.withhold(now)
            door.row.problem = problem
            # The ladder does not wait for a letter that cannot be printed.
            enrollments.nudge(door.enrollment, now)
            await tasks.open_task(
                door.session,
                letter.enrollment_id,
                key=f"letter-{letter.step}",
                kind="letter_problem",
                role="coordinator",
                within=program.read_within,
                now=now,
                detail={"problem": problem, "language": letter.language},
            )
        log.warning("letter_not_printed", enrollment_id=letter.enrollment_id, reason=problem)


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
