"""Screenings on a form: what was asked of a member, and the form of one instrument."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from activities.screening_form import Desk, Sheet, asks_of, fill_in, what_is_known
from api.auth import AnyStaff, Viewer
from api.console.screening_sheet import Page, Sent, read_sheet
from api.deps import Clocks, OpenSessions, Session
from api.pages import render_page
from api.problems import NotFound, Refused, Unreadable
from domain.program import Program
from domain.screening_form import BadForm, Filled, kept, round_for
from domain.screening_plan import Ask
from domain.stages import Facts
from store import screenings
from store.database import in_transaction
from store.models import Enrollment, Member
from store.pages.enrollments import names_of_staff

router = APIRouter(prefix="/console/screenings", tags=["console"])

EnrollmentId = Annotated[str, Path(max_length=200)]
Name = Annotated[str, Path(max_length=60)]
Saved = Annotated[str, Query(max_length=60)]


@dataclass(frozen=True, slots=True)
class Visit:
    """A member's screenings as one viewer may see them."""

    enrollment: Enrollment
    member: Member
    facts: Facts
    asks: Mapping[str, Ask]

    def ask(self, name: str) -> Ask:
        if name not in self.asks:
            raise NotFound
        return self.asks[name]


@router.get("/{enrollment_id}")
async def overview(
    request: Request, enrollment_id: EnrollmentId, viewer: AnyStaff, session: Session,
    clocks: Clocks, saved: Saved = "",
) -> Response:  # fmt: skip
    visit = await _visit(request, session, viewer, enrollment_id, clocks)
    asked = await screenings.newest(session, enrollment_id)
    danger = any(k.startswith("danger-") and done is None for k, done in visit.facts.tasks.items())
    return render_page(
        request,
        "console/screenings.html",
        visit=visit,
        asked=asked,
        said=visit.asks.get(saved),
        danger=danger,
        answered={
            name: sum(i.code in visit.facts.round_answers(row.ordinal)
                      for i in visit.asks[name].instrument.items)
            for name, row in asked.items() if name in visit.asks
        },
        staff=await names_of_staff(session, {row.actor or "" for row in asked.values()}),
    )  # fmt: skip


@router.get("/{enrollment_id}/{name}")
async def form(
    request: Request, enrollment_id: EnrollmentId, name: Name, viewer: AnyStaff, session: Session,
    clocks: Clocks,
) -> Response:  # fmt: skip
    visit = await _visit(request, session, viewer, enrollment_id, clocks)
    number = round_for(visit.ask(name).instrument.name, visit.facts)
    known = visit.facts.round_answers(number)
    return _draw(request, visit, Page(visit.ask(name).instrument, number, known))


@router.post("/{enrollment_id}/{name}/questions")
async def questions(
    request: Request, enrollment_id: EnrollmentId, name: Name, viewer: AnyStaff, session: Session,
    clocks: Clocks,
) -> Response:  # fmt: skip
    """The questions that what is ticked so far leaves to be asked; nothing is kept."""
    visit = await _visit(request, session, viewer, enrollment_id, clocks)
    instrument = visit.ask(name).instrument
    sent = read_sheet(await request.form(), instrument)
    try:
        known, _ = kept(instrument, visit.facts.round_answers(sent.round), sent.given)
    except BadForm:
        raise Unreadable from None
    page = Page(instrument, sent.round, known, channel=sent.channel)
    return _draw(request, visit, page, "console/_screening_questions.html")


@router.post("/{enrollment_id}/{name}")
async def save(
    request: Request, enrollment_id: EnrollmentId, name: Name, viewer: AnyStaff,
    sessions: OpenSessions, clocks: Clocks,
) -> Response:  # fmt: skip
    """Kept as far as it goes. Done again by itself where a journey holds the same rows."""
    posted = await request.form()

    async def work(session: AsyncSession) -> tuple[Visit, Sent, Filled | None]:
        visit = await _visit(request, session, viewer, enrollment_id, clocks, lock=True)
        sent = read_sheet(posted, visit.ask(name).instrument)
        sheet = Sheet(name, sent.round, sent.given, sent.finish, sent.channel, viewer.actor)
        state, time = request.app.state, request.app.state.time
        desk = Desk(state.programs, state.receiver.texts, clocks.now(), time.clock.rate)
        return visit, sent, await fill_in(session, visit.enrollment, sheet, desk)

    try:
        visit, sent, filled = await in_transaction(sessions.begin, work)
    except BadForm:
        raise Unreadable from None
    if filled is None:
        raise Refused("This asking is over, or a colleague has begun another. Open it again.")
    if filled.ended or (not sent.finish and not filled.contradictions):
        address = f"/console/screenings/{enrollment_id}?saved={name}"
        return RedirectResponse(address, status_code=303)
    instrument = visit.ask(name).instrument
    known = {**visit.facts.round_answers(sent.round), **filled.new}
    wrong = {item.code for item in filled.open} if sent.finish else set()
    page = Page(instrument, sent.round, known, sent.channel, wrong, filled.contradictions)
    return _draw(request, visit, page, status=422)


async def _visit(
    request: Request, session: AsyncSession, viewer: Viewer, enrollment_id: str, clocks: Clocks,
    *, lock: bool = False,
) -> Visit:  # fmt: skip
    """NotFound: another pharmacy's, or a program that asks nothing; Refused: it has ended."""
    query = select(Enrollment).where(Enrollment.id == enrollment_id)
    if lock:
        query = query.with_for_update(key_share=True)
    enrollment: Enrollment | None = await session.scalar(viewer.scope.limit(query))
    if enrollment is None:
        raise NotFound
    program: Program | None = request.app.state.programs.get(enrollment.program)
    if program is None:
        raise NotFound
    if enrollment.ended_at is not None:
        raise Refused("This journey has ended: nothing is asked of the member any more.")
    facts = await what_is_known(session, enrollment, program, clocks.now())
    member = await session.get_one(Member, enrollment.member_id)
    asks = asks_of(program, facts)
    mine = {name: ask for name, ask in asks.items() if _may_see(viewer, ask)}
    return Visit(enrollment, member, facts, mine)


def _may_see(viewer: Viewer, ask: Ask) -> bool:
    """What falls under 42 CFR Part 2 stays with those who treat: the member's pharmacists."""
    return ask.instrument.label is None or viewer.cleared


def _draw(
    request: Request, visit: Visit, page: Page, template: str = "console/screening.html",
    status: int = 200,
) -> Response:  # fmt: skip
    context: dict[str, Any] = {"visit": visit, "page": page, "language": visit.member.language}
    return render_page(request, template, status=status, **context)
