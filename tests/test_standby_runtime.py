"""Who needs the time says that it has loaded, and gets the clock when it goes."""

import os
import threading
from pathlib import Path

from sqlalchemy import create_engine

from domain.clock import REAL, Clock
from runtime import standby
from runtime.clock import hold_clock, rate_of, start_clock, wall_now
from runtime.settings import Settings


def test_without_a_rehearsal_nobody_waits(database_url: str, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, database_url=database_url)
    assert standby.clock_when_it_goes(settings) == REAL


def test_a_program_stands_by_until_the_clock_is_set_going(
    database_url: str, tmp_path: Path
) -> None:
    settings = Settings(home=tmp_path, database_url=database_url)
    standby.clear(tmp_path)
    begin = wall_now()
    engine = create_engine(database_url)
    with engine.connect() as connection:
        hold_clock(connection, wall_now(), begin)
        got: list[Clock] = []
        program = threading.Thread(
            target=lambda: got.append(standby.clock_when_it_goes(settings)), daemon=True
        )
        program.start()
        while os.getpid() not in standby.waiting(tmp_path):
            assert program.is_alive()
        assert not got
        started = start_clock(connection, wall_now(), rate=rate_of(4))
    program.join()
    engine.dispose()
    assert got == [started]
    assert started.business == begin


def test_marks_of_an_earlier_start_count_for_nothing(tmp_path: Path) -> None:
    standby.clear(tmp_path)
    (tmp_path / "standby" / "1").touch()
    standby.clear(tmp_path)
    assert standby.waiting(tmp_path) == set()
