"""The whole stack as a user starts it: six weeks of forty members, judged by the carrier's log."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from carrier_check import CarrierLog
from sqlalchemy import Connection, create_engine, text

from domain.quiet_hours import zones_of_number
from runtime.postgres import EmbeddedPostgres
from runtime.programs import rules

DAYS, DAY_SECONDS, MEMBERS = 45, 2.0, 40
LONGEST = 400


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which a whole demo has run and stopped by itself."""
    home = tmp_path_factory.mktemp("whole") / "home"
    report = home.parent / "report.json"
    command = [
        sys.executable, "-m", "runtime.cli", "demo", "--members", str(MEMBERS),
        "--days", str(DAYS), "--day-seconds", str(DAY_SECONDS), "--seed", "7",
        "--report", str(report), "--port", str(free_port()),
    ]  # fmt: skip
    environment = {k: v for k, v in os.environ.items() if not k.startswith("DOORWAY_")}
    ended = subprocess.run(
        command,
        env={**environment, "DOORWAY_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout[-2000:] + ended.stderr[-2000:]
    return home


@pytest.fixture(scope="module")
def log(run: Path) -> CarrierLog:
    return CarrierLog.read(run / "simulator" / "carrier.jsonl")


@pytest.fixture(scope="module")
def report(run: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((run.parent / "report.json").read_text("utf-8"))
    return found


@pytest.fixture(scope="module")
def database(run: Path) -> Iterator[Connection]:
    """The demo's database, started again to be looked at."""
    server = EmbeddedPostgres(run)
    server.start()
    server.wait_until_ready()
    engine = create_engine(server.database_url())
    with engine.connect() as connection:
        yield connection
    engine.dispose()
    server.stop()


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@pytest.mark.whole
def test_journeys_run_through_every_stage(report: dict[str, Any]) -> None:
    assert report["enrolled"] >= 25
    assert report["sms"]["accepted"] >= report["enrolled"]
    for part in ("screenings.started", "deliveries.ordered", "letters.spooled", "notes.sent"):
        group, name = part.split(".")
        assert report[group][name] > 0, part
    assert report["readings"] > 0
    assert report["replies"]["understood"] > 0


@pytest.mark.whole
def test_no_text_is_sent_twice(log: CarrierLog, report: dict[str, Any]) -> None:
    assert log.sent_twice() == {}
    assert report["duplicates"] == 0


@pytest.mark.whole
def test_no_text_follows_a_stop(log: CarrierLog) -> None:
    assert log.after_stop() == []


@pytest.mark.whole
def test_no_text_goes_out_at_night(log: CarrierLog, database: Connection) -> None:
    rows = database.execute(
        text(
            "select c.phone, m.time_zone from contact_points c join members m on m.id = c.member_id"
        )
    )
    zones: dict[str, list[str]] = {}
    for phone, zone in rows:
        known = zones.setdefault(phone, list(zones_of_number(phone, rules().area_codes)))
        if zone:
            known.append(zone)
    assert log.out_of_hours(zones) == []


@pytest.mark.whole
def test_each_answered_reply_is_kept_and_applied_once(
    log: CarrierLog, database: Connection
) -> None:
    kept = [sid for (sid,) in database.execute(text("select sid from inbound_texts"))]
    assert len(kept) == len(set(kept))
    assert log.answered_inbound() <= set(kept)
    applied = database.execute(text("select detail->>'message' from outcomes where kind = 'reply'"))
    once = [message for (message,) in applied]
    assert len(once) == len(set(once))


@pytest.mark.whole
def test_what_we_call_accepted_is_what_the_carrier_accepted(
    log: CarrierLog, database: Connection
) -> None:
    ours = {
        sid for (sid,) in database.execute(text("select sid from intents where sid is not null"))
    }
    assert ours <= {event["sid"] for event in log.of("accepted")}
    unsettled = database.execute(
        text("select count(*) from intents where status in ('sending', 'unknown')")
    ).scalar_one()
    assert {event["sid"] for event in log.of("accepted")} - ours == set() or unsettled
