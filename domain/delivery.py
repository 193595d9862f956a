"""Refills falling due: asked for, ordered at the pharmacy, brought to the door, confirmed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from domain.answers import NO, OTHER, YES, choice
from domain.delivery_orders import orders
from domain.delivery_plan import DeliveryPlan
from domain.delivery_rounds import ASKED, CONFIRMING, ORDERED, OVER, PROTECTED, Round, next_of
from domain.due import working_days
from domain.effects import ConfirmDelivery, Effect, OpenTask, ProposeSync, Record, SendText
from domain.late_refills import Late, LateStep, late_of, newest_step
from domain.outbox import Purpose
from domain.stages import Do, Done, Facts, Heard, MedicationFact, Wait
from domain.synchronization import proposal

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
    late: tuple[str, ...] = ()
    """Steps taken about late refills (`domain.late_refills.Late.key`)."""
    late_calls: int = 0
    sync_proposed: bool = False
    offered_on: date | None = None
    """When the pharmacist was last asked to offer naloxone."""
    offers: int = 0
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
    if (proposed := _propose_sync(state, plan, facts, now)) is not None:
        return proposed
    for look in (_look_for_refills, _look_for_late, _look_for_naloxone):
        begun = look(state, plan, facts, now)
        if isinstance(begun, Do):
            return begun
        waits.append(begun)
    return min(waits, key=lambda wait: (wait.until is None, wait.until or now))


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
    text = SendText(f"{round_.step}-ordered", "delivery_ordered", Purpose.REPLY)
    return Heard(_with(state, ordered), (*orders(round_.refills, plan, facts), text))


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
    empty = replace(state, phase=IDLE, due_on=None, refills=(), asked_at=None, ordered_at=None)
    return replace(empty, rounds=(*state.rounds, former))


def _with(state: Deliveries, round_: Round) -> Deliveries:
    """The state with one of its rounds gone on; one that is over is dealt with."""
    others = [each for each in state.rounds if each.number != round_.number]
    if round_.phase != OVER:
        rounds = sorted((*others, round_), key=lambda each: each.number)
        return replace(state, rounds=tuple(rounds))
    return _handled(replace(state, rounds=tuple(others)), (*round_.failed, *round_.refills))


def _handled(state: Deliveries, refills: Sequence[str]) -> Deliveries:
    return replace(state, handled=(*state.handled, *refills)[-REMEMBERED:])


def _under_way(state: Deliveries) -> set[str]:
    return {refill for each in state.rounds for refill in each.refills}


def _taken(state: Deliveries) -> set[str]:
    """Refills dealt with or under way."""
    failed = (refill for each in state.rounds for refill in each.failed)
    return {*state.handled, *failed, *_under_way(state)}


def _propose_sync(state: Deliveries, plan: DeliveryPlan, facts: Facts, now: datetime) -> Do | None:
    """Once, as soon as there is something to bring together; the pharmacist decides."""
    if state.sync_proposed or facts.sync is not None or plan.rules.sync is None:
        return None
    regular = [m for m in facts.medications if plan.rules.regular(m)]
    found = proposal(regular, plan.rules.sync, now.date())
    if found is None:
        return None
    return Do(replace(state, sync_proposed=True), (ProposeSync(*found),))


def _look_for_refills(
    state: Deliveries, plan: DeliveryPlan, facts: Facts, now: datetime
) -> Do | Wait:
    lapsed, taken = (now - plan.lapsed_after).date(), _taken(state)
    open_ = [
        m
        for m in facts.medications
        if m.refill not in taken and m.runs_out_on >= lapsed and plan.rules.regular(m)
    ]
    due = [m for m in open_ if m.runs_out_on - plan.ask_before <= now.date()]
    if due:
        return _begin(state, due, plan, now)
    soonest = min((m.runs_out_on for m in open_), default=None)
    if soonest is None:
        return Wait(None, "delivery_nothing_due")
    return Wait(_noon(soonest - plan.ask_before, now), "delivery_next_refill")


def _noon(day: date, now: datetime) -> datetime:
    """Of that day, or an hour from now when that is over."""
    noon = datetime.combine(day, now.timetz().replace(hour=12))
    return max(noon, now + timedelta(hours=1))


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


def _look_for_late(state: Deliveries, plan: DeliveryPlan, facts: Facts, now: datetime) -> Do | Wait:
    lapsed, busy = (now - plan.lapsed_after).date(), _under_way(state)
    known = [m for m in facts.medications if plan.rules.regular(m) and m.runs_out_on >= lapsed]
    open_ = late_of(plan.rules.late, known, state.late)
    newest, due = newest_step(open_, now.date())
    acted = [
        late
        for late in newest
        if late.medication.refill not in busy or (late.rule.at_once and not late.by_text)
    ]
    if acted:
        return _act_on_late(state, acted, due, now)
    ahead = [late.at for late in open_ if late.at > now.date()]
    if not ahead:
        return Wait(None, "delivery_nothing_due")
    return Wait(_noon(ahead[0], now), "refill_late_due")


def _look_for_naloxone(
    state: Deliveries, plan: DeliveryPlan, facts: Facts, now: datetime
) -> Do | Wait:
    """A task, never a text; what it is about stays with those who may know of the treatment."""
    rules, lapsed = plan.rules.naloxone, (now - plan.lapsed_after).date()
    due_on = rules.due_on(facts.medications, state.offered_on, lapsed) if rules else None
    if rules is None or due_on is None:
        return Wait(None, "delivery_nothing_due")
    if now.date() < due_on:
        return Wait(_noon(due_on, now), "delivery_next_refill")
    number = state.offers + 1
    within = working_days(now, rules.business_days) - now
    detail = {**PROTECTED, "offer": "naloxone"}
    task = OpenTask(f"offer-{number}", "offer_at_fill", "pharmacist", within, detail=detail)
    offered = replace(state, offers=number, offered_on=now.date())
    return Do(offered, (task, Record("offer_at_fill", "none within the time")))


def _act_on_late(state: Deliveries, acted: Sequence[Late], due: Sequence[str], now: datetime) -> Do:
    """One text for all that are asked once more, one task for all that are called about."""
    asked = tuple(late.medication.refill for late in acted if late.by_text)
    calls = [late.step for late in acted if not late.by_text]
    refills = {late.medication.refill for late in acted}
    done = [key for key in due if key.rpartition("/")[0] in refills]
    state = replace(state, late=(*state.late, *done)[-2 * REMEMBERED :])
    effects: list[Effect] = []
    if calls:
        state = replace(state, late_calls=state.late_calls + 1)
        effects += _late_call(state.late_calls, calls, now)
    if asked:
        number = state.round + 1
        round_ = Round(number, ASKED, asked, now.date(), now)
        state = replace(state, round=number, rounds=(*state.rounds, round_))
        effects.append(SendText(round_.step, "refill_late"))
    return Do(state, tuple(effects))


def _late_call(number: int, steps: Sequence[LateStep], now: datetime) -> tuple[Effect, ...]:
    """Neither the medicine nor its class nor the days: those are in the pharmacy's own record."""
    urgent = any(step.urgent for step in steps)
    within = min(step.within(now) for step in steps)
    task = OpenTask(f"late-{number}", "late_refill", "pharmacist", within, urgent, PROTECTED)
    return (task, Record("late_refill", "supply ended"))


def _confirmed(round_: Round, answer: str, plan: DeliveryPlan) -> tuple[Effect, ...]:
    said = {YES: "received", NO: "not_received", OTHER: "wrong"}[answer]
    confirmed = ConfirmDelivery(said, round_.refills)
    if answer == YES:
        return (confirmed,)
    call: OpenTask = round_.call(plan, f"delivery_{said}")
    return (confirmed, call)
