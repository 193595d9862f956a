"""One date a month and packaging: what is proposed to a pharmacist, and what an order then says."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from make_journeys import NOW, PLANS, days, facts

from domain.delivery import Deliveries, next_step
from domain.delivery_orders import orders
from domain.delivery_plan import DeliveryPlan
from domain.effects import ProposeSync
from domain.stages import DeliveryFact, Do, MedicationFact, SyncFact
from domain.synchronization import SyncRules, proposal

PLAN: DeliveryPlan = PLANS["delivery"]
RULES = PLAN.rules.sync or SyncRules(2, timedelta(34), timedelta(5))
TODAY = NOW.date()


def medicine(ends_in: int, number: int = 1, **given: Any) -> MedicationFact:
    defaults = {"days_supply": 30, "ingredient": f"i{number}", "drug_class": "statin"}
    ndc11 = f"9999900{number:04d}"
    return MedicationFact(ndc11, TODAY + days(ends_in), **{**defaults, **given})


FIRST, LAST = medicine(10), medicine(24, 2)
ON = LAST.runs_out_on


@pytest.mark.parametrize(
    ("medications", "found"),
    [
        pytest.param([FIRST, LAST], (ON, ((FIRST.refill, 14),)), id="a short fill to the last"),
        pytest.param([LAST], None, id="one medicine has one date"),
        pytest.param([LAST, medicine(19, 3)], None, id="dates of one week are one date"),
        pytest.param(
            [FIRST, LAST, medicine(60, 3, days_supply=90)], (ON, ((FIRST.refill, 14),)),
            id="a supply of three months keeps its date",
        ),
        pytest.param([FIRST, medicine(24, 2, part2=True)], None, id="a protected one is left out"),
        pytest.param([medicine(-3), LAST], None, id="so is one that has run out"),
    ],
)  # fmt: skip
def test_what_is_proposed(medications: list[MedicationFact], found: Any) -> None:
    assert proposal(medications, RULES, TODAY) == found


def test_it_is_proposed_once_before_anything_else() -> None:
    known = facts(medications=(FIRST, LAST))
    step = next_step(Deliveries(), PLAN, known, NOW)
    assert isinstance(step, Do)
    assert step.effects == (ProposeSync(ON, ((FIRST.refill, 14),)),)
    again = next_step(step.state, PLAN, known, NOW)
    assert not (isinstance(again, Do) and isinstance(again.effects[0], ProposeSync))


@pytest.mark.parametrize(
    ("status", "ordered"),
    [
        pytest.param("accepted", 14, id="accepted: the short fill"),
        pytest.param("proposed", 30, id="not decided: the usual supply"),
        pytest.param("declined", 30, id="declined: the usual supply"),
    ],
)
def test_what_is_ordered_when_the_refill_falls_due(status: str, ordered: int) -> None:
    sync = SyncFact(status, ON, ((FIRST.refill, 14),))
    known = facts(medications=(FIRST, LAST), sync=sync)
    (order,) = orders([FIRST.refill], PLAN, known)
    assert order.days_supply == ordered
    later = replace(FIRST, runs_out_on=ON)
    (next_order,) = orders([later.refill], PLAN, replace(known, medications=(later,)))
    assert next_order.days_supply == 30


MANY = tuple(medicine(20, number) for number in range(1, 5))
INSULIN = medicine(20, 9, drug_class="insulin", ingredient="insulin glargine")


def decided(packaging: str) -> DeliveryFact:
    return DeliveryFact("1", date(2026, 2, 1), "delivered", NOW, packaging=packaging)


@pytest.mark.parametrize(
    ("medications", "before", "said"),
    [
        pytest.param(MANY, (), "proposed", id="four medicines"),
        pytest.param(MANY[:3], (), None, id="three medicines"),
        pytest.param((*MANY[:3], INSULIN), (), None, id="insulin is not packed"),
        pytest.param(MANY, (decided("accepted"),), "accepted", id="a yes from before"),
        pytest.param(MANY, (decided("declined"),), None, id="a no from before"),
    ],
)
def test_packaging_on_an_order(
    medications: tuple[MedicationFact, ...], before: tuple[DeliveryFact, ...], said: str | None
) -> None:
    known = facts(medications=medications, deliveries=before)
    assert orders([MANY[0].refill], PLAN, known)[0].packaging == said


def test_what_must_stay_cold_is_packed_with_nothing() -> None:
    known = facts(medications=(*MANY, INSULIN))
    (order,) = orders([INSULIN.refill], PLAN, known)
    assert (order.packaging, order.cold_chain) == (None, True)
