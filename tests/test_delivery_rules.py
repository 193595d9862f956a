"""Refills: asked for in time, ordered, followed to the door, confirmed."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from make_journeys import DAY, HOUR, NOW, PLANS, accepted, days, facts, lost, waiting

from domain.addresses import Check, check
from domain.delivery import Deliveries, awaited, heard, next_step
from domain.delivery_plan import DeliveryPlan
from domain.delivery_rounds import ASKED, CONFIRMING, ORDERED, Round
from domain.delivery_steps import STEPS, Status, refusal
from domain.effects import (
    ConfirmDelivery,
    GiveUpDelivery,
    OpenTask,
    OrderDelivery,
    PlanAttempt,
    Record,
    SendText,
    Withdraw,
)
from domain.medication_rules import NONE
from domain.outbox import SentText
from domain.stages import DeliveryFact, Do, Facts, MedicationFact, Wait
from domain.state import load, shift

PLAN: DeliveryPlan = replace(PLANS["delivery"], rules=NONE)
TODAY = NOW.date()
PILLS = MedicationFact("99999000101", TODAY + days(5), 30)
DROPS = MedicationFact("99999000202", TODAY + days(6), 90)
LATER = MedicationFact("99999000303", TODAY + days(20), 30)
QUIET = MedicationFact("99999000404", TODAY + days(3), 14, part2=True)
ROUND = Round(1, ASKED, (PILLS.refill,), PILLS.runs_out_on, NOW)
UNDER_WAY = replace(ROUND, phase=ORDERED, ordered_at=NOW)
ARRIVED = replace(ROUND, phase=CONFIRMING)


def going(*rounds: Round, **given: Any) -> Deliveries:
    newest = max((each.number for each in rounds), default=0)
    return Deliveries(**{"round": newest, "rounds": rounds, **given})


def has(*medications: MedicationFact, **given: Any) -> Facts:
    return replace(facts(medications=medications), **given)


def brought(status: Status, medication: MedicationFact = PILLS, **given: Any) -> DeliveryFact:
    return DeliveryFact(medication.ndc11, medication.runs_out_on, status, NOW, **given)


def call(kind: str, number: int = 1, suffix: str = "") -> OpenTask:
    key = f"refill-{number}-{kind}{suffix}"
    detail = {"part2": "yes"} if kind == "refill_call" else {}
    return OpenTask(key, kind, "pharmacist", PLAN.task_within, detail=detail)


CONFIRM = SendText("refill-1-confirm", "delivery_confirm")
WAY_IS_OVER = (Withdraw("refill-1-out"), Withdraw("refill-1-tried"))


def done(step: object) -> Do:
    assert isinstance(step, Do)
    return step


def test_every_refill_due_within_the_lead_is_one_question() -> None:
    step = done(next_step(Deliveries(), PLAN, has(PILLS, DROPS, LATER), NOW))
    assert step.effects == (SendText("refill-1", "refill_due"),)
    asked = Round(1, ASKED, (PILLS.refill, DROPS.refill), PILLS.runs_out_on, NOW)
    assert step.state == going(asked)


def test_a_substance_use_medicine_is_called_about_and_never_texted() -> None:
    step = done(next_step(Deliveries(), PLAN, has(QUIET), NOW))
    assert step.effects == (call("refill_call"),)
    assert step.state == Deliveries(round=1, handled=(QUIET.refill,))
    assert isinstance(next_step(step.state, PLAN, has(QUIET), NOW), Wait)


def test_beside_another_medicine_it_is_called_about_all_the_same() -> None:
    step = done(next_step(Deliveries(), PLAN, has(QUIET, PILLS), NOW))
    assert step.effects == (call("refill_call"), SendText("refill-1", "refill_due"))
    assert step.state.rounds == (replace(ROUND, due_on=QUIET.runs_out_on),)


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
    asked = Deliveries(round=1, handled=(PILLS.refill,))
    assert isinstance(next_step(asked, PLAN, has(PILLS), NOW), Wait)
    renewed = replace(PILLS, runs_out_on=PILLS.runs_out_on + days(1))
    assert isinstance(next_step(asked, PLAN, has(renewed), NOW), Do)


@pytest.mark.parametrize(
    "phase",
    [
        pytest.param(ORDERED, id="on its way"),
        pytest.param(CONFIRMING, id="brought and not confirmed"),
    ],
)
def test_what_falls_due_while_another_round_is_under_way_is_asked_at_once(phase: str) -> None:
    earlier = replace(UNDER_WAY, phase=phase)
    known = has(
        PILLS, DROPS, deliveries=(brought(Status.PACKED),),
        texts=facts(accepted("refill-1-confirm")).texts,
    )  # fmt: skip
    known = replace(known, tasks={"refill-1-delivery_late": None})
    step = done(next_step(going(earlier), PLAN, known, NOW))
    assert step.effects == (SendText("refill-2", "refill_due"),)
    assert [each.number for each in step.state.rounds] == [1, 2]
    assert step.state.rounds[1].refills == (DROPS.refill,)


@pytest.mark.parametrize(
    ("answering", "confirmed", "ordered"),
    [
        pytest.param("refill-1-confirm", True, False, id="of the package"),
        pytest.param("refill-2", False, True, id="of the next refill"),
    ],
)
def test_of_two_open_questions_the_one_that_was_asked_is_answered(
    answering: str, confirmed: bool, ordered: bool
) -> None:
    second = replace(ROUND, number=2, refills=(DROPS.refill,))
    state = going(ARRIVED, second)
    assert awaited(state) == ("refill-1-confirm", "refill-2")
    found = heard(state, "1", PLAN, has(PILLS, DROPS, answering=answering), NOW)
    assert confirmed == any(isinstance(each, ConfirmDelivery) for each in found.effects)
    assert ordered == any(isinstance(each, OrderDelivery) for each in found.effects)
    assert found.state.handled == ((PILLS.refill,) if confirmed else ())


def test_a_refill_that_claims_say_was_filled_is_asked_about_no_longer() -> None:
    filled = replace(PILLS, runs_out_on=PILLS.runs_out_on + days(30))
    known = has(filled, texts=facts(accepted("refill-1")).texts)
    step = done(next_step(going(ROUND), PLAN, known, NOW))
    record = Record("refill_answer", "claims", {"said": "filled"})
    assert step.effects == (Withdraw("refill-1"), record)
    assert step.state.rounds == ()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        pytest.param("1", None, id="yes orders"),
        pytest.param("2", "pick_up", id="the member picks it up"),
        pytest.param("3", "not_now", id="not now"),
    ],
)
def test_how_the_question_is_answered(body: str, said: str | None) -> None:
    found = heard(going(ROUND), body, PLAN, has(PILLS, DROPS), NOW)
    assert found.understood
    if said:
        assert found.effects == (Record("refill_answer", "member's choice", {"said": said}),)
        assert found.state == Deliveries(round=1, handled=(PILLS.refill,))
    else:
        order, text = found.effects
        assert order == OrderDelivery(PILLS.ndc11, 30, PILLS.runs_out_on)
        assert isinstance(text, SendText)
        assert found.state == going(UNDER_WAY)


@pytest.mark.parametrize(
    ("state", "body"),
    [
        pytest.param(going(ROUND), "maybe", id="words that are no answer"),
        pytest.param(going(UNDER_WAY), "1", id="an answer to nothing"),
        pytest.param(Deliveries(), "1", id="before anything was asked"),
    ],
)
def test_what_is_not_heard(state: Deliveries, body: str) -> None:
    found = heard(state, body, PLAN, has(PILLS), NOW)
    assert (found.state, found.effects, found.understood) == (state, (), False)


@pytest.mark.parametrize(
    ("text", "after"),
    [
        pytest.param(accepted("refill-1"), days(3), id="nobody answered"),
        pytest.param(lost("refill-1"), HOUR, id="the question never arrived"),
    ],
)
def test_an_unanswered_refill_is_a_pharmacists_call(text: SentText, after: timedelta) -> None:
    step = done(next_step(going(ROUND), PLAN, has(PILLS, texts=facts(text).texts), NOW + after))
    assert step.effects == (call("refill_unanswered"),)
    assert step.state == Deliveries(round=1, handled=(PILLS.refill,))


@pytest.mark.parametrize(
    ("round_", "known", "after", "until"),
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
    round_: Round, known: Facts, after: timedelta, until: timedelta
) -> None:
    step = next_step(going(round_), PLAN, replace(known, medications=(PILLS,)), NOW + after)
    assert isinstance(step, Wait)
    assert step.until == NOW + until


def test_a_failed_delivery_is_told_and_called_about() -> None:
    known = facts(deliveries=(brought(Status.FAILED),))
    step = done(next_step(going(UNDER_WAY), PLAN, known, NOW))
    assert step.effects == (
        call("delivery_failed"), SendText("refill-1-failed", "delivery_failed"),
    )  # fmt: skip
    assert step.state == Deliveries(round=1, handled=(PILLS.refill,))


def test_one_refill_that_failed_keeps_no_other_from_being_confirmed() -> None:
    both = replace(UNDER_WAY, refills=(PILLS.refill, DROPS.refill))
    known = facts(deliveries=(brought(Status.FAILED), brought(Status.PACKED, DROPS)))
    step = done(next_step(going(both), PLAN, known, NOW))
    assert call("delivery_failed") in step.effects
    (left,) = step.state.rounds
    assert (left.phase, left.refills, left.failed) == (ORDERED, (DROPS.refill,), (PILLS.refill,))
    came = facts(deliveries=(brought(Status.FAILED), brought(Status.DELIVERED, DROPS)))
    step = done(next_step(step.state, PLAN, came, NOW))
    assert step.effects == (*WAY_IS_OVER, CONFIRM)
    found = heard(step.state, "1", PLAN, has(PILLS, DROPS), NOW)
    assert found.effects == (ConfirmDelivery("received", (DROPS.refill,)),)
    assert set(found.state.handled) == {PILLS.refill, DROPS.refill}


def test_each_failure_of_a_round_is_a_task_of_its_own_and_one_text() -> None:
    first = replace(UNDER_WAY, refills=(DROPS.refill,), failed=(PILLS.refill,))
    step = done(
        next_step(going(first), PLAN, facts(deliveries=(brought(Status.FAILED, DROPS),)), NOW)
    )
    assert step.effects == (call("delivery_failed", suffix="-2"),)
    assert step.state.rounds == ()


def test_a_late_delivery_is_asked_after_once_and_still_awaited() -> None:
    late = facts(deliveries=(brought(Status.PACKED),))
    step = next_step(going(UNDER_WAY), PLAN, late, NOW + days(7))
    assert step == Do(going(UNDER_WAY), (call("delivery_late"),))
    told = replace(late, tasks={"refill-1-delivery_late": None})
    waits = next_step(going(UNDER_WAY), PLAN, told, NOW + days(8))
    assert waits == Wait(None, "delivery_on_its_way")


def test_the_member_is_asked_once_everything_of_the_round_has_arrived() -> None:
    both = going(replace(UNDER_WAY, refills=(PILLS.refill, DROPS.refill)))
    half = facts(deliveries=(brought(Status.DELIVERED), brought(Status.PACKED, DROPS)))
    assert isinstance(next_step(both, PLAN, half, NOW), Wait)
    all_ = facts(deliveries=(brought(Status.DELIVERED), brought(Status.DELIVERED, DROPS)))
    step = done(next_step(both, PLAN, all_, NOW))
    assert step.effects == (*WAY_IS_OVER, CONFIRM)
    assert step.state.rounds[0].phase == CONFIRMING


def test_a_delivery_of_another_round_says_nothing_of_this_one() -> None:
    other = replace(brought(Status.FAILED), due_on=PILLS.runs_out_on - days(30))
    step = next_step(going(UNDER_WAY), PLAN, facts(deliveries=(other,)), NOW)
    assert isinstance(step, Wait)


@pytest.mark.parametrize(
    ("body", "said", "task"),
    [
        pytest.param("1", "received", None, id="it came"),
        pytest.param("2", "not_received", "delivery_not_received", id="it did not come"),
        pytest.param("3", "wrong", "delivery_wrong", id="the wrong thing came"),
    ],
)
def test_how_it_is_confirmed(body: str, said: str, task: str | None) -> None:
    found = heard(going(ARRIVED), body, PLAN, has(PILLS), NOW)
    assert found.effects[0] == ConfirmDelivery(said, (PILLS.refill,))
    assert found.effects[1:] == ((call(task),) if task else ())
    assert found.state == Deliveries(round=1, handled=(PILLS.refill,))


def test_an_unconfirmed_delivery_ends_its_round() -> None:
    known = facts(accepted("refill-1-confirm"))
    step = done(next_step(going(ARRIVED), PLAN, known, NOW + days(3)))
    assert (step.state.rounds, step.effects) == ((), ())


@pytest.mark.parametrize(
    ("phase", "round_"),
    [
        pytest.param("asked", ROUND, id="asked"),
        pytest.param("ordered", UNDER_WAY, id="on its way"),
        pytest.param("confirming", replace(UNDER_WAY, phase=CONFIRMING), id="to be confirmed"),
    ],
)
def test_a_state_of_one_round_at_a_time_goes_on_where_it_stood(phase: str, round_: Round) -> None:
    row = {
        "round": 1, "phase": phase, "due_on": PILLS.runs_out_on.isoformat(),
        "refills": [PILLS.refill], "asked_at": NOW.isoformat(), "handled": [],
        "ordered_at": NOW.isoformat() if round_.ordered_at else None,
    }  # fmt: skip
    old = load(Deliveries, row)
    known = has(PILLS, deliveries=(brought(Status.FAILED),))
    assert next_step(old, PLAN, known, NOW) == next_step(going(round_), PLAN, known, NOW)
    assert awaited(old) == awaited(going(round_))


def test_a_hold_moves_the_moments_of_every_round() -> None:
    moved = shift(going(UNDER_WAY), days(3))
    assert moved.rounds == (replace(UNDER_WAY, asked_at=NOW + days(3), ordered_at=NOW + days(3)),)


@pytest.mark.parametrize(
    ("window", "template"),
    [
        pytest.param(None, "delivery_sent", id="at any time"),
        pytest.param("evening", "delivery_sent_evening", id="in the evening"),
    ],
)
def test_the_member_is_told_once_that_it_is_on_its_way(window: str | None, template: str) -> None:
    known = facts(deliveries=(brought(Status.OUT, window=window),))
    step = done(next_step(going(UNDER_WAY), PLAN, known, NOW))
    assert step.effects == (SendText("refill-1-out", template),)
    told = replace(known, texts=facts(accepted("refill-1-out")).texts)
    assert isinstance(next_step(going(UNDER_WAY), PLAN, told, NOW), Wait)


SATURDAY = NOW + days(3)


@pytest.mark.parametrize(
    ("attempts", "cold", "now", "again"),
    [
        pytest.param(1, False, NOW, TODAY + days(1), id="the first time: again tomorrow"),
        pytest.param(1, False, SATURDAY, TODAY + days(5), id="on a Saturday: again on Monday"),
        pytest.param(2, False, NOW, None, id="the last time: a person"),
        pytest.param(1, True, NOW, None, id="what must stay cold: a person at once"),
    ],
)
def test_what_follows_an_attempt_in_vain(
    attempts: int, cold: bool, now: datetime, again: date | None
) -> None:
    tried = brought(Status.ATTEMPTED, attempts=attempts, cold_chain=cold)
    step = done(next_step(going(UNDER_WAY), PLAN, facts(deliveries=(tried,)), now))
    if again is None:
        assert step.effects == (GiveUpDelivery(PILLS.refill),)
    else:
        text = SendText("refill-1-tried", "delivery_tried", attempt=attempts)
        assert step.effects == (PlanAttempt(PILLS.refill, again), text)
    planned = replace(tried, next_attempt_on=TODAY + days(1))
    known = facts(deliveries=(planned,))
    assert isinstance(next_step(going(UNDER_WAY), PLAN, known, NOW), Wait)


def test_goods_that_came_back_are_a_delivery_that_failed() -> None:
    known = facts(deliveries=(brought(Status.RETURNED),))
    step = done(next_step(going(UNDER_WAY), PLAN, known, NOW))
    assert call("delivery_failed") in step.effects


def test_what_must_stay_cold_is_flagged_on_its_order() -> None:
    rules = PLANS["delivery"].rules
    insulin = replace(PILLS, drug_class="insulin", ingredient="insulin glargine")
    combined = replace(PILLS, ingredient="insulin degludec/liraglutide")
    assert [rules.cold(each) for each in (insulin, combined, PILLS)] == [True, True, False]
    plan = replace(PLAN, rules=rules)
    found = heard(going(ROUND), "1", plan, has(insulin), NOW)
    assert found.effects[0] == OrderDelivery(PILLS.ndc11, 30, PILLS.runs_out_on, cold_chain=True)


WAYS = {
    "ordered": "accepted failed", "accepted": "packed failed", "packed": "out failed",
    "out": "delivered attempted failed", "attempted": "out failed", "delivered": "",
    "failed": "accepted returned", "returned": "accepted",
}  # fmt: skip


def test_a_pharmacy_moves_a_delivery_along_these_ways_only() -> None:
    assert {str(at): set(to) for at, to in STEPS.items()} == {
        at: set(to.split()) for at, to in WAYS.items()
    }


@pytest.mark.parametrize(
    ("to", "given", "words"),
    [
        pytest.param(Status.DELIVERED, {}, None, id="it came"),
        pytest.param(Status.ATTEMPTED, {}, "Say why", id="in vain, without a reason"),
        pytest.param(Status.ATTEMPTED, {"reason": "away"}, None, id="in vain, with a reason"),
        pytest.param(Status.DELIVERED, {"address": "mismatch"}, "call them", id="a wrong address"),
        pytest.param(Status.DELIVERED, {"address": "zip"}, None, id="an address confirmed"),
        pytest.param(Status.RETURNED, {}, "cannot become", id="still outside"),
    ],
)
def test_what_may_be_said_of_a_delivery_that_is_out(
    to: Status, given: dict[str, Any], words: str | None
) -> None:
    said = refusal(Status.OUT, to, **{"reason": None, "address": None, "left_house": True, **given})
    assert (said is None) if words is None else (words in str(said))


def test_what_never_left_the_pharmacy_cannot_come_back() -> None:
    said = refusal(Status.FAILED, Status.RETURNED, reason=None, address=None, left_house=False)
    assert "never left" in str(said)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        pytest.param("43215", Check.ZIP, id="the ZIP code"),
        pytest.param("43215-1234", Check.ZIP, id="the long ZIP code"),
        pytest.param("12", Check.HOUSE_NUMBER, id="the house number"),
        pytest.param("12B", Check.MISMATCH, id="another entrance"),
        pytest.param("1", Check.MISMATCH, id="the beginning of it"),
        pytest.param("43216", Check.MISMATCH, id="a neighbouring ZIP code"),
        pytest.param("Oak Ave", Check.MISMATCH, id="the street, which is asked of nobody"),
        pytest.param("", Check.MISMATCH, id="nothing"),
    ],
)
def test_an_address_is_confirmed_by_zip_or_house_number(said: str, found: Check) -> None:
    assert check(said, "12 Oak Ave", "43215-0001") is found
    assert check(said, None, None) is Check.MISMATCH
