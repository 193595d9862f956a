"""Keeps what somebody ticked on a screening's form, and does at once what an answer asks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from activities.effects import Scene, carry_out
from activities.texts import Texts
from domain.instruments import Answers
from domain.program import Program
from domain.screening_form import Filled, fill, offered, round_for
from domain.screening_plan import Ask, ScreeningPlan
from domain.screening_results import Round
from domain.stages import Facts
from store import enrollments, tasks
from store import facts as known_facts
from store.models import Enrollment, Member
from store.screenings import Came

STAGE = "screening"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One form as it was sent."""

    instrument: str
    round: int
    """The asking the page was opened for."""
    given: Answers
    finish: bool
    channel: str
    """One of domain.screening_form.BY_A_PERSON"""
    actor: str


@dataclass(frozen=True, slots=True)
class Desk:
    """What the form is kept with: `rate` is how fast business time runs."""

    programs: Mapping[str, Program]
    texts: Texts
    now: datetime
    rate: float


async def what_is_known(
    session: AsyncSession, enrollment: Enrollment, program: Program, now: datetime
) -> Facts:
    return await known_facts.load(session, enrollment, program.grace, now)


def asks_of(program: Program, facts: Facts) -> Mapping[str, Ask]:
    """By instrument; empty where the program has no screening."""
    plan = program.plans.get(STAGE)
    if not isinstance(plan, ScreeningPlan):
        return {}
    return {ask.instrument.name: ask for ask in offered(plan, facts)}


async def fill_in(
    session: AsyncSession, enrollment: Enrollment, sheet: Sheet, desk: Desk
) -> Filled | None:
    """None: the asking this page was opened for is over, and the page says something else.

    The enrollment is locked. KeyError: the program does not ask this instrument of them.
    """
    program = desk.programs[enrollment.program]
    facts = await what_is_known(session, enrollment, program, desk.now)
    ask, plan = asks_of(program, facts)[sheet.instrument], program.plans[STAGE]
    round_ = Round(ask.instrument, sheet.round)
    filled = fill(round_, plan, facts, sheet.given, finish=sheet.finish)
    if sheet.round != round_for(sheet.instrument, facts):
        return _sent_twice(filled, facts, sheet)
    member = await session.get_one(Member, enrollment.member_id)
    scene = Scene(
        session, enrollment, member, program, desk.texts, desk.now, STAGE, desk.rate,
        came=Came(sheet.channel, actor=sheet.actor),
    )  # fmt: skip
    for effect in filled.effects:
        await carry_out(scene, effect)
    if filled.ended:
        key, how = f"screening-{round_.key}", "asked on the form"
        await tasks.close(session, enrollment.id, key, how, desk.now, actor=sheet.actor)
    enrollments.nudge(enrollment, desk.now)
    return filled


def _sent_twice(filled: Filled, facts: Facts, sheet: Sheet) -> Filled | None:
    """A second click on a form that ended the asking: all it says is kept already."""
    earlier = facts.screening(sheet.instrument, sheet.round)
    ended = earlier is not None and earlier.ended_at is not None
    return filled if ended and not filled.new else None
