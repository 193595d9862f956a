"""Texts out and replies in: sends a second beside a naive call, and how long a reply takes.

PYTHONPATH=tests:. .venv/bin/python bench/messaging.py [--long] [--strict]. Everything is real but
the carrier: PostgreSQL, Temporal, the worker and the API run as processes of their own, and a
carrier on loopback takes 50 to 100 ms for each call (an assumption of ours: no document says how
long Twilio takes). The naive call posts as many texts to the same carrier through the same client,
as many at a time, and keeps nothing. "Next prompt accepted" is measured from the moment the webhook
is posted to the carrier's answer to the text that follows, the carrier's own time included.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import chain
from pathlib import Path
from time import perf_counter, process_time

import httpx
import make
import uvicorn
from make_journeys import due
from messaging_house import (
    NUMBER,
    PLENTY,
    PROGRAM,
    TOKEN,
    Carrier,
    clock,
    house,
    invited,
    people,
    phone,
    save,
)
from sqlalchemy import text as sql
from sqlalchemy.ext.asyncio import create_async_engine

from activities.gate import Gate
from activities.pacing import Pace
from activities.sending import SLOTS, SendingActivities
from activities.texts import Texts
from domain.gate import GateRules
from domain.pacing import Shares
from gateways.sms import OutgoingText
from gateways.twilio import Twilio
from runtime import programs
from runtime.clock import Time
from runtime.data import TEMPLATES
from runtime.logging import set_up_logging
from runtime.migrations import migrate
from runtime.postgres import EmbeddedPostgres
from runtime.wiring import LOOK_AGAIN
from simulator.carrier_webhooks import signature
from store.database import engine, transactions
from store.models import Base, ClockRow

RATES = (1, 10, 50)
SECONDS = {False: (4.0, 2.0, 2.0), True: (60.0, 60.0, 60.0)}
TEXTS = {False: 160, True: 2_000}
PATIENCE = 30.0
# Nothing leaves before the carrier's list was read.
BEGUN = sql(
    "select count(*) from enrollments, listening where nudged_at is null "
    "and started_at >= '2026-03-04' and listed_from > taking_since + interval '5 s'"
)
RATIO, WEBHOOK_P99 = 0.85, 0.150


async def throughput(url: str, carrier: Carrier, texts: int) -> tuple[float, float, float]:
    """Texts a second: the naive call's, and the outbox's; what a text costs more in CPU ms."""
    twilio = Twilio(carrier.address, "AC1", TOKEN, NUMBER)
    to_send = iter([OutgoingText(phone(n), "A text.", "http://x/1", 60) for n in range(texts)])

    async def naive() -> None:
        for text in to_send:
            await twilio.send(text)

    begun, cpu = perf_counter(), process_time()
    await asyncio.gather(*(naive() for _ in range(SLOTS)))
    plain, cheap = texts / (perf_counter() - begun), process_time() - cpu
    opened, time, rules = engine(url), Time(clock()), programs.rules()
    known = programs.all_programs()
    gate = Gate(
        known, Texts(TEMPLATES, rules.texts),
        GateRules(rules.hours, rules.hours.margin, LOOK_AGAIN), rules.area_codes, time,
    )  # fmt: skip
    lane = SendingActivities(
        transactions(opened).begin, gate, twilio, "http://x/status", time,
        Pace(PLENTY, Shares(tuple(known))),
    )  # fmt: skip

    carrier.accepted.clear()
    over = asyncio.Event()
    begun, cpu = perf_counter(), process_time()
    keeping = asyncio.create_task(lane.keep_lane(over))
    # ASYNC110: the carrier's dictionary is no event that could be awaited.
    # The carrier is a plain object that tells of nothing: it is asked.
    while len(carrier.accepted) < texts and not keeping.done():  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    over.set()
    await keeping
    kept, dear = texts / (perf_counter() - begun), process_time() - cpu
    await opened.dispose()
    await twilio.close()
    return plain, kept, 1000 * (dear - cheap) / texts


async def replies(
    base: str, carrier: Carrier, phones: Sequence[str], rate: int
) -> tuple[list[float], list[float]]:
    """Seconds of each webhook, and of each next prompt; every member says yes once."""
    webhooks: list[float] = []
    began: dict[str, float] = {}

    async def says_yes(client: httpx.AsyncClient, to: str) -> None:
        form = {"MessageSid": f"SM-in-{to}", "From": to, "To": NUMBER, "Body": "1", "NumMedia": "0"}
        headers = {"X-Twilio-Signature": signature(TOKEN, f"{base}/twilio/inbound", form)}
        began[to] = perf_counter()
        answer = await client.post("/twilio/inbound", data=form, headers=headers)
        answer.raise_for_status()
        webhooks.append(perf_counter() - began[to])

    limits = httpx.Limits(max_connections=100)
    async with httpx.AsyncClient(base_url=base, timeout=30, limits=limits) as client:
        start, under_way = perf_counter(), []
        for number, to in enumerate(phones):
            await asyncio.sleep(max(0.0, start + number / rate - perf_counter()))
            under_way.append(asyncio.create_task(says_yes(client, to)))
        await asyncio.gather(*under_way)
        until = perf_counter() + PATIENCE
        # ASYNC110: the carrier's dictionary is no event that could be awaited.
        while perf_counter() < until and any(  # noqa: ASYNC110
            to not in carrier.accepted for to in phones
        ):
            await asyncio.sleep(0.05)
    prompts = [carrier.accepted[to] - began[to] for to in phones if to in carrier.accepted]
    return webhooks, prompts


def percentile(found: Sequence[float], of: float) -> float:
    ranked = sorted(found)
    return ranked[min(len(ranked) - 1, int(of * len(ranked)))] if ranked else float("inf")


def line(name: str, found: Sequence[float]) -> str:
    p50, p95, p99 = (1000 * percentile(found, of) for of in (0.5, 0.95, 0.99))
    return f"{name}: p50 {p50:.0f} ms, p95 {p95:.0f} ms, p99 {p99:.0f} ms ({len(found)})"


def due_texts(number: int) -> Iterator[list[Base]]:
    """Members to each of whom one text is due."""
    for enrollment, to, rows in people(0, number):
        waiting = due(
            f"i-{enrollment}", enrollment, phone=to, template="goodbye", asks=None,
            program=PROGRAM,
        )  # fmt: skip
        yield [*rows, waiting]


async def measure(home: Path, url: str, long: bool) -> list[str]:
    """What was found, printed; and what missed its goal."""
    carrier, texts = Carrier(), TEXTS[long]
    server = uvicorn.Server(
        uvicorn.Config(carrier.app(), port=carrier.port, log_level="error", access_log=False)
    )
    serving = asyncio.create_task(server.serve())
    counts = [int(rate * lasts) for rate, lasts in zip(RATES, SECONDS[long], strict=True)]
    # One that is in the networks: else its members would be held until another is found.
    save(url, [make.pharmacy(
        latitude=40.0, longitude=-83.0, cpesn_from=date(2020, 1, 1),
        services=["medication_management", "delivery"],
    )])  # fmt: skip
    save(url, chain.from_iterable(due_texts(texts)))
    set_up_logging("ERROR", component="bench")
    plain, kept, cpu = await throughput(url, carrier, texts)
    say(f"{texts} texts, {SLOTS} at a time: naive {plain:.1f} a second, "
        f"outbox {kept:.1f} a second: {kept / plain:.2f} (goal {RATIO}); "
        f"{cpu:.1f} CPU ms more a text")  # fmt: skip
    missed = [] if kept >= RATIO * plain else ["sends a second"]
    carrier.accepted.clear()
    members = sum(counts)
    save(url, chain.from_iterable(rows for rows in invited(texts, members)))
    now = clock()
    row = ClockRow(one=1, wall=now.wall, business=now.business, rate=1.0, promised=now.business)
    save(url, [row])
    with house(home, url, carrier) as base:
        await ready(base, url, members)
        first = texts
        for rate, number in zip(RATES, counts, strict=True):
            phones = [phone(each) for each in range(first, first + number)]
            first += number
            webhooks, prompts = await replies(base, carrier, phones, rate)
            say(line(f"{rate:>2} replies a second: webhook", webhooks))
            say(line("    next prompt accepted", prompts)
                + (f"; {number - len(prompts)} not within {PATIENCE:.0f} s"
                   if len(prompts) < number else ""))  # fmt: skip
        if percentile(webhooks, 0.99) > WEBHOOK_P99:
            missed.append(f"webhook p99 at {RATES[-1]} a second (goal {1000 * WEBHOOK_P99:.0f} ms)")
    server.should_exit = True
    await serving
    return missed


async def ready(base: str, url: str, members: int) -> None:
    """Until the API answers and every journey has begun."""
    opened = create_async_engine(url)
    async with httpx.AsyncClient() as client, opened.connect() as connection:
        while True:
            await asyncio.sleep(0.2)
            begun = await connection.scalar(BEGUN)
            await connection.rollback()
            try:
                answers = (await client.get(f"{base}/health")).status_code == 200
            except httpx.ConnectError:
                answers = False
            if answers and begun == members:
                break
    await opened.dispose()


def say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--long", action="store_true", help="a minute at each rate")
    parser.add_argument("--strict", action="store_true", help="fail when a goal is missed")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="doorway-bench-") as folder:
        home = Path(folder)
        (home / "logs").mkdir()
        postgres = EmbeddedPostgres(home)
        try:
            postgres.start()
            postgres.wait_until_ready()
            migrate(postgres.database_url())
            missed = asyncio.run(measure(home, postgres.database_url(), asked.long))
        finally:
            postgres.stop()
    say("Every goal was met." if not missed else f"Missed: {', '.join(missed)}.")
    return 1 if missed and asked.strict else 0


if __name__ == "__main__":
    sys.exit(main())
