"""The cohort that waits to begin, counted by what matters before it does; and its start."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.preflight import Group, Reach
from store.models import CohortStart, Enrollment


async def ready_programs(session: AsyncSession) -> Sequence[tuple[str, int]]:
    """How many members wait, by program."""
    rows = await session.execute(
        select(Enrollment.program, func.count())
        .where(Enrollment.ready_since.is_not(None), Enrollment.ended_at.is_(None))
        .group_by(Enrollment.program)
        .order_by(Enrollment.program)
    )
    return [(program, members) for program, members in rows]


async def ready_until(session: AsyncSession, program: str) -> datetime | None:
    """When the newest of them was loaded: a start begins no one who came after the page."""
    newest: datetime | None = await session.scalar(
        select(func.max(Enrollment.ready_since)).where(
            Enrollment.program == program, Enrollment.ended_at.is_(None)
        )
    )
    return newest


async def ready_groups(session: AsyncSession, program: str) -> Sequence[Group]:
    rows = await session.execute(text(_GROUPS), {"program": program})
    return [
        Group(row.members, row.tier, row.language, row.zone, Reach(row.reach), row.pharmacy)
        for row in rows
    ]


async def starts(session: AsyncSession, program: str) -> Sequence[CohortStart]:
    """The newest starts of this program's cohorts."""
    rows = await session.scalars(
        select(CohortStart)
        .where(CohortStart.program == program)
        .order_by(CohortStart.id.desc())
        .limit(10)
    )
    return rows.all()


async def start_cohort(
    session: AsyncSession,
    program: str,
    *,
    until: datetime,
    actor: str,
    reason: str,
    form_id: str,
    now: datetime,
) -> int:
    """How many members may begin now; the same form twice is one start."""
    row = insert(CohortStart).values(
        form_id=form_id, at=now, actor=actor, program=program, reason=reason, members=0
    )
    recorded = await session.scalar(
        row.on_conflict_do_nothing(index_elements=[CohortStart.form_id]).returning(CohortStart.id)
    )
    if recorded is None:
        known = select(CohortStart.members).where(CohortStart.form_id == form_id)
        return (await session.execute(known)).scalar_one()
    told = {"program": program, "until": until, "actor": actor, "now": now, "start": recorded}
    members: int = (await session.execute(text(_START), told)).scalar_one()
    start = await session.get_one(CohortStart, recorded)
    start.members = members
    return members


# The newest line of the ledger that covers the program counts: see store.consents.stands.
_GROUPS = """
with waiting as (
    select e.id, e.tier, e.pharmacy_npi is not null as pharmacy, m.language,
        nullif(m.time_zone, '') as zone, m.id as member_id
    from enrollments e join members m on m.id = e.member_id
    where e.program = :program and e.ready_since is not null and e.ended_at is null),
numbers as (
    select w.id, p.status, (
        select c.given from consents c where c.phone = p.phone and c.channel = 'sms'
            and (c.program is null or c.program = :program)
        order by c.id desc limit 1) as given
    from waiting w join contact_points p on p.member_id = w.member_id),
reached as (
    select id, case
        when bool_or(status = 'active' and given is false) then 'opted_out'
        when bool_or(status = 'active' and given) then 'text'
        when bool_or(status = 'active') then 'no_consent'
        when bool_or(status = 'landline') then 'landline' end as reach
    from numbers group by 1)
select count(*) as members, w.tier, w.language, w.zone, w.pharmacy,
    coalesce(r.reach, 'no_phone') as reach
from waiting w left join reached r using (id) group by 2, 3, 4, 5, 6
order by 2, 3, 4, 5, 6
"""
_START = """
with begun as (
    update enrollments set ready_since = null
    where program = :program and ready_since <= :until and ended_at is null
    returning id, program_version),
told as (
    insert into outcomes (enrollment_id, at, kind, actor, rule, program_version, detail)
    select id, :now, 'cohort_started', :actor, 'staff', program_version,
        jsonb_build_object('start', cast(:start as bigint))
    from begun)
select count(*) from begun
"""
