"""Runs of identification: recorded, found by what they were made of, listed for the console."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb
from sqlalchemy import Connection, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from domain.identification_diff import ProgramDiff
from store.models import Enrollment, IdentificationRun


@dataclass(frozen=True, slots=True)
class RunRecord:
    """How a run came about, and what it was made of."""

    how: str = "command"
    fingerprint: str | None = None


def record_run(
    connection: Connection,
    record: RunRecord,
    report: Mapping[str, Any],
    now: datetime,
    *,
    diff: Mapping[str, ProgramDiff] | None = None,
    endings: Mapping[str, Any] | None = None,
    same_as: int | None = None,
    problem: str | None = None,
) -> int:
    row = {
        "at": now,
        "report": Jsonb(dict(report)),
        "how": record.how,
        "fingerprint": record.fingerprint,
        "diff": Jsonb({name: asdict(each) for name, each in (diff or {}).items()}),
        "endings": Jsonb(dict(endings or {})),
        # Without endings there is nothing left to do.
        "finished": None if endings else now,
        "same_as": same_as,
        "problem": problem,
    }
    return int(connection.execute(text(_RECORD), row).scalar_one())


_RECORD = """
insert into identification_runs
    (at, report, how, fingerprint, diff, endings, finished_at, same_as, problem)
values (:at, :report, :how, :fingerprint, :diff, :endings, :finished, :same_as, :problem)
returning id
"""


def run_made_of(connection: Connection, fingerprint: str) -> int | None:
    """The newest run that loaded exactly this."""
    found: int | None = connection.execute(text(_SAME), {"fingerprint": fingerprint}).scalar()
    return found


# After another run in between, the same files would change things again.
_SAME = """
select id from (
    select id, fingerprint from identification_runs
    where finished_at is not null and same_as is null and problem is null
    order by id desc limit 1) newest
where fingerprint = :fingerprint
"""


async def unfinished(session: AsyncSession) -> Sequence[IdentificationRun]:
    """Runs that loaded, and were cut off before everybody had left; the oldest first."""
    rows = await session.scalars(
        select(IdentificationRun)
        .where(IdentificationRun.finished_at.is_(None))
        .order_by(IdentificationRun.id)
    )
    return rows.all()


async def withheld(session: AsyncSession, run: IdentificationRun) -> Sequence[tuple[str, str]]:
    """Who would leave by this run, were they not too many, and with what exit; None that left."""
    told: dict[str, str] = dict(run.endings.get("withheld", ()))
    if not told or run.endings_at is not None:
        return []
    rows = await session.scalars(
        select(Enrollment.id)
        .where(Enrollment.id.in_(told))
        .where(Enrollment.ended_at.is_(None), Enrollment.misfit.is_not(None))
        .order_by(Enrollment.id)
    )
    return [(id_, told[id_]) for id_ in rows]


async def is_newest(session: AsyncSession, run: IdentificationRun) -> bool:
    """Of the runs that read something: a later one has judged anew."""
    query = select(IdentificationRun.id).where(
        IdentificationRun.same_as.is_(None), IdentificationRun.problem.is_(None)
    )
    newest = await session.scalar(query.order_by(IdentificationRun.id.desc()).limit(1))
    return newest == run.id
