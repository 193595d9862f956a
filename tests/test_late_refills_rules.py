"""Late refills by class: whom a pharmacist calls, who is asked once more, no name."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from make_journeys import DAY, NOW, PLANS, accepted, days, facts

from domain.delivery import Deliveries, next_step
from domain.delivery_plan import DeliveryPlan
from domain.delivery_rounds import ASKED, ORDERED, Round
from domain.effects import OpenTask, Record, SendText
from domain.late_refills import late_rules
from domain.program_reader import BadProgram
from domain.stages import Do, MedicationFact, Wait

PLAN: DeliveryPlan = PLANS["delivery"]
TODAY = NOW.date()
WEEKDAY = timedelta(days=1)
RECORD = Record("late_refill", "supply ended")


def medicine(late: int, drug_class: str = "statin", **given: Any) -> MedicationFact:
    defaults = {"ingredient": drug_class, "drug_class": drug_class}
    return MedicationFact("99999000101", TODAY - days(late), 30, **{**defaults, **given})


def asked(one: MedicationFact, *done: int) -> Deliveries:
    """The refill was asked about before it was late; so many steps were taken since.

    Naloxone was offered today, so that no offer comes between.
    """
    late = tuple(f"{one.refill}/{after}" for after in done)
    return Deliveries(
        round=1, handled=(one.refill,), late=late, late_calls=len(done), offered_on=TODAY
    )


def effects(state: Deliveries, *medications: MedicationFact) -> tuple[Any, ...]:
    step = next_step(state, PLAN, facts(medications=medications), NOW)
    return step.effects if isinstance(step, Do) else ()


def call(within: timedelta, number: int = 1, urgent: bool = False) -> OpenTask:
    return OpenTask(f"late-{number}", "late_refill", "pharmacist", within, urgent, {"part2": "yes"})


MOUD = {"drug_class": "moud", "ingredient": "buprenorphine/naloxone", "part2": True}


@pytest.mark.parametrize(
    ("late", "given", "within", "urgent"),
    [
        pytest.param(2, MOUD, WEEKDAY, False, id="buprenorphine after two days"),
        pytest.param(7, MOUD, timedelta(hours=8), True, id="buprenorphine after a week, urgently"),
        pytest.param(1, {"ingredient": "lithium"}, WEEKDAY, False, id="lithium after one day"),
        pytest.param(1, {"ingredient": "clozapine"}, WEEKDAY, False, id="clozapine after one day"),
        pytest.param(7, {"drug_class": "antipsychotic"}, WEEKDAY, False, id="an antipsychotic"),
        pytest.param(7, {}, days(5), False, id="any other, over a weekend"),
    ],
)
def test_a_pharmacist_calls_and_the_task_names_nothing(
    late: int, given: dict[str, Any], within: timedelta, urgent: bool
) -> None:
    one = medicine(late, **given)
    assert effects(asked(one), one) == (call(within, urgent=urgent), RECORD)


@pytest.mark.parametrize(
    ("late", "given"),
    [
        pytest.param(1, MOUD, id="buprenorphine after one day"),
        pytest.param(0, {"ingredient": "lithium"}, id="lithium on its last day"),
        pytest.param(1, {"drug_class": "antipsychotic"}, id="an antipsychotic after one day"),
        pytest.param(1, {}, id="any other after one day"),
        pytest.param(40, {"drug_class": "antibiotic"}, id="a course that has ended"),
        pytest.param(61, MOUD, id="what was stopped long ago"),
    ],
)
def test_nobody_is_called_or_asked(late: int, given: dict[str, Any]) -> None:
    one = medicine(late, **given)
    assert effects(asked(one), one) == ()


def test_two_days_after_the_supply_ended_the_member_is_asked_once_more() -> None:
    one = medicine(2)
    step = next_step(asked(one), PLAN, facts(medications=(one,)), NOW)
    assert isinstance(step, Do)
    assert step.effects == (SendText("refill-2", "refill_late"),)
    assert step.state.rounds == (Round(2, ASKED, (one.refill,), TODAY, NOW),)
    said = replace(step.state, rounds=(), handled=(one.refill,))
    assert effects(said, one) == ()


def test_a_protected_medicine_is_called_about_where_another_gets_a_text() -> None:
    one = medicine(2, part2=True)
    assert not any(isinstance(each, SendText) for each in effects(asked(one), one))


def test_a_step_is_taken_once_and_the_next_supply_begins_anew() -> None:
    one = medicine(3, **MOUD)
    assert effects(asked(one, 2), one) == ()
    again = replace(one, runs_out_on=one.runs_out_on + DAY)
    state = replace(asked(one, 2), handled=(one.refill, again.refill))
    assert effects(state, again) == (call(WEEKDAY, number=2), RECORD)


def test_of_several_steps_due_only_the_last_is_taken() -> None:
    one = medicine(9, **MOUD)
    step = next_step(asked(one), PLAN, facts(medications=(one,)), NOW)
    assert isinstance(step, Do)
    assert step.state.late == (f"{one.refill}/2", f"{one.refill}/7")
    assert step.effects == (call(timedelta(hours=8), urgent=True), RECORD)


@pytest.mark.parametrize(
    ("given", "called"),
    [
        pytest.param({}, False, id="an ordinary medicine waits for it"),
        pytest.param({"drug_class": "antipsychotic"}, True, id="an antipsychotic does not"),
    ],
)
def test_while_an_order_is_under_way(given: dict[str, Any], called: bool) -> None:
    one = medicine(7, **given)
    state = Deliveries(round=1, rounds=(Round(1, ORDERED, (one.refill,), TODAY, NOW, NOW),))
    assert bool(effects(state, one)) == called


def test_several_late_medicines_are_one_call_by_the_strictest() -> None:
    one, other = medicine(8), medicine(8, **MOUD)
    other = replace(other, ndc11="99999000404")
    state = replace(asked(one), handled=(one.refill, other.refill))
    assert effects(state, one, other) == (call(timedelta(hours=8), urgent=True), RECORD)


def test_the_day_a_refill_would_be_late_is_waited_for() -> None:
    one = medicine(-1, **MOUD)
    step = next_step(asked(one), PLAN, facts(accepted("refill-1"), medications=(one,)), NOW)
    assert isinstance(step, Wait)
    assert step.why == "refill_late_due"
    assert step.until is not None
    assert step.until.date() == TODAY + days(3)


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        pytest.param(
            [{"steps": [{"after_days": 2, "do": "fax", "source": "x"}]}], "text or call",
            id="a way there is not",
        ),
        pytest.param(
            [{"steps": [{"after_days": 2, "do": "call", "source": "x"}]}], "deadline",
            id="a call without a deadline",
        ),
        pytest.param(
            [{"steps": [{"after_days": 2, "do": "text"}]}], "`source` is missing",
            id="a number without its source",
        ),
        pytest.param(
            [{"steps": []}, {"classes": ["moud"], "steps": []}], "only the last",
            id="a rule behind the one for every medicine",
        ),
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_carried_out_is_refused(rules: Any, words: str) -> None:
    with pytest.raises((BadProgram, ValueError), match=words):
        late_rules(rules)
