"""Part 2 consents of a member, their ends, and the account of disclosures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.part2 import Consent, Permission, Recipients, Why
from store import enrollments, notes, outcomes
from store.enrollments import nudge
from store.models import Disclosure, Enrollment, Member, Part2Consent, Part2Revocation
from store.pages.scope import Scope


@dataclass(frozen=True, slots=True)
class Signed:
    """What a coordinator copies from the paper."""

    form_id: str
    recipients: Recipients
    npi: str | None
    purpose: Why
    signed_on: date
    expires_on: date | None


async def of_member(session: AsyncSession, member_id: str) -> list[Consent]:
    """Every consent on file, ended ones too, newest first."""
    rows = await session.execute(
        select(Part2Consent, Part2Revocation.at)
        .outerjoin(Part2Revocation, Part2Revocation.consent_id == Part2Consent.id)
        .where(Part2Consent.member_id == member_id)
        .order_by(Part2Consent.id.desc())
    )
    return [
        Consent(
            row.id, Recipients(row.recipients), row.npi, Why(row.purpose), row.signed_on,
            row.expires_on, revoked_at,
        )
        for row, revoked_at in rows
    ]  # fmt: skip


async def disclosures(session: AsyncSession, member_id: str) -> Sequence[Disclosure]:
    rows = await session.scalars(
        select(Disclosure).where(Disclosure.member_id == member_id).order_by(Disclosure.id.desc())
    )
    return rows.all()


async def record(
    session: AsyncSession,
    scope: Scope,
    enrollment_id: str,
    signed: Signed,
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
            member_id=enrollment.member_id, form_id=signed.form_id, recipients=signed.recipients,
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


async def disclosed(
    session: AsyncSession,
    member_id: str,
    allowed: Permission,
    sink: str,
    item: str,
    kinds: Sequence[str],
    now: datetime,
) -> None:
    """One line of the account; the same item is accounted for once."""
    await session.execute(
        insert(Disclosure)
        .values(
            member_id=member_id, consent_id=allowed.consent_id, sink=sink, item=item,
            recipient_npi=allowed.recipient.npi, purpose=allowed.purpose, kinds=list(kinds), at=now,
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
