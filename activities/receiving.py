"""Receives one inbound text: everything that may not wait for a journey happens here, at once.

One transaction, committed before the carrier is answered: the text is stored once by the carrier's
id; words of danger reach a person; STOP is in the ledger. What is left is the journey's to hear.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from activities.receiving_acts import Received, answer, cry_for_help, start, stop, wrong_number
from activities.texts import Texts
from activities.time import Time
from domain.crisis import CrisisRules
from domain.danger import Danger
from domain.replies import Help, Reading, ReplyWords, Start, Stop, WrongNumber, read_reply
from store import enrollments, inbound, tasks
from store.models import Enrollment, InboundText, Intent, Member

log = structlog.get_logger()

_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")
"""No PostgreSQL text holds these: half an emoji, or nothing at all."""


@dataclass(frozen=True, slots=True)
class Incoming:
    sid: str
    phone: str
    body: str
    media: int = 0
    found_by: str = "webhook"


@dataclass(frozen=True, slots=True)
class Kept:
    new: bool
    """The carrier has not brought it before."""
    silent: bool
    """Its phone has said STOP, with this text or earlier: nothing may be on its way there."""


@dataclass(frozen=True, slots=True)
class Receiver:
    words: ReplyWords
    texts: Texts
    deadlines: Mapping[str, timedelta]
    crisis: CrisisRules
    time: Time

    async def receive(self, session: AsyncSession, text: Incoming) -> Kept:
        """What the carrier has brought before is kept already: then nothing is done again."""
        now = self.time.now()
        open_prompt, opted_out = await inbound.phone(session, text.phone)
        found = await enrollments.of_phone(session, text.phone)
        asked = await _asked(session, text.phone, open_prompt, found)
        enrollment = _whose(found, asked)
        body = _UNKEEPABLE.sub("\ufffd", text.body)
        reading = read_reply(body, self.words, opted_out=opted_out)
        row = InboundText(
            sid=text.sid,
            phone=text.phone,
            body=body,
            media=text.media,
            received_at=now,
            found_by=text.found_by,
            enrollment_id=enrollment.id if enrollment else None,
            answers=asked.id if asked else None,
            reading=name(reading),
        )
        silent = opted_out or isinstance(reading, Stop) or getattr(reading, "stop", False)
        if not await inbound.store_once(session, row):
            return Kept(new=False, silent=silent)
        if enrollment is None or row.reading != inbound.PLAIN_TEXT:
            # Any other text is left to its journey.
            received = await self._received(session, row, found, enrollment, now)
            await self._act(received, reading)
        for each in found:
            if each.ended_at is None or each is enrollment:
                enrollments.nudge(each, now)
        log.info("text_received", message_id=text.sid, reason=row.reading)
        return Kept(new=True, silent=silent)

    async def _received(
        self,
        session: AsyncSession,
        row: InboundText,
        found: Sequence[Enrollment],
        enrollment: Enrollment | None,
        now: datetime,
    ) -> Received:
        member = await session.get(Member, enrollment.member_id) if enrollment else None
        return Received(
            session, row, found, enrollment, member, self.texts, self.deadlines, self.crisis,
            self.time.clock.rate, now,
        )  # fmt: skip

    async def _act(self, received: Received, reading: Reading) -> None:
        match reading:
            case Danger():
                await cry_for_help(received, reading)
            case Stop():
                await stop(received, doubtful=reading.doubtful)
                if reading.wrong_number:
                    await wrong_number(received, confirm=False)
            case Start():
                await start(received)
            case Help():
                await answer(received, "help")
            case WrongNumber():
                await wrong_number(received)
            case _ if received.enrollment is None:
                await self._stranger(received)

    async def _stranger(self, received: Received) -> None:
        """Nobody we know: told who we are, and a person looks."""
        await answer(received, "help")
        await tasks.open_task(
            received.session,
            None,
            key=f"stranger-{received.text.sid}",
            kind="unknown_sender",
            role="coordinator",
            within=self.deadlines["unknown_sender"],
            now=received.now,
            message_id=received.text.sid,
        )


def name(reading: Reading) -> str:
    """How a reading is written in the table of inbound texts; codes only."""
    match reading:
        case Danger(kind=kind):
            return f"danger_{kind}"
        case Stop(doubtful=doubtful):
            return "stop_doubtful" if doubtful else "stop"
        case Start():
            return "start"
        case Help():
            return "help"
        case WrongNumber():
            return "wrong_number"
    return inbound.PLAIN_TEXT


async def _asked(
    session: AsyncSession, phone: str, open_prompt: str | None, found: Sequence[Enrollment]
) -> Intent | None:
    """The question the text answers: the one open on the phone, else the last one asked there."""
    if open_prompt is not None:
        return await session.get(Intent, open_prompt)
    return await session.scalar(
        select(Intent)
        .where(
            Intent.phone == phone,
            Intent.asks.is_not(None),
            Intent.accepted_at.is_not(None),
            Intent.enrollment_id.in_([each.id for each in found if each.ended_at is None]),
        )
        .order_by(Intent.accepted_at.desc())
        .limit(1)
    )


def _whose(found: Sequence[Enrollment], asked: Intent | None) -> Enrollment | None:
    """The journey that asked, else the phone's running one, else its newest.

    An enrollment whose journey never began hears nothing: a person must.
    """
    if asked is not None:
        return next((each for each in found if each.id == asked.enrollment_id), None)
    return next((each for each in found if each.started_at), None)
