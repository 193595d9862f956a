"""The ledger of consent, and which numbers of a member may still receive a text."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from store.models import Consent, ContactPoint, Intent

TEXTABLE = ("active",)


@dataclass(frozen=True, slots=True)
class Numbers:
    usable: Sequence[str]
    """Phones in the order in which they are tried."""
    opted_out: bool
    """A number of theirs has said stop: that holds for the member, not for the number alone."""


async def stands(session: AsyncSession, phone: str, program: str | None) -> bool | None:
    """Whether this phone consents to texts of a program; None: the ledger says nothing of it.

    The newest line that covers the program counts, so a STOP to everything outranks an older
    consent to one program, and a START after it outranks the STOP.
    """
    found: bool | None = await session.scalar(newest(phone, program))
    return found


def newest(phone: str, program: str | None = None) -> Select[bool]:
    """The question behind `stands`."""
    lines = select(Consent.given).where(Consent.phone == phone, Consent.channel == "sms")
    if program is not None:
        lines = lines.where(or_(Consent.program.is_(None), Consent.program == program))
    return lines.order_by(Consent.id.desc()).limit(1)


async def given_on(session: AsyncSession, phone: str, program: str | None) -> date | None:
    """The day of the newest line that gave consent to texts of a program; None: there is none."""
    newest = select(Consent.at).where(
        Consent.phone == phone, Consent.channel == "sms", Consent.given.is_(True)
    )
    if program is not None:
        newest = newest.where(or_(Consent.program.is_(None), Consent.program == program))
    at = await session.scalar(newest.order_by(Consent.id.desc()).limit(1))
    return at.date() if at else None


async def usable_numbers(session: AsyncSession, member_id: str, program: str) -> Numbers:
    points = await session.scalars(
        select(ContactPoint)
        .where(ContactPoint.member_id == member_id, ContactPoint.status.in_(TEXTABLE))
        .order_by(ContactPoint.rank, ContactPoint.id)
    )
    standing = [(point.phone, await stands(session, point.phone, program)) for point in points]
    usable = [phone for phone, given in standing if given]
    stopped = [phone for phone, given in standing if given is False]
    return Numbers(usable, opted_out=bool(stopped))


async def untried_number(
    session: AsyncSession, member_id: str, program: str, enrollment_id: str
) -> str | None:
    """The first usable number to which no text of this enrollment's invitation went."""
    invited = await session.scalars(
        select(Intent.phone).where(
            Intent.enrollment_id == enrollment_id, Intent.stage == "outreach"
        )
    )
    tried = set(invited)
    numbers = await usable_numbers(session, member_id, program)
    return next((phone for phone in numbers.usable if phone not in tried), None)


def record(
    session: AsyncSession,
    phone: str,
    *,
    given: bool,
    at: datetime,
    how: str,
    actor: str,
    evidence: str | None = None,
    program: str | None = None,
) -> None:
    session.add(
        Consent(
            phone=phone,
            program=program,
            given=given,
            at=at,
            how=how,
            actor=actor,
            evidence=evidence,
        )
    )
