"""Naloxone: offered once a year by a pharmacist to those treated for opioid use, never by text."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from make_journeys import NOW, PLANS, days, facts

from domain.delivery import Deliveries, next_step
from domain.delivery_plan import DeliveryPlan
from domain.effects import OpenTask, Record, SendText
from domain.stages import Do, MedicationFact, Wait

PLAN: DeliveryPlan = PLANS["delivery"]
TODAY = NOW.date()


def medicine(drug_class: str, ends_in: int, ndc: str = "1", **given: Any) -> MedicationFact:
    return MedicationFact(ndc, TODAY + days(ends_in), 30, True, drug_class, **given)


def taken(state: Deliveries, *medications: MedicationFact) -> Any:
    quiet = replace(state, handled=tuple(m.refill for m in medications))
    return next_step(quiet, PLAN, facts(medications=medications), NOW)


MOUD = medicine("moud", 20)


def test_the_pharmacist_is_asked_to_offer_it_and_only_the_cleared_read_what() -> None:
    step = taken(Deliveries(), MOUD)
    assert isinstance(step, Do)
    detail = {"part2": "yes", "offer": "naloxone"}
    assert step.effects == (
        OpenTask("offer-1", "offer_at_fill", "pharmacist", timedelta(days=5), detail=detail),
        Record("offer_at_fill", "none within the time"),
    )
    assert not any(isinstance(effect, SendText) for effect in step.effects)


@pytest.mark.parametrize(
    "medications",
    [
        pytest.param((medicine("statin", 20),), id="no such treatment"),
        pytest.param((medicine("moud", -61),), id="a treatment that was stopped"),
        pytest.param((MOUD, medicine("opioid_antagonist", -300, "2")), id="had within the year"),
    ],
)
def test_nothing_is_offered(medications: tuple[MedicationFact, ...]) -> None:
    step = taken(Deliveries(), *medications)
    assert not isinstance(step, Do) or "offer" not in repr(step.effects)


def test_it_is_offered_again_a_year_later_and_no_sooner() -> None:
    asked = Deliveries(offers=1, offered_on=TODAY - days(364))
    assert isinstance(taken(asked, MOUD), Wait)
    step = taken(replace(asked, offered_on=TODAY - days(365)), MOUD)
    assert isinstance(step, Do)
    assert step.state.offers == 2


def test_a_fill_of_long_ago_counts_no_more() -> None:
    step = taken(Deliveries(), MOUD, medicine("opioid_antagonist", -336, "2"))
    assert isinstance(step, Do)
