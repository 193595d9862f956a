"""One round of refills: from the question to the member to the last package of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from domain.delivery_plan import DeliveryPlan
from domain.delivery_steps import BROUGHT_NO_MORE, Status
from domain.effects import (
    Effect,
    GiveUpDelivery,
    OpenTask,
    PlanAttempt,
    Record,
    SendText,
    Withdraw,
)
from domain.medication_rules import WINDOWS
from domain.stages import DeliveryFact, Facts, Wait

ASKED, ORDERED, CONFIRMING, OVER = "asked", "ordered", "confirming", "over"


@dataclass(frozen=True, slots=True)
class Round:
    """Every refill due at one time is one question to the member; several rounds may overlap."""

    number: int
    phase: str
    refills: tuple[str, ...]
    """Still open: ndc and the day the supply ends (`domain.delivery.key`)."""
    due_on: date | None = None
    asked_at: datetime | None = None
    ordered_at: datetime | None = None
    failed: tuple[str, ...] = ()
    """Refills of it that did not come; a person has a task about each."""

    @property
    def step(self) -> str:
        return f"refill-{self.number}"

    @property
    def asks(self) -> str | None:
        """The step of its question that is open."""
        return {ASKED: self.step, CONFIRMING: f"{self.step}-confirm"}.get(self.phase)

    def call(self, plan: DeliveryPlan, kind: str, again: int = 0) -> OpenTask:
        """`again`: how often such a task was opened before; each has a key of its own."""
        suffix = f"-{again + 1}" if again else ""
        detail = PROTECTED if kind == "refill_call" else {}
        key = f"{self.step}-{kind}{suffix}"
        return OpenTask(key, kind, "pharmacist", plan.task_within, detail=detail)


PROTECTED = {"part2": "yes"}
"""What a pharmacist writes on a call about refills is for pharmacists: one of them may be about a
substance-use medicine (42 CFR Part 2). Every such call has the mark, so the mark tells nothing."""

Moved = tuple[Round, tuple[Effect, ...]]
"""A round that has gone on, and what that asks for."""


def next_of(round_: Round, plan: DeliveryPlan, facts: Facts, now: datetime) -> Moved | Wait:
    match round_.phase:
        case phase if phase == ASKED:
            return _awaiting_answer(round_, plan, facts, now)
        case phase if phase == ORDERED:
            return _on_its_way(round_, plan, facts, now)
    return _awaiting_confirmation(round_, plan, facts, now)


def _awaiting_answer(
    round_: Round, plan: DeliveryPlan, facts: Facts, now: datetime
) -> Moved | Wait:
    if not any(m.refill in round_.refills for m in facts.medications):
        # Claims say that it was filled meanwhile: there is nothing left to ask.
        record = Record("refill_answer", "claims", {"said": "filled"})
        return replace(round_, phase=OVER), (Withdraw(round_.step), record)
    until = _answer_until(round_, round_.step, plan, facts, now)
    if until and now < until:
        return Wait(until, "refill_answer")
    return replace(round_, phase=OVER), (round_.call(plan, "refill_unanswered"),)


def _answer_until(
    round_: Round, step: str, plan: DeliveryPlan, facts: Facts, now: datetime
) -> datetime | None:
    """None when the question will never reach the member."""
    text = facts.text(step)
    if text is None or text.lost:
        return None
    return text.counts_from(now, round_.asked_at) + plan.answer_within


def _on_its_way(round_: Round, plan: DeliveryPlan, facts: Facts, now: datetime) -> Moved | Wait:
    mine = [d for d in facts.deliveries if d.refill in round_.refills]
    failed = tuple(d.refill for d in mine if d.status in BROUGHT_NO_MORE)
    if failed:
        return _without(round_, failed, plan)
    for delivery in mine:
        if delivery.status == Status.ATTEMPTED and delivery.next_attempt_on is None:
            return round_, _in_vain(round_, delivery, plan, now)
    if mine and all(delivery.status == Status.DELIVERED for delivery in mine):
        # News of the way that has not left yet would come after what it tells of.
        news = tuple(Withdraw(step) for step in (f"{round_.step}-out", f"{round_.step}-tried"))
        text = SendText(f"{round_.step}-confirm", "delivery_confirm")
        return replace(round_, phase=CONFIRMING, asked_at=now), (*news, text)
    return _sent(round_, mine, facts) or _late(round_, plan, facts, now)


def _sent(round_: Round, mine: Sequence[DeliveryFact], facts: Facts) -> Moved | None:
    """One text for each way to the door, however many packages go on it."""
    for delivery in mine:
        attempt = delivery.attempts + 1
        if delivery.status == Status.OUT and facts.text(f"{round_.step}-out", attempt) is None:
            window = f"_{delivery.window}" if delivery.window in WINDOWS else ""
            template = f"delivery_sent{window}"
            return round_, (SendText(f"{round_.step}-out", template, attempt=attempt),)
    return None


def _in_vain(
    round_: Round, delivery: DeliveryFact, plan: DeliveryPlan, now: datetime
) -> tuple[Effect, ...]:
    """The courier comes again, or, after the last time, a person goes on."""
    rules = plan.rules.attempts
    if not rules.left(delivery):
        return (GiveUpDelivery(delivery.refill),)
    on = _no_sunday(now.date() + rules.again_after)
    step, tried = f"{round_.step}-tried", delivery.attempts
    text = SendText(step, "delivery_tried", attempt=tried)
    return (PlanAttempt(delivery.refill, on), text)


def _no_sunday(day: date) -> date:
    return day + timedelta(days=1) if day.weekday() == 6 else day


def _without(round_: Round, failed: Sequence[str], plan: DeliveryPlan) -> Moved:
    """What failed is a person's now; what else is on its way is still brought and confirmed."""
    left = tuple(refill for refill in round_.refills if refill not in failed)
    effects: list[Effect] = [round_.call(plan, "delivery_failed", len(round_.failed))]
    if not round_.failed:
        effects.append(SendText(f"{round_.step}-failed", "delivery_failed"))
    moved = replace(
        round_,
        refills=left,
        failed=(*round_.failed, *failed),
        phase=ORDERED if left else OVER,
    )
    return moved, tuple(effects)


def _late(round_: Round, plan: DeliveryPlan, facts: Facts, now: datetime) -> Moved | Wait:
    until = (round_.ordered_at or now) + plan.arrive_within
    if now < until:
        return Wait(until, "delivery_on_its_way")
    if f"{round_.step}-delivery_late" in facts.tasks:
        return Wait(None, "delivery_on_its_way")
    return round_, (round_.call(plan, "delivery_late"),)


def _awaiting_confirmation(
    round_: Round, plan: DeliveryPlan, facts: Facts, now: datetime
) -> Moved | Wait:
    until = _answer_until(round_, f"{round_.step}-confirm", plan, facts, now)
    if until and now < until:
        return Wait(until, "delivery_confirmation")
    return replace(round_, phase=OVER), ()
