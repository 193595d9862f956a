"""A member's whole journey: the real activities, a member who answers, a pharmacy that delivers, a
practice that replies, and a calendar that is turned to the next thing that happens."""

import heapq
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path

import make
from fakes import TEMPLATES, House, ana, open_house
from make_journeys import DAY, HOUR, NOW
from sqlalchemy import func, select

from activities.journey import Step
from activities.letters import LetterActivities, PrintLetterRequest
from activities.notes import NoteActivities, ReplyLinks, WriteNoteRequest
from domain.delivery_steps import Status as Brought
from domain.passage import Channel
from gateways.note_spool import NoteSpool, SpoolTransport
from gateways.print_spool import PrintSpool
from gateways.typesetting import Typesetter
from runtime import programs
from store.deliveries import move_delivery
from store.desk import Desk
from store.models import Delivery, Enrollment, Intent, Medication, Member, Note, Task
from store.notes_page import Notes
from store.pages.scope import EVERYTHING

MOMENTS = 2000
"""A journey in which more happens than that is one that never comes to rest."""
WILLING = {
    "welcome": "1", "reminder": "1", "screening_intro": "yes", "screening_question": "1",
    "referral_offer": "1", "needs_check": "1", "bp_prompt": "128/78", "refill_due": "1",
    "delivery_confirm": "1",
}  # fmt: skip


@dataclass(frozen=True)
class Persona:
    answers: Mapping[str, str] = field(default_factory=dict)
    """By template; a text that is not here is left unanswered."""
    after: timedelta = HOUR
    provider: str | None = None
    """What the practice answers to every request, a day after the note."""
    call: str | None = None
    """What comes of the coordinator's call, a day after it was asked for."""
    staff: tuple[tuple[timedelta, str], ...] = ()
    runs_out: date | None = None
    """When her medicine ends."""


