"""Whether an export may hold records under 42 CFR Part 2, and the account when it does."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.fhir_facts import Record
from domain.fhir_record import Released, Told
from domain.part2 import Recipient, Why, is_npi, permission
from gateways.note_words import part2_notice_for, read_notices
from runtime.data import TEMPLATES
from runtime.errors import Refusal
from store import part2
from store.models import Enrollment, Medication, Member


def check_recipient(npi: str) -> None:
    if npi and not is_npi(npi):
        raise Refusal(f"--to {npi} is no NPI: it has ten digits, the last of them a check digit.")


async def release(
    session: AsyncSession, enrollment: Enrollment, to: str, now: datetime
) -> Released | None:
    """None: such records stay out. The member is locked: a revocation waits, or has come first."""
    if not to:
        return None
    await part2.take_turns(session, enrollment.member_id)
    consents = await part2.of_member(session, enrollment.member_id)
    recipient = Recipient(to, await _treats(session, enrollment, to))
    allowed = permission(consents, recipient, Why.TREATMENT, now)
    if allowed is None:
        return None
    notices = read_notices(TEMPLATES / "notes" / "notices.yaml")
    return Released(allowed, part2_notice_for(allowed, notices))


async def _treats(session: AsyncSession, enrollment: Enrollment, npi: str) -> bool:
    """Whoever prescribes for the member, is their doctor, or is their pharmacy treats them."""
    if npi == enrollment.pharmacy_npi:
        return True
    prescribes = select(Medication.id).where(
        Medication.member_id == enrollment.member_id, Medication.prescriber_npi == npi
    )
    member = await session.get_one(Member, enrollment.member_id)
    return member.physician_npi == npi or await session.scalar(prescribes.limit(1)) is not None


async def account(
    session: AsyncSession,
    record: Record,
    told: Told,
    of_the_plan: Iterable[str],
    to: str,
    now: datetime,
) -> None:
    """`of_the_plan`: kinds of such records that its eCare plan tells."""
    kinds = sorted({*told.part2_kinds, *of_the_plan})
    if told.released is None or not kinds:
        return
    line = part2.Disclosed(
        told.released.permission.consent_id, to, part2.EXPORT,
        f"{record.enrollment_id} {now.isoformat()}", kinds,
    )  # fmt: skip
    await part2.disclosed(session, record.member.id, line, now)
