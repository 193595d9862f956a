"""When sending is held because the carrier keeps saying no, for how long, and what ends it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from domain.carrier_codes import Trouble, trouble


class Cause(StrEnum):
    SLOW_DOWN = "slow_down"
    """More at once than the carrier takes from us."""
    DAY_LIMIT = "day_limit"
    """All of a day's texts are used."""
    NOT_ALLOWED = "not_allowed"
    """Our number, campaign or account may not send."""
    FILTERED = "filtered"
    """A wording is taken for spam."""
    NO_ANSWER = "no_answer"
    """The carrier cannot be reached, or does not say what it did."""


class Scope(StrEnum):
    SENDER = "sender"
    TEMPLATE = "template"


class Proof(StrEnum):
    """What shows that it works again: that a text was taken, or that one arrived."""

    ACCEPTED = "accepted"
    ARRIVED = "arrived"


class State(StrEnum):
    FREE = "free"
    PROBE = "probe"
    """One text may leave, to see whether it works again."""
    HELD = "held"


@dataclass(frozen=True, slots=True)
class Fuse:
    """How a breaker for one cause behaves; each hold is twice as long as the one before."""

    scope: Scope
    opens_after: int
    """Failures without a success between them."""
    first: timedelta
    longest: timedelta
    proof: Proof
    asks_at: int
    """At which opening in a row a person is asked."""


# No document says how long to wait: these are a judgement of ours. A storm of refusals costs few
# requests (the hold doubles), and what a person must mend is told to a person at once.
FUSES: Mapping[Cause, Fuse] = {
    Cause.SLOW_DOWN: Fuse(
        Scope.SENDER, 1, timedelta(seconds=30), timedelta(minutes=15), Proof.ACCEPTED, 5
    ),
    Cause.DAY_LIMIT: Fuse(
        Scope.SENDER, 1, timedelta(hours=1), timedelta(hours=1), Proof.ACCEPTED, 1
    ),
    Cause.NOT_ALLOWED: Fuse(
        Scope.SENDER, 1, timedelta(minutes=15), timedelta(hours=4), Proof.ARRIVED, 1
    ),
    Cause.FILTERED: Fuse(
        Scope.TEMPLATE, 3, timedelta(hours=1), timedelta(hours=12), Proof.ARRIVED, 1
    ),
    Cause.NO_ANSWER: Fuse(
        Scope.SENDER, 5, timedelta(seconds=30), timedelta(minutes=10), Proof.ACCEPTED, 3
    ),
}
PROBING = timedelta(minutes=10)
"""How long one text is watched before others may follow it."""
_FILTERED, _DAY_LIMIT, _RAN_OUT = 30007, 63038, 30036


def cause_of(code: int | None) -> Cause | None:
    """None for a code that says nothing of our sender or our words."""
    match trouble(code):
        case Trouble.BLOCKED:
            return Cause.FILTERED if code == _FILTERED else Cause.NOT_ALLOWED
        case Trouble.CAPACITY if code != _RAN_OUT:
            return Cause.DAY_LIMIT if code == _DAY_LIMIT else Cause.SLOW_DOWN
    return None


@dataclass(frozen=True, slots=True)
class Breaker:
    cause: Cause
    failures: int = 0
    opened: int = 0
    """How often in a row it has opened."""
    open_until: datetime | None = None
    """None: closed. Once it has passed, one text tries."""
    probe: str | None = None
    """The intent that tries."""
    probe_until: datetime | None = None

    @property
    def fuse(self) -> Fuse:
        return FUSES[self.cause]

    def state(self, now: datetime) -> State:
        if self.open_until is None:
            return State.FREE
        if now < self.open_until:
            return State.HELD
        if self.probe is None or self.probe_until is None:
            return State.PROBE
        if now < self.probe_until:
            return State.HELD
        # Nothing bad was heard of it for all that time; a carrier need not report what arrived.
        return State.FREE if self.fuse.proof is Proof.ARRIVED else State.PROBE

    def next_look(self, now: datetime) -> datetime:
        """When what is held is looked at again."""
        waits = (until for until in (self.open_until, self.probe_until) if until and until > now)
        return min(waits, default=now)


def failed(breaker: Breaker, now: datetime) -> Breaker:
    """Another failure; what is heard late of texts that left before it opened changes nothing."""
    if breaker.open_until is not None:
        return breaker if now < breaker.open_until else _open(breaker, now)
    counted = replace(breaker, failures=breaker.failures + 1)
    return _open(counted, now) if counted.failures >= breaker.fuse.opens_after else counted


def worked(breaker: Breaker, intent: str, proof: Proof, now: datetime) -> Breaker:
    """A text was taken, or arrived."""
    if proof is Proof.ACCEPTED and breaker.fuse.proof is Proof.ARRIVED:
        return breaker  # What is filtered was accepted too.
    opened = 0 if proof is Proof.ARRIVED else breaker.opened
    if breaker.open_until is None:
        return replace(breaker, failures=0, opened=opened)
    if now < breaker.open_until:
        return breaker
    # What arrives may have left long before: only the one that tries shows that it works again.
    if breaker.probe == intent or breaker.fuse.proof is Proof.ACCEPTED:
        return Breaker(breaker.cause, opened=opened)
    return breaker


def tries(breaker: Breaker, intent: str, now: datetime) -> Breaker:
    """This text is the one that tries."""
    return replace(breaker, probe=intent, probe_until=now + PROBING)


def released(breaker: Breaker, now: datetime) -> Breaker:
    """A person says that it is mended: one text tries at once, and the others follow when it has
    gone well. How often it opened is remembered: a hold that follows is longer, not shorter."""
    if breaker.open_until is None:
        return breaker
    return replace(breaker, open_until=now, probe=None, probe_until=None)


def _open(breaker: Breaker, now: datetime) -> Breaker:
    # The exponent is bounded: a breaker may stay open for weeks.
    hold = min(breaker.fuse.first * 2 ** min(breaker.opened, 12), breaker.fuse.longest)
    return Breaker(breaker.cause, opened=breaker.opened + 1, open_until=now + hold)