class World:
    def __init__(self, house: House, persona: Persona, spool: Path) -> None:
        self.house, self.persona = house, persona
        known, typesetter = programs.all_programs(), Typesetter(TEMPLATES)
        links = ReplyLinks("https://doorway.example", bytes(32))
        self.letters = LetterActivities(
            house.transaction, known, typesetter, PrintSpool(spool / "letters"), house.time
        )
        transports = {Channel.SPOOL: SpoolTransport(NoteSpool(spool / "notes"))}
        self.notes = NoteActivities(
            house.transaction, known, typesetter, transports, links, house.time
        )
        self.act: Callable[[int], Awaitable[None]] = self._ignore
        """Brings a staff member's recorded action to the journey."""
        self._agenda: list[tuple[datetime, int, Callable[[], Awaitable[None]]]] = []
        self._order = count()
        self._seen: set[object] = set()
        for after, kind in persona.staff:
            self._at(after, lambda kind=kind: self._staff(kind))  # type: ignore[misc]

    @property
    def now(self) -> datetime:
        return self.house.time.now()

    async def _ignore(self, action_id: int) -> None:
        return None

    def _at(self, after: timedelta, happens: Callable[[], Awaitable[None]]) -> None:
        heapq.heappush(self._agenda, (self.now + after, next(self._order), happens))

    async def settle(self) -> None:
        """What is due leaves; whoever has something to answer puts it down in the agenda."""
        await self.house.send_all()
        for intent in await self.house.all(Intent, status="accepted"):
            body = self.persona.answers.get(intent.template)
            if body and self._new(intent.id):
                self._at(self.persona.after, lambda b=body: self._reply(b))  # type: ignore[misc]
        for delivery in await self.house.all(Delivery, status="ordered"):
            if self._new(("delivery", delivery.id)):
                steps = (Brought.ACCEPTED, Brought.PACKED, Brought.OUT, Brought.DELIVERED)
                for days, to in enumerate(steps, 1):
                    self._at(
                        days * DAY / 2,
                        lambda id_=delivery.id, to=to: self._bring(id_, to),  # type: ignore[misc]
                    )
        for note in await self.house.all(Note):
            if self.persona.provider and note.sent_at and self._new(("note", note.id)):
                self._at(DAY, lambda id_=note.id: self._practice(id_))  # type: ignore[misc]
        for task in await self.house.all(Task):
            called = task.kind == "outreach_call" and self.persona.call
            if called and self._new(("task", task.id)):
                self._at(DAY, lambda id_=task.id: self._called(id_))  # type: ignore[misc]

    def _new(self, what: object) -> bool:
        known = what in self._seen
        self._seen.add(what)
        return not known

    async def next_moment(self) -> datetime | None:
        """When something happens next by itself, without the journey."""
        moments = [await self._due(), self._agenda[0][0] if self._agenda else None]
        return min((each for each in moments if each), default=None)

    async def _due(self) -> datetime | None:
        async with self.house.transaction() as session:
            found: datetime | None = await session.scalar(
                select(func.min(Intent.due_at)).where(Intent.status == "pending")
            )
        return found

    async def go_to(self, moment: datetime) -> None:
        self.house.time.pass_by(max(moment - self.now, timedelta()))
        while self._agenda and self._agenda[0][0] <= self.now:
            await heapq.heappop(self._agenda)[2]()
        await self.settle()

    async def nudged(self) -> bool:
        return (await self.house.one(Enrollment, "e1")).nudged_at is not None

    async def _reply(self, body: str) -> None:
        await self.house.text_in(body, sid=f"SM-in-{next(self._order)}")

    async def _bring(self, delivery_id: int, to: Brought) -> None:
        async with self.house.transaction() as session:
            await move_delivery(session, delivery_id, to, actor="pharmacy-api", now=self.now)

    async def _practice(self, note_id: str) -> None:
        async with self.house.transaction() as session:
            note = await session.get_one(Note, note_id)
            said = {"answer": str(self.persona.provider), "comment": ""}
            answers = {asked["id"]: said for asked in note.content["requests"]}
            await Notes(session).answer(note, answers, now=self.now)

    async def _called(self, task_id: int) -> None:
        async with self.house.transaction() as session:
            desk = Desk(session, actor="staff:s1", now=self.now)
            await desk.finish(EVERYTHING, task_id, resolution=str(self.persona.call))

    async def _staff(self, kind: str) -> None:
        async with self.house.transaction() as session:
            desk = Desk(session, actor="staff:s1", now=self.now)
            form = f"form-{next(self._order)}"
            action = await desk.act(EVERYTHING, "e1", kind=kind, reason="as asked", form_id=form)
        assert action is not None
        await self.act(action)

    async def live(self, step_on: Callable[[], Awaitable[Step]]) -> None:
        """To the end: the journey steps when its wait is over or when something is new."""
        step, since = await step_on(), self.now
        for _ in range(MOMENTS):
            await self.settle()
            if step.ended:
                return await self._last_texts()
            over = None if step.wait_seconds is None else since + in_seconds(step.wait_seconds)
            moments = [each for each in (over, await self.next_moment()) if each]
            assert moments, "nothing will ever happen again"
            await self.go_to(min(moments))
            if await self.nudged() or (over and over <= self.now):
                step, since = await step_on(), self.now
        raise AssertionError("the journey never comes to rest")

    async def _last_texts(self) -> None:
        """A goodbye may have to wait for its day, or its week, like any other text."""
        for _ in range(MOMENTS):
            due = await self._due()
            if due is None:
                return
            await self.go_to(due)
        raise AssertionError("a last text never comes to rest")

    async def step_directly(self) -> Step:
        """One step and its errands as the workflow runs them, without a workflow."""
        step = await self.house.advance()
        for errand in step.errands:
            if errand.kind == "letter":
                await self.letters.print_letter(PrintLetterRequest(errand.id))
            else:
                await self.notes.write_note(WriteNoteRequest(errand.id))
        return step


def in_seconds(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


@asynccontextmanager
async def member(
    database_url: str, persona: Persona, spool: Path, **given: object
) -> AsyncIterator[World]:
    """Ana, invited on the day the clock stands at."""
    async with open_house(database_url) as house:
        begun = {"created_at": NOW, "started_at": NOW, "reached_at": None, "state": "identified"}
        house.given(*ana(**begun))
        if given:
            await house.change(Member, "m1", **given)
        if persona.runs_out:
            house.given(_medicine(persona.runs_out))
        yield World(house, persona, spool)


def _medicine(runs_out: date) -> Medication:
    filled = runs_out - timedelta(days=30)
    return make.medication(runs_out_on=runs_out, last_fill_on=filled, prescriber_npi="1000000020")
