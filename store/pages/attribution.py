"""Who goes where, as pages show it: why this pharmacy, new members of one, and state by state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from store import attributions
from store.models import Attribution, Enrollment, Member, Pharmacy
from store.pages.scope import Scope

NEW_FOR = timedelta(days=7)
"""So long a pharmacy finds a member among the new ones, where it can refuse."""


@dataclass(frozen=True, slots=True)
class OtherPharmacy:
    pharmacy: Pharmacy
    km: float
    why: str
    """It was not taken."""


@dataclass(frozen=True, slots=True)
class WhyPharmacy:
    """`history`: every decision, the newest first; none was kept of enrollments of old."""

    history: Sequence[Attribution]
    alternatives: Sequence[OtherPharmacy]
    names: Mapping[str, Pharmacy]

    def name(self, npi: str | None) -> str:
        known = self.names.get(npi or "")
        return known.name if known else "nobody"


async def why_pharmacy(session: AsyncSession, enrollment_id: str) -> WhyPharmacy:
    history = await attributions.of_enrollment(session, enrollment_id)
    told = history[0].alternatives if history else []
    npis = {str(other["npi"]) for other in told}
    npis |= {npi for row in history for npi in (row.pharmacy_npi, row.left_npi) if npi}
    names = await attributions.names(session, npis)
    others = [
        OtherPharmacy(names[other["npi"]], float(other["km"]), str(other["why"]))
        for other in told
        if other["npi"] in names
    ]
    return WhyPharmacy(history, others, names)


@dataclass(frozen=True, slots=True)
class NewMember:
    enrollment: Enrollment
    member: Member
    pharmacy: Pharmacy
    since: datetime


async def new_members(
    session: AsyncSession, scope: Scope, now: datetime, *, limit: int = 200
) -> Sequence[NewMember]:
    """Members whose pharmacy was decided on in the last days, the newest first."""
    newest = (
        select(Attribution.enrollment_id, func.max(Attribution.at).label("since"))
        .where(Attribution.at >= now - NEW_FOR)
        .group_by(Attribution.enrollment_id)
        .subquery()
    )
    query = (
        select(Enrollment, Member, Pharmacy, newest.c.since)
        .join(newest, newest.c.enrollment_id == Enrollment.id)
        .join(Member, Member.id == Enrollment.member_id)
        .join(Pharmacy, Pharmacy.npi == Enrollment.pharmacy_npi)
        .where(Enrollment.ended_at.is_(None), Enrollment.leaving.is_(None))
        .order_by(newest.c.since.desc(), Enrollment.id)
        .limit(limit)
    )
    return [NewMember(*row) for row in await session.execute(scope.limit(query))]


@dataclass(frozen=True, slots=True)
class StateLine:
    """One state: members by where they live, pharmacies and their room by where those are."""

    state: str
    served: int = 0
    unserved: int = 0
    median_km: float | None = None
    reasons: Mapping[str, int] = field(default_factory=dict)
    """Of the unserved, by code."""
    pharmacies: int = 0
    used: int = 0
    """Members at pharmacies that tell a capacity."""
    room: int = 0
    """How many those take in all."""

    @property
    def share(self) -> float:
        """Of the members, how many are served; 1.0 where there are none."""
        return self.served / (self.served + self.unserved or 1) if self.unserved else 1.0


_MEMBERS = text("""
select coalesce(m.state, '') as state, count(*) filter (where served) as served,
    count(*) filter (where not served) as unserved,
    percentile_cont(0.5) within group (order by e.distance_km) filter (where served) as median_km
from (select *, pharmacy_npi is not null and leaving is distinct from 'pharmacy_left' as served
      from enrollments where ended_at is null) e
join members m on m.id = e.member_id group by 1
""")
_REASONS = text("""
select coalesce(m.state, '') as state, coalesce(a.code, 'unknown') as code, count(*) as members
from enrollments e join members m on m.id = e.member_id
left join lateral (select code from attributions a where a.enrollment_id = e.id
    order by a.id desc limit 1) a on true
where e.ended_at is null
    and (e.pharmacy_npi is null or e.leaving is not distinct from 'pharmacy_left')
group by 1, 2 order by 3 desc
""")
_ROOM = text("""
select coalesce(p.state, '') as state, count(*) as pharmacies,
    coalesce(sum(u.members) filter (where p.weekly_capacity is not null), 0)::bigint as used,
    coalesce(sum(p.weekly_capacity) * :weeks, 0)::bigint as room
from pharmacies p left join (
    select pharmacy_npi, count(*) as members from enrollments
    where ended_at is null and pharmacy_npi is not null group by 1) u on u.pharmacy_npi = p.npi
group by 1
""")
_PHARMACIES = text("""
select p.npi, p.name, p.city, coalesce(u.members, 0) as members,
    p.weekly_capacity * :weeks as room
from pharmacies p left join (
    select pharmacy_npi, count(*) as members from enrollments
    where ended_at is null and pharmacy_npi is not null group by 1) u on u.pharmacy_npi = p.npi
where coalesce(p.state, '') = :state
order by coalesce(u.members, 0)::float / nullif(p.weekly_capacity * :weeks, 0) desc nulls last,
    p.name, p.npi limit 500
""")


async def by_state(session: AsyncSession, weeks: int) -> Sequence[StateLine]:
    """Running enrollments and all pharmacies, by state; those without a state come last."""
    found: dict[str, dict[str, object]] = {}
    for query in (_MEMBERS, _ROOM):
        for row in (await session.execute(query, {"weeks": weeks})).mappings():
            found.setdefault(row["state"], {}).update(row)
    reasons: dict[str, dict[str, int]] = {}
    for state, code, members in await session.execute(_REASONS):
        reasons.setdefault(state, {})[code] = members
    lines = [
        # The columns of the two queries are its fields; a row does not say so.
        StateLine(**{**row, "reasons": reasons.get(state, {})})  # type: ignore[arg-type]
        for state, row in found.items()
    ]
    return sorted(lines, key=lambda line: (line.state == "", line.state))


@dataclass(frozen=True, slots=True)
class PharmacyLine:
    """`room` None: it takes as many as come."""

    npi: str
    name: str
    city: str | None
    members: int
    room: int | None


async def of_state(session: AsyncSession, state: str, weeks: int) -> Sequence[PharmacyLine]:
    """The fullest first."""
    rows = await session.execute(_PHARMACIES, {"state": state, "weeks": weeks})
    return [PharmacyLine(*row) for row in rows]
