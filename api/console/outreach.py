"""The invitation on a member's page: every rung of its ladder, used or not, in sentences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from api.words import say
from domain.outreach_plan import OutreachPlan
from domain.outreach_rungs import Rung
from domain.program import Program
from store.models import Enrollment
from store.pages.outreach import RungUsed


@dataclass(frozen=True, slots=True)
class RungLine:
    ordinal: int
    what: str
    template: str
    after: int
    """Days after the rung before, or of rest after an invitation nobody answered."""
    rests: bool
    at: datetime | None
    words: str
    late: bool
    """Something of it failed."""


FAILED = frozenset({"not_delivered", "withheld", "not_printed", "returned", "still_open"})


def ladder(
    program: Program | None, enrollment: Enrollment, used: Mapping[int, RungUsed]
) -> Sequence[RungLine]:
    """Nothing for a program that is no longer there: its ladder is not known."""
    plan = program.plans.get("outreach") if program else None
    if not isinstance(plan, OutreachPlan):
        return ()
    version = enrollment.program_version
    begins = {end + 1 for end in plan.ends(version)}
    over = enrollment.reached_at is not None or enrollment.ended_at is not None
    return [
        RungLine(
            ordinal,
            say(rung.channel, "rung"),
            rung.template,
            _days(plan, rung, rests=ordinal in begins),
            ordinal in begins,
            row.at if (row := used.get(ordinal)) else None,
            _words(row, over),
            bool(row and row.ended in FAILED),
        )
        for ordinal, rung in enumerate(plan.ladder(version), 1)
    ]


def _days(plan: OutreachPlan, rung: Rung, *, rests: bool) -> int:
    wait = plan.again.rest if plan.again and rests else rung.after
    return wait // timedelta(days=1)


def _words(row: RungUsed | None, over: bool) -> str:
    if row is None:
        return "Not needed" if over else "Still to come"
    if row.ended is None:
        return "The journey ended before an answer" if over else "Waiting for an answer"
    return say(row.ended, "rung_ending")
