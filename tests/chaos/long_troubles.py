"""Stories that take hours: a carrier that is busy, a house that lies down, nights that are shorter
or longer than others, a disk that is full."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import make
from make_journeys import NOW, consent, due

from chaos.kill_points import print_letter
from chaos.stage import Stage

SHORT_NIGHT = datetime(2027, 3, 13, 22, tzinfo=UTC)
LONG_NIGHT = datetime(2026, 10, 31, 22, tzinfo=UTC)
"""Evenings in Ohio before the clocks go forward and back."""


async def an_hour_of_429(stage: Stage) -> None:
    """The carrier takes nothing for an hour; the text leaves once, after it."""
    stage.given(due())
    for _ in range(60):
        stage.carrier.moods.extend([20429] * 2)
        await stage.house.send_all()
        stage.carrier.moods.clear()
        stage.pass_by(minutes=1)
    assert stage.carrier.accepted() == []
    for _ in range(6):
        await stage.settle()
        stage.pass_by(minutes=15)


async def three_hours_on_the_floor(stage: Stage) -> None:
    """Nothing of ours runs. Members text, one of them STOP, and webhooks find nobody."""
    phones = [f"+1614555{n:04d}" for n in range(200, 220)]
    for n, phone in enumerate(phones):
        stage.given(
            make.member(f"m{n}-", person_id=f"P{n}"), make.phone(phone),
            make.contact_point(f"m{n}-", phone), consent(phone),
            make.enrollment(f"e{n}-", f"m{n}-"), due(f"i{n}-", f"e{n}-"),
        )  # fmt: skip
    stage.say("what is this about?", "SM-lost")
    stage.say("STOP", "SM-stop")
    stage.given(due())
    stage.pass_by(hours=3)
    for _ in range(3):
        await stage.settle()


async def a_stop_finds_nobody_up(stage: Stage) -> None:
    """Texted while the house lies down, its webhook lost; a text is due when the house gets up,
    and the carrier's list cannot be read at first."""
    stage.listens()
    await stage.goes_on(seconds=10)
    stage.say("STOP")
    stage.given(due())
    stage.pass_by(minutes=3)
    stage.carrier.list_down = True
    await stage.goes_on(seconds=30)
    stage.carrier.list_down = False
    await stage.goes_on(seconds=10)
    await stage.settle()


async def webhooks_are_lost_for_an_hour(stage: Stage) -> None:
    """Whoever takes them stands: only the list, and then not even that, says what is texted."""
    stage.listens()
    await stage.goes_on(seconds=10)
    stage.carrier.list_down = True
    for _ in range(60):
        await stage.ears_only(minutes=1)
    stage.say("STOP")
    stage.given(due())
    stage.pass_by(minutes=2)
    await stage.goes_on(seconds=5)
    stage.carrier.list_down = False
    await stage.goes_on(seconds=5)
    await stage.settle()


async def the_night_that_lacks_an_hour(stage: Stage) -> None:
    await _through(stage, SHORT_NIGHT)


async def the_night_with_an_hour_twice(stage: Stage) -> None:
    await _through(stage, LONG_NIGHT)


async def _through(stage: Stage, evening: datetime) -> None:
    """Three texts due since that evening, the lane looking every ten minutes for two nights."""
    stage.house.time.business = evening
    stay = {"due_at": evening - timedelta(hours=6), "expires_at": evening + timedelta(days=9)}
    stage.given(*(due(f"i{n}", asks=None, **stay) for n in range(3)))
    for _ in range(6 * 36):
        await stage.house.send_all()
        stage.pass_by(minutes=10)


async def a_full_disk(stage: Stage) -> None:
    """For each letter another step of writing finds no room; then somebody makes some."""
    steps = ("file", "name", "folder", "manifest", "folder again")
    for step, _ in enumerate(steps):
        letter = f"l{step}"
        stage.given(make.letter(id=letter, spooled_at=None, created_at=NOW, step=f"s{step}"))
        with _no_room_at(step), suppress(OSError):
            await print_letter(stage, letter)
        assert not _spooled(stage, letter)
        await print_letter(stage, letter)
        assert _spooled(stage, letter)


def _spooled(stage: Stage, letter: str) -> bool:
    return any(row["spooled_at"] for row in stage.evidence()["letters"] if row["id"] == letter)


@contextmanager
def _no_room_at(step: int) -> Iterator[None]:
    """The step's sync or name of a file fails."""
    count = 0

    def failing(name: str) -> Any:
        original = getattr(os, name)

        def call(*given: object, **named: object) -> object:
            nonlocal count
            count += 1
            if count == step + 1:
                raise OSError(errno.ENOSPC, "No space left on device")
            return original(*given, **named)

        return patch.object(os, name, call)

    with failing("replace"), failing("fsync"):
        yield


STORIES = {
    story.__name__.replace("_", " "): (story, texts)
    for story, texts in (
        (an_hour_of_429, 1), (three_hours_on_the_floor, 20), (a_stop_finds_nobody_up, 0),
        (webhooks_are_lost_for_an_hour, 0), (the_night_that_lacks_an_hour, 2),
        (the_night_with_an_hour_twice, 2), (a_full_disk, 0),
    )
}  # fmt: skip
"""And how many texts of care the carrier must have taken in the end."""
