"""What staff write at the console: actions on a journey, and tasks done."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.crisis import is_cry
from store import handovers, outcomes
from store.enrollments import nudge
from store.models import Enrollment, StaffAction, Task
from store.pages.scope import Scope

ACTIONS = ("hold", "resume", "take_over", "stop")


class Desk:
    def __init__(self, session: AsyncSession, *, actor: str, now: datetime) -> None:
        self._session = session
        self._actor = actor
        self._now = now

    async def act(
        self, scope: Scope, enrollment_id: str, *, kind: str, reason: str, form_id: str
    ) -> int | None:
        """The id of the recorded action, the same for the same form; None: not this viewer's."""
        enrollment = await self._mine(scope, enrollment_id)
        if enrollment is None:
            return None
        row = insert(StaffAction).values(
            enrollment_id=enrollment_id,
            form_id=form_id,
            kind=kind,
            reason=reason,
            actor=self._actor,
            at=self._now,
        )
        recorded: int | None = await self._session.scalar(
            row.on_conflict_do_nothing(
                index_elements=[StaffAction.enrollment_id, StaffAction.form_id]
            ).returning(StaffAction.id)
        )
        if recorded is None:
            known = select(StaffAction.id).where(
                StaffAction.enrollment_id == enrollment_id, StaffAction.form_id == form_id
            )
            earlier: int = (await self._session.execute(known)).scalar_one()
            return earlier
        self._record(enrollment, "staff_action", "staff", {"action": kind, "action_id": recorded})
        nudge(enrollment, self._now)
        return recorded

    async def note_answer(self, action_id: int, answer: str) -> None:
        """Keep why a journey refused, unless it has said so itself."""
        await self._session.execute(
            update(StaffAction)
            .where(StaffAction.id == action_id, StaffAction.answer.is_(None))
            .values(answer=answer)
        )

    async def finish(self, scope: Scope, task_id: int, *, resolution: str, words: str = "") -> str:
        """ "done", "already" when somebody was quicker, "unknown" when not this viewer's, "cry" for
        a cry for help: only a call that is written down ends it (store.crisis)."""
        mine = (
            select(Task.enrollment_id)
            .outerjoin(Enrollment, Enrollment.id == Task.enrollment_id)
            .where(Task.id == task_id)
        )
        owner = (await self._session.execute(scope.limit(mine))).one_or_none()
        if owner is None:
            return "unknown"
        # The enrollment first, as the journey does: two who lock in one order never wait in a ring.
        enrollment = await self._mine(scope, owner[0]) if owner[0] else None
        task = await self._session.get_one(Task, task_id, with_for_update=True)
        if task.done_at is not None:
            return "already"
        if is_cry(task.kind):
            return "cry"
        task.done_at, task.done_by, task.resolution = self._now, self._actor, resolution
        await handovers.settle(self._session, task, self._actor, self._now)
        if words:
            task.detail = {**task.detail, "words": words}
        if enrollment is not None:
            self._record(
                enrollment, "task_done", task.kind, {"task_id": task.id, "kind": task.kind}
            )
            nudge(enrollment, self._now)
        return "done"

    async def _mine(self, scope: Scope, enrollment_id: str) -> Enrollment | None:
        query = select(Enrollment).where(Enrollment.id == enrollment_id).with_for_update()
        found: Enrollment | None = await self._session.scalar(scope.limit(query))
        return found

    def _record(
        self, enrollment: Enrollment, kind: str, rule: str, detail: dict[str, str | int | None]
    ) -> None:
        outcomes.record(
            self._session,
            enrollment,
            kind,
            at=self._now,
            rule=rule,
            actor=self._actor,
            detail=detail,
        )
