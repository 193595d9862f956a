"""Refills falling due: asked for, ordered at the pharmacy, brought to the door, confirmed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from domain.answers import NO, OTHER, YES, choice
from domain.delivery_plan import DeliveryPlan
from domain.delivery_rounds import ASKED, CONFIRMING, ORDERED, OVER, Round, next_of
from domain.effects import ConfirmDelivery, Effect, OpenTask, OrderDelivery, Record, SendText
from domain.outbox import Purpose
from domain.stages import Do, Done, Facts, Heard, MedicationFact, Wait

IDLE = "idle"
REMEMBERED = 40


@dataclass(frozen=True, slots=True)
class Deliveries:
    """The rounds under way, and what was dealt with before."""

    round: int = 0
    """The number of the newest round."""
    handled: tuple[str, ...] = ()
    """Refills dealt with, so that a date is asked about once."""
    rounds: tuple[Round, ...] = ()
    # A state written when there was one round at a time holds it here: see `_unfolded`.
    phase: str = IDLE
    due_on: date | None = None
    refills: tuple[str, ...] = ()
    asked_at: datetime | None = None
    ordered_at: datetime | None = None


def next_step(
    state: Deliveries, plan: DeliveryPlan, facts: Facts, now: datetime
) -> Do | Wait | Done:
    state = _unfolded(state)
    waits: list[Wait] = []
    for round_ in state.rounds:
        found = next_of(round_, plan, facts, now)
        if not isinstance(found, Wait):
            return Do(_with(state, found[0]), found[1])
        waits.append(found)
    begun = _look_for_refills(state, plan, facts, now)
    if isinstance(begun, Do):
        return begun
    return min((*waits, begun), key=lambda wait: (wait.until is None, wait.until or now))


def heard(state: Deliveries, body: str, plan: DeliveryPlan, facts: Facts, now: datetime) -> Heard:
    answer = choice(body, "123")
    state = _unfolded(state)
    asked = [round_ for round_ in state.rounds if round_.asks]
    if facts.answering:
        asked = [round_ for round_ in asked if round_.asks == facts.answering]
    if answer is None or not asked:
        return Heard(state, understood=False)
    round_ = asked[0]
    if round_.phase == CONFIRMING:
        effects = _confirmed(round_, answer, plan)
        return Heard(_with(state, replace(round_, phase=OVER)), effects)
    if answer != YES:
        said = "pick_up" if answer == NO else "not_now"
        record = Record("refill_answer", "member's choice", {"said": said})
        return Heard(_with(state, replace(round_, phase=OVER)), (record,))
    ordered = replace(round_, phase=ORDERED, ordered_at=now)
    return Heard(_with(state, ordered), _orders(round_, facts))


def awaited(state: Deliveries) -> tuple[str, ...]:
    """The steps of the questions that are open."""
    return tuple(round_.asks for round_ in _unfolded(state).rounds if round_.asks)


def _unfolded(state: Deliveries) -> Deliveries:
    """The same state with its one round of former times among the rounds."""
    if state.phase == IDLE:
        return state
    former = Round(
        state.round, state.phase, state.refills, state.due_on, state.asked_at, state.ordered_at
    )
    return Deliveries(state.round, state.handled, (*state.rounds, former))


def _with(state: Deliveries, round_: Round) -> Deliveries:
    """The state with one of its rounds gone on; one that is over is dealt with."""
    others = [each for each in state.rounds if each.number != round_.number]
    if round_.phase != OVER:
        rounds = sorted((*others, round_), key=lambda each: each.number)
        return replace(state, rounds=tuple(rounds))
    return _handled(replace(state, rounds=tuple(others)), (*round_.failed, *round_.refills))


def _handled(state: Deliveries, refills: Sequence[str]) -> Deliveries:
    return replace(state, handled=(*state.handled, *refills)[-REMEMBERED:])


def _taken(state: Deliveries) -> set[str]:
    """Refills dealt with or under way."""
    rounds = (refill for each in state.rounds for refill in (*each.refills, *each.failed))
    return {*state.handled, *rounds}


def _look_for_refills(
    state: Deliveries, plan: DeliveryPlan, facts: Facts, now: datetime
) -> Do | Wait:
    lapsed, taken = (now - plan.lapsed_after).date(), _taken(state)
    open_ = [m for m in facts.medications if m.refill not in taken and m.runs_out_on >= lapsed]
    due = [m for m in open_ if m.runs_out_on - plan.ask_before <= now.date()]
    if due:
        return _begin(state, due, plan, now)
    soonest = min((m.runs_out_on for m in open_), default=None)
    if soonest is None:
        return Wait(None, "delivery_nothing_due")
    morning = datetime.combine(soonest - plan.ask_before, now.timetz().replace(hour=12))
    return Wait(max(morning, now + timedelta(hours=1)), "delivery_next_refill")


def _begin(
    state: Deliveries, due: Sequence[MedicationFact], plan: DeliveryPlan, now: datetime
) -> Do:
    # A text about a substance-use medicine would tell whoever holds the phone: a call instead.
    quiet = [m.refill for m in due if m.part2]
    asked = tuple(m.refill for m in due if not m.part2)
    number = state.round + 1
    round_ = Round(number, ASKED, asked, min(m.runs_out_on for m in due), now)
    begun = _handled(replace(state, round=number), quiet)
    effects: list[Effect] = []
    if quiet:
        effects.append(round_.call(plan, "refill_call"))
    if asked:
        effects.append(SendText(round_.step, "refill_due"))
        begun = replace(begun, rounds=(*begun.rounds, round_))
    return Do(begun, tuple(effects))


def _orders(round_: Round, facts: Facts) -> tuple[Effect, ...]:
    orders = (
        OrderDelivery(medication.ndc11, medication.days_supply, medication.runs_out_on)
        for medication in facts.medications
        if medication.refill in round_.refills
    )
    return (*orders, SendText(f"{round_.step}-ordered", "delivery_ordered", Purpose.REPLY))


def _confirmed(round_: Round, answer: str, plan: DeliveryPlan) -> tuple[Effect, ...]:
    said = {YES: "received", NO: "not_received", OTHER: "wrong"}[answer]
    confirmed = ConfirmDelivery(said, round_.refills)
    if answer == YES:
        return (confirmed,)
    call: OpenTask = round_.call(plan, f"delivery_{said}")
    return (confirmed, call)
