"""The rest of who was not reached: how long, what ends it sooner, which ladder follows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.outreach_rungs import Rung
from domain.stages import Facts

NEW_NUMBER, FILL = "new_number", "fill"
FULL, SHORT = "outreach_rest", "outreach_short_rest"
"""Why an invitation waits."""


@dataclass(frozen=True, slots=True)
class CoolOff:
    rest: timedelta
    at_least: timedelta
    """Whatever happens, nobody is invited again before this."""
    sooner: frozenset[str]
    """What ends the rest early: `new_number`, `fill` (a refill seen in claims), or life events."""
    rungs: Sequence[Rung]
    times: int
    """How many invitations may follow the first."""


@dataclass(frozen=True, slots=True)
class Resting:
    """Since when, and what was known then: only what is new ends a rest early."""

    since: datetime
    numbers: int = 0
    other_number: bool = False


def begin(facts: Facts, now: datetime) -> Resting:
    return Resting(now, facts.numbers, facts.other_number)


def until(resting: Resting, rules: CoolOff, facts: Facts) -> tuple[datetime, str]:
    """When the rest is over by what is known now, and the code that says whether it was cut."""
    over, early = resting.since + rules.rest, resting.since + rules.at_least
    if early < over and happened(resting, facts) & rules.sooner:
        return early, SHORT
    return over, FULL


def happened(resting: Resting, facts: Facts) -> frozenset[str]:
    found = {event for event, at in facts.events.items() if at > resting.since}
    if facts.filled_on and facts.filled_on > resting.since.date():
        found.add(FILL)
    new = facts.other_number and not resting.other_number
    if new or facts.numbers > resting.numbers:
        found.add(NEW_NUMBER)
    return frozenset(found)
