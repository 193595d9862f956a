"""Long lives: each persona of the simulator, and what else may befall a member in a year.

A life is played by the simulator's own rules of answering; what no text shows (a death, a move,
coverage that ends) is told to the journey as the night's claims would tell it.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import make
from fakes import PHONE
from make_journeys import DAY, HOUR
from whole_journey import Persona, World

from activities.exits import leave, stay
from domain.crisis import CallBack, CallOutcome, is_cry
from domain.exits import Exit
from simulator.personas import BY_NAME
from simulator.personas_answers import Said, Someone, answer
from store.crisis import document
from store.models import Enrollment
from store.pages.scope import EVERYTHING

UNKNOWN_NUMBER = 21211
"""The carrier's word for a number that does not exist."""
RUNS_OUT = date(2026, 3, 20)
CLAIMS = "identification"
Event = Callable[["Life"], Awaitable[None]]


@dataclass(frozen=True)
class Plot:
    """`seed` picks what the persona answers; `befalls` is what else happens, and after how long."""

    persona: str = "silent"
    seed: int = 4
    ends: str = "graduated"
    ends_in_a_year: str = ""
    """Where a program of a year ends otherwise than one of ninety days."""
    ways: Mapping[str, str] = field(default_factory=dict)
    """By template, what this member answers whatever the persona would; "": nothing."""
    befalls: tuple[tuple[timedelta, Event], ...] = ()
    language: str = "en"
    brought: bool = True
    """Whether the pharmacy brings what is ordered."""
    call: str | None = None
    """What comes of a coordinator's call of invitation."""


class Life(World):
    def __init__(self, plot: Plot, *args: Any) -> None:
        super().__init__(*args)
        self.plot = plot
        self.someone = Someone(PHONE, BY_NAME[plot.persona], plot.language, plot.seed)
        self.thread: list[Said] = []
        if plot.persona == "bad_number":
            self.house.carrier.moods.extend([UNKNOWN_NUMBER] * 50)
        for after, happens in plot.befalls:
            # The default binds this turn's value; mypy cannot infer such a lambda.
            self.at(after, lambda happens=happens: happens(self))  # type: ignore[misc]

    def arrived(self, template: str, body: str) -> None:
        self.thread.append(Said(False, body))
        planned = answer(self.someone, self.thread)
        words = self.plot.ways.get(template)
        if words is not None:
            planned = None
            if words:
                self.at(HOUR, lambda: self.says(words))
        if planned is not None:
            self.at(planned.after, lambda: self.says(planned.body))

    async def says(self, words: str) -> None:
        self.thread.append(Said(True, words))
        await self.reply(words)

    def ordered(self, delivery_id: int) -> None:
        if self.plot.brought:
            super().ordered(delivery_id)

    def asked(self, task_id: int, kind: str) -> None:
        if is_cry(kind):
            self.at(timedelta(minutes=10), lambda: self._calls_back(task_id))
        elif kind == "outreach_call":
            super().asked(task_id, kind)
        elif self.plot.persona != "silent":
            self.at(DAY, lambda: self.finish(task_id, "done"))

    async def _calls_back(self, task_id: int) -> None:
        """A person speaks with the member, writes it down, and lets the journey go on."""
        call = CallBack(CallOutcome.SAFE, "Sam, coordinator", self.now, "is safe, sister is there")
        async with self.house.transaction() as session:
            await document(session, EVERYTHING, task_id, call, actor="staff:s1", now=self.now)
        if (await self.house.one(Enrollment, "e1")).hold == "safety":
            await self.staff("resume")


def reported(reason: Exit) -> Event:
    async def happens(life: Life) -> None:
        async with life.house.transaction() as session:
            await leave(session, "e1", reason, life.now, source=CLAIMS)

    return happens


async def comes_back(life: Life) -> None:
    async with life.house.transaction() as session:
        await stay(session, "e1", life.now, source=CLAIMS)


async def is_served_by_another(life: Life) -> None:
    life.house.given(make.pharmacy(make.OTHER_NPI, name="Other Pharmacy"))
    await life.house.change(Enrollment, "e1", pharmacy_npi=make.OTHER_NPI)
    await comes_back(life)


def persona(plot: Plot) -> Persona:
    return Persona(call=plot.call, provider="accept", runs_out=RUNS_OUT)


PLOTS: Mapping[str, Plot] = {
    "prompt": Plot("prompt"),
    "slow": Plot("slow"),
    "unclear": Plot("unclear", seed=5),
    "crisis": Plot("crisis"),
    "stopper": Plot("stopper", ends="opted_out"),
    "wrong_number": Plot("wrong_number", ends="unable_to_contact"),
    "bad_number": Plot("bad_number", ends="unable_to_contact"),
    "silent": Plot(ends="unable_to_contact"),
    "spanish": Plot("spanish", language="es"),
    "declines": Plot("prompt", ends="declined", ways={"welcome": "2"}),
    "agrees on a call": Plot("prompt", ways={"welcome": "", "reminder": ""}, call="reached"),
    "falls silent": Plot(ways={"welcome": "1"}, ends_in_a_year="unable_to_contact"),
    "stops midway": Plot("prompt", ends="opted_out", ways={"delivery_confirm": "STOP"}),
    "is late with refills": Plot("prompt", ways={"refill_due": ""}, brought=False),
    "has needs": Plot("prompt", ways={"screening_question": "2", "referral_offer": "1"}),
    "moves": Plot(
        "prompt", befalls=((20 * DAY, reported(Exit.MOVED)), (27 * DAY, is_served_by_another)),
    ),
    "loses their pharmacy": Plot(
        "prompt",
        befalls=((20 * DAY, reported(Exit.PHARMACY_LEFT)), (22 * DAY, is_served_by_another)),
    ),
    "loses coverage": Plot(
        "prompt", ends="disenrolled", befalls=((30 * DAY, reported(Exit.DISENROLLED)),)
    ),
    "regains coverage": Plot(
        "prompt", befalls=((30 * DAY, reported(Exit.DISENROLLED)), (45 * DAY, comes_back)),
    ),
    "dies": Plot("prompt", ends="deceased", befalls=((40 * DAY, reported(Exit.DECEASED)),)),
    "goes to hospice": Plot(
        "prompt", ends="hospice", befalls=((50 * DAY, reported(Exit.HOSPICE)),)
    ),
}  # fmt: skip
