"""Why a member was, or was not, contacted: one sentence from the gate's last word."""

from dataclasses import dataclass
from datetime import datetime

from api.words import say
from domain.outbox import Status
from store.pages.ledger import Considered

SETTLED = {
    Status.SENDING: "is on its way to the carrier",
    Status.UNKNOWN: "may have left: the carrier did not answer, and evidence is being looked for",
    Status.ACCEPTED: "was sent",
    Status.WITHHELD: "was withheld",
    Status.FAILED: "did not arrive",
    Status.CANCELLED: "was called off before it left",
}
OBVIOUS = (Status.SENDING, Status.UNKNOWN)
"""Of these the time says nothing a reader could use."""


@dataclass(frozen=True, slots=True)
class ContactLine:
    """`at` follows the words: when a text may go, or when the last one went."""

    words: str
    at: datetime | None


def contact_line(found: Considered | None, now: datetime, *, sending_on: bool) -> ContactLine:
    if found is None:
        return ContactLine("No text has been decided on yet.", None)
    intent, named = found.intent, say(found.intent.template)
    status = Status(intent.status)
    if status is Status.PENDING:
        return _pending(found, now, sending_on=sending_on)
    told = f"The last text ({named}) {SETTLED[status]}"
    if status is Status.ACCEPTED and intent.delivered_at:
        told = f"The last text ({named}) arrived"
    elif intent.reason:
        told += f": {say(intent.reason, 'gate')}"
    elif status is Status.ACCEPTED and found.decision and found.decision.verdict == "send":
        told += "; every rule of the gate allowed it"
    at = None if status in OBVIOUS else intent.delivered_at or intent.accepted_at or intent.due_at
    return ContactLine(f"{told}.", at)


def _pending(found: Considered, now: datetime, *, sending_on: bool) -> ContactLine:
    """The intent's own time counts: the same delay for the same reason is kept only once."""
    intent, named = found.intent, say(found.intent.template)
    at = intent.due_at if intent.due_at > now else None
    if not sending_on:
        return ContactLine(f"The next text ({named}) waits: {say('sending_off', 'gate')}.", None)
    if intent.reason:
        ahead = "It may go" if at else "The gate looks at it again now."
        why = say(intent.reason, "gate")
        return ContactLine(f"The next text ({named}) is put off: {why}. {ahead}", at)
    if at:
        return ContactLine(f"The next text ({named}) is not due yet. It may go", at)
    return ContactLine(f"The next text ({named}) is due; the gate is asked next.", None)
