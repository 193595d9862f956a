"""Situations a text may be in when the gate is asked, drawn from a seed."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from random import Random

from gate_reference import DAY, EPOCH, HOUR, STATES, WEEK, ZONES, instant, sunday

from domain.gate import GateFacts
from domain.outbox import Purpose

YEARS = range(2026, 2036)
PLACES = (*ZONES, "Mars/Olympus")
HOMES = (None, "OH", *STATES)
PURPOSES = [Purpose.CARE] * 6 + [Purpose.REPLY] * 3 + [Purpose.SAFETY, Purpose.STOP]
SAFE = [(time(9), time(12)), (time(13), time(17)), (time(17), time(22)), (time(6), time(10))]
CLOSE = (-601, -600, -599, -301, -300, -299, -1, 0, 1)
"""Seconds about a whole hour: its stroke, the margin, and the margin twice."""


def moment(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)


def change_days(year: int) -> list[int]:
    """The two days on which clocks change, and those about them."""
    return [day + by for day in (sunday(year, 3, 2), sunday(year, 11, 1)) for by in (-1, 0, 1)]


def any_day(draw: Random) -> int:
    year = draw.choice(YEARS)
    day = date(year, 1, 1).toordinal() + draw.randrange(365)
    return draw.choice(
        [day, day, day + -day % 7, draw.choice(change_days(year)), draw.choice(change_days(year)),
         date(year, *draw.choice([(1, 1), (7, 4), (11, 11), (12, 24), (12, 26)])).toordinal()]
    )  # fmt: skip


def any_second(draw: Random, zone: str, day: int) -> int:
    at = draw.choice([0, *range(8, 22), 9, 9, 12, 18, 20, 20])
    if draw.random() < 0.3:
        return (day - EPOCH) * DAY + draw.randrange(DAY)
    return instant(zone, day, at) + draw.choice(CLOSE)


def zones(draw: Random) -> tuple[str, ...]:
    number = draw.choice([0] + [1] * 12 + [2] * 6 + [3])
    drawn = [draw.choice(PLACES) for _ in range(number)]
    if draw.random() < 0.01:
        drawn.append("Asia/Shanghai")
    return tuple(drawn)


def care_texts(draw: Random, now: int) -> tuple[datetime, ...]:
    ago = [draw.randrange(8 * DAY) for _ in range(draw.choice([0, 0, 0, 1, 1, 2, 3, 4]))]
    if draw.random() < 0.1:
        ago = [WEEK + draw.choice((-1, 0, 1)), *ago]
    return tuple(moment(now - by) for by in ago)


def situation(
    draw: Random, now: int, where: Sequence[str], home: str | None, rarely: float = 0.03
) -> GateFacts:
    """`rarely`: how often each of the things that forbid a text is so."""

    def rare() -> bool:
        return draw.random() < rarely

    return GateFacts(
        purpose=draw.choice(PURPOSES),
        expires_at=moment(now + draw.choice([draw.randrange(1, HOUR), 4 * DAY] + [-1, 0] * rare())),
        phone=None if rare() else "+16145550134", number_usable=not rare(),
        consented=draw.choice([False, None]) if rare() else True, dead=rare(), covered=not rare(),
        journey_ended=rare(), held=rare(), zones=tuple(where), state=home,
        segments=draw.choice([None, 3]) if rare() else draw.choice([1, 2]), max_segments=2,
        sound=not rare(), care_texts=care_texts(draw, now),
        open_until=moment(now + draw.randrange(-HOUR, 3 * DAY)) if draw.random() < 0.3 else None,
        asks=draw.random() < 0.3, confirms_stop=draw.random() < 0.3, part2=rare(),
        reassigned=draw.choice([True, None]) if rare() else False, unsafe=rare(),
        safe_hours=draw.choice(SAFE) if draw.random() < 0.1 else None,
    )  # fmt: skip


def any_situation(draw: Random) -> tuple[GateFacts, datetime]:
    where = zones(draw)
    clock = next((zone for zone in where if zone in ZONES), "America/New_York")
    now = any_second(draw, clock, any_day(draw))
    return situation(draw, now, where, draw.choice(HOMES)), moment(now)
