"""Somebody proposes a member: judged, enrolled when nothing speaks against it, and kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from domain.identification import FitRules
from domain.nominations import Nomination, Why, judge
from domain.program import Program
from store import nominations
from store.models import NominationRow

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Nominating:
    """What nominations are judged by, of each program by its name."""

    programs: Mapping[str, Program]
    rules: Mapping[str, FitRules]
    conditions: Mapping[str, tuple[str, ...]]
    """Those each program is for, groups written out."""
    part2: frozenset[str]
    """Conditions of which whatever tells bears the label of 42 CFR Part 2."""

    async def nominate(
        self, session: AsyncSession, nomination: Nomination, *, how: str, actor: str, now: datetime
    ) -> NominationRow:
        """The verdict, kept; KeyError for a program nobody knows. The same form twice is one."""
        before = await nominations.told_before(session, nomination.form_id)
        if before is not None:
            return before
        program = self.programs[nomination.program]
        known = await nominations.known_of(session, nomination, program.payer_types, now.date())
        why = judge(nomination, known, self.conditions[program.id], self.rules[program.id])
        enrollment_id = None
        if why is Why.ACCEPTED:
            enrollment_id = await nominations.enroll(
                session, nomination, program.version, self.part2, actor=actor, now=now
            )
        log.info("member_nominated", program=program.id, reason=why.value)
        return await nominations.keep(
            session, nomination, why, how=how, actor=actor, now=now, enrollment_id=enrollment_id
        )
