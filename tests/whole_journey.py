"""A member's whole journey: the real activities, a member who answers, a pharmacy that delivers, a
practice that replies, and a calendar that is turned to the next thing that happens."""

import heapq
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path

import make
from fakes import TEMPLATES, House, ana, open_house
from make_journeys import DAY, HOUR, NOW
from sqlalchemy import text

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
from store.models import Medication, Member, Note
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


@dataclass(frozen=True)
class Look:
    """`due`: when the next text may leave; `nudged`: something new waits for the journey."""

    due: datetime | None
    nudged: bool
    accepted: Sequence[tuple[str, str, str]]
    """Intent, template and body."""
    ordered: Sequence[int]
    noted: Sequence[str]
    tasks: Sequence[tuple[int, str]]


_LOOK = text("""
select (select min(due_at) from intents where status = 'pending') as due,
    (select nudged_at is not null from enrollments where id = 'e1') as nudged,
    (select json_agg(json_build_array(id, template, body) order by accepted_at) from intents
     where status = 'accepted' and accepted_at > :since) as accepted,
    (select json_agg(id order by id) from deliveries where status = 'ordered') as ordered,
    (select json_agg(id) from notes where sent_at > :since) as noted,
    (select json_agg(json_build_array(id, kind) order by id) from tasks
     where created_at > :since) as tasks
""")


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
        self._seen_until = self.now - DAY
        for after, kind in persona.staff:
            # The default binds this turn's value; mypy cannot infer such a lambda.
            self.at(after, lambda kind=kind: self.staff(kind))  # type: ignore[misc]

    @property
    def now(self) -> datetime:
        return self.house.time.now()

    async def _ignore(self, action_id: int) -> None:
        return None

    def at(self, after: timedelta, happens: Callable[[], Awaitable[None]]) -> None:
        heapq.heappush(self._agenda, (self.now + after, next(self._order), happens))

    async def settle(self) -> None:
        """What is due leaves; whoever has something to answer puts it down in the agenda."""
        look = await self._look()
        while look.due and look.due <= self.now:
            assert await self.house.sending.send_one()
            look = await self._look()
        for intent_id, template, body in look.accepted:
            if self._new(intent_id):
                self.arrived(template, body)
        for delivery_id in look.ordered:
            if self._new(("delivery", delivery_id)):
                self.ordered(delivery_id)
        for note_id in look.noted if self.persona.provider else ():
            if self._new(("note", note_id)):
                # The default binds this turn's value; mypy cannot infer such a lambda.
                self.at(DAY, lambda id_=note_id: self._practice(id_))  # type: ignore[misc]
        for task_id, kind in look.tasks:
            if self._new(("task", task_id)):
                self.asked(task_id, kind)
        self._seen_until = self.now - DAY

    def arrived(self, template: str, _body: str) -> None:
        if body := self.persona.answers.get(template):
            self.at(self.persona.after, lambda: self.reply(body))

    def ordered(self, delivery_id: int) -> None:
        steps = (Brought.ACCEPTED, Brought.PACKED, Brought.OUT, Brought.DELIVERED)
        for days, to in enumerate(steps, 1):
            self.at(
                days * DAY / 2,
                # The default binds this turn's value; mypy cannot infer such a lambda.
                lambda to=to: self._bring(delivery_id, to),  # type: ignore[misc]
            )

    def asked(self, task_id: int, kind: str) -> None:
        if kind == "outreach_call" and self.persona.call:
            outcome = self.persona.call
            self.at(DAY, lambda: self.finish(task_id, outcome))

    async def _look(self) -> Look:
        """All that is new since the last time, in one question: a life has hundreds of moments."""
        async with self.house.engine.connect() as connection:
            row = (await connection.execute(_LOOK, {"since": self._seen_until})).one()
        return Look(
            row.due, row.nudged, row.accepted or (), row.ordered or (), row.noted or (),
            row.tasks or (),
        )  # fmt: skip

    def _new(self, what: object) -> bool:
        known = what in self._seen
        self._seen.add(what)
        return not known

    async def next_moment(self) -> datetime | None:
        """When something happens next by itself, without the journey."""
        moments = [(await self._look()).due, self._agenda[0][0] if self._agenda else None]
        return min((each for each in moments if each), default=None)

    async def go_to(self, moment: datetime) -> None:
        self.house.time.pass_by(max(moment - self.now, timedelta()))
        while self._agenda and self._agenda[0][0] <= self.now:
            await heapq.heappop(self._agenda)[2]()
        await self.settle()

    async def nudged(self) -> bool:
        return (await self._look()).nudged

    async def reply(self, body: str) -> None:
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

    async def finish(self, task_id: int, resolution: str) -> None:
        async with self.house.transaction() as session:
            desk = Desk(session, actor="staff:s1", now=self.now)
            await desk.finish(EVERYTHING, task_id, resolution=resolution)

    async def staff(self, kind: str) -> None:
        async with self.house.transaction() as session:
            desk = Desk(session, actor="staff:s1", now=self.now)
            form = f"form-{next(self._order)}"
            action = await desk.act(EVERYTHING, "e1", kind=kind, reason="as asked", form_id=form)
        assert action is not None
        await self.act(action)

    async def live(self, step_on: Callable[[], Awaitable[Step]]) -> None:
        """To the end: the journey steps when its wait is over or when something is new."""
        step = await step_on()
        while not step.ended:
            slept = await self.until_it_steps(step)
            assert slept is not None, "nothing will ever happen again"
            step = await step_on()
        await self.settle()
        await self.last_texts()

    async def until_it_steps(self, step: Step) -> timedelta | None:
        """Let the world go on until the journey steps again; how long that was, None: never."""
        since = self.now
        over = None if step.wait_seconds is None else since + in_seconds(step.wait_seconds)
        for _ in range(MOMENTS):
            await self.settle()
            look = await self._look()
            if look.nudged or (over and over <= self.now):
                return self.now - since
            happens = self._agenda[0][0] if self._agenda else None
            moments = [each for each in (over, look.due, happens) if each]
            if not moments:
                return None
            await self.go_to(min(moments))
        raise AssertionError("the journey never comes to rest")

    async def last_texts(self) -> None:
        """A goodbye may have to wait for its day, or its week, like any other text."""
        for _ in range(MOMENTS):
            due = (await self._look()).due
            if due is None:
                return
            await self.go_to(due)
        raise AssertionError("a last text never comes to rest")

    async def step_directly(self) -> Step:
        """One step and its errands as the workflow runs them, without a workflow."""
        step = await self.house.advance()
        await self.run_errands(step)
        return step

    async def run_errands(self, step: Step) -> None:
        for errand in step.errands:
            if errand.kind == "letter":
                await self.letters.print_letter(PrintLetterRequest(errand.id))
            else:
                await self.notes.write_note(WriteNoteRequest(errand.id))


def in_seconds(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


@asynccontextmanager
async def member(
    database_url: str,
    persona: Persona,
    spool: Path,
    world: Callable[[House, Persona, Path], World] = World,
    **given: object,
) -> AsyncIterator[World]:
    """Ana, invited on the day the clock stands at."""
    async with open_house(database_url) as house:
        begun = {"created_at": NOW, "started_at": NOW, "reached_at": None, "state": "identified"}
        house.given(*ana(**begun))
        if given:
            await house.change(Member, "m1", **given)
        if persona.runs_out:
            house.given(_medicine(persona.runs_out))
        yield world(house, persona, spool)


def _medicine(runs_out: date) -> Medication:
    filled = runs_out - timedelta(days=30)
    return make.medication(runs_out_on=runs_out, last_fill_on=filled, prescriber_npi="1000000020")
