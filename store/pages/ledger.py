"""What a member's page says of texting: the ledger of consent, and why a text went or did not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.outbox import Status
from store.ledger import ACTION
from store.models import (
    Consent,
    ContactPoint,
    Enrollment,
    GateDecision,
    InboundText,
    Intent,
    StaffAction,
)


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """`words`: the member's text, or what a person noted; None when neither is on file."""

    consent: Consent
    words: str | None


@dataclass(frozen=True, slots=True)
class Considered:
    """The text that says most about why a member is texted or not, and the gate's last word."""

    intent: Intent
    decision: GateDecision | None


async def ledger(session: AsyncSession, member_id: str) -> Sequence[LedgerLine]:
    """Every line of the member's numbers, newest first.

    A number may be a household's: another holder's line is shown, their words are not.
    """
    numbers = select(ContactPoint.phone).where(ContactPoint.member_id == member_id)
    lines = (
        await session.scalars(
            select(Consent).where(Consent.phone.in_(numbers)).order_by(Consent.id.desc())
        )
    ).all()
    words = await _words(session, member_id, [line.evidence for line in lines if line.evidence])
    return [LedgerLine(line, words.get(line.evidence or "")) for line in lines]


async def _words(
    session: AsyncSession, member_id: str, evidence: Sequence[str]
) -> Mapping[str, str]:
    mine = select(Enrollment.id).where(Enrollment.member_id == member_id)
    texts = await session.execute(
        select(InboundText.sid, InboundText.body).where(
            InboundText.sid.in_(evidence), InboundText.enrollment_id.in_(mine)
        )
    )
    actions = [
        int(number)
        for each in evidence
        if each.startswith(ACTION) and (number := each.removeprefix(ACTION)).isdigit()
    ]
    noted = await session.execute(
        select(StaffAction.id, StaffAction.reason).where(
            StaffAction.id.in_(actions), StaffAction.enrollment_id.in_(mine)
        )
    )
    words = {row.sid: row.body for row in texts}
    return words | {f"{ACTION}{row.id}": row.reason for row in noted}


async def considered(session: AsyncSession, enrollment_id: str) -> Considered | None:
    """The next text to go; else the one on its way; else the last. None: none was decided on."""
    standing = case(
        (Intent.status == Status.PENDING, 0),
        (Intent.status.in_((Status.SENDING, Status.UNKNOWN)), 1),
        else_=2,
    )
    soonest = case((Intent.status == Status.PENDING, Intent.due_at))
    newest = func.coalesce(Intent.accepted_at, Intent.due_at)
    intent = await session.scalar(
        select(Intent)
        .where(Intent.enrollment_id == enrollment_id)
        .order_by(standing, soonest, newest.desc(), Intent.id)
        .limit(1)
    )
    if intent is None:
        return None
    decision = await session.scalar(
        select(GateDecision)
        .where(GateDecision.intent_id == intent.id)
        .order_by(GateDecision.id.desc())
        .limit(1)
    )
    return Considered(intent, decision)
