"""What a text may do before any journey hears of it: cry for help, stop, start, wrong number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from activities.texts import Texts
from domain.crisis import CrisisRules
from domain.danger import Danger
from domain.outbox import Purpose, lifetime
from store import consents, outbox, outcomes, tasks
from store.enrollments import hold_for_safety, nudge
from store.models import ContactPoint, Enrollment, InboundText, Member

MEMBER = "member"
CONFIRMS_STOP = "stop_confirmed"
"""The text that says that texts have ended; the gate withholds it when a START came after."""


@dataclass(frozen=True, slots=True)
class Received:
    session: AsyncSession
    text: InboundText
    found: Sequence[Enrollment]
    """Every enrollment of whoever may hold the phone."""
    enrollment: Enrollment | None
    member: Member | None
    texts: Texts
    deadlines: Mapping[str, timedelta]
    crisis: CrisisRules
    rate: float
    now: datetime

    def record(self, kind: str, rule: str) -> None:
        for enrollment in self.found:
            if enrollment.ended_at is None or enrollment is self.enrollment:
                outcomes.record(
                    self.session,
                    enrollment,
                    kind,
                    at=self.now,
                    rule=rule,
                    actor=MEMBER,
                    detail={"message": self.text.sid},
                )


async def answer(received: Received, template: str, purpose: Purpose = Purpose.REPLY) -> None:
    """One answer a text: its step is named by the text it answers."""
    kind = received.texts.kind(template)
    await outbox.intend(
        received.session,
        outbox.NewIntent(
            enrollment_id=received.enrollment.id if received.enrollment else None,
            stage="receiving",
            step=f"answer-{received.text.sid}",
            template=template,
            template_version=str(kind.version),
            language=received.member.language if received.member else "en",
            purpose=purpose,
            priority=kind.priority,
            asks=kind.asks,
            phone=received.text.phone,
            lifetime=lifetime(purpose, received.rate),
        ),
        received.now,
    )


async def cry_for_help(received: Received, danger: Danger) -> None:
    """A person at once, the one approved answer, and silence from the machine until they say so."""
    for enrollment in received.found:
        if hold_for_safety(enrollment, received.now):
            nudge(enrollment, received.now)
    await tasks.open_task(
        received.session,
        received.enrollment.id if received.enrollment else None,
        key=f"danger-{received.text.sid}",
        kind=f"danger_{danger.kind}",
        role=received.crisis.role,
        within=received.crisis.within[danger.level],
        now=received.now,
        urgent=True,
        message_id=received.text.sid,
        detail={"rule": danger.rule, "level": danger.level},
    )
    received.record("cry_for_help", danger.rule)
    if danger.stop:
        await stop(received, doubtful=True, confirm=False)
    if danger.template:
        # Who asks for silence and for help in one text gets the help as the one permitted answer.
        purpose = Purpose.STOP if danger.stop else Purpose.SAFETY
        await answer(received, danger.template, purpose)


async def stop(received: Received, *, doubtful: bool, confirm: bool = True) -> None:
    """Revocation by any reasonable means (47 CFR 64.1200(a)(10)); one confirmation, once."""
    session, phone = received.session, received.text.phone
    await outbox.lock_phone(session, phone)
    already = await consents.stands(session, phone, None) is False
    consents.record(
        session, phone, given=False, at=received.now, how="text", actor=MEMBER,
        evidence=received.text.sid,
    )  # fmt: skip
    await _cancel_all(received)
    received.record("opted_out", received.text.reading)
    if confirm and not already:
        await answer(received, CONFIRMS_STOP, Purpose.STOP)
    if doubtful:
        await _look(received, "doubtful_stop")


async def start(received: Received) -> None:
    """Consent again; the confirmation of an earlier STOP may not leave after it."""
    session, phone = received.session, received.text.phone
    await outbox.lock_phone(session, phone)
    await outbox.supersede(session, phone, CONFIRMS_STOP)
    consents.record(
        session, phone, given=True, at=received.now, how="text", actor=MEMBER,
        evidence=received.text.sid,
    )  # fmt: skip
    received.record("opted_in", "start")
    await answer(received, "start_confirmed")


async def wrong_number(received: Received, *, confirm: bool = True) -> None:
    """Whoever holds this phone is not the member: it is never used for them again."""
    session, phone = received.session, received.text.phone
    wrong = update(ContactPoint).where(ContactPoint.phone == phone)
    if received.member is not None:
        wrong = wrong.where(ContactPoint.member_id == received.member.id)
    await session.execute(wrong.values(status="wrong_number", status_at=received.now))
    await _cancel_all(received, received.member)
    received.record("wrong_number", "member's words")
    if confirm:
        # The number is dead for the member, yet its holder is told once that we heard.
        await answer(received, "wrong_number_confirmed", Purpose.STOP)
    await _look(received, "wrong_number")


async def _look(received: Received, kind: str) -> None:
    await tasks.open_task(
        received.session,
        received.enrollment.id if received.enrollment else None,
        key=f"{kind}-{received.text.sid}",
        kind=kind,
        role="coordinator",
        within=received.deadlines[kind],
        now=received.now,
        message_id=received.text.sid,
    )


async def _cancel_all(received: Received, member: Member | None = None) -> None:
    """Nothing that waits for this phone leaves any more, in whatever journey it was decided.

    `member`: only what waits for them; others of the household keep theirs.
    """
    mine = [each.id for each in received.found if member is None or each.member_id == member.id]
    await outbox.cancel_for_phone(received.session, received.text.phone, mine, whole=member is None)
