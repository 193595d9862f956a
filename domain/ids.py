"""Identifiers shared by every room, so that each is spelled once."""

from typing import NewType

MemberId = NewType("MemberId", str)
"""Opaque; never the payer's person id."""
EnrollmentId = NewType("EnrollmentId", str)
IntentId = NewType("IntentId", str)
MessageId = NewType("MessageId", str)
"""The carrier's id of an inbound text (Twilio's MessageSid)."""


def journey_id(program: str, member_id: MemberId, ordinal: int) -> str:
    """The workflow id of one enrollment's journey."""
    return f"journey/{program}/{member_id}/{ordinal}"


def sending_id(lane: int) -> str:
    """The workflow id of one sending lane."""
    return f"sending/{lane}"


RELAY_ID = "relay"
"""The workflow id of the relay that brings unacknowledged facts to their journeys."""

NIGHTLY_ID = "identification"
"""The id of the schedule, and the beginning of its workflows' ids."""

JOURNEYS_QUEUE = "doorway-journeys"
SENDING_QUEUE = "doorway-sending"
