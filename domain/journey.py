"""One member's journey through a program: which stages run, and when it ends."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from domain import coaching, coordination, delivery, needs_timers, outreach, rescreening, screening
from domain.program import Program
from domain.screening_asking import Screening
from domain.stages import Do, Done, Facts, Heard, Wait


class State(StrEnum):
    """Where an enrollment stands; everything from GRADUATED on is an end."""

    IDENTIFIED = "identified"
    OUTREACH = "outreach"
    RESTING = "resting"
    """Not reached; invited again later."""
    ACTIVE = "active"
    SLIPPING = "slipping"
    GRADUATED = "graduated"
    DECLINED = "declined"
    OPTED_OUT = "opted_out"
    UNABLE_TO_CONTACT = "unable_to_contact"
    DISENROLLED = "disenrolled"
    DECEASED = "deceased"
    HOSPICE = "hospice"
    LONG_TERM_CARE = "long_term_care"
    MERGED = "merged"
    NO_LONGER_FITS = "no_longer_fits"
    STOPPED = "stopped"


PAPER_STILL_GOES = frozenset({State.GRADUATED, State.DECLINED, State.UNABLE_TO_CONTACT})
"""Ends after which a letter or note that was decided on before still leaves."""
GOES_ON = frozenset({State.IDENTIFIED, State.OUTREACH, State.RESTING, State.ACTIVE, State.SLIPPING})
ENDED = frozenset(State) - GOES_ON

NextStep = Callable[[Any, Any, Facts, datetime], Do | Wait | Done]
Hears = Callable[[Any, str, Any, Facts, datetime], Heard]


@dataclass(frozen=True, slots=True)
class StageRules:
    begins: Any
    next_step: NextStep
    heard: Hears | None


STAGES: Mapping[str, StageRules] = {
    "outreach": StageRules(outreach.Outreach(), outreach.next_step, outreach.heard),
    "screening": StageRules(Screening(), screening.next_step, screening.heard),
    "rescreening": StageRules(rescreening.BEGINS, rescreening.next_step, rescreening.heard),
    "coaching": StageRules(coaching.Coaching(), coaching.next_step, coaching.heard),
    "delivery": StageRules(delivery.Deliveries(), delivery.next_step, delivery.heard),
    "needs": StageRules(needs_timers.Needs(), needs_timers.next_step, needs_timers.heard),
    "coordination": StageRules(coordination.Coordination(), coordination.next_step, None),
}


def over(facts: Facts) -> State | None:
    """Why nothing further may be done for this member, whatever the stages say."""
    speaks = {
        State.DECEASED: facts.dead,
        State.STOPPED: facts.stopped,
        State.OPTED_OUT: facts.opted_out,
        State.DISENROLLED: not facts.covered,
    }
    return next((state for state, holds in speaks.items() if holds), None)


def running(program: Program, facts: Facts) -> tuple[str, ...]:
    """The stages that may act now: the invitation alone until the member is reached."""
    if "outreach" not in facts.done:
        return ("outreach",)
    if facts.done["outreach"] != "reached":
        return ()
    return tuple(name for name in program.stages if name not in facts.done)


def state_of(
    program: Program, facts: Facts, now: datetime, invitation: outreach.Outreach | None = None
) -> State:
    """Where the journey stands once every running stage waits."""
    invited = facts.done.get("outreach")
    if invited is None:
        return State.RESTING if invitation and invitation.resting else State.OUTREACH
    if invited != "reached":
        return State(invited)
    if graduates_at(program, facts, now) <= now:
        return State.GRADUATED
    slips = slips_at(program, facts)
    if slips is None or program.slipping is None or now < slips:
        return State.ACTIVE
    over = slips + program.slipping.ends_after
    # From the last day on only what still runs keeps the journey open: it ends as graduated.
    last = (facts.reached_at or now) + timedelta(days=program.length_days)
    return State.UNABLE_TO_CONTACT if now >= over and over < last else State.SLIPPING


def slips_at(program: Program, facts: Facts) -> datetime | None:
    """When nobody has heard from the member for too long; None where no program setting says."""
    if program.slipping is None or facts.reached_at is None:
        return None
    return max(facts.heard_at or facts.reached_at, facts.reached_at) + program.slipping.after


def state_changes(program: Program, facts: Facts, now: datetime) -> list[datetime]:
    """When the state changes next by time alone."""
    if "outreach" not in facts.done:
        return []
    moments = [graduates_at(program, facts, now)]
    if (slips := slips_at(program, facts)) and program.slipping:
        moments += [slips, slips + program.slipping.ends_after]
    return [each for each in moments if each > now]


def graduates_at(program: Program, facts: Facts, now: datetime) -> datetime:
    """The program's last day, or later while a stage with an end of its own still runs."""
    last = (facts.reached_at or now) + timedelta(days=program.length_days)
    # Refills, questions and needs come for ever: they end with the journey, not it with them.
    endless = {"delivery", "rescreening", "needs"}
    open_ = [name for name in program.stages if name not in facts.done and name not in endless]
    return max(last, now + timedelta(days=1)) if open_ else last


def next_step(
    program: Program, name: str, state: Any, facts: Facts, now: datetime
) -> Do | Wait | Done:
    """What one stage does next; the same answer moves the journey and fills the console's strip."""
    return STAGES[name].next_step(state, program.plans[name], facts, now)


def heard(program: Program, name: str, state: Any, body: str, facts: Facts, now: datetime) -> Heard:
    hears = STAGES[name].heard
    if hears is None:
        return Heard(state, understood=False)
    return hears(state, body, program.plans[name], facts, now)


def awaited(name: str, state: Any) -> tuple[str, ...] | None:
    """The steps whose answers a stage waits for; None where any answer to its texts counts."""
    match name:
        case "screening" | "rescreening":
            return (str(state.step),) if state.step else None
        case "delivery":
            return delivery.awaited(state)
        case "needs":
            return needs_timers.awaited(state)
    return None


def heard_unasked(
    program: Program, states: Mapping[str, Any], body: str, facts: Facts, now: datetime
) -> tuple[str, Heard] | None:
    """Words that answer no open question: a reading sent all the same, or nothing we know."""
    if "coaching" in running(program, facts):
        found = coaching.heard_unasked(
            states["coaching"], body, program.plans["coaching"], facts, now
        )
        if found:
            return "coaching", found
    return None
