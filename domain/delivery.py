"""A refill falling due: asked for, ordered at the pharmacy, brought to the door, confirmed."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from domain.answers import NO, OTHER, YES, choice
from domain.effects import ConfirmDelivery, Effect, OpenTask, OrderDelivery, Record, SendText
from domain.outbox import Purpose
from domain.stages import DeliveryFact, Do, Done, Facts, Heard, MedicationFact, Wait


class Status(StrEnum):
    ORDERED = "ordered"
    ACCEPTED = "accepted"
    PACKED = "packed"
    OUT = "out"
    DELIVERED = "delivered"
    FAILED = "failed"


STEPS = {
    Status.ORDERED: {Status.ACCEPTED, Status.FAILED},
    Status.ACCEPTED: {Status.PACKED, Status.FAILED},
    Status.PACKED: {Status.OUT, Status.FAILED},
    Status.OUT: {Status.DELIVERED, Status.FAILED},
    Status.DELIVERED: set(),
    Status.FAILED: set(),
}
"""What a pharmacy may say next of a delivery."""

IDLE, ASKED, ORDERED, CONFIRMING = "idle", "asked", "ordered", "confirming"


@dataclass(frozen=True, slots=True)
class DeliveryPlan:
    ask_before: timedelta
    lapsed_after: timedelta
    """A supply that ended longer ago than this was stopped, not forgotten."""
    answer_within: timedelta
    arrive_within: timedelta
    task_within: timedelta


@dataclass(frozen=True, slots=True)
class Deliveries:
    """One round at a time: every refill due within the lead is one question to the member."""

    round: int = 0
    phase: str = IDLE
    due_on: date | None = None
    refills: tuple[str, ...] = ()
    asked_at: datetime | None = None
    ordered_at: datetime | None = None
    handled: tuple[str, ...] = ()
    """Refills dealt with: ndc and date, so that a date is asked about once."""


def next_step(
    state: Deliveries, plan: DeliveryPlan, facts: Facts, now: datetime
) -> Do | Wait | Done:
    match state.phase:
        case phase if phase == ASKED:
            return _awaiting_answer(state, plan, facts, now)
        case phase if phase == ORDERED:
            return _on_its_way(state, plan, facts, now)
        case phase if phase == CONFIRMING:
            return _awaiting_confirmation(state, plan, facts, now)
    return _look_for_refills(state, plan, facts, now)


def heard(state: Deliveries, body: str, plan: DeliveryPlan, facts: Facts, now: datetime) -> Heard:
    answer = choice(body, "123")
    if answer is None or state.phase not in (ASKED, CONFIRMING):
        return Heard(state, understood=False)
    if state.phase == CONFIRMING:
        return _confirmed(state, answer, plan)
    if answer != YES:
        said = "pick_up" if answer == NO else "not_now"
        return Heard(_closed(state), (Record("refill_answer", "member's choice", {"said": said}),))
    orders = tuple(
        OrderDelivery(medication.ndc11, medication.days_supply, medication.runs_out_on)
        for medication in facts.medications
        if key(medication) in state.refills
    )
    text = SendText(f"{_step(state)}-ordered", "delivery_ordered", Purpose.REPLY)
    return Heard(replace(state, phase=ORDERED, ordered_at=now), (*orders, text))


def key(medication: MedicationFact) -> str:
    return f"{medication.ndc11}/{medication.runs_out_on.isoformat()}"


def _step(state: Deliveries) -> str:
    return f"refill-{state.round}"


def awaited(state: Deliveries) -> str | None:
    """The step of the question that is open."""
    return f"{_step(state)}-confirm" if state.phase == CONFIRMING else _step(state)


def _closed(state: Deliveries) -> Deliveries:
    return replace(state, phase=IDLE, handled=(*state.handled, *state.refills)[-40:], refills=())


def _look_for_refills(
    state: Deliveries, plan: DeliveryPlan, facts: Facts, now: datetime
) -> Do | Wait:
    lapsed = (now - plan.lapsed_after).date()
    open_ = [
        m for m in facts.medications if key(m) not in state.handled and m.runs_out_on >= lapsed
    ]
    due = [m for m in open_ if m.runs_out_on - plan.ask_before <= now.date()]
    if not due:
        soonest = min((m.runs_out_on for m in open_), default=None)
        if soonest is None:
            return Wait(None, "delivery_nothing_due")
        morning = datetime.combine(soonest - plan.ask_before, now.timetz().replace(hour=12))
        return Wait(max(morning, now + timedelta(hours=1)), "delivery_next_refill")
    # A text about a substance-use medicine would tell whoever holds the phone: a call instead.
    quiet = [m for m in due if m.part2]
    asked = [m for m in due if not m.part2]
    begun = replace(
        state,
        round=state.round + 1,
        due_on=min(m.runs_out_on for m in due),
        handled=(*state.handled, *map(key, quiet))[-40:],
        refills=tuple(map(key, asked)),
        phase=ASKED if asked else IDLE,
        asked_at=now,
    )
    effects: list[Effect] = []
    if quiet:
        effects.append(_call(begun, plan, "refill_call"))
    if asked:
        effects.append(SendText(_step(begun), "refill_due"))
    return Do(begun, tuple(effects))


def _call(state: Deliveries, plan: DeliveryPlan, kind: str) -> OpenTask:
    return OpenTask(f"{_step(state)}-{kind}", kind, "pharmacist", plan.task_within)


def _awaiting_answer(
    state: Deliveries, plan: DeliveryPlan, facts: Facts, now: datetime
) -> Do | Wait:
    text = facts.text(_step(state))
    if text and not text.lost:
        until = text.counts_from(now, state.asked_at) + plan.answer_within
        if now < until:
            return Wait(until, "refill_answer")
    return Do(_closed(state), (_call(state, plan, "refill_unanswered"),))


def _on_its_way(state: Deliveries, plan: DeliveryPlan, facts: Facts, now: datetime) -> Do | Wait:
    mine = _mine(state, facts)
    if any(delivery.status == Status.FAILED for delivery in mine):
        effects = (
            _call(state, plan, "delivery_failed"),
            SendText(f"{_step(state)}-failed", "delivery_failed"),
        )
        return Do(_closed(state), effects)
    if mine and all(delivery.status == Status.DELIVERED for delivery in mine):
        text = SendText(f"{_step(state)}-confirm", "delivery_confirm")
        return Do(replace(state, phase=CONFIRMING, asked_at=now), (text,))
    until = (state.ordered_at or now) + plan.arrive_within
    late = f"{_step(state)}-delivery_late"
    if now < until or late in facts.tasks:
        return Wait(until if now < until else None, "delivery_on_its_way")
    return Do(state, (_call(state, plan, "delivery_late"),))


def _mine(state: Deliveries, facts: Facts) -> list[DeliveryFact]:
    return [d for d in facts.deliveries if f"{d.ndc11}/{d.due_on.isoformat()}" in state.refills]


def _awaiting_confirmation(
    state: Deliveries, plan: DeliveryPlan, facts: Facts, now: datetime
) -> Do | Wait:
    text = facts.text(f"{_step(state)}-confirm")
    if text and not text.lost:
        until = text.counts_from(now, state.asked_at) + plan.answer_within
        if now < until:
            return Wait(until, "delivery_confirmation")
    return Do(_closed(state))


def _confirmed(state: Deliveries, answer: str, plan: DeliveryPlan) -> Heard:
    said = {YES: "received", NO: "not_received", OTHER: "wrong"}[answer]
    effects: tuple[Effect, ...] = ()
    if state.due_on:
        effects = (ConfirmDelivery(state.due_on, said),)
    if answer != YES:
        effects = (*effects, _call(state, plan, f"delivery_{said}"))
    return Heard(_closed(state), effects)
