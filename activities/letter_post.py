"""A letter handed to a mailing house: claimed, sent under one key, looked for when unanswered."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Protocol

import structlog

from activities.letter_door import AtTheDoor, at_the_door, hand_over
from activities.time import Time
from domain.letters import MailAddress, doubtful
from domain.program import Program
from gateways.lob import LobAway, NoAnswer, NotTaken, Posted
from gateways.print_spool import LetterFacts
from store import enrollments, tasks
from store.database import Transaction
from store.models import Letter

log = structlog.get_logger()

AGAIN_AFTER = timedelta(minutes=30)
MOST_TRIES = 20
"""Ten hours: then a person finds out what became of it."""


class MailingHouse(Protocol):
    async def send(
        self, letter_id: str, pdf: bytes, to: MailAddress, sender: MailAddress
    ) -> Posted | NotTaken | NoAnswer: ...

    async def find(self, letter_id: str) -> Posted | None: ...

    async def cancel(self, id: str) -> bool: ...


class HouseAway(Exception):
    """The journey is over and nobody will look again: the activity itself is tried again."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A letter as it leaves."""

    pdf: bytes
    facts: LetterFacts
    to: MailAddress
    sender: MailAddress


@dataclass(frozen=True, slots=True)
class _Claim:
    may: bool
    never: bool
    again: bool
    """It was claimed before: the house may have it."""


class LetterPost:
    def __init__(self, transaction: Transaction, house: MailingHouse, time: Time) -> None:
        self._transaction = transaction
        self._house = house
        self._time = time

    async def post(self, letter: Letter, program: Program, sheet: Sheet) -> None:
        """Never two letters: one key, and what the house has is asked before it is sent again."""
        claim = await self._claim(letter, program, sheet)
        if claim is None:
            return
        try:
            found = await self._house.find(letter.id) if claim.again else None
        except LobAway:
            return await self._later(letter, program)
        if found is not None:
            if claim.never and await self._house.cancel(found.id):
                found = None
            else:
                return await self._record(letter, program, sheet, found)
        if not claim.may:
            return await self._withhold(letter, program)
        match await self._house.send(letter.id, sheet.pdf, sheet.to, sheet.sender):
            case Posted() as posted:
                await self._record(letter, program, sheet, posted)
            case NotTaken(code):
                log.warning("letter_refused", enrollment_id=letter.enrollment_id, reason=code)
                async with self._door(letter, program) as door:
                    await hand_over(door, program, "Refused", self._time.now())
            case NoAnswer():
                await self._later(letter, program)

    def _door(self, letter: Letter, program: Program) -> AbstractAsyncContextManager[AtTheDoor]:
        return at_the_door(self._transaction, letter.id, program, self._time.now())

    async def _claim(self, letter: Letter, program: Program, sheet: Sheet) -> _Claim | None:
        async with self._door(letter, program) as door:
            row, now = door.row, self._time.now()
            if row.spooled_at or row.problem:
                return None
            again, shut = row.claimed_at is not None, bool(door.never or door.later)
            if shut and not again:
                door.withhold(now)
                return None
            if not shut:
                row.claimed_at, row.tries = row.claimed_at or now, row.tries + 1
                row.sent_to = sheet.to.place
            return _Claim(not shut, bool(door.never), again)

    async def _record(self, letter: Letter, program: Program, sheet: Sheet, posted: Posted) -> None:
        async with self._door(letter, program) as door:
            row, now = door.row, self._time.now()
            row.printer, row.vendor_id, row.next_try_at = "lob", posted.id, None
            if row.spooled_at is None:
                row.spooled_at, row.template_version = now, sheet.facts.version
                row.sha256, row.pages = sha256(sheet.pdf).hexdigest(), sheet.facts.pages
                door.record("letter_spooled", row.step, now)
            theirs = posted.address
            if theirs and doubtful(sheet.to, theirs, moved=posted.moved):
                await _check_address(door, program, theirs, now)
        log.info("letter_posted", enrollment_id=letter.enrollment_id)

    async def _withhold(self, letter: Letter, program: Program) -> None:
        async with self._door(letter, program) as door:
            door.withhold(self._time.now())

    async def _later(self, letter: Letter, program: Program) -> None:
        async with self._door(letter, program) as door:
            now = self._time.now()
            if door.row.tries >= MOST_TRIES:
                return await hand_over(door, program, "PrinterSilent", now)
            door.row.next_try_at = now + AGAIN_AFTER
            over = door.enrollment.ended_at is not None
            if not over:
                enrollments.nudge(door.enrollment, now)
        log.warning("letter_not_posted_yet", enrollment_id=letter.enrollment_id)
        if over:
            raise HouseAway


async def _check_address(
    door: AtTheDoor, program: Program, theirs: MailAddress, now: datetime
) -> None:
    """Held for a person: the address on file is the plan's, and the member may know better."""
    row = door.row
    row.corrected = {
        "line": theirs.line, "city": theirs.city, "state": theirs.state, "zip": theirs.zip_code,
    }  # fmt: skip
    await tasks.open_task(
        door.session,
        row.enrollment_id,
        key=f"address-{row.step}",
        kind="address_check",
        role="coordinator",
        within=program.read_within,
        now=now,
    )
