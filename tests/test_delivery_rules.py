"""Refills: asked for in time, ordered, followed to the door, confirmed."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from make_journeys import DAY, HOUR, NOW, PLANS, accepted, days, facts, lost, waiting

from domain.delivery import (
    ASKED,
    CONFIRMING,
    IDLE,
    ORDERED,
    STEPS,
    Deliveries,
    DeliveryPlan,
    Status,
    heard,
    key,
    next_step,
)
from domain.effects import ConfirmDelivery, OpenTask, OrderDelivery, Record, SendText
from domain.stages import DeliveryFact, Do, Facts, MedicationFact, Wait

PLAN: DeliveryPlan = PLANS["delivery"]
TODAY = NOW.date()
PILLS = MedicationFact("99999000101", TODAY + days(5), 30)
DROPS = MedicationFact("99999000202", TODAY + days(6), 90)
LATER = MedicationFact("99999000303", TODAY + days(20), 30)
QUIET = MedicationFact("99999000404", TODAY + days(3), 14, part2=True)
ROUND = Deliveries(round=1, phase=ASKED, due_on=PILLS.runs_out_on, refills=(key(PILLS),))
UNDER_WAY = replace(ROUND, phase=ORDERED, ordered_at=NOW)
ARRIVED = replace(ROUND, phase=CONFIRMING)


def has(*medications: MedicationFact, **given: object) -> Facts:
    return facts(medications=medications, **given)


def brought(status: Status, medication: MedicationFact = PILLS) -> DeliveryFact:
    return DeliveryFact(medication.ndc11, medication.runs_out_on, status, NOW)


def call(state: Deliveries, kind: str) -> OpenTask:
    return OpenTask(f"refill-{state.round}-{kind}", kind, "pharmacist", PLAN.task_within)


def test_every_refill_due_within_the_lead_is_one_question() -> None:
    step = next_step(Deliveries(), PLAN, has(PILLS, DROPS, LATER), NOW)
    assert isinstance(step, Do)
    assert step.effects == (SendText("refill-1", "refill_due"),)
    assert step.state.refills == (key(PILLS), key(DROPS))
    assert (step.state.phase, step.state.due_on) == (ASKED, PILLS.runs_out_on)


def test_a_substance_use_medicine_is_called_about_and_never_texted() -> None:
    step = next_step(Deliveries(), PLAN, has(QUIET), NOW)
    assert isinstance(step, Do)
    assert step.effects == (call(step.state, "refill_call"),)
    assert (step.state.phase, step.state.handled) == (IDLE, (key(QUIET),))
    assert isinstance(next_step(step.state, PLAN, has(QUIET), NOW), Wait)


def test_beside_another_medicine_it_is_called_about_all_the_same() -> None:
    step = next_step(Deliveries(), PLAN, has(QUIET, PILLS), NOW)
    assert isinstance(step, Do)
    assert step.effects == (call(step.state, "refill_call"), SendText("refill-1", "refill_due"))
    assert step.state.refills == (key(PILLS),)


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        pytest.param(has(), None, id="no medicines, nothing to wait for"),
        pytest.param(has(LATER), TODAY + days(13), id="the next refill is waited for"),
    ],
)
def test_what_is_waited_for_between_refills(known: Facts, expected: date | None) -> None:
    step = next_step(Deliveries(), PLAN, known, NOW)
    assert isinstance(step, Wait)
    assert (step.until.date() if step.until else None) == expected


def test_a_date_is_asked_about_once() -> None:
    asked = replace(ROUND, phase=IDLE, refills=(), handled=(key(PILLS),))
    assert isinstance(next_step(asked, PLAN, has(PILLS), NOW), Wait)
    renewed = replace(PILLS, runs_out_on=PILLS.runs_out_on + days(1))
    assert isinstance(next_step(asked, PLAN, has(renewed), NOW), Do)


@pytest.mark.parametrize(
    ("body", "phase", "said"),
    [
        pytest.param("1", ORDERED, None, id="yes orders"),
        pytest.param("2", IDLE, "pick_up", id="the member picks it up"),
        pytest.param("3", IDLE, "not_now", id="not now"),
    ],
)
def test_how_the_question_is_answered(body: str, phase: str, said: str | None) -> None:
    found = heard(ROUND, body, PLAN, has(PILLS, DROPS), NOW)
    assert found.understood
    assert found.state.phase == phase
    if said:
        assert found.effects == (Record("refill_answer", "member's choice", {"said": said}),)
        assert found.state.handled == (key(PILLS),)
    else:
        order, text = found.effects
        assert order == OrderDelivery(PILLS.ndc11, 30, PILLS.runs_out_on)
        assert isinstance(text, SendText)
        assert found.state.ordered_at == NOW


@pytest.mark.parametrize(
    ("state", "body"),
    [
        pytest.param(ROUND, "maybe", id="words that are no answer"),
        pytest.param(UNDER_WAY, "1", id="an answer to nothing"),
        pytest.param(Deliveries(), "1", id="before anything was asked"),
    ],
)
def test_what_is_not_heard(state: Deliveries, body: str) -> None:
    found = heard(state, body, PLAN, has(PILLS), NOW)
    assert (found.state, found.effects, found.understood) == (state, (), False)


@pytest.mark.parametrize(
    ("state", "known", "after"),
    [
        pytest.param(ROUND, facts(accepted("refill-1")), days(3), id="nobody answered"),
        pytest.param(ROUND, facts(lost("refill-1")), HOUR, id="the question never arrived"),
    ],
)
def test_an_unanswered_refill_is_a_pharmacists_call(
    state: Deliveries, known: Facts, after: timedelta
) -> None:
    step = next_step(state, PLAN, known, NOW + after)
    assert isinstance(step, Do)
    assert step.effects == (call(state, "refill_unanswered"),)
    assert (step.state.phase, step.state.handled) == (IDLE, (key(PILLS),))


@pytest.mark.parametrize(
    ("state", "known", "after", "until"),
    [
        pytest.param(ROUND, facts(accepted("refill-1")), DAY, days(3), id="for an answer"),
        pytest.param(
            ROUND, facts(waiting("refill-1", NOW + days(2))), DAY, days(5),
            id="an answer to a question that has not left yet",
        ),
        pytest.param(
            replace(ROUND, asked_at=NOW + days(10)), facts(accepted("refill-1")), days(11),
            days(13), id="after a hold",
        ),
        pytest.param(
            UNDER_WAY, facts(deliveries=(brought(Status.PACKED),)), DAY, days(7),
            id="for the pharmacy",
        ),
        pytest.param(
            ARRIVED, facts(accepted("refill-1-confirm")), DAY, days(3), id="for the confirmation",
        ),
    ],
)  # fmt: skip
def test_what_a_round_waits_for(
    state: Deliveries, known: Facts, after: timedelta, until: timedelta
) -> None:
    step = next_step(state, PLAN, known, NOW + after)
    assert isinstance(step, Wait)
    assert step.until == NOW + until


def test_a_failed_delivery_is_told_and_called_about() -> None:
    step = next_step(UNDER_WAY, PLAN, facts(deliveries=(brought(Status.FAILED),)), NOW)
    assert isinstance(step, Do)
    assert step.effects == (
        call(UNDER_WAY, "delivery_failed"),
        SendText("refill-1-failed", "delivery_failed"),
    )
    assert step.state.phase == IDLE


def test_a_late_delivery_is_asked_after_once_and_still_awaited() -> None:
    late = facts(deliveries=(brought(Status.OUT),))
    step = next_step(UNDER_WAY, PLAN, late, NOW + days(7))
    assert step == Do(UNDER_WAY, (call(UNDER_WAY, "delivery_late"),))
    told = replace(late, tasks={"refill-1-delivery_late": None})
    assert next_step(UNDER_WAY, PLAN, told, NOW + days(8)) == Wait(None, "delivery_on_its_way")


def test_the_member_is_asked_once_everything_of_the_round_has_arrived() -> None:
    both = replace(UNDER_WAY, refills=(key(PILLS), key(DROPS)))
    half = facts(deliveries=(brought(Status.DELIVERED), brought(Status.OUT, DROPS)))
    assert isinstance(next_step(both, PLAN, half, NOW), Wait)
    all_ = facts(deliveries=(brought(Status.DELIVERED), brought(Status.DELIVERED, DROPS)))
    step = next_step(both, PLAN, all_, NOW)
    assert isinstance(step, Do)
    assert step.effects == (SendText("refill-1-confirm", "delivery_confirm"),)
    assert step.state.phase == CONFIRMING


def test_a_delivery_of_another_round_says_nothing_of_this_one() -> None:
    other = replace(brought(Status.FAILED), due_on=PILLS.runs_out_on - days(30))
    assert isinstance(next_step(UNDER_WAY, PLAN, facts(deliveries=(other,)), NOW), Wait)


@pytest.mark.parametrize(
    ("body", "said", "task"),
    [
        pytest.param("1", "received", None, id="it came"),
        pytest.param("2", "not_received", "delivery_not_received", id="it did not come"),
        pytest.param("3", "wrong", "delivery_wrong", id="the wrong thing came"),
    ],
)
def test_how_it_is_confirmed(body: str, said: str, task: str | None) -> None:
    found = heard(ARRIVED, body, PLAN, has(PILLS), NOW)
    assert found.effects[0] == ConfirmDelivery(PILLS.runs_out_on, said)
    assert found.effects[1:] == ((call(ARRIVED, task),) if task else ())
    assert (found.state.phase, found.state.handled) == (IDLE, (key(PILLS),))


def test_an_unconfirmed_delivery_ends_its_round() -> None:
    step = next_step(ARRIVED, PLAN, facts(accepted("refill-1-confirm")), NOW + days(3))
    assert isinstance(step, Do)
    assert (step.state.phase, step.effects) == (IDLE, ())


def test_a_pharmacy_moves_a_delivery_forward_only_and_may_fail_until_it_is_brought() -> None:
    order = list(Status)[:-1]
    for place, status in enumerate(order[:-1]):
        assert STEPS[status] == {order[place + 1], Status.FAILED}
    assert STEPS[Status.DELIVERED] == STEPS[Status.FAILED] == set()
