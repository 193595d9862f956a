"""Social needs signed or refuted, and the member's word on telling them outside."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from store import outcomes
from store.models import Agreement, Enrollment, Need


async def shares(session: AsyncSession, member_id: str) -> bool:
    """Whether needs may be told outside: the newest word counts, and silence is no yes."""
    newest: bool | None = await session.scalar(
        select(Agreement.given)
        .where(Agreement.member_id == member_id)
        .order_by(Agreement.id.desc())
        .limit(1)
    )
    return bool(newest)


async def agree(
    session: AsyncSession,
    enrollment: Enrollment,
    *,
    given: bool,
    how: str,
    actor: str,
    evidence: str | None,
    now: datetime,
) -> bool:
    """False when this very word is in the record already."""
    made = await session.execute(
        insert(Agreement)
        .values(
            member_id=enrollment.member_id,
            given=given,
            at=now,
            how=how,
            actor=actor,
            evidence=evidence,
        )
        .on_conflict_do_nothing(index_elements=["member_id", "evidence"])
        .returning(Agreement.id)
    )
    if made.first() is None:
        return False
    kind = "needs_shared" if given else "needs_not_shared"
    outcomes.record(session, enrollment, kind, at=now, rule=how, actor=actor)
    return True


async def sign(
    session: AsyncSession,
    enrollment: Enrollment,
    need_id: int,
    *,
    confirmed: bool,
    actor: str,
    now: datetime,
) -> str:
    """ "done", "unknown", or "already" when a pharmacist has signed or refuted it."""
    need = await session.get(Need, need_id, with_for_update=True)
    if need is None or need.enrollment_id != enrollment.id:
        return "unknown"
    if need.confirmed_at or need.refuted_at:
        return "already"
    if confirmed:
        need.confirmed_at, need.confirmed_by = now, actor
    else:
        need.refuted_at, need.refuted_by = now, actor
    outcomes.record(
        session,
        enrollment,
        "need_confirmed" if confirmed else "need_refuted",
        at=now,
        rule="pharmacist's signature",
        actor=actor,
        detail={"need": need.id},
    )
    return "done"
