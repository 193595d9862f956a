"""What a member answers, if anything, to the newest text of a thread: pure and seeded."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from simulator.personas import Persona, delay
from simulator.personas_phrases import (
    DANGER,
    GLUCOSE,
    PRESSURE,
    SLIPS,
    STOP,
    UNCLEAR,
    WRONG_NUMBER,
    phrases,
)
from simulator.personas_reading import Asks, Option, Read, read

NEEDY = 0.35
"""Share of members with at least one social need, in the published 30 to 40 %."""

NO_NEED = re.compile(
    r"^(?:no\b(?! tengo)|none|never|not\b|nunca|ningun|nada|i have a steady|tengo un lugar)"
)


@dataclass(frozen=True, slots=True)
class Said:
    """One text of a thread as a persona remembers it."""

    mine: bool
    body: str


@dataclass(frozen=True, slots=True)
class Answer:
    body: str
    after: timedelta


@dataclass(frozen=True, slots=True)
class Someone:
    """A member behind a phone; `seed` and the phone fix all they ever do."""

    phone: str
    persona: Persona
    language: str
    seed: int

    def dice(self, about: str) -> Random:
        return Random(f"{self.seed}|{self.phone}|{about}")


def answer(someone: Someone, thread: Sequence[Said]) -> Answer | None:
    """The reply to the thread's newest text, which must be the product's."""
    texts = sum(not said.mine for said in thread)
    dice = someone.dice(f"text {texts}")
    asked = read(thread[-1].body)
    body = _body(someone, thread, asked, texts, dice)
    return Answer(body, delay(someone.persona, dice)) if body else None


def _body(
    someone: Someone, thread: Sequence[Said], asked: Read, texts: int, dice: Random
) -> str | None:
    mine = [said.body for said in thread if said.mine]
    match someone.persona.name:
        case "silent" | "landline" | "bad_number":
            return None
        case "wrong_number":
            return None if mine else dice.choice(phrases(WRONG_NUMBER, someone.language))
        case "stopper":
            words = phrases(STOP, someone.language)
            if not set(mine).isdisjoint(words):
                return None
            if texts >= someone.dice("stops at").randint(1, 4):
                return dice.choice(words)
    if asked.asks is Asks.NOTHING:
        return None
    match someone.persona.name:
        case "crisis":
            words = phrases(DANGER, someone.language)
            turn = someone.dice("danger at").randint(1, 4)
            if len(mine) >= turn and set(mine).isdisjoint(words):
                return dice.choice(words)
        case "unclear":
            words = phrases(UNCLEAR, someone.language)
            clear_before = not mine or mine[-1] not in words
            if clear_before and dice.random() < 1 / 3:
                return dice.choice(words)
    return _proper(someone, asked, dice, glucose=_spoke_of_glucose(thread))


def _spoke_of_glucose(thread: Sequence[Said]) -> bool:
    """Whether the last reading anybody asked for was glucose."""
    asked = (read(said.body).asks for said in reversed(thread) if not said.mine)
    return next((a for a in asked if a in {Asks.PRESSURE, Asks.GLUCOSE}), None) is Asks.GLUCOSE


def _proper(someone: Someone, asked: Read, dice: Random, *, glucose: bool) -> str:
    match asked.asks:
        case Asks.PRESSURE | Asks.GLUCOSE | Asks.NUMBERS:
            return _glucose(someone, dice) if glucose else _pressure(someone, dice)
        case Asks.IDENTITY:
            return str(dice.randint(1930, 1990))
        case Asks.QUESTION:
            return _question(someone, asked, dice)
        case Asks.START:
            return "1" if dice.random() < 0.88 else "2"
        case Asks.CHECK_IN:
            return dice.choices(asked.options, _falling(len(asked.options)))[0].digit
        case Asks.RECEIVED:
            return "1" if dice.random() < 0.93 else "2"
    return "1" if dice.random() < 0.85 else dice.choice(asked.options[1:]).digit


def _falling(count: int) -> Sequence[float]:
    """Weights for answers ordered from well to unwell: each a third as likely as the one before."""
    return [3.0**-n for n in range(count)]


def _question(someone: Someone, asked: Read, dice: Random) -> str:
    free = [o for o in asked.options if NO_NEED.match(o.label)] or [asked.options[-1]]
    needs = [o for o in asked.options if o not in free]
    needy = someone.dice("needy").random() < NEEDY
    if not needs or not needy or dice.random() < 0.5:
        return dice.choice(free).digit
    if asked.several and len(needs) > 1 and dice.random() < 0.5:
        return ",".join(sorted(o.digit for o in _some(needs, dice)))
    return dice.choice(needs).digit


def _some(options: Sequence[Option], dice: Random) -> Sequence[Option]:
    return dice.sample(options, 2)


def _pressure(someone: Someone, dice: Random) -> str:
    usual = someone.dice("pressure").choices((126, 138, 152, 166), (30, 35, 28, 7))[0]
    systolic = round(dice.gauss(usual, 7))
    diastolic = round(systolic * 0.52 + dice.gauss(12, 4))
    if dice.random() < 0.02:
        systolic, diastolic = 188, 122
    form = dice.choice(phrases(PRESSURE, someone.language))
    return form.format(s=systolic, d=diastolic)


def _glucose(someone: Someone, dice: Random) -> str:
    usual = someone.dice("glucose").choices((112, 148, 196, 255), (35, 38, 20, 7))[0]
    reading = str(max(round(dice.gauss(usual, 18)), 58))
    chance = dice.random()
    if chance < 0.03:
        reading = dice.choice(SLIPS)
    elif chance < 0.05:
        reading = "52"
    return dice.choice(phrases(GLUCOSE, someone.language)).format(g=reading)
