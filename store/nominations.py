"""Nominations: what is known of whom somebody proposes, the member made, the verdict kept."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from domain.identification import Standing
from domain.nominations import Known, Nomination, Why
from store import outcomes
from store.following import coverage
from store.loading_rows import FLAGS, opaque_id
from store.models import Enrollment, Evidence, Member, NominationRow, Pharmacy, RosterLine, Task

PAGE = 50
NO_PHARMACY_WITHIN = timedelta(days=7)


async def told_before(session: AsyncSession, form_id: str) -> NominationRow | None:
    found: NominationRow | None = await session.scalar(
        select(NominationRow).where(NominationRow.form_id == form_id)
    )
    return found


async def known_of(
    session: AsyncSession, nomination: Nomination, payer_types: Sequence[str], today: date
) -> Known:
    """Held for this transaction: two who nominate the same member at once come one by one."""
    key = f"doorway/nominations/{nomination.program}/{nomination.person_id}"
    await session.execute(text("select pg_advisory_xact_lock(hashtext(:key))"), {"key": key})
    line = await session.get(RosterLine, nomination.person_id)
    enrolled = await session.scalar(
        select(Enrollment.id)
        .join(Member, Member.id == Enrollment.member_id)
        .where(Member.person_id == nomination.person_id, Enrollment.ended_at.is_(None))
        .where(Enrollment.program == nomination.program)
    )
    npi = nomination.pharmacy_npi
    pharmacy = npi is None or await session.get(Pharmacy, npi) is not None
    standing = None
    if line is not None and line.birth_date == nomination.birth_date:
        covered, until = coverage(line.coverage, payer_types, today)
        flags = frozenset(name for name in FLAGS if getattr(line, name))
        standing = Standing(False, True, flags, covered, until)
    return Known(standing, enrolled is not None, pharmacy)


async def enroll(
    session: AsyncSession,
    nomination: Nomination,
    version: str,
    part2: frozenset[str],
    *,
    actor: str,
    now: datetime,
) -> str:
    """The member as the roster tells them, and their enrollment; its id."""
    member_id = opaque_id("member", nomination.person_id)
    told = {"person": nomination.person_id, "member": member_id, "now": now, "today": now.date()}
    for statement in (_MEMBER, _PHONES, _CONTACTS, _CONSENTS):
        await session.execute(text(statement), told)
    nth = 1 + await _enrollments(session, member_id, nomination.program)
    enrollment = Enrollment(
        id=opaque_id("enrollment", nomination.person_id, nomination.program, nth),
        member_id=member_id, program=nomination.program, program_version=version, ordinal=nth,
        state="identified", identified_on=now.date(), tier="low", points=0,
        reasons=["nominated, not found by claims"], conditions=list(nomination.conditions),
        pharmacy_npi=nomination.pharmacy_npi, entry="nominated", created_at=now,
        pharmacy_reason="named by whoever nominated" if nomination.pharmacy_npi else None,
    )  # fmt: skip
    session.add(enrollment)
    await session.flush()
    await _keep_evidence(session, member_id, nomination, part2, now)
    outcomes.record(session, enrollment, "nominated", at=now, rule="nomination", actor=actor)
    if nomination.pharmacy_npi is None:
        session.add(
            Task(
                enrollment_id=enrollment.id, key="attribution", kind="no_pharmacy",
                role="coordinator", urgent=False, detail={}, created_at=now,
                due_at=now + NO_PHARMACY_WITHIN,
            )
        )  # fmt: skip
    return enrollment.id


async def keep(
    session: AsyncSession,
    nomination: Nomination,
    why: Why,
    *,
    how: str,
    actor: str,
    now: datetime,
    enrollment_id: str | None,
) -> NominationRow:
    row = NominationRow(
        form_id=nomination.form_id, at=now, actor=actor, how=how, program=nomination.program,
        person_id=nomination.person_id, conditions=list(nomination.conditions),
        pharmacy_npi=nomination.pharmacy_npi, reason=nomination.reason, why=why,
        enrollment_id=enrollment_id,
    )  # fmt: skip
    session.add(row)
    await session.flush()
    return row


async def newest(session: AsyncSession, actor: str | None = None) -> Sequence[NominationRow]:
    """The newest first; `actor`: only their own."""
    query = select(NominationRow).order_by(NominationRow.id.desc()).limit(PAGE)
    if actor is not None:
        query = query.where(NominationRow.actor == actor)
    return (await session.scalars(query)).all()


async def _enrollments(session: AsyncSession, member_id: str, program: str) -> int:
    found: int | None = await session.scalar(
        select(func.max(Enrollment.ordinal)).where(
            Enrollment.member_id == member_id, Enrollment.program == program
        )
    )
    return found or 0


async def _keep_evidence(
    session: AsyncSession,
    member_id: str,
    nomination: Nomination,
    part2: frozenset[str],
    now: datetime,
) -> None:
    known: Any = await session.scalars(
        select(Evidence.condition).where(Evidence.member_id == member_id)
    )
    for condition in set(nomination.conditions) - set(known):
        session.add(
            Evidence(
                member_id=member_id, condition=condition, rule="nominated", claim_ids=[],
                dates=[now.date().isoformat()], part2=condition in part2,
            )
        )  # fmt: skip


_MEMBER = """
insert into members (id, person_id, first_name, last_name, birth_date, death_date, gender, address,
    city, state, zip_code, time_zone, language, alt_format, payer, payer_type, coverage_start,
    coverage_end)
select :member, r.person_id, coalesce(r.first_name, ''), coalesce(r.last_name, ''), r.birth_date,
    r.death_date, r.gender, r.address, r.city, r.state, r.zip_code, r.time_zone,
    coalesce(r.language, 'en'), r.alt_format, c.payer, c.payer_type, c.first, null
from roster r left join lateral (
    select s->>'payer' as payer, s->>'payer_type' as payer_type, (s->>'first')::date as first
    from jsonb_array_elements(r.coverage) s
    where cast(:today as date) between (s->>'first')::date
        and coalesce((s->>'last')::date, 'infinity')
    order by 3 limit 1) c on true
where r.person_id = :person on conflict do nothing
"""
_LISTED = """
from roster r cross join jsonb_array_elements(r.phones) p where r.person_id = :person
"""
_PHONES = f"insert into phones (phone) select p->>'phone' {_LISTED} on conflict do nothing"
_CONTACTS = f"""
insert into contact_points (member_id, phone, kind, rank, status)
select :member, p->>'phone', p->>'kind', (p->>'rank')::int,
    case p->>'kind' when 'landline' then 'landline' else 'active' end
{_LISTED} on conflict do nothing
"""
# As when claims find somebody: no number speaks for a member who said stop from another.
_CONSENTS = f"""
insert into consents (phone, channel, given, at, how, actor)
select p->>'phone', 'sms', true, cast(:now as timestamptz), 'contact file', 'payer'
{_LISTED} and not exists (select from consents c where c.phone = p->>'phone')
    and not exists (
        select from contact_points k where k.member_id = :member and (
            select not c.given from consents c where c.phone = k.phone order by c.id desc limit 1))
"""
