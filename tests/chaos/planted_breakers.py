"""Planted bugs of what is held back: breakers that never open, never close, or hold too much."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

import domain.breakers
from activities import breaking
from activities.listening import Listening
from activities.pacing import Road
from domain.breakers import FUSES, Breaker, Cause, Scope

_TOO_WIDE = {**FUSES, Cause.FILTERED: replace(FUSES[Cause.FILTERED], scope=Scope.SENDER)}


def _never_opens(breaker: Breaker, _now: datetime) -> Breaker:
    return breaker


def _never_closes(breaker: Breaker, *_given: Any) -> Breaker:
    return breaker


async def _deaf_and_on(_self: Listening, _session: AsyncSession, road: Road) -> Road:
    return road


BREAKER_BUGS: Mapping[str, tuple[str, tuple[tuple[object, str, object], ...]]] = {
    "does_not_wait": (
        "texts leave before it is known whether a STOP was missed",
        ((Listening, "hold", _deaf_and_on),),
    ),
    "breaker_never_opens": (
        "a carrier that says no is asked again and again",
        ((breaking, "failed", _never_opens),),
    ),
    "breaker_never_closes": (
        "after one no, a text now and then is all that ever leaves",
        ((breaking, "worked", _never_closes),),
    ),
    "template_trips_sender": (
        "words taken for spam hold every other wording too",
        ((breaking, "FUSES", _TOO_WIDE), (domain.breakers, "FUSES", _TOO_WIDE)),
    ),
}
