"""What a member's page says beside the timeline: who, why this program, why this pharmacy."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.safe_contact import ANY_WAY, SafeContact
from store import safe_contact
from store.models import (
    ContactPoint,
    Enrollment,
    Evidence,
    Medication,
    Member,
    Pharmacy,
    StaffAction,
    StaffMember,
    Stage,
)
from store.pages.scope import Scope
from store.pages.tasks import TaskFilter, TaskLine, open_tasks


@dataclass(frozen=True, slots=True)
class Reason:
    """Why the member ranks where they do; `protected`: it comes from a Part 2 source."""

    points: str
    words: str
    protected: bool = False


@dataclass(frozen=True, slots=True)
class MemberView:
    enrollment: Enrollment
    member: Member
    pharmacy: Pharmacy | None
    phones: Sequence[ContactPoint]
    stages: Sequence[Stage]
    evidence: Sequence[Evidence]
    medications: Sequence[Medication]
    tasks: Sequence[TaskLine]
    others: Sequence[Enrollment]
    """The member's other enrollments that the viewer may see."""
    safe: SafeContact = ANY_WAY

    @property
    def protected(self) -> frozenset[str]:
        """Conditions that only Part 2 sources speak of."""
        return frozenset(line.condition for line in self.evidence if line.part2)

    @property
    def open_conditions(self) -> Sequence[str]:
        return [name for name in self.enrollment.conditions if name not in self.protected]

    @property
    def reasons(self) -> Sequence[Reason]:
        return [reason(line, self.protected) for line in self.enrollment.reasons]


def reason(line: str, protected: frozenset[str]) -> Reason:
    """ "points|code|words", perhaps with "|part2" behind it.

    Its words are withheld where it bears that label or they name a protected condition.
    """
    points, _, rest = line.removesuffix("|part2").partition("|")
    code, _, words = rest.partition("|")
    said = f"{code} {words}".lower().replace("_", " ").replace("-", " ")
    if line.endswith("|part2") or any(
        name.lower().replace("_", " ").replace("-", " ") in said for name in protected
    ):
        return Reason(points, "protected source", protected=True)
    return Reason(points, words or code or line)


async def view_member(
    session: AsyncSession, scope: Scope, enrollment_id: str, *, now: datetime
) -> MemberView | None:
    """None when there is no such enrollment, or it is not this viewer's to see."""
    query = select(Enrollment).where(Enrollment.id == enrollment_id)
    enrollment: Enrollment | None = await session.scalar(scope.limit(query))
    if enrollment is None:
        return None
    mine = Enrollment.member_id == enrollment.member_id
    others = scope.limit(select(Enrollment).where(mine, Enrollment.id != enrollment.id))
    member_id = enrollment.member_id
    phones = select(ContactPoint).where(ContactPoint.member_id == member_id)
    stages = select(Stage).where(Stage.enrollment_id == enrollment.id)
    evidence = select(Evidence).where(Evidence.member_id == member_id)
    medications = select(Medication).where(Medication.member_id == member_id)
    wanted = TaskFilter(enrollment_id=enrollment.id)
    return MemberView(
        enrollment=enrollment,
        member=await session.get_one(Member, member_id),
        pharmacy=await session.get(Pharmacy, enrollment.pharmacy_npi)
        if enrollment.pharmacy_npi
        else None,
        phones=(await session.scalars(phones.order_by(ContactPoint.rank))).all(),
        stages=(await session.scalars(stages.order_by(Stage.due_at.nulls_last()))).all(),
        evidence=(await session.scalars(evidence.order_by(Evidence.condition))).all(),
        medications=(await session.scalars(medications.order_by(Medication.runs_out_on))).all(),
        tasks=await open_tasks(session, scope, wanted, now=now),
        others=(await session.scalars(others)).all(),
        safe=await safe_contact.of_member(session, member_id),
    )


async def may_see(session: AsyncSession, scope: Scope, enrollment_id: str) -> bool:
    query = select(Enrollment.id).where(Enrollment.id == enrollment_id)
    return await session.scalar(scope.limit(query)) is not None


async def last_action(
    session: AsyncSession, enrollment_id: str, action_id: int
) -> StaffAction | None:
    """A staff action of this enrollment, to say what came of it."""
    found: StaffAction | None = await session.scalar(
        select(StaffAction).where(
            StaffAction.id == action_id, StaffAction.enrollment_id == enrollment_id
        )
    )
    return found


async def names_of_staff(session: AsyncSession, actors: set[str]) -> dict[str, str]:
    """Who "staff:<id>" is."""
    ids = {actor.removeprefix("staff:") for actor in actors if actor.startswith("staff:")}
    if not ids:
        return {}
    rows = await session.execute(
        select(StaffMember.id, StaffMember.name).where(StaffMember.id.in_(ids))
    )
    return {f"staff:{staff_id}": name for staff_id, name in rows}
