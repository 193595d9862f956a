"""Whatever ends the parent, nobody is left behind, and the next start goes on."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from time import monotonic, sleep

import psycopg
import pytest

from runtime.errors import Refusal
from runtime.postgres import EmbeddedPostgres
from runtime.processes import command_of, free_port, is_running
from runtime.supervisor import PythonPart, Supervisor

TESTS = Path(__file__).parent
PATIENCE = 60.0


def wait_for(happened: Callable[[], bool], what: str) -> None:
    """Poll until it has happened; the limit is only there so that a failure ends."""
    deadline = monotonic() + PATIENCE
    while not happened():
        assert monotonic() < deadline, f"{what} has not happened"
        # Polling without a pause would take the processor from those waited for.
        sleep(0.02)


@contextmanager
def house_of_cards(home: Path) -> Iterator[subprocess.Popen[bytes]]:
    env = {**os.environ, "PYTHONPATH": str(TESTS), "DOORWAY_PORT": str(free_port())}
    with (home / "house.log").open("ab") as log:
        parent = subprocess.Popen(
            [sys.executable, "-m", "house_of_cards", str(home)],
            env=env, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        yield parent
    finally:
        # In order, so that nothing of it stays in /tmp.
        parent.terminate()
        try:
            parent.wait(PATIENCE)
        finally:
            parent.kill()
            parent.wait()


def inhabitants(home: Path, parent: subprocess.Popen[bytes]) -> dict[str, int]:
    """The four children by name, once all of them run and the parent says so."""
    found: dict[str, int] = {}

    def all_here() -> bool:
        assert parent.poll() is None, (home / "house.log").read_text()
        found.clear()
        if (home / "pids").exists():
            found.update(json.loads((home / "pids").read_text()))
        return len(found) == 4 and all(is_running(pid) for pid in found.values())

    wait_for(all_here, "the start of every part")
    return found


def backends(data: Path) -> list[int]:
    """Processes of PostgreSQL over these files, its own children included."""
    listing = subprocess.run(
        ["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True
    )
    rows = [tuple(map(int, line.split())) for line in listing.stdout.splitlines()]
    heads = {
        pid for pid, _ in rows if str(data) in command_of(pid) and "postgres" in command_of(pid)
    }
    return [pid for pid, parent in rows if pid in heads or parent in heads]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of a parent's death")
def test_a_killed_parent_leaves_no_orphan_and_the_clock_stands_still(tmp_path: Path) -> None:
    with house_of_cards(tmp_path) as parent:
        children = inhabitants(tmp_path, parent)
        everybody = {*children.values(), *backends(tmp_path / "postgres")}
        assert len(everybody) > len(children)
        parent.kill()
        parent.wait()
        try:
            wait_for(lambda: not any(map(is_running, everybody)), "the end of every child")
        finally:
            for pid in filter(is_running, everybody):
                os.kill(pid, signal.SIGKILL)
    (tmp_path / "pids").unlink()
    stood = clock_row(tmp_path)
    with house_of_cards(tmp_path) as parent:
        inhabitants(tmp_path, parent)
        parent.send_signal(signal.SIGTERM)
        assert parent.wait(PATIENCE) == 0
    went_on = clock_row(tmp_path)
    assert went_on["business"] == stood["promised"]
    assert went_on["wall"] > stood["wall"]


def clock_row(home: Path) -> dict[str, datetime]:
    server = EmbeddedPostgres(home)
    server.start()
    server.wait_until_ready()
    try:
        with psycopg.connect(server.conninfo("doorway")) as connection:
            row = connection.execute("SELECT wall, business, promised FROM clock").fetchone()
    finally:
        server.stop()
    assert row is not None
    return dict(zip(("wall", "business", "promised"), row, strict=True))


def test_ctrl_c_stops_every_child_in_order(tmp_path: Path) -> None:
    with house_of_cards(tmp_path) as parent:
        children = inhabitants(tmp_path, parent)
        parent.send_signal(signal.SIGINT)
        assert parent.wait(PATIENCE) == 0
        assert [name for name, pid in children.items() if is_running(pid)] == []
    log = (tmp_path / "logs" / "postgres.log").read_text()
    assert "database system is shut down" in log
    assert not (tmp_path / "run.json").exists()


@pytest.fixture(scope="module")
def open_house(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Path, subprocess.Popen[bytes]]]:
    home = tmp_path_factory.mktemp("house")
    with house_of_cards(home) as parent:
        yield home, parent


@pytest.mark.parametrize("name", ["worker", "Temporal", "PostgreSQL"])
def test_a_part_that_dies_is_started_again_and_no_other(
    open_house: tuple[Path, subprocess.Popen[bytes]], name: str
) -> None:
    before = inhabitants(*open_house)
    os.kill(before[name], signal.SIGKILL)
    wait_for(lambda: inhabitants(*open_house)[name] != before[name], f"a second {name}")
    after = inhabitants(*open_house)
    assert {other for other in before if before[other] != after[other]} == {name}


def test_a_second_start_in_the_same_home_says_who_is_in_it(
    open_house: tuple[Path, subprocess.Popen[bytes]],
) -> None:
    home, parent = open_house
    inhabitants(home, parent)
    second = subprocess.run(
        [sys.executable, "-m", "runtime.cli", "up"],
        env={**os.environ, "DOORWAY_HOME": str(home)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert second.returncode == 2
    assert f"Doorway already runs in {home} (process {parent.pid})" in second.stderr
    assert (home / "run.json").exists()


def program(tmp_path: Path, code: str, *, port: int | None = None) -> PythonPart:
    module = tmp_path / "card.py"
    module.write_text(code)
    env = {**os.environ, "PYTHONPATH": str(tmp_path)}
    return PythonPart("card", ["card"], log=tmp_path / "card.log", env=env, port=port)


def test_a_part_that_never_becomes_ready_is_named(tmp_path: Path) -> None:
    supervisor = Supervisor(print)
    with pytest.raises(Refusal, match=r"The card did not start; the end of .*card\.log says why"):
        supervisor.start(program(tmp_path, "raise SystemExit(3)", port=free_port()))
    supervisor.stop()


def test_a_part_that_ignores_sigterm_is_killed(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    part = program(
        tmp_path,
        "import signal, time, pathlib\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        f"pathlib.Path({str(ready)!r}).touch()\n"
        "time.sleep(3600)\n",
    )
    part.patience = 0.1
    part.start()
    wait_for(ready.exists, "the start of the card")
    part.stop()
    assert part.process is not None
    assert part.process.returncode == -signal.SIGKILL


def test_a_part_that_keeps_dying_is_started_less_and_less_often(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 100.0
    monkeypatch.setattr("runtime.supervisor.time.monotonic", lambda: now)
    said: list[str] = []
    supervisor = Supervisor(said.append)
    part = program(tmp_path, "raise SystemExit(3)")
    supervisor.parts.append(part)
    supervisor.started["card"] = now
    part.start()
    for _ in range(4):
        assert part.process is not None
        part.process.wait()
        supervisor.tend()
        now += 100 if len(said) == 3 else 30
        supervisor.tend()
    assert [line.rpartition("again in ")[2] for line in said] == [
        "0.5 s.",
        "1.0 s.",
        "2.0 s.",
        "4.0 s.",
    ]
