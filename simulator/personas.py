"""Who answers how: the table of personas and the seeded choice of one for a phone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random

MINUTES = timedelta(minutes=1)
DAYS = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Persona:
    """`share` of members, and how long it takes to answer in business time."""

    name: str
    share: float
    about: str
    soonest: timedelta = 2 * MINUTES
    latest: timedelta = 25 * MINUTES


# Livelier than the field, so that a demo shows something: about 56 in 100 answer, where
# published programs see 31 to 53; wrong and dead numbers are within the published 8 to 15.
PERSONAS = (
    Persona("prompt", 0.34, "answers within minutes"),
    Persona("slow", 0.12, "answers after a day or two", 1 * DAYS, 2 * DAYS),
    Persona("unclear", 0.07, "says something else first", 5 * MINUTES, 90 * MINUTES),
    Persona("crisis", 0.03, "writes once that they are in danger"),
    Persona("stopper", 0.04, "opts out at some text", 1 * MINUTES, 30 * MINUTES),
    Persona("wrong_number", 0.02, "is somebody else", 5 * MINUTES, 120 * MINUTES),
    Persona("landline", 0.02, "cannot receive texts"),
    Persona("bad_number", 0.03, "a number that does not exist or is out of service"),
    Persona("silent", 0.33, "never answers"),
)

SPANISH = Persona("spanish", 0, "answers within minutes, in Spanish")
"""A prompt member who prefers Spanish; their share is the contacts'."""

BY_NAME = {p.name: p for p in (*PERSONAS, SPANISH)}

STRANGER = BY_NAME["silent"]
"""Somebody texted who is in no contacts file."""


def persona_of(phone: str, *, seed: int, line_type: str, language: str) -> Persona:
    """The same for the same seed and phone, whatever else is loaded."""
    if line_type == "landline":
        return BY_NAME["landline"]
    chosen = _draw(Random(f"{seed}|persona|{phone}"), PERSONAS)
    if chosen.name == "prompt" and language.startswith("es"):
        return SPANISH
    return chosen


def delay(persona: Persona, dice: Random) -> timedelta:
    return persona.soonest + (persona.latest - persona.soonest) * dice.random()


def _draw(dice: Random, personas: Sequence[Persona]) -> Persona:
    return dice.choices(personas, [p.share for p in personas])[0]
