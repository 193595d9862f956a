"""A program's plan of refills and deliveries, as its YAML says it."""

from dataclasses import dataclass
from datetime import timedelta

from domain.medication_rules import NONE, MedicationRules
from domain.program_reader import Reader


@dataclass(frozen=True, slots=True)
class DeliveryPlan:
    ask_before: timedelta
    lapsed_after: timedelta
    """A supply that ended longer ago than this was stopped, not forgotten."""
    answer_within: timedelta
    arrive_within: timedelta
    task_within: timedelta
    rules: MedicationRules = NONE


def delivery_plan(read: Reader, rules: MedicationRules) -> DeliveryPlan:
    return DeliveryPlan(
        read.days("ask_before_days"),
        read.days("lapsed_after_days"),
        read.days("answer_within_days"),
        read.days("arrive_within_days"),
        read.hours("task_within_hours"),
        rules,
    )
