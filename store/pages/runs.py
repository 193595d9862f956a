"""Runs of identification as a coordinator reads them: the newest, one in full, and its members."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from store.models import Enrollment, IdentificationRun, Member

PAGE = 30


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody a run's diff speaks of."""

    enrollment: Enrollment
    member: Member


async def newest_runs(
    session: AsyncSession, before: int | None = None
) -> tuple[Sequence[IdentificationRun], bool]:
    """A page of them, and whether there are older ones."""
    query = select(IdentificationRun).order_by(IdentificationRun.id.desc()).limit(PAGE + 1)
    if before is not None:
        query = query.where(IdentificationRun.id < before)
    found = (await session.scalars(query)).all()
    return found[:PAGE], len(found) > PAGE


async def names_of_diff(
    session: AsyncSession, diff: Mapping[str, Any], most: int
) -> Mapping[str, Named]:
    """By enrollment id, so many at most of each kind of change."""
    ids = {
        id_
        for program in diff.values()
        for found in (program.get("examples") or {}).values()
        for id_ in found[:most]
    }
    if not ids:
        return {}
    rows = await session.execute(
        select(Enrollment, Member)
        .join(Member, Member.id == Enrollment.member_id)
        .where(Enrollment.id.in_(ids))
    )
    return {enrollment.id: Named(enrollment, member) for enrollment, member in rows}
