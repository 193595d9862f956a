"""The house of bench/messaging.py: members, a carrier on loopback, and the programs."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from random import Random
from time import perf_counter, sleep
from typing import Any
from zoneinfo import ZoneInfo

import make
from fastapi import FastAPI, Request
from make_journeys import consent
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from domain.clock import Clock
from domain.pacing import SenderPlan
from runtime import cli, programs
from runtime.clock import wall_now
from runtime.processes import free_port
from runtime.temporal_server import EmbeddedTemporal
from store.models import Base

PROGRAM, NUMBER, TOKEN = "medicare-cardiometabolic", "+18005550142", "a token of this bench"
PLENTY = SenderPlan(100_000.0, 100_000.0, 10_000_000, ZoneInfo("America/Los_Angeles"), 0)
"""The bench measures the outbox, not the networks' rate."""
CALL_SECONDS = (0.05, 0.1)


@dataclass
class Carrier:
    """Takes every text, after a while; it remembers when each phone's text was answered for."""

    port: int = field(default_factory=free_port)
    dice: Random = field(default_factory=lambda: Random(1))
    accepted: dict[str, float] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=count)

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.post("/2010-04-01/Accounts/{account}/Messages.json", status_code=201)
        async def create(account: str, request: Request) -> dict[str, str]:
            form = await request.form()
            await asyncio.sleep(self.dice.uniform(*CALL_SECONDS))
            self.accepted[str(form["To"])] = perf_counter()
            return {"sid": f"SM{next(self.numbers):032d}", "status": "queued"}

        @app.get("/2010-04-01/Accounts/{account}/Messages.json")
        async def listed(account: str) -> dict[str, Any]:
            return {"messages": [], "next_page_uri": None}

        return app

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def phone(number: int) -> str:
    return f"+1614{number:07d}"


def people(first: int, number: int, **enrollment: Any) -> Iterator[tuple[str, str, list[Base]]]:
    """Enrollment, phone, rows."""
    version = programs.program(PROGRAM).version
    for each in range(first, first + number):
        who, to = f"m{each}", phone(each)
        yield f"e{each}", to, [
            make.member(who), make.phone(to), make.contact_point(who, to), consent(to),
            make.enrollment(f"e{each}", who, program_version=version, **enrollment),
        ]  # fmt: skip


def invited(first: int, number: int) -> Iterator[list[Base]]:
    """Members whose journey begins, with the invitation of two days ago open on their phone."""
    at = make.NOW - timedelta(hours=44)
    begun = {"state": "outreach", "started_at": None, "reached_at": None, "created_at": at}
    for enrollment, to, rows in people(first, number, **begun):
        # The second row is the phone (`people`).
        rows[1].open_prompt, rows[1].open_until = f"i-{enrollment}", make.NOW + make.DAY  # type: ignore[attr-defined]
        state = {"rung": 1, "used_at": at.isoformat()}
        stage = make.stage(enrollment, "outreach", state=state, done=None, why=None, due_at=None)
        welcome = make.intent(
            f"i-{enrollment}", enrollment, phone=to, stage="outreach", step="outreach-1",
            template="welcome", asks="yes_no", accepted_at=at, program=PROGRAM,
        )  # fmt: skip
        yield [*rows, stage, welcome]


def save(url: str, rows: Iterable[Base]) -> None:
    opened = create_engine(url)
    with Session(opened) as session:
        for row in rows:
            session.add(row)
            session.flush()
        session.commit()
    opened.dispose()


def clock() -> Clock:
    """A Wednesday morning, at the wall's pace: the hours in which members may be texted."""
    return Clock(wall_now(), make.NOW, 1.0)


@contextmanager
def house(home: Path, url: str, carrier: Carrier) -> Iterator[str]:
    """Temporal, API and worker; the address of the API."""
    temporal, port = EmbeddedTemporal(home), free_port()
    temporal.start()
    while not temporal.is_ready():
        sleep(0.05)
    base = f"http://127.0.0.1:{port}"
    plain = {name: value for name, value in os.environ.items() if not name.startswith("DOORWAY_")}
    environment = {
        **plain, "DOORWAY_HOME": str(home), "DOORWAY_DATABASE_URL": url,
        "DOORWAY_TEMPORAL_ADDRESS": temporal.address, "DOORWAY_PUBLIC_BASE_URL": base,
        "DOORWAY_TWILIO__API_BASE": carrier.address, "DOORWAY_TWILIO__ACCOUNT_SID": "AC1",
        "DOORWAY_TWILIO__AUTH_TOKEN": TOKEN, "DOORWAY_TWILIO__FROM_NUMBER": NUMBER,
        "DOORWAY_LOG_LEVEL": "ERROR",
    }  # fmt: skip
    log = (home / "programs.log").open("wb")
    started = [
        subprocess.Popen(
            [sys.executable, __file__, *words], env=environment, stdout=log, stderr=log
        )
        for words in (("api", "--port", str(port)), ("worker",))
    ]
    try:
        yield base
    finally:
        for process in started:
            process.terminate()
        for process in started:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
        temporal.stop()
        log.close()


def main() -> None:
    """`doorway`, but for the networks' rate."""
    programs._sender = lambda: PLENTY
    cli.main()


if __name__ == "__main__":
    main()
