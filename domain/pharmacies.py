"""What a pharmacy offers from when until when, and what it lacks for a member on a day."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

EARTH_KM = 6371.0088

Place = tuple[float, float]
"""Latitude and longitude in degrees."""


class Lack(StrEnum):
    """Why a pharmacy does not qualify for a member on a day."""

    LICENCE = "licence"
    NETWORK = "network"
    CPESN = "cpesn"
    SERVICE = "service"
    STATE = "state"
    LANGUAGE = "language"
    ROOM = "room"


ENDS_IT = (Lack.LICENCE, Lack.NETWORK, Lack.CPESN, Lack.SERVICE)
"""With one of these it can serve nobody in the program, whoever wishes it."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What a pharmacy offers, with the days from and until when."""

    npi: str
    state: str | None
    place: Place | None
    networks: tuple[str, ...]
    """`name`, or `name@from..to` with either day left out."""
    services: frozenset[str]
    languages: frozenset[str]
    cpesn_from: date | None = None
    cpesn_to: date | None = None
    licence_expires: date | None = None
    room: int | None = None
    """How many more members it takes; None: as many as come."""

    def with_one_more(self) -> "Offer":
        return self if self.room is None else replace(self, room=self.room - 1)


@dataclass(frozen=True, slots=True)
class Want:
    """What a member in a program needs of a pharmacy."""

    state: str | None
    place: Place | None
    language: str
    networks: tuple[str, ...]
    cpesn: bool
    services: tuple[str, ...]


def lacks(offer: Offer, want: Want, day: date, *, language: bool = True) -> tuple[Lack, ...]:
    """All that is missing on the day; `language`: the member's must be spoken there."""
    found = {
        Lack.LICENCE: offer.licence_expires is not None and offer.licence_expires < day,
        Lack.NETWORK: not all(in_network(offer.networks, name, day) for name in want.networks),
        Lack.CPESN: want.cpesn and not _in_cpesn(offer, day),
        Lack.SERVICE: not offer.services.issuperset(name.lower() for name in want.services),
        Lack.STATE: offer.state is None or offer.state != want.state,
        Lack.LANGUAGE: language and not speaks(offer, want.language),
        Lack.ROOM: offer.room is not None and offer.room <= 0,
    }
    return tuple(lack for lack, is_so in found.items() if is_so)


def ended(offer: Offer, want: Want, day: date) -> tuple[Lack, ...]:
    """Why a pharmacy can no longer keep a member it has; empty: it can."""
    return tuple(lack for lack in lacks(offer, want, day) if lack in ENDS_IT)


def in_network(networks: Sequence[str], name: str, day: date) -> bool:
    """Days that cannot be read hold never, as in the claims room."""
    for network in networks:
        known, dated, days = network.partition("@")
        if known.strip().lower() == name.lower() and (not dated or _within(days, day)):
            return True
    return False


def _within(days: str, day: date) -> bool:
    first, dots, last = days.partition("..")
    if not dots:
        return False
    since, until = _day(first, date.min), _day(last, date.max)
    return since is not None and until is not None and since <= day <= until


def _day(words: str, otherwise: date) -> date | None:
    if not words.strip():
        return otherwise
    read = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", words.strip())
    try:
        return date(*map(int, read.groups())) if read else None
    except ValueError:
        return None


def _in_cpesn(offer: Offer, day: date) -> bool:
    return offer.cpesn_from is not None and offer.cpesn_from <= day <= (offer.cpesn_to or date.max)


def speaks(offer: Offer, language: str) -> bool:
    """English is taken as spoken everywhere."""
    spoken = {"eng": "en", "english": "en", "spa": "es", "spanish": "es"}
    wanted = spoken.get(language.lower(), language.lower())
    return wanted == "en" or wanted in offer.languages


def distance(a: Place | None, b: Place | None) -> float | None:
    """Great circle, in kilometres, to a tenth."""
    if a is None or b is None:
        return None
    lat, other = math.radians(a[0]), math.radians(b[0])
    half = math.sin((other - lat) / 2) ** 2
    half += math.cos(lat) * math.cos(other) * math.sin(math.radians(b[1] - a[1]) / 2) ** 2
    return round(2 * EARTH_KM * math.asin(min(1.0, math.sqrt(half))), 1)
