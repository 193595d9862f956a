"""`doorway nightly`: one run for all programs, recorded whatever comes of it; and its schedule."""

import asyncio
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleCalendarSpec,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleRange,
    ScheduleSpec,
    ScheduleUpdate,
)
from temporalio.service import RPCError, RPCStatusCode

from activities.identification import Child
from claims.errors import BadInput
from domain.clock import Clock
from domain.ids import JOURNEYS_QUEUE, NIGHTLY_ID
from runtime import programs
from runtime.attribute_again import pharmacies_kept
from runtime.errors import Refusal
from runtime.identify import STARTED, everybody, find, fingerprint, say_loaded, show, steps
from runtime.loading import finish, load_results, opened
from runtime.processes import bound_to_parent
from runtime.settings import Settings
from store.loading import Loaded
from store.runs import RunRecord, record_run, run_made_of
from workflows.identification import Identifying

DAY = timedelta(days=1)
MISSED = timedelta(hours=12)
"""A night that fell while no server ran is made up for until so late."""


def nightly(settings: Settings, out: Console) -> None:
    """Refusals are recorded as a run of their own, and then told."""
    claims = settings.claims_dir
    if claims is None:
        raise Refusal(
            "No claims folder is known: set DOORWAY_CLAIMS_DIR to the folder of the payer's files."
        )
    with opened(settings) as (_, now):
        as_of = now.date()
    asyncio.run(finish(settings, now))
    try:
        made_of = fingerprint(claims, programs.names(), as_of)
        if (same := _made_before(settings, made_of, as_of)) is not None:
            out.print(f"Nothing new: run {same} was made of the same files, rules and day.")
            return
        loaded = _run(settings, claims, as_of, made_of, out)
    except (BadInput, Refusal) as refused:
        _record(settings, {"as_of": as_of.isoformat()}, problem=str(refused))
        raise
    say_loaded(loaded, STARTED, out)


def _run(settings: Settings, claims: Path, as_of: date, made_of: str, out: Console) -> Loaded:
    record = RunRecord("nightly", made_of)
    with (
        tempfile.TemporaryDirectory(prefix="doorway-night-") as made,
        pharmacies_kept(settings, needed=True) as kept,
        steps(out) as step,
    ):
        results = Path(made) / "results"
        report = find(programs.names(), [claims], results, as_of, step, kept)
        with everybody([claims], as_of, step) as roster:
            step("enrolling")
            loaded = load_results(settings, results, roster=roster, record=record)
    show(report, out)
    return loaded


def _made_before(settings: Settings, made_of: str, as_of: date) -> int | None:
    with opened(settings) as (engine, now), engine.begin() as connection:
        same = run_made_of(connection, made_of)
        if same is not None:
            record = RunRecord("nightly", made_of)
            record_run(connection, record, {"as_of": as_of.isoformat()}, now, same_as=same)
        return same


def _record(settings: Settings, report: Mapping[str, Any], *, problem: str) -> None:
    with opened(settings) as (engine, now), engine.begin() as connection:
        record_run(connection, RunRecord("nightly"), report, now, problem=problem)


def night_process() -> Callable[[], Awaitable[Child]]:
    """Begins `doorway nightly` as a child that ends with this process."""

    async def begin() -> Child:
        command = [sys.executable, "-m", "runtime.cli", "nightly"]
        return await asyncio.create_subprocess_exec(
            *bound_to_parent(command, last_signal="KILL"),
            env={**os.environ, "DOORWAY_PARENT_PID": str(os.getpid())},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
        )

    return begin


async def keep_schedule(client: Client, settings: Settings, clock: Clock) -> None:
    """The schedule is there, as the settings say, or not there: whoever starts, however often."""
    handle = client.get_schedule_handle(NIGHTLY_ID)
    if settings.claims_dir is None:
        try:
            await handle.delete()
        except RPCError as failed:
            if failed.status is not RPCStatusCode.NOT_FOUND:
                raise
        return
    wanted = _schedule(settings.claims_hour, clock)
    try:
        await client.create_schedule(NIGHTLY_ID, wanted)
    except ScheduleAlreadyRunningError:
        await handle.update(lambda _: ScheduleUpdate(wanted))


def _schedule(hour: int, clock: Clock) -> Schedule:
    """Every night; in a rehearsal, whose days are shorter, once in each of them."""
    at_night = ScheduleCalendarSpec(hour=[ScheduleRange(hour)])
    short = timedelta(seconds=max(1.0, clock.wall_seconds(DAY)))
    return Schedule(
        action=ScheduleActionStartWorkflow(
            Identifying.run, id=NIGHTLY_ID, task_queue=JOURNEYS_QUEUE
        ),
        spec=ScheduleSpec(calendars=[at_night])
        if clock.rate == 1
        else ScheduleSpec(intervals=[ScheduleIntervalSpec(every=short)]),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=MISSED),
    )
