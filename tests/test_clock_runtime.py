"""A rehearsal's clock: fast while somebody is there, still while nobody is, never back."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, create_engine

from domain.clock import REAL
from runtime.clock import LONGEST_HOLD, hold_clock, keep_promise, load_clock, rate_of, start_clock

BEGIN = datetime(2026, 3, 2, 14, tzinfo=UTC)
WALL = datetime(2026, 11, 24, 9, tzinfo=UTC)
FOUR_SECONDS_A_DAY = rate_of(4)


@pytest.fixture
def plain(database_url: str) -> Iterator[Connection]:
    engine = create_engine(database_url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def test_without_a_rehearsal_the_time_is_the_walls(plain: Connection) -> None:
    assert start_clock(plain, WALL, rate=None) == REAL
    assert load_clock(plain) == REAL


def test_a_first_start_begins_where_it_is_told(plain: Connection) -> None:
    start_clock(plain, WALL, rate=FOUR_SECONDS_A_DAY, begin=BEGIN)
    clock = load_clock(plain)
    assert clock.at(WALL) == BEGIN
    assert clock.at(WALL + timedelta(seconds=4)) == BEGIN + timedelta(days=1)


def test_after_hours_of_rest_the_clock_goes_on_from_its_last_promise(plain: Connection) -> None:
    clock = start_clock(plain, WALL, rate=FOUR_SECONDS_A_DAY, begin=BEGIN)
    seen = WALL + timedelta(seconds=8)
    keep_promise(plain, clock, seen)
    later = start_clock(plain, WALL + timedelta(hours=5), rate=FOUR_SECONDS_A_DAY, begin=BEGIN)
    stood = later.at(WALL + timedelta(hours=5))
    assert clock.at(seen) <= stood
    assert stood == BEGIN + timedelta(days=2) + timedelta(days=1) / 4


def test_a_reader_just_before_a_kill_never_sees_a_later_time_than_the_next_start(
    plain: Connection,
) -> None:
    clock = start_clock(plain, WALL, rate=FOUR_SECONDS_A_DAY, begin=BEGIN)
    keep_promise(plain, clock, WALL + timedelta(seconds=8))
    last_look = WALL + timedelta(seconds=8.9)
    again = start_clock(plain, WALL + timedelta(seconds=9), rate=FOUR_SECONDS_A_DAY)
    assert again.at(WALL + timedelta(seconds=9)) >= clock.at(last_look)


def test_a_promise_is_never_taken_back(plain: Connection) -> None:
    clock = start_clock(plain, WALL, rate=FOUR_SECONDS_A_DAY, begin=BEGIN)
    keep_promise(plain, clock, WALL + timedelta(seconds=8))
    keep_promise(plain, clock, WALL)
    again = start_clock(plain, WALL, rate=FOUR_SECONDS_A_DAY)
    assert again.at(WALL) >= BEGIN + timedelta(days=2)


def test_another_pace_changes_the_pace_and_not_the_day(plain: Connection) -> None:
    clock = start_clock(plain, WALL, rate=FOUR_SECONDS_A_DAY, begin=BEGIN)
    slower = start_clock(plain, WALL, rate=rate_of(60))
    assert slower.business == clock.at(WALL + timedelta(seconds=1))
    assert load_clock(plain).rate == rate_of(60)


def test_without_a_pace_a_rehearsal_keeps_its_own(plain: Connection) -> None:
    start_clock(plain, WALL, rate=FOUR_SECONDS_A_DAY, begin=BEGIN)
    assert start_clock(plain, WALL, rate=None).rate == FOUR_SECONDS_A_DAY


def test_while_a_rehearsal_is_prepared_its_time_stands_still(plain: Connection) -> None:
    hold_clock(plain, WALL, BEGIN)
    prepared = WALL + timedelta(minutes=3)
    assert load_clock(plain).at(prepared) == BEGIN
    clock = start_clock(plain, prepared, rate=FOUR_SECONDS_A_DAY, begin=BEGIN)
    assert clock.at(prepared) == BEGIN


def test_a_rehearsal_under_way_is_not_sent_back_to_its_beginning(plain: Connection) -> None:
    start_clock(plain, WALL, rate=FOUR_SECONDS_A_DAY, begin=BEGIN + timedelta(days=9))
    hold_clock(plain, WALL, BEGIN)
    assert load_clock(plain).at(WALL) >= BEGIN + timedelta(days=9)


def test_a_rehearsal_under_way_stands_until_its_programs_have_loaded(plain: Connection) -> None:
    start_clock(plain, WALL, rate=FOUR_SECONDS_A_DAY, begin=BEGIN)
    hold_clock(plain, WALL + timedelta(seconds=8), None)
    held = load_clock(plain)
    loaded = WALL + timedelta(seconds=60)
    assert held.at(loaded) == held.at(WALL)
    assert not held.goes(loaded)
    going = start_clock(plain, loaded, rate=FOUR_SECONDS_A_DAY)
    assert going.goes(loaded)
    assert going.at(loaded + timedelta(seconds=4)) == held.at(loaded) + timedelta(days=1)


def test_a_held_rehearsal_whose_parent_was_killed_goes_on_by_itself_at_its_own_pace(
    plain: Connection,
) -> None:
    start_clock(plain, WALL, rate=FOUR_SECONDS_A_DAY, begin=BEGIN)
    hold_clock(plain, WALL, None)
    held = load_clock(plain)
    assert held.goes(WALL + LONGEST_HOLD)
    assert held.rate == FOUR_SECONDS_A_DAY


def test_where_no_rehearsal_is_nothing_is_held(plain: Connection) -> None:
    hold_clock(plain, WALL, None)
    assert load_clock(plain) == REAL
