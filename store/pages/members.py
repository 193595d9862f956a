"""The list of members: search, filters, pages."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from store.models import ContactPoint, Enrollment, InboundText, Member, Pharmacy, Task
from store.pages.scope import Scope

PAGE = 25


@dataclass(frozen=True, slots=True)
class MemberFilter:
    """`search` is a name, the last digits of a phone, or the payer's id; empty: no limit."""

    search: str = ""
    program: str = ""
    state: str = ""
    tier: str = ""
    language: str = ""
    pharmacy: str = ""
    held: bool = False
    unclear: bool = False


@dataclass(frozen=True, slots=True)
class MemberLine:
    enrollment: Enrollment
    member: Member
    pharmacy: Pharmacy | None
    open_tasks: int


@dataclass(frozen=True, slots=True)
class MemberPage:
    lines: Sequence[MemberLine]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


async def find_members(
    session: AsyncSession, scope: Scope, wanted: MemberFilter, *, page: int
) -> MemberPage:
    """One page of enrollments by name; a page past the end is the last one."""
    counted = _matching(select(func.count()).select_from(Enrollment), scope, wanted)
    total = (await session.execute(counted)).scalar_one()
    page = max(1, min(page, max(1, -(-total // PAGE))))
    open_tasks = (
        select(func.count())
        .where(Task.enrollment_id == Enrollment.id, Task.done_at.is_(None))
        .correlate(Enrollment)
        .scalar_subquery()
    )
    query = _matching(
        select(Enrollment, Member, Pharmacy, open_tasks).select_from(Enrollment), scope, wanted
    )
    query = (
        query.outerjoin(Pharmacy, Pharmacy.npi == Enrollment.pharmacy_npi)
        .order_by(Member.last_name, Member.first_name, Enrollment.id)
        .offset((page - 1) * PAGE)
        .limit(PAGE)
    )
    lines = [MemberLine(*row) for row in await session.execute(query)]
    return MemberPage(lines, total, page)


def _matching(query: Select[Any], scope: Scope, wanted: MemberFilter) -> Select[Any]:
    query = scope.limit(query.join(Member, Member.id == Enrollment.member_id))
    equal: Sequence[tuple[ColumnElement[Any] | Any, str]] = (
        (Enrollment.program, wanted.program),
        (Enrollment.state, wanted.state),
        (Enrollment.tier, wanted.tier),
        (Member.language, wanted.language),
        (Enrollment.pharmacy_npi, wanted.pharmacy),
    )
    for column, value in equal:
        if value:
            query = query.where(column == value)
    if wanted.held:
        query = query.where(Enrollment.held_at.is_not(None))
    if wanted.unclear:
        query = query.where(_has_unclear_text())
    if wanted.search.strip():
        query = query.where(_named(wanted.search.strip()))
    return query


def _has_unclear_text() -> ColumnElement[bool]:
    """A text of the member that nobody and nothing has understood yet."""
    return exists().where(
        InboundText.enrollment_id == Enrollment.id, InboundText.understood.is_(False)
    )


def _named(search: str) -> ColumnElement[bool]:
    """All words in the name, or the payer's id, or the end of a phone number."""
    full = func.lower(Member.first_name + " " + Member.last_name)
    words = re.split(r"[\s,]+", search.lower())
    found = [
        and_(*(full.contains(word, autoescape=True) for word in words if word)),
        func.lower(Member.person_id) == search.lower(),
    ]
    digits = re.sub(r"\D", "", search)
    if len(digits) >= 4 and re.fullmatch(r"[\d\s().+-]+", search):
        ends = ContactPoint.phone.endswith(digits[-10:])
        found.append(exists().where(ContactPoint.member_id == Member.id, ends))
    return or_(*found)


@dataclass(frozen=True, slots=True)
class Choices:
    """What the filters offer: only what occurs."""

    programs: Sequence[str]
    states: Sequence[str]
    tiers: Sequence[str]
    languages: Sequence[str]
    pharmacies: Sequence[tuple[str, str]]


async def choices(session: AsyncSession, scope: Scope) -> Choices:
    async def distinct(column: Any) -> Sequence[str]:
        query = (
            select(column)
            .select_from(Enrollment)
            .join(Member, Member.id == Enrollment.member_id)
            .distinct()
        )
        return (await session.scalars(scope.limit(query).order_by(column))).all()

    pharmacies = (
        select(Pharmacy.npi, Pharmacy.name)
        .join(Enrollment, Enrollment.pharmacy_npi == Pharmacy.npi)
        .distinct()
        .order_by(Pharmacy.name)
    )
    return Choices(
        programs=await distinct(Enrollment.program),
        states=await distinct(Enrollment.state),
        tiers=await distinct(Enrollment.tier),
        languages=await distinct(Member.language),
        pharmacies=[(npi, name) for npi, name in await session.execute(scope.limit(pharmacies))],
    )
