"""Asks again: waits until an instrument is due again, then runs the screening of that round."""

from dataclasses import replace
from datetime import datetime

from domain import screening
from domain.screening_asking import Screening
from domain.screening_plan import ScreeningPlan
from domain.stages import Do, Done, Facts, Wait

BEGINS = Screening(round=2)


def next_step(
    state: Screening, plan: ScreeningPlan, facts: Facts, now: datetime
) -> Do | Wait | Done:
    """It ends with the journey: after each round it waits for the next."""
    if state.phase:
        step = screening.next_step(state, plan, facts, now)
        return Do(Screening(round=state.round + 1)) if isinstance(step, Done) else step
    due = plan.due_again(facts)
    if "screening" not in facts.done or not due:
        return Wait(None, "rescreening_nothing_due")
    if now < due[0][0]:
        return Wait(due[0][0], "rescreening_due")
    names = tuple(name for moment, name in due if moment <= now)
    # A form may have been filled in between: the round's number is one nobody has used.
    number = max(each.round for each in facts.screenings) + 1
    begun = replace(Screening(round=number), only=names)
    step = screening.next_step(begun, plan, facts, now)
    return step if isinstance(step, Do) else Wait(None, "rescreening_nothing_due")


heard = screening.heard
