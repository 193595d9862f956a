"""A member somebody proposes for a program: checked by the same rules as those claims find."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.identification import FitRules, Misfit, Standing, misfit


class Why(StrEnum):
    """What came of a nomination: accepted, or the first reason against it."""

    ACCEPTED = "accepted"
    UNKNOWN = "unknown"
    """No such id and birth date in the payer's files; which of the two is wrong is not told."""
    NO_CONDITION = "no_condition"
    """None of those the program is for."""
    ENROLLED = "enrolled"
    NO_SUCH_PHARMACY = "no_such_pharmacy"
    DECEASED = "deceased"
    DO_NOT_CONTACT = "do_not_contact"
    HOSPICE = "hospice"
    LTC = "ltc"
    ADDRESS_CONFIDENTIAL = "address_confidential"
    NOT_COVERED = "not_covered"


WORDS: dict[Why, str] = {
    Why.ACCEPTED: "Accepted: the journey begins as soon as the member has a pharmacy.",
    Why.UNKNOWN: "The payer's files name nobody with this id and date of birth; check both.",
    Why.NO_CONDITION: "The program is for other conditions; name one that it is for.",
    Why.ENROLLED: "The member is in the program already.",
    Why.NO_SUCH_PHARMACY: "No pharmacy of this NPI is known; check it, or leave it out.",
    Why.DECEASED: "The payer's files say that the member has died.",
    Why.DO_NOT_CONTACT: "The member asked the plan not to be contacted.",
    Why.HOSPICE: "The member is in hospice care, for whom the program is not meant.",
    Why.LTC: "The member lives in long-term care, for which the program is not meant.",
    Why.ADDRESS_CONFIDENTIAL: "The member's address is confidential; the program writes to nobody "
    "whose is.",
    Why.NOT_COVERED: "No payer of this program covers the member today.",
}


@dataclass(frozen=True, slots=True)
class Nomination:
    """As it was told. `form_id`: the same twice is one."""

    form_id: str
    program: str
    person_id: str
    birth_date: date
    conditions: tuple[str, ...]
    reason: str
    pharmacy_npi: str | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the nominated member; `standing` None: nobody by that id and birth date."""

    standing: Standing | None
    enrolled: bool
    pharmacy: bool
    """The pharmacy that was named exists, or none was named."""


def judge(
    nomination: Nomination, known: Known, conditions: Collection[str], rules: FitRules
) -> Why:
    """`conditions`: those the program is for. A nominator vouches for the condition, for no
    more: coverage and exclusions hold as for anybody.
    """
    if known.standing is None:
        return Why.UNKNOWN
    if not nomination.conditions or not set(nomination.conditions) <= set(conditions):
        return Why.NO_CONDITION
    if known.enrolled:
        return Why.ENROLLED
    if not known.pharmacy:
        return Why.NO_SUCH_PHARMACY
    against = misfit(known.standing, rules, nominated=True)
    if against is None:
        return Why.ACCEPTED
    return Why.UNKNOWN if against is Misfit.NOT_LISTED else Why(against.value)
