"""The door: due texts pass the gate together, in one transaction that lets those go that may.

Each is judged under the lock of its own phone. What may go is committed as `sending`, with a lease,
before anything of it is written to the carrier.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from activities.gate import Asked, Gate
from activities.listening import Listening
from activities.pacing import Pace, Road
from activities.time import Time
from domain.gate import Later, Never, Reason, Send, Verdict
from domain.outbox import Status
from gateways.sms import OutgoingText
from store import enrollments, gate, outbox, tasks
from store.models import Enrollment, Intent

log = structlog.get_logger()

LEASE = timedelta(seconds=4)
"""After it the text may no longer be written to the carrier."""
PERSON_WITHIN = timedelta(hours=24)
NEEDS_A_PERSON = ("no_template", "too_long", "bad_content", "no_hours")


@dataclass(frozen=True, slots=True)
class Taken:
    """A text that may go."""

    intent_id: str
    text: OutgoingText
    lease_until: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Passage:
    """What came of one opening of the door."""

    settled: int = 0
    """Of how many due texts it was said what becomes of them."""
    taken: Sequence[Taken] = ()


@dataclass(slots=True)
class _Answers:
    """What the gate says of the texts that were due, in their order."""

    go: list[tuple[Intent, str, Send, str]] = field(default_factory=list)
    """With their phone, and the text as it is sent."""
    stay: list[tuple[Intent, Later | Never]] = field(default_factory=list)
    busy: list[Intent] = field(default_factory=list)
    """Their phone is locked, or a text is on its way to it."""


@dataclass
class Door:
    gate: Gate
    status_url: str
    time: Time
    pace: Pace
    listening: Listening
    held: bool = False
    """Something due was held back when it was last looked for."""

    async def open(self, session: AsyncSession, most: int) -> Passage:
        """Look for due texts, at most so many."""
        now = self.time.now()
        road = await self.listening.hold(session, await self.pace.look(session, now))
        self.held = road.held
        due = await self.pace.due(session, now, road, most)
        if not due:
            return Passage()
        answers = await self._ask(session, due, now)
        for intent in answers.busy:
            intent.due_at = now + self._moment()
        for intent, verdict in answers.stay:
            await self._keep(session, intent, verdict, now)
        taken = await self._let_go(session, answers, road, now)
        return Passage(len(answers.busy) + len(answers.stay) + len(taken), taken)

    async def _ask(self, session: AsyncSession, due: Sequence[Intent], now: datetime) -> _Answers:
        answers = _Answers()
        asked = await self._with_phones(session, due, answers)
        found = await self.gate.look(session, asked, now)
        for intent, phone in asked:
            verdict: Verdict | None
            try:
                verdict, body = await self.gate.ask(session, intent, phone, found[intent.id], now)
            except SQLAlchemyError:
                raise
            except Exception as wrong:
                # A text that cannot even be judged must not keep the others from leaving.
                log.error("text_broken", intent_id=intent.id, error=type(wrong).__name__)
                verdict, body = Never(Reason.BAD_CONTENT), None
            match verdict:
                case None:
                    answers.busy.append(intent)
                case Send():
                    assert phone
                    assert body
                    answers.go.append((intent, phone.phone, verdict, body))
                case _:
                    answers.stay.append((intent, verdict))
        return answers

    async def _with_phones(
        self, session: AsyncSession, due: Sequence[Intent], answers: _Answers
    ) -> Sequence[Asked]:
        """One text a phone; a second one is left as it is until the first has gone."""
        numbers = await gate.phones_of(session, due)
        locked = await gate.lock_phones(session, set(numbers.values())) if numbers else {}
        first: dict[str, Asked] = {}
        for intent in due:
            number = numbers.get(intent.id)
            if number is None:
                first[intent.id] = intent, None
            elif number not in locked:
                answers.busy.append(intent)
            else:
                first.setdefault(number, (intent, locked[number]))
        return list(first.values())

    async def _let_go(
        self, session: AsyncSession, answers: _Answers, road: Road, now: datetime
    ) -> Sequence[Taken]:
        """What was not used up by others leaves; the rest is left as it is."""
        count = self.gate.texts.count
        sizes = [(intent, count(body)) for intent, _, _, body in answers.go]
        free = {each.id for each in await self.pace.use(session, sizes, road, now)}
        taken = []
        for intent, phone, verdict, body in answers.go:
            if intent.id in free:
                outbox.decided(session, intent.id, "send", verdict.reason, now)
                taken.append(self._lease(intent, phone, body, verdict.until))
        return taken

    def _lease(self, intent: Intent, phone: str, body: str, until: datetime) -> Taken:
        lease = self.time.wall() + LEASE
        intent.status, intent.phone, intent.body = Status.SENDING, phone, body
        intent.tries += 1
        intent.lease_until, intent.settle_at, intent.reason = lease, None, None
        seconds = int((until - self.time.now()).total_seconds())
        text = OutgoingText(phone, body, f"{self.status_url}/{intent.id}", seconds)
        return Taken(intent.id, text, lease, until)

    async def _keep(
        self, session: AsyncSession, intent: Intent, verdict: Later | Never, now: datetime
    ) -> None:
        if verdict_is_news(intent, verdict):
            at = verdict.at if isinstance(verdict, Later) else None
            said = "later" if at else "never"
            outbox.decided(session, intent.id, said, verdict.reason, now, at)
        match verdict:
            case Later(at, reason):
                intent.due_at, intent.reason = at, reason
            case Never(reason):
                intent.status, intent.reason = Status.WITHHELD, reason
                await self._withheld(session, intent, now)

    async def _withheld(self, session: AsyncSession, intent: Intent, now: datetime) -> None:
        log.info("text_withheld", intent_id=intent.id, reason=intent.reason)
        if intent.enrollment_id is None:
            return
        enrollments.nudge(await session.get_one(Enrollment, intent.enrollment_id), now)
        if intent.reason in NEEDS_A_PERSON:
            await tasks.open_task(
                session,
                intent.enrollment_id,
                key=f"withheld-{intent.reason}",
                kind="text_withheld",
                role="coordinator",
                within=PERSON_WITHIN,
                now=now,
                detail={"reason": intent.reason, "language": intent.language},
            )

    def _moment(self) -> timedelta:
        """A blink of wall time, as business time."""
        return timedelta(seconds=max(30.0, 0.2 * self.time.clock.rate))


def verdict_is_news(intent: Intent, verdict: Verdict) -> bool:
    """The same delay for the same reason again is kept once."""
    return not (isinstance(verdict, Later) and intent.reason == verdict.reason)
