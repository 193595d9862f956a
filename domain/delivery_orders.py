"""What is ordered at the pharmacy when a member says yes, with its flags."""

from collections.abc import Sequence

from domain.delivery_plan import DeliveryPlan
from domain.effects import OrderDelivery
from domain.stages import Facts, MedicationFact
from domain.synchronization import days_of


def orders(refills: Sequence[str], plan: DeliveryPlan, facts: Facts) -> tuple[OrderDelivery, ...]:
    """One for each refill that is still the next of its medicine."""
    packaging = _packaging(plan, facts)
    return tuple(
        OrderDelivery(
            medication.ndc11,
            days_of(medication, facts.sync),
            medication.runs_out_on,
            plan.rules.cold(medication),
            packaging if plan.rules.packable(medication) else None,
        )
        for medication in facts.medications
        if medication.refill in refills
    )


def _packaging(plan: DeliveryPlan, facts: Facts) -> str | None:
    """Proposed to whoever takes several medicines; what a pharmacist once decided stays decided."""
    decided = [d.packaging for d in facts.deliveries if d.packaging in ("accepted", "declined")]
    if decided:
        return "accepted" if decided[-1] == "accepted" else None
    packable = [m for m in facts.medications if _counts(m, plan)]
    return "proposed" if len(packable) >= plan.rules.package_from else None


def _counts(medication: MedicationFact, plan: DeliveryPlan) -> bool:
    return not medication.part2 and plan.rules.packable(medication)
