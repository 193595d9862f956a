"""Where a delivery stands at the pharmacy, and what may be said of it next."""

from collections.abc import Mapping
from enum import StrEnum


class Status(StrEnum):
    ORDERED = "ordered"
    ACCEPTED = "accepted"
    PACKED = "packed"
    OUT = "out"
    DELIVERED = "delivered"
    ATTEMPTED = "attempted"
    """Brought to the door in vain; the goods are with the courier or back on the shelf."""
    FAILED = "failed"
    RETURNED = "returned"
    """The goods are back in the pharmacy's stock."""


STEPS: Mapping[Status, frozenset[Status]] = {
    Status.ORDERED: frozenset({Status.ACCEPTED, Status.FAILED}),
    Status.ACCEPTED: frozenset({Status.PACKED, Status.FAILED}),
    Status.PACKED: frozenset({Status.OUT, Status.FAILED}),
    Status.OUT: frozenset({Status.DELIVERED, Status.ATTEMPTED, Status.FAILED}),
    Status.ATTEMPTED: frozenset({Status.OUT, Status.FAILED}),
    Status.DELIVERED: frozenset(),
    # Once a person has spoken with the member, the same order may be taken up again.
    Status.FAILED: frozenset({Status.ACCEPTED, Status.RETURNED}),
    Status.RETURNED: frozenset({Status.ACCEPTED}),
}
"""What a pharmacy may say next of a delivery."""

UNDER_WAY = (Status.ORDERED, Status.ACCEPTED, Status.PACKED, Status.OUT, Status.ATTEMPTED)
BROUGHT_NO_MORE = (Status.FAILED, Status.RETURNED)


def refusal(
    at: Status, to: Status, *, reason: str | None, address: str | None, left_house: bool
) -> str | None:
    """Why it cannot move there, in words; None when it may. `address`: what the check found."""
    if to not in STEPS[at]:
        return f"A delivery that is {at} cannot become {to}."
    if to in (Status.FAILED, Status.ATTEMPTED) and not reason:
        return "Say why the delivery failed."
    if to is Status.RETURNED and not left_house:
        return "This delivery never left the pharmacy: there is nothing to return."
    if to in (Status.OUT, Status.DELIVERED) and address == "mismatch":
        return "What the member said is not the address on file: call them and check it again."
    return None
