"""Death at every point of a path: before and after each commit, each POST and each file.

Between two of these nothing leaves the memory of a process, so a kill anywhere else is the same as
one before the next of them.
"""

import os
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import make
from fakes import ACCEPT_THEN_LOSE, LOSE, TEMPLATES
from make_journeys import NOW, due
from sqlalchemy.dialects.postgresql.psycopg import PGDialectAsync_psycopg

from activities.letters import LetterActivities, PrintLetterRequest
from chaos.case import intent_of
from chaos.stage import LoggedCarrier, Stage
from gateways.print_spool import PrintSpool
from gateways.typesetting import Typesetter
from runtime import programs
from store.models import Letter

NEVER = 10**6
AFTERWARDS = (1, 40, 40, 180, 40)
"""Seconds between the rounds of those who go on: leases end, lists catch up, tries are due."""


class Killed(BaseException):
    """No `except Exception` may see it, as none sees a kill -9."""


@dataclass
class Reaper:
    """Counts the points a process passes and ends it at the `fatal` one; the dead do nothing."""

    fatal: int = NEVER
    passed: list[str] = field(default_factory=list)
    dead: bool = False

    def point(self, what: str) -> None:
        self.dead = self.dead or len(self.passed) == self.fatal
        if self.dead:
            raise Killed(what)
        self.passed.append(what)

    @contextmanager
    def around(self, what: str) -> Iterator[None]:
        self.point(f"before {what}")
        yield
        self.point(f"after {what}")

    def bury(self, *, next_at: int | None = None) -> None:
        """A new process begins; it may be killed too, `next_at` points from here."""
        self.dead = False
        self.fatal = NEVER if next_at is None else len(self.passed) + next_at

    def watched(self, owner: Any, name: str, what: str) -> Any:
        """A patch: the same function with a point on either side."""
        original = getattr(owner, name)

        def call(*given: Any, **named: Any) -> Any:
            with self.around(what):
                return original(*given, **named)

        return patch.object(owner, name, call)

    def watched_await(self, owner: Any, name: str, what: str) -> Any:
        original = getattr(owner, name)

        async def call(*given: Any, **named: Any) -> Any:
            with self.around(what):
                return await original(*given, **named)

        return patch.object(owner, name, call)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        with (
            self.watched(PGDialectAsync_psycopg, "do_commit", "a commit"),
            self.watched_await(LoggedCarrier, "send", "a text is written to the carrier"),
            self.watched_await(LoggedCarrier, "sent_to", "the carrier's list is read"),
            self.watched(os, "replace", "a file takes its name"),
            self.watched(os, "fsync", "a file is safe"),
            # What a killed process would clean up stays where it is.
            self.watched(Path, "unlink", "a file is removed"),
        ):
            yield


@dataclass(frozen=True, slots=True)
class Way:
    """A path, and how often the carrier must have taken a text of each purpose in the end."""

    walk: Callable[[Stage], Awaitable[None]]
    texts: Mapping[str, int]


async def a_text_is_sent(stage: Stage) -> None:
    stage.given(due())
    await stage.house.send_all()


async def the_answer_to_a_text_is_lost(stage: Stage) -> None:
    stage.carrier.moods.append(ACCEPT_THEN_LOSE)
    await a_text_is_sent(stage)
    stage.pass_by(minutes=1)
    await stage.house.relay.settle_texts()


async def a_text_never_arrives(stage: Stage) -> None:
    stage.carrier.moods.append(LOSE)
    await a_text_is_sent(stage)
    stage.pass_by(minutes=1)
    await stage.house.relay.settle_texts()
    await stage.house.send_all()


async def a_receipt_comes(stage: Stage) -> None:
    await a_text_is_sent(stage)
    (accepted,) = stage.carrier.accepted()
    await stage.call_back(accepted, "delivered")


async def a_member_replies(stage: Stage) -> None:
    await stage.bring(stage.say("what is this about?"))
    await stage.house.relay.start_and_tell()
    await stage.house.advance()
    await stage.house.send_all()


async def a_member_cries_for_help(stage: Stage) -> None:
    await stage.bring(stage.say("I want to kill myself"))
    await stage.house.send_all()
    await stage.house.advance()


async def a_stop_comes_before_a_text(stage: Stage) -> None:
    stage.given(due())
    await stage.bring(stage.say("STOP"))
    await stage.house.send_all()
    await stage.house.advance()


async def a_letter_is_printed(stage: Stage) -> None:
    stage.given(make.letter(spooled_at=None, created_at=NOW))
    await print_letter(stage)


WAYS: Mapping[str, Way] = {
    way.walk.__name__.replace("_", " "): way
    for way in (
        Way(a_text_is_sent, {"care": 1}),
        Way(the_answer_to_a_text_is_lost, {"care": 1}),
        Way(a_text_never_arrives, {"care": 1}),
        Way(a_receipt_comes, {"care": 1}),
        Way(a_member_replies, {}),
        Way(a_member_cries_for_help, {"safety": 1}),
        Way(a_stop_comes_before_a_text, {"stop": 1}),
        Way(a_letter_is_printed, {}),
    )
}


async def print_letter(stage: Stage, letter: str = "l1") -> None:
    house = stage.house
    works = LetterActivities(
        house.transaction, programs.all_programs(), _press(), PrintSpool(stage.spool), house.time
    )
    await works.print_letter(PrintLetterRequest(letter))


@cache
def _press() -> Typesetter:
    """One for all: opening the fonts takes longer than a letter."""
    return Typesetter(TEMPLATES)


async def walk_and_die(stage: Stage, way: Way, reaper: Reaper, *again: int) -> int:
    """Walk until the process dies; others, who may die `again`, finish what goes on by itself.

    Answers how many points the first process passed.
    """
    with reaper.at_work():
        passed = await _live(stage, way.walk, reaper)
        for then in again:
            reaper.bury(next_at=then)
            await _live(stage, _what_goes_on_by_itself, reaper)
        reaper.bury()
        for seconds in AFTERWARDS:
            await _what_goes_on_by_itself(stage)
            stage.pass_by(seconds=seconds)
    return passed


async def _live(stage: Stage, walk: Callable[[Stage], Awaitable[None]], reaper: Reaper) -> int:
    with suppress(Killed):
        await walk(stage)
    # What a process knew dies with it.
    stage.house.relay._told.clear()
    return len(reaper.passed)


async def _what_goes_on_by_itself(stage: Stage) -> None:
    """One round of every loop; the workflow of a letter's journey tries its activity again."""
    house = stage.house
    await house.relay.settle_texts()
    await house.relay.poll_carrier()
    await house.relay.start_and_tell()
    if house.journeys.told:
        await house.advance()
        house.journeys.told.clear()
    await house.send_all()
    if await house.all(Letter):
        await print_letter(stage)


def wrong_numbers(stage: Stage, way: Way) -> list[str]:
    """Where the carrier took other texts than the path asks for."""
    purposes = {row["id"]: row["purpose"] for row in stage.evidence()["intents"]}
    taken = Counter(purposes[intent_of(event)] for event in stage.carrier.accepted())
    return [
        f"{purpose}: {taken[purpose]} texts instead of {count}"
        for purpose, count in way.texts.items()
        if taken[purpose] != count
    ]
