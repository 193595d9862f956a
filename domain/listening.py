"""Whether we would have heard a STOP: webhooks are taken, and the carrier's list was read since."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any


class Deaf(StrEnum):
    """Why a STOP might have been missed."""

    NO_WEBHOOKS = "no_webhooks"
    """Nothing takes the carrier's webhooks just now."""
    LIST_AWAITED = "list_awaited"
    """Webhooks are taken again, and what was texted before is not yet looked up."""
    LIST_OLD = "list_old"
    """The carrier's list has not been read for too long: webhooks may be lost on their way."""


@dataclass(frozen=True, slots=True)
class ListeningRules:
    """All of wall time."""

    list_lag: timedelta
    """How long after a text the carrier's list may still lack it."""
    silent_after: timedelta
    """Without a sign of life for so long, whoever takes webhooks counts as gone."""
    stale_after: timedelta
    """How old the newest whole reading of the list may be."""

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "ListeningRules":
        """ValueError, in a sentence, for numbers with which nothing would ever leave."""
        rules = cls(
            *(
                timedelta(seconds=float(data[f"{name}_seconds"]))
                for name in ("list_lag", "silent_after", "stale_after")
            )
        )
        if min(rules.list_lag, rules.silent_after, rules.stale_after) <= timedelta(0):
            raise ValueError("listening needs numbers of seconds above 0")
        if rules.stale_after <= rules.list_lag:
            raise ValueError("listening needs stale_after_seconds above list_lag_seconds")
        return rules


@dataclass(frozen=True, slots=True)
class Heard:
    """What is known of our ears; all of wall time, None for what never was."""

    taking_since: datetime | None = None
    """Webhooks have been taken without a break from then on."""
    taking_at: datetime | None = None
    """The newest sign of life of whoever takes them."""
    listed_from: datetime | None = None
    """When the newest whole reading of the carrier's list was begun."""


def deaf(heard: Heard, rules: ListeningRules, wall: datetime) -> Deaf | None:
    """None: whatever was texted until a moment ago is known, and a text of ours may leave."""
    if heard.taking_since is None or heard.taking_at is None:
        return Deaf.NO_WEBHOOKS
    if wall - heard.taking_at > rules.silent_after:
        return Deaf.NO_WEBHOOKS
    if heard.listed_from is None or heard.listed_from < heard.taking_since + rules.list_lag:
        return Deaf.LIST_AWAITED
    return Deaf.LIST_OLD if wall - heard.listed_from > rules.stale_after else None


def list_helps(heard: Heard, rules: ListeningRules, wall: datetime) -> bool:
    """Whether reading the list now would end the wait."""
    match deaf(heard, rules, wall):
        case Deaf.LIST_OLD:
            return True
        case Deaf.LIST_AWAITED:
            assert heard.taking_since
            return wall >= heard.taking_since + rules.list_lag
    return False
