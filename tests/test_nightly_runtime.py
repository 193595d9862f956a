"""Night after night on made-up claims, with a real database and a real Temporal: a schedule that is
there once, a run in a process of its own, and a second night on which somebody leaves."""

import asyncio
import io
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
import pytest_asyncio
from rich.console import Console
from sqlalchemy import Connection, text
from temporalio.client import ScheduleDescription
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.identification import NightActivities
from claims.errors import BadInput
from domain.clock import REAL, Clock
from domain.ids import JOURNEYS_QUEUE, NIGHTLY_ID
from runtime.clock import hold_clock
from runtime.errors import Refusal
from runtime.nightly import keep_schedule, night_process, nightly
from runtime.settings import Settings
from simulator.generator import generate
from workflows.identification import Identifying

DAY = timedelta(days=1)
AS_OF = date(2026, 3, 1)
EVENING = datetime(2026, 3, 1, 22, tzinfo=UTC)
MEMBERS = 60


@pytest.fixture(scope="module")
def payer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("payer") / "files"
    generate(folder, members=MEMBERS, seed=5, as_of=AS_OF)
    return folder


@pytest.fixture
def settings(database_url: str, connection: Connection, payer: Path, tmp_path: Path) -> Settings:
    """A house whose clock stands at an evening, and whose payer's files lie in a folder."""
    hold_clock(connection, EVENING, EVENING)
    return Settings(home=tmp_path, database_url=database_url, claims_dir=payer)


def at(connection: Connection, moment: datetime) -> None:
    connection.execute(text("update clock set business = :at, promised = :at"), {"at": moment})


def night(settings: Settings) -> str:
    told = io.StringIO()
    nightly(settings, Console(file=told, width=200))
    return told.getvalue()


def runs(connection: Connection) -> list[dict[str, Any]]:
    query = "select how, diff, same_as, problem, finished_at from identification_runs order by id"
    return [dict(row) for row in connection.execute(text(query)).mappings()]


def total(run: dict[str, Any], part: str) -> Any:
    """Of all programs of a run's diff together; reasons are added up by name."""
    parts = [program[part] for program in run["diff"].values()]
    if part in ("new", "returned"):
        return sum(parts)
    return {reason: number for told in parts for reason, number in told.items()}


def rewritten(payer: Path, settings: Settings, kind: str, change: str) -> None:
    """The payer's next delivery: the same files but for `change` in one of them."""
    folder = settings.home / "next"
    if not folder.exists():
        folder.mkdir()
        for file in payer.iterdir():
            (folder / file.name).symlink_to(file)
    target = folder / f"{kind}.parquet"
    target.unlink(missing_ok=True)
    with duckdb.connect() as con:
        con.execute(f"copy ({change}) to '{target}' (format parquet)")


def test_files_that_cannot_be_used_are_recorded_and_change_nothing(
    settings: Settings, connection: Connection
) -> None:
    broken = settings.home / "broken"
    broken.mkdir()
    (broken / "eligibility.csv").write_text("person,plan\n1,2\n")
    with pytest.raises(BadInput):
        night(settings.model_copy(update={"claims_dir": broken}))
    (run,) = runs(connection)
    assert run["problem"]
    assert connection.execute(text("select count(*) from members")).scalar_one() == 0


def test_without_a_folder_there_is_no_night(settings: Settings, connection: Connection) -> None:
    with pytest.raises(Refusal, match="set DOORWAY_CLAIMS_DIR"):
        night(settings.model_copy(update={"claims_dir": None}))
    assert runs(connection) == []


@pytest_asyncio.fixture
async def server(temporal: WorkflowEnvironment) -> AsyncIterator[WorkflowEnvironment]:
    """Its schedule of nights is taken away at the end."""
    with temporal.with_time_skipping_disabled():
        yield temporal
        await keep_schedule(temporal.client, Settings(claims_dir=None), REAL)


async def described(temporal: WorkflowEnvironment) -> ScheduleDescription:
    return await temporal.client.get_schedule_handle(NIGHTLY_ID).describe()


