"""Part 2 consents of a member, their ends, and the account of disclosures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.part2 import Consent, Recipients, Signed, Why
from store import enrollments, notes, outcomes
from store.enrollments import nudge
from store.models import Disclosure, Enrollment, Member, Part2Consent, Part2Revocation
from store.pages.scope import Scope


async def of_member(session: AsyncSession, member_id: str) -> list[Consent]:
    """Every consent on file, ended ones too, newest first."""
    rows = await session.execute(
        select(Part2Consent, Part2Revocation.at)
        .outerjoin(Part2Revocation, Part2Revocation.consent_id == Part2Consent.id)
        .where(Part2Consent.member_id == member_id)
        .order_by(Part2Consent.id.desc())
    )
    return [_consent(row, revoked_at) for row, revoked_at in rows]


def _consent(row: Part2Consent, revoked_at: datetime | None) -> Consent:
    said = Signed(
        Recipients(row.recipients), row.npi, Why(row.purpose), row.signed_on, row.expires_on
    )
    return Consent(row.id, said, revoked_at)


@dataclass(frozen=True, slots=True)
class Line:
    """A consent as its page shows it: `actor` recorded it at `at`, `how` says why it ended."""

    consent: Consent
    actor: str
    at: datetime
    how: str | None


@dataclass(frozen=True, slots=True)
class Found:
    enrollment_id: str
    member: Member
    lines: Sequence[Line]
    account: Sequence[Disclosure]


async def page(session: AsyncSession, scope: Scope, enrollment_id: str) -> Found | None:
    """Consents and disclosures of one member, newest first; None when not this viewer's."""
    enrollment = await _enrollment(session, scope, enrollment_id)
    if enrollment is None:
        return None
    member = await session.get_one(Member, enrollment.member_id)
    rows = await session.execute(
        select(Part2Consent, Part2Revocation)
        .outerjoin(Part2Revocation, Part2Revocation.consent_id == Part2Consent.id)
        .where(Part2Consent.member_id == member.id)
        .order_by(Part2Consent.id.desc())
    )
    lines = [
        Line(_consent(row, end.at if end else None), row.actor, row.at, end.how if end else None)
        for row, end in rows
    ]
    account = await session.scalars(
        select(Disclosure).where(Disclosure.member_id == member.id).order_by(Disclosure.id.desc())
    )
    return Found(enrollment.id, member, lines, account.all())


async def record(
    session: AsyncSession,
    scope: Scope,
    enrollment_id: str,
    signed: Signed,
    form_id: str,
    *,
    actor: str,
    now: datetime,
) -> bool:
    """Once a form; False when the enrollment is not this viewer's."""
    enrollment = await _enrollment(session, scope, enrollment_id)
    if enrollment is None:
        return False
    made = await session.execute(
        insert(Part2Consent)
        .values(
            member_id=enrollment.member_id, form_id=form_id, recipients=signed.recipients,
            npi=signed.npi, purpose=signed.purpose, signed_on=signed.signed_on,
            expires_on=signed.expires_on, at=now, actor=actor,
        )
        .on_conflict_do_nothing(index_elements=["form_id"])
        .returning(Part2Consent.id)
    )  # fmt: skip
    consent_id = made.scalar()
    if consent_id is not None:
        await _told(session, enrollment, "part2_consent", signed.purpose, actor, now, consent_id)
    return True


async def revoke(
    session: AsyncSession,
    scope: Scope,
    enrollment_id: str,
    consent_id: int,
    *,
    how: str,
    actor: str,
    now: datetime,
) -> bool:
    """It holds from this transaction on: a note that waits to be sent is written anew without.

    False when there is no such consent for this viewer to end.
    """
    enrollment = await _enrollment(session, scope, enrollment_id)
    consent = await session.get(Part2Consent, consent_id)
    if enrollment is None or consent is None or consent.member_id != enrollment.member_id:
        return False
    # Enrollments, then the member, as whoever discloses does: it comes before the end or after it.
    theirs = await enrollments.lock_member(session, consent.member_id)
    await take_turns(session, consent.member_id)
    made = await session.execute(
        insert(Part2Revocation)
        .values(consent_id=consent_id, at=now, how=how, actor=actor)
        .on_conflict_do_nothing()
        .returning(Part2Revocation.consent_id)
    )
    if made.first() is not None:
        stripped = await notes.write_anew(session, consent_id)
        await _told(session, enrollment, "part2_revoked", how, actor, now, consent_id, stripped)
        for each in theirs:
            nudge(each, now)
    return True


async def take_turns(session: AsyncSession, member_id: str) -> None:
    """What is disclosed of one member, and the end of a consent, take turns."""
    await session.execute(
        select(Member.id).where(Member.id == member_id).with_for_update(key_share=True)
    )


NOTE, EXPORT, PAGE = "note", "export", "page"
"""Where records leave: a note, `doorway export`, the practice's page of a note."""


@dataclass(frozen=True, slots=True)
class Disclosed:
    """One line of the account: who was told which kinds of records, in what, by which consent."""

    consent_id: int
    recipient_npi: str
    sink: str
    item: str
    """The id of what was disclosed; the same item is accounted for once."""
    kinds: Sequence[str]
    purpose: Why = Why.TREATMENT


async def disclosed(session: AsyncSession, member_id: str, line: Disclosed, now: datetime) -> None:
    await session.execute(
        insert(Disclosure)
        .values(
            member_id=member_id, consent_id=line.consent_id, sink=line.sink, item=line.item,
            recipient_npi=line.recipient_npi, purpose=line.purpose, kinds=list(line.kinds), at=now,
        )
        .on_conflict_do_nothing(index_elements=["sink", "item"])
    )  # fmt: skip


async def _enrollment(session: AsyncSession, scope: Scope, enrollment_id: str) -> Enrollment | None:
    found: Enrollment | None = await session.scalar(
        scope.limit(select(Enrollment).where(Enrollment.id == enrollment_id))
    )
    return found


async def _told(
    session: AsyncSession,
    enrollment: Enrollment,
    kind: str,
    rule: str,
    actor: str,
    now: datetime,
    consent_id: int,
    stripped: int = 0,
) -> None:
    detail: dict[str, str | int | None] = {"consent": consent_id, "notes_withheld": stripped}
    outcomes.record(session, enrollment, kind, at=now, rule=rule, actor=actor, detail=detail)
    nudge(enrollment, now)
