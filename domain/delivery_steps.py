"""Where a delivery stands at the pharmacy, and what may be said of it next."""

from enum import StrEnum


class Status(StrEnum):
    ORDERED = "ordered"
    ACCEPTED = "accepted"
    PACKED = "packed"
    OUT = "out"
    DELIVERED = "delivered"
    FAILED = "failed"


STEPS = {
    Status.ORDERED: {Status.ACCEPTED, Status.FAILED},
    Status.ACCEPTED: {Status.PACKED, Status.FAILED},
    Status.PACKED: {Status.OUT, Status.FAILED},
    Status.OUT: {Status.DELIVERED, Status.FAILED},
    Status.DELIVERED: set(),
    Status.FAILED: set(),
}
"""What a pharmacy may say next of a delivery."""