async def test_the_schedule_is_there_once_however_often_a_worker_starts(
    server: WorkflowEnvironment, tmp_path: Path
) -> None:
    for hour in (2, 2, 4):
        wanted = Settings(claims_dir=tmp_path, claims_hour=hour)
        await keep_schedule(server.client, wanted, REAL)
    (calendar,) = (await described(server)).schedule.spec.calendars
    assert [each.start for each in calendar.hour] == [4]
    listed = [each.id async for each in await server.client.list_schedules()]
    assert listed.count(NIGHTLY_ID) <= 1


async def test_a_rehearsals_night_comes_once_in_each_of_its_days(
    server: WorkflowEnvironment, tmp_path: Path
) -> None:
    clock = Clock(EVENING, EVENING, rate=86_400 / 600)
    await keep_schedule(server.client, Settings(claims_dir=tmp_path), clock)
    (interval,) = (await described(server)).schedule.spec.intervals
    assert interval.every == timedelta(seconds=600)


async def test_without_a_folder_the_schedule_goes(
    server: WorkflowEnvironment, tmp_path: Path
) -> None:
    await keep_schedule(server.client, Settings(claims_dir=tmp_path), REAL)
    for _ in range(2):
        await keep_schedule(server.client, Settings(claims_dir=None), REAL)
    with pytest.raises(RPCError):
        await described(server)


async def in_a_process(server: WorkflowEnvironment) -> str:
    """A night as the schedule begins it."""
    crew = NightActivities(night_process())
    async with Worker(
        server.client, task_queue=JOURNEYS_QUEUE, workflows=[Identifying],
        activities=[crew.identify_night],
    ):  # fmt: skip
        return await server.client.execute_workflow(
            Identifying.run, id="night", task_queue=JOURNEYS_QUEUE
        )


async def test_night_after_night_the_new_begin_and_who_no_longer_fits_leaves(
    server: WorkflowEnvironment, settings: Settings, connection: Connection, payer: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("DOORWAY_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("DOORWAY_CLAIMS_DIR", str(settings.claims_dir))
    monkeypatch.setenv("DOORWAY_HOME", str(settings.home))
    assert await in_a_process(server) == "done"
    (first,) = runs(connection)
    enrolled = connection.execute(text("select count(*) from enrollments")).scalar_one()
    assert (first["how"], total(first, "new"), total(first, "gone")) == ("nightly", enrolled, {})
    assert enrolled > 10

    assert await in_a_process(server) == "done", "the same files and day again"
    assert runs(connection)[1]["same_as"] is not None

    connection.execute(text("update enrollments set started_at = now(), state = 'outreach'"))
    named = connection.execute(text("select person_id from members order by id limit 3"))
    hospice, uncovered, moved = named.scalars().all()
    delivered_next(payer, settings, hospice=hospice, uncovered=uncovered, moved=moved)
    at(connection, EVENING + DAY)
    later = settings.model_copy(update={"claims_dir": settings.home / "next"})
    said = await asyncio.to_thread(night, later)
    assert "no longer fit: hospice" in said
    third = runs(connection)[2]
    assert total(third, "leaving") == {"hospice": 1, "not_covered": 1}
    assert third["finished_at"] is not None
    assert left(connection) == {(hospice, "hospice", None), (uncovered, "outreach", "grace")}
    told = text("select address from members where person_id = :id")
    assert connection.execute(told, {"id": moved}).scalar_one() == "77 New St"


def delivered_next(
    payer: Path, settings: Settings, *, hospice: str, uncovered: str, moved: str
) -> None:
    eligibility = f"""
        select * replace (
            case when person_id = '{uncovered}' then '2026-02-28'
                else enrollment_end_date::varchar end as enrollment_end_date,
            case when person_id = '{moved}' then '77 New St' else address end as address)
        from read_parquet('{payer}/eligibility.parquet')"""
    rewritten(payer, settings, "eligibility", eligibility)
    rewritten(payer, settings, "member_flags", f"select '{hospice}' as person_id, true as hospice")


def left(connection: Connection) -> set[tuple[str, str, str | None]]:
    """Of whom something was reported: the payer's id, the journey's state, the hold."""
    found = text("select m.person_id, e.state, e.hold from enrollments e "
                 "join members m on m.id = e.member_id where e.leaving is not null")  # fmt: skip
    return {(row[0], row[1], row[2]) for row in connection.execute(found)}
