"""Which languages members speak, to see whom a missing translation concerns."""

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from store.models import Enrollment, Member
from store.pages.scope import Scope


async def spoken(session: AsyncSession, scope: Scope) -> Mapping[str, int]:
    """How many enrolled members speak each language, the commonest first."""
    members = func.count(Member.id.distinct())
    query = (
        select(Member.language, members)
        .join(Enrollment, Enrollment.member_id == Member.id)
        .where(Enrollment.ended_at.is_(None))
        .group_by(Member.language)
        .order_by(members.desc(), Member.language)
    )
    return {row[0]: row[1] for row in await session.execute(scope.limit(query))}
