"""Whether a member whose journey has ended, and whom claims find again, gets a second one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from domain.identification import AT_ONCE, Misfit
from domain.journey import ENDED, State


@dataclass(frozen=True, slots=True)
class ReturnRules:
    """Of programs/identification.yaml, the block `again`."""

    after: Mapping[State, timedelta | None]
    """The cool-off after each end; None: never by itself."""
    at_most: int
    within: timedelta
    """So many journeys in one program may begin in that time."""

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "ReturnRules":
        """ValueError in one sentence when an end is missing or a number is none."""
        days, most = data["after_days"], data["at_most"]
        if odd := sorted(set(map(str, days)) ^ {str(state) for state in ENDED}):
            raise ValueError(f"again.after_days: {odd[0]} is missing, or is no end of a journey.")
        after = {State(name): _cool_off(name, value) for name, value in days.items()}
        return cls(after, int(most["journeys"]), timedelta(days=int(most["within_days"])))


def _cool_off(name: str, value: Any) -> timedelta | None:
    if value == "never":
        return None
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(f"again.after_days: {name} must be a whole number of days, or `never`.")
    return timedelta(days=value)


@dataclass(frozen=True, slots=True)
class Past:
    """A member's newest enrollment in a program, which has ended, and when each of theirs began."""

    state: State
    ended_on: date
    misfit: Misfit | None
    began_on: Sequence[date]


def comes_again(past: Past, rules: ReturnRules, as_of: date) -> bool:
    """By claims of the day `as_of`: older ones say nothing of what came after the end."""
    cool_off = rules.after[past.state]
    if cool_off is None or past.misfit in AT_ONCE:
        return False
    recent = [day for day in past.began_on if as_of - day < rules.within]
    return (
        as_of > past.ended_on and as_of - past.ended_on >= cool_off and len(recent) < rules.at_most
    )
