"""The clock: the wall's, or a rehearsal's that stands still while everything is down."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Row, Select, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from domain.clock import REAL, Clock
from store.models import ClockRow

PROMISE = timedelta(seconds=1)
"""Wall time by which a promise runs ahead of the clock."""
LONGEST_HOLD = timedelta(minutes=2)
SECONDS_A_DAY = 86_400


def wall_now() -> datetime:
    """The only place that asks the machine for the time."""
    return datetime.now(UTC)


class Time:
    """Both clocks: the members' calendar, and the watch of whoever sits at the desk."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock

    def now(self) -> datetime:
        return self.clock.at(wall_now())

    def wall(self) -> datetime:
        return wall_now()


def rate_of(day_seconds: float) -> float:
    """How much faster than the wall a clock runs whose day lasts `day_seconds`."""
    return SECONDS_A_DAY / day_seconds


def load_clock(connection: Connection) -> Clock:
    """The clock everybody on this database goes by; the wall's when no rehearsal set one."""
    return _clock(connection.execute(_ROW).one_or_none())


async def load_clock_async(connection: AsyncConnection | AsyncSession) -> Clock:
    """As `load_clock`."""
    return _clock((await connection.execute(_ROW)).one_or_none())


def hold_clock(connection: Connection, wall: datetime, begin: datetime | None) -> None:
    """Let a rehearsal under way stand where it was seen last, and a new one (if any) at `begin`.

    Until `start_clock`; the one under way goes on by itself if that does not come for long.
    """
    stand = {"wall": wall + LONGEST_HOLD, "business": ClockRow.promised}
    connection.execute(update(ClockRow).values(stand))
    if begin is not None:
        values = {"wall": wall, "business": begin, "rate": 0.0, "promised": begin}
        connection.execute(insert(ClockRow).values(one=1, **values).on_conflict_do_nothing())
    connection.commit()


def start_clock(
    connection: Connection, wall: datetime, *, rate: float | None, begin: datetime | None = None
) -> Clock:
    """Set a rehearsal's clock going again: where it stood, or at `begin` the first time.

    Without a rate an older rehearsal goes on at its own, and where none was the wall's time holds.
    """
    stood = connection.execute(select(ClockRow.promised, ClockRow.rate)).one_or_none()
    if stood is None and rate is None:
        return REAL
    business = stood.promised if stood else begin or wall
    clock = Clock(wall=wall, business=business, rate=rate or (stood and stood.rate) or 1.0)
    values = {
        "wall": clock.wall,
        "business": clock.business,
        "rate": clock.rate,
        "promised": clock.at(wall + PROMISE),
    }
    write = insert(ClockRow).values(one=1, **values)
    connection.execute(write.on_conflict_do_update(index_elements=["one"], set_=values))
    connection.commit()
    return clock


def keep_promise(connection: Connection, clock: Clock, wall: datetime) -> None:
    """Note how far business time may have been seen, a little ahead; a restart begins there."""
    if clock == REAL:
        return
    ahead = clock.at(wall + PROMISE)
    connection.execute(update(ClockRow).where(ClockRow.promised < ahead).values(promised=ahead))
    connection.commit()


_ROW: Select[datetime, datetime, float] = select(ClockRow.wall, ClockRow.business, ClockRow.rate)


def _clock(row: Row[datetime, datetime, float] | None) -> Clock:
    if row is None:
        return REAL
    return Clock(wall=row.wall, business=row.business, rate=row.rate)
