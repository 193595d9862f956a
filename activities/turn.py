"""One turn of a journey: its states, its facts, and the acting until every stage waits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from activities import exits
from activities.effects import Scene, carry_out
from activities.texts import Texts
from domain import journey
from domain.effects import OpenTask, SendText
from domain.exits import Way
from domain.program import Program
from domain.stages import Do, Done, Facts, Wait
from domain.state import shift
from store import facts, outbox, outcomes, stages
from store.models import Enrollment, InboundText, Member, Stage

# A stage that still acts after so many turns contradicts itself: better to fail loudly.
MOST_TURNS = 40


@dataclass
class Turn:
    session: AsyncSession
    enrollment: Enrollment
    member: Member
    program: Program
    texts: Texts
    now: datetime
    rate: float
    kept: dict[str, Stage]
    states: dict[str, Any]
    soonest: datetime | None = None

    @classmethod
    async def begin(
        cls,
        session: AsyncSession,
        enrollment: Enrollment,
        programs: Mapping[str, Program],
        texts: Texts,
        now: datetime,
        rate: float,
    ) -> "Turn":
        member = await session.get_one(Member, enrollment.member_id)
        kept = await stages.rows(session, enrollment.id)
        program = programs[enrollment.program]
        return cls(
            session, enrollment, member, program, texts, now, rate, kept, stages.states(kept)
        )

    async def facts(self) -> Facts:
        await self.session.flush()
        return await facts.load(self.session, self.enrollment, self.program.grace, self.now)

    def scene(self, stage: str, heard: InboundText | None = None) -> Scene:
        return Scene(
            self.session,
            self.enrollment,
            self.member,
            self.program,
            self.texts,
            self.now,
            stage,
            self.rate,
            heard,
        )

    async def shift_states(self, by: timedelta) -> None:
        """A hold freezes the timers: every moment a stage counts from moves by its length."""
        ended = (await self.facts()).done
        for name, state in self.states.items():
            if name not in ended:
                self.states[name] = shift(state, by)
                self.save(name)

    async def end_if_over(self) -> None:
        """A hold keeps a journey's place, but not past the member's death or their STOP."""
        if (end := journey.over(await self.facts())) is not None:
            return await self.end(end)
        leaving_at = self.enrollment.leaving_at
        if leaving_at is None:
            return
        if self.enrollment.hold == Way.GRACE:
            self.soonest = leaving_at + self.program.grace
        if self.enrollment.hold == Way.REROUTES:
            key = f"reroute-{leaving_at:%Y%m%d}"
            task = OpenTask(key, "new_pharmacy", "coordinator", self.program.reroute_within)
            await carry_out(self.scene("exits"), task)

    async def act(self) -> None:
        for _ in range(MOST_TURNS):
            known = await self.facts()
            if (end := journey.over(known)) is not None:
                return await self.end(end)
            acted = False
            waits: list[datetime] = []
            for name in journey.running(self.program, known):
                decision = journey.next_step(self.program, name, self.states[name], known, self.now)
                acted = await self._carry_out(name, decision) or acted
                if isinstance(decision, Wait) and decision.until:
                    waits.append(decision.until)
            if not acted:
                return await self._settle(known, waits)
        raise RuntimeError(f"enrollment {self.enrollment.id}: a stage never comes to rest")

    async def _carry_out(self, name: str, decision: Do | Wait | Done) -> bool:
        """Whether the facts may have changed."""
        match decision:
            case Wait(until, why):
                self.save(name, why=why, due_at=until)
                return False
            case Done(how):
                self.save(name, done=how)
                self.record("stage_ended", name, {"how": how})
                if name == "outreach" and how == "reached":
                    self.enrollment.reached_at = self.now
                    self.record("reached", "member's answer")
                return True
            case Do(state, effects):
                self.states[name] = state
                self.save(name)
                for effect in effects:
                    await carry_out(self.scene(name), effect)
                return True

    def save(self, name: str, **place: Any) -> None:
        stages.save(
            self.session, self.kept, self.enrollment.id, name, self.states[name], self.now, **place
        )

    async def _settle(self, known: Facts, waits: list[datetime]) -> None:
        state = journey.state_of(self.program, known, self.now, self.states["outreach"])
        if state in journey.ENDED:
            return await self.end(state)
        if self.enrollment.state != state:
            self.enrollment.state = state
            self.record("state", state)
        if state is journey.State.SLIPPING and self.program.slipping:
            key = f"slipping-{journey.slips_at(self.program, known):%Y%m%d}"
            within = self.program.slipping.call_within
            call = OpenTask(key, "slipping_call", "coordinator", within)
            await carry_out(self.scene("journey"), call)
        waits += journey.state_changes(self.program, known, self.now)
        self.soonest = min(waits, default=None)

    async def end(self, state: journey.State) -> None:
        await exits.end(self.session, self.enrollment, state, self.now)
        if state is journey.State.GRADUATED:
            await carry_out(self.scene(outbox.CLOSING), SendText("goodbye", "goodbye"))

    def record(self, kind: str, rule: str, detail: Mapping[str, Any] | None = None) -> None:
        outcomes.record(self.session, self.enrollment, kind, at=self.now, rule=rule, detail=detail)
