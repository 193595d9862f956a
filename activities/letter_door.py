"""The door letters leave by: asked under the enrollment's lock, at the moment of printing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from domain.journey import PAPER_STILL_GOES, State, over
from domain.program import Program
from store import enrollments, facts, letters, outcomes, safe_contact, tasks
from store.database import Transaction
from store.models import Enrollment, Letter

log = structlog.get_logger()

UNSAFE = "unsafe"
"""The member said that letters may bring them into danger."""


@dataclass(frozen=True, slots=True)
class AtTheDoor:
    """`never`: why the letter may not leave; `later`: it waits for the hold's end."""

    session: AsyncSession
    row: Letter
    enrollment: Enrollment
    never: str | None
    later: bool

    def record(self, kind: str, rule: str, now: datetime) -> None:
        outcomes.record(
            self.session, self.enrollment, kind, at=now, rule=rule, detail={"letter": self.row.id}
        )

    def withhold(self, now: datetime) -> None:
        """For good where it may never leave; what waits for a hold's end is left as it is."""
        if self.never:
            self.row.problem = letters.WITHHELD
            self.record("letter_withheld", self.never, now)
            # What follows does not wait for a letter that never comes.
            enrollments.nudge(self.enrollment, now)


async def hand_over(door: AtTheDoor, program: Program, problem: str, now: datetime) -> None:
    """What cannot leave is a person's: it says why and waits for nobody else."""
    if door.never:
        return door.withhold(now)
    door.row.problem = problem
    # The ladder does not wait for a letter that cannot be printed.
    enrollments.nudge(door.enrollment, now)
    await tasks.open_task(
        door.session,
        door.row.enrollment_id,
        key=f"letter-{door.row.step}",
        kind="letter_problem",
        role="coordinator",
        within=program.read_within,
        now=now,
        detail={"problem": problem, "language": door.row.language},
    )
    log.warning("letter_not_printed", enrollment_id=door.row.enrollment_id, reason=problem)


@asynccontextmanager
async def at_the_door(
    transaction: Transaction, letter_id: str, program: Program, now: datetime
) -> AsyncIterator[AtTheDoor]:
    """Enrollment and letter stay locked: a death, a hold or an end waits until this is over.

    A STOP does not wait: what is read here is what was kept before.
    """
    async with transaction() as session:
        enrollment_id = (await session.get_one(Letter, letter_id)).enrollment_id
        enrollment = await enrollments.lock(session, enrollment_id)
        row = await session.get_one(Letter, letter_id, with_for_update=True, populate_existing=True)
        known = await facts.load(session, enrollment, program.grace, now)
        end = over(known)
        if end is None and enrollment.ended_at is not None:
            state = State(enrollment.state)
            end = None if state in PAPER_STILL_GOES else state
        held = enrollment.held_at is not None or await letters.about_to_be_held(session, enrollment)
        safe = await safe_contact.of_member(session, enrollment.member_id)
        never = end or (None if safe.letters else UNSAFE)
        yield AtTheDoor(session, row, enrollment, never, held and enrollment.ended_at is None)
