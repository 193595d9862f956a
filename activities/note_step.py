"""One step of a note inside a transaction: what its row, its task and its account then say."""

from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from domain.passage import (
    Again,
    Channel,
    GiveUp,
    Passage,
    PassagePlan,
    after_look,
    after_refusal,
    after_silence,
    transmission,
)
from domain.program import Program
from gateways.note_transport import Left, NotTaken
from store import outcomes, part2, tasks
from store.models import Enrollment, Note

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class NoteStep:
    """`row` and `enrollment` are locked."""

    session: AsyncSession
    row: Note
    enrollment: Enrollment
    program: Program
    now: datetime

    @property
    def plan(self) -> PassagePlan:
        plan: PassagePlan = self.program.plans["coordination"].passage
        return plan

    async def left(self, left: Left) -> None:
        row, now = self.row, self.now
        row.status, row.transport_ref = Passage.SENT, left.ref
        row.sent_at = row.sent_at or now
        row.delivered_at = now if left.delivered else None
        asks = not left.delivered and row.channel == Channel.FAX
        row.next_try_at = now + self.plan.retry_after if asks else None
        row.pdf_path, row.fhir_path = left.pdf_path, left.bundle_path
        if row.consent_id is not None:
            await part2.disclosed(
                self.session,
                self.enrollment.member_id,
                part2.Disclosed(
                    row.consent_id, row.prescriber_npi or "", part2.NOTE,
                    transmission(row.id, row.copy), row.content["part2_kinds"],
                ),
                now,
            )  # fmt: skip
        self.say("note_sent")
        log.info("note_sent", enrollment_id=self.enrollment.id)

    def delivered(self) -> None:
        self.row.delivered_at, self.row.next_try_at = self.now, None
        self.say("note_delivered")

    async def refused(self, answer: NotTaken) -> None:
        self.row.status = Passage.PENDING
        next_ = after_refusal(
            self.row.tries, self.plan, self.now,
            reason=answer.reason, lasting=answer.lasting, over=self._over,
        )  # fmt: skip
        if isinstance(next_, Again):
            self.row.next_try_at = next_.at
            log.warning("note_refused", enrollment_id=self.enrollment.id, reason=answer.reason)
        else:
            await self.hand_over(next_.reason)

    def unclear(self) -> None:
        self.row.next_try_at = self.now + self.plan.settle_after
        log.warning("note_unclear", enrollment_id=self.enrollment.id)

    async def looked(self) -> None:
        self.row.looks += 1
        next_ = after_look(self.row.looks, self.plan, self.now, over=self._over)
        if isinstance(next_, Again):
            self.row.next_try_at = next_.at
        else:
            await self.hand_over(next_.reason)

    async def still_under_way(self) -> None:
        next_ = after_silence(self.row.sent_at or self.now, self.plan, self.now)
        if isinstance(next_, GiveUp):
            self.row.next_try_at = None
            await self._task(next_.reason)
        else:
            self.row.next_try_at = next_.at

    async def hand_over(self, problem: str) -> None:
        self.row.problem, self.row.next_try_at = problem, None
        await self._task(problem)
        log.warning("note_not_sent", enrollment_id=self.enrollment.id, reason=problem)

    def say(self, kind: str) -> None:
        row = self.row
        detail: dict[str, str | int | None] = {
            "note": row.id, "requests": len(row.content["requests"]), "copy": row.copy,
        }  # fmt: skip
        outcomes.record(
            self.session,
            self.enrollment,
            kind,
            at=self.now,
            rule=row.channel or "intake",
            detail=detail,
        )

    @property
    def _over(self) -> bool:
        return self.enrollment.ended_at is not None

    async def _task(self, problem: str) -> None:
        row = self.row
        await tasks.open_task(
            self.session,
            row.enrollment_id,
            key=f"note-{row.ordinal}-{row.copy}" if row.copy else f"note-{row.ordinal}",
            kind="note_problem",
            role="pharmacist",
            within=self.program.read_within,
            now=self.now,
            detail={"problem": problem},
        )
