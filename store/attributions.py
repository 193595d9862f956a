"""Attributions: what was decided for an enrollment, what pharmacies offer, who needs another."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from domain.attribution import Answer, Rule
from domain.exits import WAYS, Way
from domain.pharmacies import Offer
from store.models import Attribution, Enrollment, Member, Pharmacy

REROUTED = tuple(found for found, way in WAYS.items() if way is Way.REROUTES)


@dataclass(frozen=True, slots=True)
class Seeker:
    """An enrollment that needs a pharmacy, as far as choosing one goes."""

    enrollment_id: str
    program: str
    state: str | None
    zip_code: str | None
    language: str
    pharmacy_npi: str | None
    leaving: str | None = None


async def of_enrollment(session: AsyncSession, enrollment_id: str) -> Sequence[Attribution]:
    """The newest first."""
    found = await session.scalars(
        select(Attribution)
        .where(Attribution.enrollment_id == enrollment_id)
        .order_by(Attribution.id.desc())
    )
    return found.all()


async def by_form(session: AsyncSession, enrollment_id: str, form_id: str) -> Attribution | None:
    found: Attribution | None = await session.scalar(
        select(Attribution).where(
            Attribution.enrollment_id == enrollment_id, Attribution.form_id == form_id
        )
    )
    return found


def refusals(history: Sequence[Attribution]) -> Sequence[str]:
    """Who has refused the member since they last chose for themselves, the newest first."""
    found = []
    for row in history:
        if row.rule == Rule.CHOSEN:
            break
        if row.rule == Rule.REFUSED and row.left_npi:
            found.append(row.left_npi)
    return found


def add(
    session: AsyncSession,
    enrollment: Enrollment,
    answer: Answer,
    rule: Rule,
    *,
    at: datetime,
    actor: str,
    left_npi: str | None = None,
    words: str | None = None,
    form_id: str | None = None,
) -> None:
    session.add(
        Attribution(
            enrollment_id=enrollment.id,
            at=at,
            rule=rule,
            actor=actor,
            form_id=form_id,
            pharmacy_npi=answer.npi,
            distance_km=answer.km,
            code=answer.code,
            reason=answer.reason,
            alternatives=[
                {"npi": other.npi, "km": other.km, "why": other.why}
                for other in answer.alternatives
            ],
            left_npi=left_npi,
            words=words,
        )
    )


async def offers(
    session: AsyncSession, weeks: int, *, state: str | None = None, npi: str | None = None
) -> Sequence[Offer]:
    """What pharmacies offer; their room is what running enrollments leave of it."""
    used = (
        select(Enrollment.pharmacy_npi, func.count().label("members"))
        .where(Enrollment.ended_at.is_(None), Enrollment.pharmacy_npi.is_not(None))
        .group_by(Enrollment.pharmacy_npi)
        .subquery()
    )
    query: Select[Pharmacy, int] = (
        select(Pharmacy, func.coalesce(used.c.members, 0))
        .outerjoin(used, used.c.pharmacy_npi == Pharmacy.npi)
        .order_by(Pharmacy.npi)
    )
    if state is not None:
        query = query.where(Pharmacy.state == state)
    if npi is not None:
        query = query.where(Pharmacy.npi == npi)
    return [_offer(pharmacy, members, weeks) for pharmacy, members in await session.execute(query)]


def _offer(pharmacy: Pharmacy, members: int, weeks: int) -> Offer:
    lat, lon = pharmacy.latitude, pharmacy.longitude
    capacity = pharmacy.weekly_capacity
    return Offer(
        npi=pharmacy.npi,
        state=pharmacy.state,
        place=None if lat is None or lon is None else (lat, lon),
        networks=tuple(pharmacy.networks),
        services=frozenset(name.lower() for name in pharmacy.services),
        languages=frozenset(name.lower() for name in pharmacy.languages),
        cpesn_from=pharmacy.cpesn_from,
        cpesn_to=pharmacy.cpesn_to,
        licence_expires=pharmacy.licence_expires,
        room=None if capacity is None else capacity * weeks - members,
    )


async def seeker(session: AsyncSession, enrollment_id: str) -> Seeker | None:
    row = (await session.execute(_seekers().where(Enrollment.id == enrollment_id))).one_or_none()
    return None if row is None else Seeker(*row)


async def in_use(session: AsyncSession) -> Sequence[tuple[str, str]]:
    """Which pharmacies serve running enrollments of which program: program, NPI."""
    rows = await session.execute(
        select(Enrollment.program, Enrollment.pharmacy_npi)
        .where(Enrollment.ended_at.is_(None), Enrollment.pharmacy_npi.is_not(None))
        .distinct()
    )
    return [(program, npi) for program, npi in rows if npi is not None]


async def seekers(
    session: AsyncSession, ended: Collection[tuple[str, str]], but_not: Collection[str], limit: int
) -> Sequence[Seeker]:
    """Enrollments with one of the `ended` pharmacies (program, NPI), with none, or rerouted."""
    lost = tuple_(Enrollment.program, Enrollment.pharmacy_npi).in_(list(ended))
    needs = or_(Enrollment.pharmacy_npi.is_(None), Enrollment.leaving.in_(REROUTED), lost)
    query = (
        _seekers()
        .where(and_(Enrollment.ended_at.is_(None), needs))
        .where(Enrollment.id.not_in(list(but_not)))
        .order_by(Enrollment.points.desc(), Enrollment.id)
        .limit(limit)
    )
    return [Seeker(*row) for row in await session.execute(query)]


async def renewed_at(session: AsyncSession) -> datetime | None:
    """When a loaded file last said something new of any pharmacy."""
    found: datetime | None = await session.scalar(select(func.max(Pharmacy.renewed_at)))
    return found


async def names(session: AsyncSession, npis: Collection[str]) -> Mapping[str, Pharmacy]:
    rows = await session.scalars(select(Pharmacy).where(Pharmacy.npi.in_(list(npis))))
    return {row.npi: row for row in rows}


def _seekers() -> Select[str, str, str | None, str | None, str, str | None, str | None]:
    return select(
        Enrollment.id, Enrollment.program, Member.state, Member.zip_code, Member.language,
        Enrollment.pharmacy_npi, Enrollment.leaving,
    ).join(Member, Member.id == Enrollment.member_id)  # fmt: skip
